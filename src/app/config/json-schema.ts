import { z } from 'zod'
import { configSchema } from './schema.ts'

/**
 * The configuration's JSON Schema (draft 2020-12), for editors. Every key has its description with
 * the unit in it, and its default or an example; times and shares are texts with their unit.
 */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  return { ...(withUnits(schema) as Record<string, unknown>), title: 'Ornstein configuration' }
}

/** Moves units into the descriptions they belong to: what editors show is the description. */
function withUnits(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withUnits)
  if (typeof node !== 'object' || node === null) return node
  const { unit: _, ...rest } = node as Record<string, unknown>
  const unit = unitOf(node)
  const result = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, withUnits(v)]))
  if (unit === null || typeof rest['description'] !== 'string') return result
  return { ...result, description: `${rest['description']}. Unit: ${unit}` }
}

/** The unit of a value, or of the one form of it that has one: "off" has none. */
function unitOf(node: object): string | null {
  const { unit, anyOf } = node as { readonly unit?: unknown; readonly anyOf?: readonly object[] }
  if (typeof unit === 'string') return unit
  return anyOf?.map(unitOf).find((found) => found !== null) ?? null
}
