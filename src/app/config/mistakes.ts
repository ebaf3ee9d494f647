import type { z } from 'zod'
import { nearest } from '../../adapters/mod.ts'

/** A mistake: where it is, and what is wrong and allowed. */
export interface Described {
  readonly path: readonly PropertyKey[]
  readonly text: string
}

/** The mistakes that a schema found in values, each with the nearest spelling or what is allowed. */
export const describeMistakes = (
  schema: z.ZodType,
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
): readonly Described[] => issues.flatMap((issue) => describe(schema, issue, input))

function describe(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  input: unknown,
): readonly Described[] {
  const dotted = issue.path.map(String).join('.') || '(top level)'
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map((key) => {
      const guess = nearest(key, known)
      const hint = guess === null ? `allowed: ${known.join(', ')}` : `did you mean "${guess}"?`
      return { path: [...issue.path, key], text: `unknown key "${key}" in ${dotted}; ${hint}` }
    })
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().filter((e) => e.path.length > 0)
    if (inner.length > 0) {
      return inner.flatMap((e) =>
        describe(schema, { ...e, path: [...issue.path, ...e.path] }, input),
      )
    }
  }
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  )
  return [
    { path: issue.path, text: `${dotted}: found ${show(found)}, ${expectation(issue, found)}` },
  ]
}

function expectation(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid') ? `expected ${issue.expected}` : issue.message
    case 'invalid_value':
      return allowed(issue.values, found)
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`
    case 'invalid_union': {
      if ('options' in issue && issue.options !== undefined) return allowed(issue.options, found)
      const told = issue.errors.flatMap((option) => option.map((inner) => inner.message))
      const last = told.at(-1) ?? issue.message
      return last.startsWith('Invalid') ? 'not one of the allowed forms' : `off, or ${last}`
    }
    default:
      return `expected ${issue.message.replace(/^Invalid /, 'a valid ')}`
  }
}

/** Every allowed value, after the nearest one where a text is nearly one of them. */
function allowed(values: readonly unknown[], found: unknown): string {
  const texts = values.filter((value) => value !== undefined).map(String)
  const guess = typeof found === 'string' ? nearest(found, texts) : null
  const list = `allowed: ${texts.join(', ')}`
  return guess === null ? list : `did you mean "${guess}"? ${list}`
}

const show = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** Keys the schema allows at a path, for the nearest spelling. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let schemas: unknown[] = [schema]
  for (const key of path) {
    schemas = schemas.flatMap((each) => shapes(each).map((s) => s[String(key)] ?? s['*']))
  }
  return [...new Set(schemas.flatMap((s) => shapes(s)).flatMap((s) => Object.keys(s)))]
}

/**
 * Object shapes inside wrappers (default, prefault, union, optional); "*" is any key of a record
 * whose keys are not listed.
 */
function shapes(schema: unknown): Record<string, unknown>[] {
  const def = (schema as { def?: Record<string, unknown> } | undefined)?.def
  if (def === undefined) return []
  if (def['shape']) return [def['shape'] as Record<string, unknown>]
  if (def['valueType']) {
    const { valueType, keyType } = def as { valueType: unknown; keyType?: { def?: object } }
    const { entries = { '*': '*' } } = (keyType?.def ?? {}) as { entries?: object }
    return [Object.fromEntries(Object.keys(entries).map((key) => [key, valueType]))]
  }
  if (Array.isArray(def['options'])) return def['options'].flatMap((o) => shapes(o))
  return shapes(def['innerType'] ?? def['in'])
}
