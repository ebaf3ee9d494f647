import { type AssetClass, classOf, classTargets } from './classes.ts'

/** A native perpetual as the venue lists it. Money in USD. */
export interface NativeCandidate {
  readonly coin: string
  readonly maxLeverage: number
  readonly dayVolume: number
  /** Difference of the best prices over their mid, basis points; null for a one-sided book. */
  readonly spreadBp: number | null
}

/** A builder's perpetual. Money in USD. */
export interface BuilderCandidate {
  readonly coin: string
  readonly maxLeverage: number
  readonly dayVolume: number
  /** Mark price x open coins. */
  readonly openInterest: number
  /** Closes of finished four-hour candles of seven days, oldest first. */
  readonly closes: readonly number[]
}

/** Why a candidate is out. */
export type Exclusion = 'leverage' | 'volume' | 'open interest' | 'spread' | 'history'

/** What passes, and how many did not by the first reason. */
export interface Screened<Chosen> {
  readonly chosen: readonly Chosen[]
  readonly candidates: number
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>
}

export const nativeRules = { leverageMin: 3, volumeMin: 1_000_000, spreadMaxBp: 5 } as const
export const builderRules = {
  openInterestMin: 1_000_000,
  volumeMin: 500_000,
  barsMin: 10,
} as const

/** Coins of every selection, whatever the day's volume says. */
export const alwaysNative: readonly string[] = ['BTC', 'ETH']

/** Native perpetuals by volume: enough leverage and volume, a narrow spread; then the first `top`. */
export function screenNative(
  all: readonly NativeCandidate[],
  options: { readonly top: number; readonly volumeMin: number },
): Screened<NativeCandidate> {
  const { passed, excluded } = sift(
    all.filter(({ coin }) => !alwaysNative.includes(coin)),
    ({ maxLeverage, dayVolume, spreadBp }) => {
      if (maxLeverage < nativeRules.leverageMin) return 'leverage'
      if (dayVolume < options.volumeMin) return 'volume'
      return spreadBp === null || spreadBp > nativeRules.spreadMaxBp ? 'spread' : null
    },
  )
  const ranked = passed.toSorted((a, b) => b.dayVolume - a.dayVolume || compare(a.coin, b.coin))
  return { chosen: ranked.slice(0, options.top), candidates: all.length, excluded }
}

/** A chosen builder's coin with what it was chosen by. */
export interface ChosenBuilder {
  readonly coin: string
  readonly class: AssetClass
  /** Standard deviation (population) of the closes in percent of their mean. */
  readonly deviationPercent: number
  readonly openInterest: number
  readonly dayVolume: number
  readonly maxLeverage: number
  /** Bonus of its class when it was chosen. */
  readonly bonus: number
  readonly score: number
}

const BONUS = 1.5
const MEME_BONUS = 0.1

/**
 * Builders' perpetuals by ln(1 + deviation) x ln(1 + open interest x volume), each over the largest
 * of it, x 1.5 while their class is below its target. The target is of the coins chosen so far: the
 * best is chosen, the bonuses are looked at again, and so on. A meme always counts a tenth.
 */
export function screenBuilders(
  all: readonly BuilderCandidate[],
  options: { readonly top: number; readonly volumeMin: number },
): Screened<ChosenBuilder> {
  const { passed, excluded } = sift(all, ({ openInterest, dayVolume, closes }) => {
    if (openInterest < builderRules.openInterestMin) return 'open interest'
    if (dayVolume < options.volumeMin) return 'volume'
    return closes.length < builderRules.barsMin ? 'history' : null
  })
  const measured = passed.map((one) => {
    const deviationPercent = deviationOf(one.closes)
    const size = Math.log(1 + one.openInterest * one.dayVolume)
    return { ...one, deviationPercent, size, movement: Math.log(1 + deviationPercent) }
  })
  const most = (values: readonly number[]): number => Math.max(Number.MIN_VALUE, ...values)
  const mostMovement = most(measured.map(({ movement }) => movement))
  const mostSize = most(measured.map(({ size }) => size))
  const left = measured.map(({ closes: _, movement, size, ...one }) => ({
    ...one,
    class: classOf(one.coin),
    plain: (movement / mostMovement) * (size / mostSize),
  }))
  const counts: Partial<Record<AssetClass, number>> = {}
  const chosen: ChosenBuilder[] = []
  while (chosen.length < options.top && left.length > 0) {
    const scored = left.map((one) => {
      const bonus = bonusOf(one.class, counts)
      return { one, bonus, score: one.plain * bonus }
    })
    const best = scored.reduce((a, b) => (isBetter(b, a) ? b : a))
    left.splice(left.indexOf(best.one), 1)
    const { plain: _, ...facts } = best.one
    counts[facts.class] = (counts[facts.class] ?? 0) + 1
    chosen.push({ ...facts, bonus: best.bonus, score: best.score })
  }
  return { chosen, candidates: all.length, excluded }
}

function bonusOf(name: AssetClass, counts: Readonly<Partial<Record<AssetClass, number>>>): number {
  if (name === 'MEME') return MEME_BONUS
  return (counts[name] ?? 0) + 1 <= classTargets[name] ? BONUS : 1
}

interface Scored {
  readonly one: { readonly coin: string }
  readonly score: number
}

const isBetter = (a: Scored, b: Scored): boolean =>
  a.score > b.score || (a.score === b.score && compare(a.one.coin, b.one.coin) < 0)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Standard deviation (population) in percent of the mean; 0 where the mean is not positive. */
export function deviationOf(closes: readonly number[]): number {
  const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length
  if (!(mean > 0)) return 0
  const square = closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / closes.length
  return (Math.sqrt(square) / mean) * 100
}

function sift<Candidate>(
  all: readonly Candidate[],
  judge: (one: Candidate) => Exclusion | null,
): { readonly passed: readonly Candidate[]; readonly excluded: Screened<never>['excluded'] } {
  const excluded: Partial<Record<Exclusion, number>> = {}
  const passed = all.filter((one) => {
    const reason = judge(one)
    if (reason !== null) excluded[reason] = (excluded[reason] ?? 0) + 1
    return reason === null
  })
  return { passed, excluded }
}
