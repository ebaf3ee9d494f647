import { z } from 'zod'

/** Limits as a configuration file would write them under `risk`. */
type WrittenRisk = Readonly<Record<string, unknown>>

type Sets = Readonly<Record<'seed' | 'later', Readonly<Record<'live' | 'paper', WrittenRisk>>>>

/** What a preset depends on beside its own names. */
interface Limited {
  readonly limits?: PresetChoice | undefined
  readonly venue?: { readonly kind?: unknown } | undefined
}

/**
 * Two published sets of limits of a mean reversion system, for each of its venues: as first
 * published, and as later changed; each with one set for live money and a wider one for paper
 * money. What a set does not name has this system's default.
 */
export const limitPresets: Readonly<Record<'hyperliquid' | 'alpaca', Sets>> = {
  hyperliquid: setsOf(symbolCaps(['', 'kSHIB'], { 'xyz:*': 100 }), {
    ...symbolCaps(['', 'kSHIB'], { 'xyz:*': 200, 'para:*': 200, 'xyz:RIVN': 50 }),
    ...{ netNotionalMax: 200, positionsMax: 10 },
    reduceOnly: { activate: 1.5, release: 1.25 },
    regime: { instruments: ['BTC', 'xyz:SP500'], bars: 60, returnMax: '1%', pause: '3h' },
  }),
  alpaca: setsOf(
    symbolCaps(['/USD', 'SHIB/USD'], shares()),
    symbolCaps(['/USD', 'SHIB/USD'], shares()),
  ),
}

/** What is the same at every venue, and what each set adds. */
function setsOf(seed: WrittenRisk, later: WrittenRisk): Sets {
  const set = (own: WrittenRisk, orderNotionalMax: number, dailyLossMax: number): WrittenRisk => ({
    ...{ orderNotionalMax, dailyLossMax },
    ...{ positionNotionalMax: 5000, dailyDrawdownMax: '2%', ordersPerMinuteMax: 30 },
    ...own,
  })
  return {
    seed: { live: set(seed, 100, 50), paper: set(seed, 1500, 500) },
    later: { live: set(later, 550, 100), paper: set(later, 2000, 500) },
  }
}

function symbolCaps(
  [quote, shib]: readonly [quote: string, shib: string],
  more: Readonly<Record<string, number>>,
): WrittenRisk {
  const coins = { BTC: 5000, ETH: 3000, SOL: 3000, DOGE: 1000, AVAX: 1000, LINK: 1000 }
  const named = Object.entries(coins).map(([coin, cap]) => [`${coin}${quote}`, cap] as const)
  return { symbolNotionalMax: { ...Object.fromEntries(named), [shib]: 500, ...more } }
}

function shares(): Readonly<Record<string, number>> {
  const large = { VOO: 5000, SPY: 5000, NVDA: 3000 }
  return { ...large, AMZN: 1500, NKE: 1500, INTC: 1500, HPE: 1500, CSCO: 1500 }
}

/** The limits that a configuration's preset begins with; none without a preset. */
export function presetOf({ limits, venue }: Limited): WrittenRisk {
  if (limits === undefined) return {}
  const kind = venue?.kind === 'alpaca' ? 'alpaca' : 'hyperliquid'
  return limitPresets[kind][limits.preset][limits.of]
}

/** Instruments that a preset names: a session need not have them all. */
export function presetInstruments(config: Limited): ReadonlySet<string> {
  const { symbolNotionalMax, regime } = presetOf(config)
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
  const written = values as {
    readonly limits?: unknown
    readonly risk?: unknown
    readonly venue?: { readonly kind?: unknown }
  } | null
  const limits = limitsSchema.safeParse(written?.limits)
  const risk = written?.risk ?? {}
  if (!limits.success || typeof risk !== 'object' || Array.isArray(risk)) return values
  const preset = presetOf({ limits: limits.data, venue: written?.venue })
  return { ...written, risk: { ...preset, ...risk } }
}
