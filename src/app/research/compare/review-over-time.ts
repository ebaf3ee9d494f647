import { newYorkDay, type RunRecord } from '../../../core/mod.ts'
import {
  type NullTables,
  putClose,
  type ReversionTests,
  reviewResiduals,
  type SessionCloses,
  scoreResiduals,
} from '../../../strategies/mod.ts'
import { equitiesParameters } from '../../config/equities.ts'
import { residualSchema } from '../../config/residual-schema.ts'
import type { Config } from '../../config/schema.ts'

/** What the tests say of all names on one day. */
export interface ReviewRow {
  /** Close of the session, us. */
  readonly time: number
  readonly tested: number
  /** Shares of the tested names. */
  readonly fastShare: number
  /** p value of at most 5 % by itself. */
  readonly singleShare: number
  /** At most the false discovery rate over all names. */
  readonly discoveredShare: number
  /** With a half-life that the data span ten times. */
  readonly halfLifeShare: number
  /** All of what a configuration with tests asks for. */
  readonly passedShare: number
  /** Median of those half-lives, sessions; null of none. */
  readonly halfLifeMedian: number | null
  /** Share of variance that eigenportfolios explain; null with other factors. */
  readonly explained: number | null
}

/** Sessions between two rows. */
const EVERY = 63

/**
 * Tests the residuals of a run every quarter on the closes that were known, by the configuration's
 * own tests or, where it has none, the usual ones. Null where the signal is not a residual.
 */
export function reviewOverTime(config: Config, record: RunRecord): readonly ReviewRow[] | null {
  const p = equitiesParameters(config)?.residual
  if (p === null || p === undefined) return null
  const tests = p.tests ?? usualTests()
  const symbols = record.instruments.map(({ symbol }) => symbol)
  const rows: SessionCloses[] = []
  const times = new Map<number, number>()
  const keep = Number.POSITIVE_INFINITY
  for (const { instrument, time, close } of record.bars) {
    for (let i = 0; i < time.length; i++) {
      const day = newYorkDay(time[i]! - 1)
      times.set(day, time[i]!)
      const own = { day, id: instrument, halfQuanta: close[i]! }
      putClose(rows, own, { names: symbols.length, keep })
    }
  }
  const tables: NullTables = new Map()
  const reviews: ReviewRow[] = []
  for (let end = rows.length; end > tests.window; end -= EVERY) {
    const known = rows.slice(Math.max(0, end - tests.window - 1 - p.maxGap - 100), end)
    const time = times.get(known.at(-1)!.day)!
    reviews.push({ time, ...reviewOf({ ...p, tests }, symbols, known, tables) })
  }
  return reviews.reverse()
}

function usualTests(): ReversionTests {
  const { tests } = residualSchema.parse({})
  if (tests === null) throw new Error('the schema has tests by default')
  return {
    ...{ window: tests.window, everySessions: tests.every, needsHalfLife: tests.halfLife },
    ...{ falseDiscoveryRate: tests.falseDiscoveryRate, dependence: tests.dependence },
  }
}

function reviewOf(
  p: Parameters<typeof reviewResiduals>[0],
  symbols: readonly string[],
  rows: readonly SessionCloses[],
  tables: NullTables,
): Omit<ReviewRow, 'time'> {
  const { names } = reviewResiduals(p, symbols, rows, tables)
  const scores = scoreResiduals(p, symbols, rows)
  const tested = names.filter((name) => name !== null)
  const share = (count: number): number => (tested.length === 0 ? 0 : count / tested.length)
  const halfLives = tested
    .flatMap(({ halfLife }) => (halfLife === null ? [] : [halfLife]))
    .sort((a, b) => a - b)
  const fast = scores.byName.filter(
    (name) => typeof name !== 'string' && name.model.kappa >= p.kappaMin,
  )
  return {
    tested: tested.length,
    fastShare: share(fast.length),
    singleShare: share(tested.filter(({ pValue }) => pValue <= 0.05).length),
    discoveredShare: share(
      tested.filter(({ adjustedPValue }) => adjustedPValue <= p.tests.falseDiscoveryRate).length,
    ),
    halfLifeShare: share(halfLives.length),
    passedShare: share(tested.filter(({ hasPassed }) => hasPassed).length),
    halfLifeMedian: halfLives[halfLives.length >> 1] ?? null,
    explained: scores.explained,
  }
}
