import { z } from 'zod'
import { distinct, duration, orOff, positiveDuration } from './quantities.ts'
import { residualMisfits, residualSchema } from './residual-schema.ts'

const names = (unit: string) => z.number().int().meta({ unit })

const sector = z.strictObject({
  cap: names('names')
    .min(0)
    .optional()
    .meta({ description: 'at once; that of all sectors when unset', examples: [1] }),
  symbols: distinct(z.string())
    .min(1)
    .meta({ description: 'the names of the sector', examples: [['XOM', 'SLB']] }),
})

const sectors = z
  .strictObject({
    cap: orOff(names('names').min(1))
      .prefault(3)
      .describe('names of a sector that may be on at once, where it has no cap of its own'),
    freedBy: z
      .enum(['decision', 'fill'])
      .default('decision')
      .describe('whether an exit frees its slot when it is decided or when it is filled'),
    of: z
      .record(z.string(), sector)
      .default({})
      .meta({
        description: 'by sector; a name that none lists is of the sector "Unknown"',
        examples: [{ Energy: { cap: 1, symbols: ['XOM', 'SLB'] } }],
      }),
  })
  .superRefine(({ of }, context) => {
    const seen = new Map<string, string>()
    for (const [name, { symbols }] of Object.entries(of)) {
      for (const symbol of symbols) {
        const other = seen.get(symbol)
        if (other !== undefined && other !== name) {
          const message = `${symbol} in one sector only; it is also in ${other}`
          context.addIssue({ code: 'custom', path: ['of', name, 'symbols'], message })
        }
        seen.set(symbol, name)
      }
    }
  })

/** Reversion on daily bars of US equities: when it decides, and how many names of a sector. */
export const equitiesSchema = z
  .strictObject({
    signal: z
      .enum(['close', 'residual'])
      .default('close')
      .describe(
        'what the score is of: closes, or returns less those of factors, as `residual` says',
      ),
    residual: residualSchema
      .optional()
      .describe('the factors, the score and its tests; with `signal: residual`'),
    decision: z
      .enum(['open', 'preclose'])
      .default('open')
      .describe(
        'on the z of the last close after the opening bell, or on a provisional close before the closing bell; on bars without a book, `open` decides at the close and fills at the next open',
      ),
    quoteWait: duration()
      .prefault('30s')
      .describe('`open` waits at most this long after the bell for a quote of every name'),
    precloseLead: positiveDuration()
      .prefault('10m')
      .describe('`preclose` decides so long before the closing bell: 15:50, on early closes 12:50'),
    noQuote: z
      .enum(['refuse', 'pass'])
      .default('refuse')
      .describe(
        'an entry without a fresh quote is refused, or passes the gates of book and imbalance',
      ),
    flattenAtClose: orOff(positiveDuration())
      .prefault('off')
      .describe('everything is left so long before the closing bell; off: held overnight'),
    timeStopSessions: orOff(names('closes').min(1))
      .prefault('off')
      .describe('longest holding time, in closes'),
    shortable: distinct(z.string())
      .optional()
      .meta({
        description: 'names that may be sold short; all that the venue lets when unset',
        examples: [['SPY', 'NKE']],
      }),
    sectors: sectors.optional().describe('how many names of a sector may be on at once'),
  })
  .describe('Decides once a session of US stock exchanges instead of with every bar')

/** The settings that are looked at. */
interface Settings {
  readonly strategy: {
    readonly timeStop: number | null
    readonly equities?: z.infer<typeof equitiesSchema> | undefined
  }
  readonly signal: {
    readonly source: string
    readonly prices?: string | undefined
    readonly calendar?: string | undefined
  }
}

/** A setting that could not do what it says, with what is allowed. */
interface Misfit {
  readonly path: readonly string[]
  readonly error: string
}

/** What of the other settings does not go with equities. */
export function equitiesMisfits({ strategy, signal }: Settings): readonly Misfit[] {
  const own = strategy.equities
  const misfits: Misfit[] = []
  const add = (path: string, error: string): void => {
    misfits.push({ path: path.split('.'), error })
  }
  if (signal.prices === 'book' && signal.source !== 'bar') {
    add('signal.prices', 'unset where signal.source is not bar')
  }
  if (own === undefined) return misfits
  if (signal.source !== 'bar') add('signal.source', 'bar with strategy.equities')
  if (signal.calendar !== 'us-equities') {
    add('signal.calendar', 'us-equities with strategy.equities')
  }
  if (strategy.timeStop !== null) {
    add('strategy.timeStop', 'off with strategy.equities; equities.timeStopSessions counts closes')
  }
  const hasBook = signal.prices === 'book'
  if (own.decision === 'preclose' && !hasBook) {
    add('strategy.equities.decision', 'open where signal.prices is not book')
  }
  if (own.flattenAtClose !== null && !hasBook) {
    add('strategy.equities.flattenAtClose', 'off where signal.prices is not book')
  }
  for (const { path, error } of residualMisfits(own)) add(`strategy.equities.${path}`, error)
  return misfits
}
