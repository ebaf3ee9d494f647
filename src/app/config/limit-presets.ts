import { z } from 'zod'

/** Limits as a configuration file would write them under `risk`. */
type WrittenRisk = Readonly<Record<string, unknown>>

/**
 * Two published sets of limits of a mean reversion system on this venue: as first published, and
 * as later changed; each with one set for live money and a wider one for paper money. What a set
 * does not name has this system's default.
 */
export const limitPresets: Readonly<
  Record<'seed' | 'later', Readonly<Record<'live' | 'paper', WrittenRisk>>>
> = {
  seed: {
    live: seed({ orderNotionalMax: 100, dailyLossMax: 50 }),
    paper: seed({ orderNotionalMax: 1500, dailyLossMax: 500 }),
  },
  later: {
    live: later({ orderNotionalMax: 550, dailyLossMax: 100 }),
    paper: later({ orderNotionalMax: 2000, dailyLossMax: 500 }),
  },
}

function seed(own: WrittenRisk): WrittenRisk {
  return { positionNotionalMax: 5000, dailyDrawdownMax: '2%', ordersPerMinuteMax: 30, ...own }
}

function later(own: WrittenRisk): WrittenRisk {
  return { ...seed(own), netNotionalMax: 200, positionsMax: 10 }
}

/** Which set of limits `risk` begins with. */
export const limitsSchema = z
  .strictObject({
    preset: z
      .enum(['seed', 'later'])
      .meta({ description: 'the set of limits', examples: ['seed'] }),
    of: z
      .enum(['live', 'paper'])
      .default('live')
      .describe("the set's figures for live money, or its wider ones for paper money"),
  })
  .describe('A named set of limits; what `risk` names itself counts before it')

/** Puts the limits of a file's preset under `risk` where the file has none of its own. */
export function withLimits(values: unknown): unknown {
  const written = values as { readonly limits?: unknown; readonly risk?: unknown } | null
  const limits = limitsSchema.safeParse(written?.limits)
  const risk = written?.risk ?? {}
  if (!limits.success || typeof risk !== 'object' || Array.isArray(risk)) return values
  const { preset, of } = limits.data
  return { ...written, risk: { ...limitPresets[preset][of], ...risk } }
}
