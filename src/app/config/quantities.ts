import { z } from 'zod'

const unitsUs: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
}

const timePattern = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/
const sharePattern = /^(-?\d+(?:\.\d+)?)\s*(%|bp)$/

/** Reads "5s", "300ms", "1.5h" as whole microseconds; null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const match = timePattern.exec(text.trim())
  if (match === null) return null
  const value = Number(match[1]) * unitsUs[match[2]!]!
  return Number.isSafeInteger(Math.round(value)) && Math.abs(value - Math.round(value)) < 1e-6
    ? Math.round(value)
    : null
}

/** A time with its unit. Bare numbers are refused: nobody should guess between s and ms. */
export const duration = () =>
  z
    .string({ error: 'a time with its unit, for example "5s" (us, ms, s, m, h, d)' })
    .meta({
      unit: 'time, written with us, ms, s, m, h or d',
      pattern: timePattern.source,
      examples: ['5s', '1m'],
    })
    .transform((text, context) => {
      const value = parseDuration(text)
      if (value === null) {
        context.addIssue({
          code: 'custom',
          message: `a time with its unit, for example "5s" (us, ms, s, m, h, d)`,
        })
        return z.NEVER
      }
      return value
    })

/** Reads "1%", "10bp" as a fraction; null when it is neither. */
export function parseFraction(text: string): number | null {
  const match = sharePattern.exec(text.trim())
  if (match === null) return null
  return Number(match[1]) / (match[2] === '%' ? 100 : 10_000)
}

/** A share with its unit. */
export const fraction = () =>
  z
    .string({ error: 'a share with its unit, for example "1%" or "10bp"' })
    .meta({
      unit: 'share, written with % or bp',
      pattern: sharePattern.source,
      examples: ['1%', '10bp'],
    })
    .transform((text, context) => {
      const value = parseFraction(text)
      if (value === null) {
        context.addIssue({
          code: 'custom',
          message: 'a share with its unit, for example "1%" or "10bp"',
        })
        return z.NEVER
      }
      return value
    })

/** A time that cannot be nothing: lengths of bars, pauses between heartbeats. */
export const positiveDuration = () =>
  duration().refine((value) => value > 0, { error: 'a time of more than zero' })

/** A share that costs or limits: never negative. */
export const share = () =>
  fraction().refine((value) => value >= 0, { error: 'a share of at least zero' })

/** A share that is never negative, or a word that stands for one. */
export const shareOrWord = <Word extends string>(word: Word) => {
  const message = `a share with its unit, for example "2%", or ${word}`
  return z
    .string({ error: message })
    .meta({ unit: `share, written with % or bp, or ${word}`, examples: ['2%', word] })
    .transform((text, context): number | Word => {
      if (text === word) return word
      const value = parseFraction(text)
      if (value !== null && value >= 0) return value
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
}

/** A share of a price that may be taken away from it: at least zero, and something is left. */
export const partialShare = () =>
  share().refine((value) => value < 1, { error: 'a share of at least zero, below 100%' })

/** A share that must be more than zero. */
export const positiveShare = () =>
  fraction().refine((value) => value > 0, { error: 'a share of more than zero' })

/** A value or the word off. YAML reads a bare off as text or false; both are accepted. */
export const orOff = <T extends z.ZodType>(schema: T) =>
  z.union(
    [z.literal('off').transform(() => null), z.literal(false).transform(() => null), schema],
    {
      error: (issue) =>
        `off, or ${issue.code === 'invalid_union' ? 'the value its documentation names' : 'a value'}`,
    },
  )

/** A list that names nothing twice. */
export const distinct = <T extends z.ZodType<string>>(each: T) =>
  z.array(each).refine((list) => new Set(list).size === list.length, { error: 'each only once' })
