import { type Instrument, type Money, median, notional, type TimeUs } from '../../../../core/mod.ts'
import type { ListedPerp } from '../listing.ts'
import type { DepthSource } from '../market/depth.ts'
import type { MarketData } from '../market/market-data.ts'

/** Time between premium samples, us. */
export const SAMPLE_US = 5_000_000
/** A builder's oracle is taken at most this often, and holds this long. */
const PUSH_US = 2_500_000
export const ORACLE_LIFE_US = 10_000_000
/** Largest change of a builder's mark per update, as a fraction. */
const MARK_CLAMP = 0.01
/** Interest per 8 hours, the clamp around it, and the hourly cap, x 10^9. */
const INTEREST_E9 = 100_000
const CLAMP_E9 = 500_000
const CAP_E9 = 40_000_000
/** Notional at which impact prices are read, currency units. */
const IMPACT_NOTIONAL: Money = 6_000n * 10n ** 8n
const IMPACT_NOTIONAL_MAJOR: Money = 20_000n * 10n ** 8n
const majors: readonly string[] = ['BTC', 'ETH']

/** Median of best bid, best ask and last trade in quanta: the mark of the book alone; 0 if none. */
export function localMark(book: DepthSource, lastPrice: number): number {
  const known = [
    ...(book.depth(0) > 0 ? [book.priceAt(0, 0)] : []),
    ...(book.depth(1) > 0 ? [book.priceAt(1, 0)] : []),
    ...(lastPrice > 0 ? [lastPrice] : []),
  ]
  return known.length === 0 ? 0 : Math.round(median(known))
}

/**
 * Takes a mark and oracle price as they are pushed. Natives take every one, builders' coins one in
 * 2.5 s; their mark is the middle of the pushed and the local one, at most 1 % from the last.
 */
export function pushPrices(
  data: MarketData,
  perp: ListedPerp,
  book: DepthSource,
  pushed: { readonly time: TimeUs; readonly mark: number; readonly oracle: number },
): void {
  const { time, mark, oracle } = pushed
  if (perp.dex === 0) {
    data.mark = mark
    data.oracle = oracle
    return
  }
  if (data.pushTime > 0 && time - data.pushTime < PUSH_US) return
  const local = localMark(book, data.lastPrice)
  const wanted = local > 0 ? Math.round((mark + local) / 2) : mark
  const reach = Math.floor(data.mark * MARK_CLAMP)
  const bounded = Math.min(data.mark + reach, Math.max(data.mark - reach, wanted))
  data.mark = data.mark > 0 ? bounded : wanted
  data.oracle = oracle
  data.pushTime = time
}

/** True when a builder's oracle has not been pushed for too long: its mark is the local one. */
export const isStale = (data: MarketData, perp: ListedPerp, time: TimeUs): boolean =>
  perp.dex > 0 && time - data.pushTime > ORACLE_LIFE_US

/** Average price of taking a notional off one side, or as much as there is; 0 when empty. */
function impactPrice(book: DepthSource, instrument: Instrument, side: 0 | 1): number {
  let left = majors.includes(instrument.symbol) ? IMPACT_NOTIONAL_MAJOR : IMPACT_NOTIONAL
  let lots = 0
  let sum = 0
  for (let i = 0; i < book.depth(side) && left > 0n; i++) {
    const price = book.priceAt(side, i)
    const each = notional(instrument, price, 1)
    const needed = Number((left + each - 1n) / each)
    const taken = Math.min(needed, book.quantityAt(side, i))
    left -= each * BigInt(taken)
    lots += taken
    sum += price * taken
  }
  return lots === 0 ? 0 : sum / lots
}

/** Impact bid and ask in quanta (fractions), or null while a side is empty. */
export function impactPrices(
  book: DepthSource,
  instrument: Instrument,
): { readonly bid: number; readonly ask: number } | null {
  const bid = impactPrice(book, instrument, 0)
  const ask = impactPrice(book, instrument, 1)
  return bid > 0 && ask > 0 ? { bid, ask } : null
}

/**
 * Premium x 10^9: how far the impact bid lies above the oracle, less how far the impact ask lies
 * below it, over the oracle. Source: the venue's documentation, "Funding".
 */
export function premiumE9(book: DepthSource, instrument: Instrument, oracle: number): number {
  const impact = impactPrices(book, instrument)
  if (impact === null || oracle <= 0) return 0
  const above = Math.max(0, impact.bid - oracle) - Math.max(0, oracle - impact.ask)
  return Math.round((above / oracle) * 1e9)
}

/** Adds a premium sample to the hour and works out the rate as it stands. */
export function samplePremium(data: MarketData, perp: ListedPerp, sampleE9: number): void {
  data.premiumE9 = sampleE9
  data.premiumSumE9 += sampleE9
  data.premiumCount++
  data.fundingRateE9 = hourlyRateE9(averagePremiumE9(data), perp.fundingMultiplierE9)
}

/** Mean premium of the running hour x 10^9. */
export const averagePremiumE9 = (data: MarketData): number =>
  data.premiumCount === 0 ? 0 : data.premiumSumE9 / data.premiumCount

/**
 * Hourly rate x 10^9: an eighth of premium + clamp(interest - premium, +-0.05 %), times the coin's
 * multiplier, at most 4 % either way.
 */
export function hourlyRateE9(premium: number, multiplierE9 = 1_000_000_000): number {
  const clamped = Math.min(CLAMP_E9, Math.max(-CLAMP_E9, INTEREST_E9 - premium))
  const rate = Math.round((((premium + clamped) / 8) * multiplierE9) / 1e9)
  return Math.min(CAP_E9, Math.max(-CAP_E9, rate))
}
