import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { hourlySchema } from '../../src/app/config/hourly-schema.ts'

interface Node {
  readonly description?: string
  readonly default?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly const?: unknown
}

/** Rows of the tables as the page should have them; below a union of kinds the kind is in front. */
function rowsOf(node: Node, path: string, fallback: string): string[] {
  const own = node.description === undefined ? [] : [rowOf(path, fallback, node.description)]
  const branches = node.anyOf ?? node.oneOf
  if (branches !== undefined) {
    const kindOf = (branch: Node): string => {
      const kind = branch.properties?.['kind']?.const
      return kind === undefined ? '' : `${kind}: `
    }
    const inner = branches.flatMap((branch) =>
      branch.properties === undefined ? [] : keysOf(branch, kindOf(branch) + path),
    )
    return [...own, ...inner]
  }
  if (node.properties !== undefined) return [...own, ...keysOf(node, path)]
  if (node.items?.properties !== undefined) return [...own, ...keysOf(node.items, path)]
  return own
}

function keysOf({ properties = {}, required = [] }: Node, path: string): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const place = path === '' ? key : `${path}.${key}`
    // A route among several has the keys of the one model, and two of its own.
    const isShared = path === 'models' && key !== 'name' && key !== 'weight'
    const missing = required.includes(key) ? 'needed' : 'unset'
    const isPlain = typeof value.default !== 'object' && value.default !== undefined
    return isShared ? [] : rowsOf(value, place, isPlain ? `\`${value.default}\`` : missing)
  })
}

const rowOf = (key: string, fallback: string, meaning: string): string =>
  `| \`${key}\` | ${fallback} | ${meaning} |`

it('docs/hourly-configuration.md has every key of an hourly configuration as the schema has it', () => {
  const schema = z.toJSONSchema(hourlySchema, { io: 'input', unrepresentable: 'any' })
  const page = readFileSync(new URL('../../docs/hourly-configuration.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  expect(rows).toEqual(rowsOf(schema as Node, '', 'unset'))
})

/** Names of all keys below a node. */
function namesOf(node: Node): string[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.items ? [node.items] : [])]
  const own = Object.entries(node.properties ?? {})
  return [...own.flatMap(([key, value]) => [key, ...namesOf(value)]), ...inner.flatMap(namesOf)]
}

it('every key is read by something besides the schema', () => {
  const sources = new URL('../../src/', import.meta.url)
  const isReader = (file: string): boolean =>
    /\.ts$/.test(file) && !/\.test\.ts$|^app\/config\/hourly-/.test(file)
  const text = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => isReader(file) && /hourly|panel|learning|models|credentials/.test(file))
    .map((file) => readFileSync(new URL(file, sources), 'utf8'))
    .join('\n')
  const schema = z.toJSONSchema(hourlySchema, { io: 'input', unrepresentable: 'any' }) as Node
  const names = [...new Set(namesOf(schema))]
  expect(names.length).toBeGreaterThan(70)
  // Taken from an object, or out of it by name.
  const isRead = (key: string): boolean =>
    new RegExp(`\\.${key}\\b|\\{[^{}]*\\b${key}\\b[^{}]*\\}`).test(text)
  expect(names.filter((key) => !isRead(key))).toEqual([])
})
