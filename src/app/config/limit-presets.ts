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

function symbolCaps(builders: Readonly<Record<string, number>>): WrittenRisk {
  const natives = {
    BTC: 5000,
    ETH: 3000,
    SOL: 3000,
    DOGE: 1000,
    AVAX: 1000,
    LINK: 1000,
    kSHIB: 500,
  }
  return { symbolNotionalMax: { ...natives, ...builders } }
}

function seed(own: WrittenRisk): WrittenRisk {
  return {
    ...own,
    ...{ positionNotionalMax: 5000, dailyDrawdownMax: '2%', ordersPerMinuteMax: 30 },
    ...symbolCaps({ 'xyz:*': 100 }),
  }
}

function later(own: WrittenRisk): WrittenRisk {
  return {
    ...seed(own),
    ...{ netNotionalMax: 200, positionsMax: 10 },
    ...symbolCaps({ 'xyz:*': 200, 'para:*': 200, 'xyz:RIVN': 50 }),
    reduceOnly: { activate: 1.5, release: 1.25 },
    regime: { instruments: ['BTC', 'xyz:SP500'], bars: 60, returnMax: '1%', pause: '3h' },
  }
}

/** Instruments that a preset names: a session need not have them all. */
export function presetInstruments(limits: PresetChoice | undefined): ReadonlySet<string> {
  if (limits === undefined) return new Set()
  const { symbolNotionalMax, regime } = limitPresets[limits.preset][limits.of]
  const watched = (regime as { readonly instruments: readonly string[] } | undefined)?.instruments
  return new Set([...Object.keys(symbolNotionalMax ?? {}), ...(watched ?? [])])
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

type PresetChoice = z.output<typeof limitsSchema>

/** Puts the limits of a file's preset under `risk` where the file has none of its own. */
export function withLimits(values: unknown): unknown {
  const written = values as { readonly limits?: unknown; readonly risk?: unknown } | null
  const limits = limitsSchema.safeParse(written?.limits)
  const risk = written?.risk ?? {}
  if (!limits.success || typeof risk !== 'object' || Array.isArray(risk)) return values
  const { preset, of } = limits.data
  return { ...written, risk: { ...limitPresets[preset][of], ...risk } }
}
