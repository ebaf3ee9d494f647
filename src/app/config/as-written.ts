import { z } from 'zod'
import { type Config, configSchema } from './schema.ts'

/** What a node of the JSON Schema says that decides how a value of it is written. */
interface Node {
  readonly unit?: string
  readonly const?: unknown
  readonly type?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
}

/** Made when it is first needed: it takes longer than everything that is done with it. */
let root: Node | null = null

/**
 * Settings as a configuration file writes them: times and shares as texts with their unit, what is
 * switched off as "off". Reading the result gives the same settings again.
 */
export function asWritten<Key extends keyof Config>(
  config: Config,
  ...keys: readonly Key[]
): Readonly<Record<Key, unknown>> {
  root ??= z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Node
  const properties = root.properties ?? {}
  const entries = keys.flatMap((key) => {
    const value = config[key]
    return value === undefined ? [] : [[key, written(value, properties[key])]]
  })
  return Object.fromEntries(entries)
}

function written(value: unknown, node: Node | undefined): unknown {
  const choices = choicesOf(node)
  if (value === null) return choices.some((each) => each.const === 'off') ? 'off' : null
  if (typeof value === 'number') {
    const unit = choices.find((each) => each.type === 'string' && each.unit !== undefined)?.unit
    if (unit?.startsWith('time')) return timeText(value)
    return unit?.startsWith('share') ? shareText(value) : value
  }
  if (Array.isArray(value)) {
    const items = choices.find((each) => each.items !== undefined)?.items
    return value.map((each) => written(each, items))
  }
  if (typeof value !== 'object') return value
  const shape = choices.find((each) => fits(each, value))
  const rest = shape?.additionalProperties
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (inner === undefined) return []
      const own = shape?.properties?.[key] ?? (typeof rest === 'object' ? rest : undefined)
      return [[key, written(inner, own)]]
    }),
  )
}

/** A node's alternatives at any depth, or itself. */
const choicesOf = (node: Node | undefined): readonly Node[] =>
  node === undefined ? [] : ((node.anyOf ?? node.oneOf)?.flatMap(choicesOf) ?? [node])

/** True when an alternative is of objects with these keys and, where it is told apart, this kind. */
function fits({ type, properties, additionalProperties }: Node, value: object): boolean {
  if (type !== 'object') return false
  if (typeof additionalProperties === 'object') return true
  return Object.entries(value).every(([key, inner]) => {
    const node = properties?.[key]
    return node !== undefined && (node.const === undefined || node.const === inner)
  })
}

const times = [
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1_000],
] as const

/** Microseconds in the largest unit that takes them whole. */
function timeText(us: number): string {
  const found = us === 0 ? times[3] : times.find(([, size]) => us % size === 0)
  return found === undefined ? `${us}us` : `${us / found[1]}${found[0]}`
}

/** A fraction in per cent, or below one per cent in basis points. */
function shareText(fraction: number): string {
  const isSmall = fraction !== 0 && Math.abs(fraction) < 0.01
  return `${Number((fraction * (isSmall ? 1e4 : 100)).toPrecision(12))}${isSmall ? 'bp' : '%'}`
}
