import { RollingAverage, RollingZ } from '../../core/mod.ts'

/** A member of the index on the screen's day. */
export interface EquityCandidate {
  readonly symbol: string
  readonly sector: string | null
  /** Closes for scores, oldest first, up to the day; of any scale. */
  readonly closes: readonly number[]
  /** As traded, the last one; null without bars. */
  readonly price: number | null
  /** Shares, oldest first, up to the day. */
  readonly volumes: readonly number[]
  /** False where the last bar is older than the session. */
  readonly isCurrent: boolean
}

/** What a name must show. */
export interface EquityRules {
  readonly minZ: number
  /** USD, as traded. */
  readonly minPrice: number
  /** Mean shares of a day over 30 sessions. */
  readonly minAdv: number
  /** Null is all. */
  readonly sector: string | null
  /** Names that are left out because they are traded already. */
  readonly known: ReadonlySet<string>
  readonly isMomentum: boolean
}

/** Closes of a score, sessions of the mean volume, closes of the trend, as published. */
const Z_WINDOW = 60
const ADV_WINDOW = 30
const TREND_WINDOW = 240
/** Least |z| over the trend's window, on the side of the zone. */
const TREND_Z = 0.5

/** Why a name is in no zone; the first that holds. */
export type EquityExclusion =
  | 'no bars'
  | 'no bar of the day'
  | 'history'
  | 'price'
  | 'volume'
  | 'sector'
  | 'known'
  | 'z'
  | 'trend'

/** A name in a zone. */
export interface EquityFound {
  readonly symbol: string
  readonly sector: string | null
  readonly zone: 'long' | 'short'
  readonly price: number
  /** Mean shares of a day. */
  readonly adv: number
  readonly z: number
  /** Over the trend's window; null outside of momentum. */
  readonly zTrend: number | null
  /** Close over its trend average less 1; null outside of momentum. */
  readonly aboveTrend: number | null
}

/** Names by zone, the strongest first, and how many are in none. */
export interface EquityScreen {
  readonly long: readonly EquityFound[]
  readonly short: readonly EquityFound[]
  readonly excluded: Readonly<Partial<Record<EquityExclusion, number>>>
}

/**
 * Sorts names into zones. Reversion: long below -minZ, short above it. Momentum: long above it with
 * a close above its 240-session average whose own z is above 0.5; short mirrored.
 */
export function screenEquities(
  candidates: readonly EquityCandidate[],
  rules: EquityRules,
): EquityScreen {
  const found: EquityFound[] = []
  const excluded: Partial<Record<EquityExclusion, number>> = {}
  for (const candidate of candidates) {
    const outcome = judge(candidate, rules)
    if (typeof outcome === 'string') excluded[outcome] = (excluded[outcome] ?? 0) + 1
    else found.push(outcome)
  }
  const zone = (name: 'long' | 'short'): readonly EquityFound[] =>
    found
      .filter((each) => each.zone === name)
      .sort((a, b) => Math.abs(b.z) - Math.abs(a.z) || (a.symbol < b.symbol ? -1 : 1))
  return { long: zone('long'), short: zone('short'), excluded }
}

function judge(candidate: EquityCandidate, rules: EquityRules): EquityFound | EquityExclusion {
  const { symbol, sector, closes, price, volumes } = candidate
  if (price === null || closes.length === 0) return 'no bars'
  if (!candidate.isCurrent) return 'no bar of the day'
  if (closes.length < (rules.isMomentum ? TREND_WINDOW : Z_WINDOW)) return 'history'
  if (price < rules.minPrice) return 'price'
  const recent = volumes.slice(-ADV_WINDOW)
  const adv = recent.reduce((sum, volume) => sum + volume, 0) / recent.length
  if (adv < rules.minAdv) return 'volume'
  if (rules.sector !== null && sector?.toLowerCase() !== rules.sector.toLowerCase()) return 'sector'
  if (rules.known.has(symbol)) return 'known'
  const z = scoreOf(closes, Z_WINDOW)
  if (!(Math.abs(z) > rules.minZ)) return 'z'
  const own = { symbol, sector, price, adv, z }
  if (!rules.isMomentum) {
    return { ...own, zone: z < 0 ? 'long' : 'short', zTrend: null, aboveTrend: null }
  }
  const side = Math.sign(z)
  const zTrend = scoreOf(closes, TREND_WINDOW)
  const aboveTrend = closes.at(-1)! / averageOf(closes) - 1
  if (!(side * zTrend > TREND_Z && side * aboveTrend > 0)) return 'trend'
  return { ...own, zone: side > 0 ? 'long' : 'short', zTrend, aboveTrend }
}

/** z of the last close in its window, the last one included, sample deviation. */
function scoreOf(closes: readonly number[], window: number): number {
  const score = new RollingZ(window, 'include')
  for (const close of closes.slice(-window)) score.push(close)
  return score.value
}

function averageOf(closes: readonly number[]): number {
  const average = new RollingAverage(TREND_WINDOW)
  for (const close of closes.slice(-TREND_WINDOW)) average.push(close)
  return average.value
}
