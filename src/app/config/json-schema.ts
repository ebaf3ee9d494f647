import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The configuration's JSON Schema (draft 2020-12), for editors. Times and shares are texts. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  return { ...schema, title: 'Ornstein configuration' }
}
