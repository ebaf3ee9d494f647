import { describe, expect, it } from 'vitest'
import { configJsonSchema } from './json-schema.ts'
import { parseObject } from './load.ts'

interface Node {
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly type?: string
  readonly pattern?: string
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Node | boolean
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
}

interface Key {
  readonly path: string
  readonly node: Node
}

const branches = (node: Node): readonly Node[] => node.anyOf ?? node.oneOf ?? []

/** Every key of a schema, sections too, at any depth and in every branch. */
function keysBelow(node: Node, path: string): Key[] {
  const own = Object.entries(node.properties ?? {}).map(([key, value]) => ({
    path: path === '' ? key : `${path}.${key}`,
    node: value,
  }))
  const { additionalProperties: rest } = node
  const members = typeof rest === 'object' ? keysBelow(rest, `${path}.*`) : []
  const inner = [...own.flatMap((key) => keysBelow(key.node, key.path)), ...members]
  return [...own, ...inner, ...branches(node).flatMap((branch) => keysBelow(branch, path))]
}

const schema = configJsonSchema() as Node
const keys = keysBelow(schema, '')
const forms = ({ node }: Key): readonly Node[] => [node, ...branches(node)]
const isNumber = (key: Key) =>
  forms(key).some(({ type }) => type === 'number' || type === 'integer')
const isMeasure = (key: Key) => forms(key).some(({ examples }) => /5s|10bp/.test(String(examples)))

describe('the JSON Schema of configurations', () => {
  it('describes every key', () => {
    expect(keys.length).toBeGreaterThan(90)
    expect(keys.filter(({ node }) => !node.description).map(({ path }) => path)).toEqual([])
  })

  it('names the unit of every number, time and share', () => {
    const measured = keys.filter((key) => isNumber(key) || isMeasure(key))
    expect(measured.length).toBeGreaterThan(50)
    const bare = measured.filter(({ node }) => !node.description?.includes('. Unit: '))
    expect(bare.map(({ path }) => path)).toEqual([])
    expect(JSON.stringify(schema)).not.toContain('"unit"')
  })

  it('gives every key a default or, where there is none, an example', () => {
    const isOpen = ({ node }: Key) =>
      node.default === undefined && node.const === undefined && node.examples === undefined
    const open = keys.filter((key) => isOpen(key) && !keysBelow(key.node, '').length)
    expect(open.map(({ path }) => path)).toEqual([])
  })

  it('prints defaults as they are written in a file, and they are accepted', () => {
    const stated = Object.fromEntries(
      Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
        value.properties === undefined
          ? [[key, value.default]]
          : [[key, Object.fromEntries(defaultsOf(value))]],
      ),
    )
    const own = { name: 'x', data: undefined, limits: undefined, venue: {} }
    const { config } = parseObject({ ...stated, ...own }, 'defaults')
    expect(stated['signal']).toMatchObject({ interval: '1m', window: 60 })
    expect(stated['strategy']).toMatchObject({ stopLoss: '1%', costGate: { hold: '1h' } })
    expect(config).toEqual(parseObject({ name: 'x', venue: {}, companions: {} }, 'bare').config)
  })
})

const defaultsOf = (node: Node): [string, unknown][] =>
  Object.entries(node.properties ?? {}).map(([key, value]) => [key, value.default])
