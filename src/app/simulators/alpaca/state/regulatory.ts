import {
  cryptoFeeRule,
  type DatedRule,
  type DayNumber,
  dayTradingRule,
  fromNewYork,
  newYorkDay,
  primeRateRule,
  SELL_FEE_DAYS,
  sellFeesOn,
  settlementDay,
  settlementRule,
  type TimeUs,
  valueOn,
} from '../../../../core/mod.ts'
import { NANO_DECIMALS, type Nano, UNIT } from '../wire/nano.ts'
import { DAY_US } from '../wire/times.ts'
import { sessionAfter } from './sessions.ts'

/** Money of the rules has eight decimals, the venue's nine. */
const NANO_PER_MONEY = 10n
/** Days beyond what is known follow the nearest known one: a virtual clock may go anywhere. */
const within = (day: DayNumber, range: { readonly from: DayNumber; readonly until: DayNumber }) =>
  Math.min(range.until, Math.max(range.from, day))

const held = <Value>(rule: DatedRule<Value>, time: TimeUs): Value =>
  valueOn(rule, within(newYorkDay(time), { from: rule.rows[0]!.from, until: rule.until }))

/** Both fees on a sale of shares, in whole cents each. */
export function sellFees(
  sale: { readonly value: Nano; readonly qty: Nano },
  time: TimeUs,
): { readonly sec: Nano; readonly taf: Nano } {
  // Shares are counted to the sixth decimal here, rounded up: finer ones move no cent.
  const quantityDecimals = 6
  const step = 10n ** BigInt(NANO_DECIMALS - quantityDecimals)
  const { sec, activity } = sellFeesOn(within(newYorkDay(time), SELL_FEE_DAYS), {
    value: sale.value / NANO_PER_MONEY,
    lots: Number((sale.qty + step - 1n) / step),
    quantityDecimals,
  })
  return { sec: sec * NANO_PER_MONEY, taf: activity * NANO_PER_MONEY }
}

/** When money of a trade settles: the midnight of New York that begins its settlement day. */
export function settlementTime(tradeDay: DayNumber): TimeUs {
  return fromNewYork(settlesOn(tradeDay) * DAY_US)
}

/** The day on which a trade settles. */
export const settlesOn = (tradeDay: DayNumber): DayNumber => {
  const { rows, until } = settlementRule
  const isKnown = tradeDay >= rows[0]!.from && tradeDay <= until
  return isKnown ? settlementDay(tradeDay) : sessionAfter((tradeDay + 1) * DAY_US).day
}

/** True while day trades are counted: until the intraday margin standard. */
export const countsDayTrades = (time: TimeUs): boolean =>
  held(dayTradingRule, time).kind === 'patternDayTrader'

/** Yearly interest on borrowed money, parts per million: the prime rate of the day. */
export const interestPpm = (time: TimeUs): bigint => BigInt(held(primeRateRule, time) / 1000)

/** The tier of coin fees, 1 or more, at a 30-day volume in dollars. */
export function cryptoTier(volume: Nano, time: TimeUs): number {
  const dollars = Number(volume / UNIT)
  const at = held(cryptoFeeRule, time).findLastIndex(({ volumeMin }) => dollars >= volumeMin)
  return Math.max(0, at) + 1
}

/** A coin trade's fee rate, parts per million, at a 30-day volume in dollars. */
export function cryptoRatePpm(volume: Nano, isMaker: boolean, time: TimeUs): bigint {
  const tier = held(cryptoFeeRule, time)[cryptoTier(volume, time) - 1]!
  return BigInt((isMaker ? tier.makerE9 : tier.takerE9) / 1000)
}

/** A share of an amount in parts per million, rounded up. */
export const shareOf = (amount: Nano, ppm: bigint): Nano => (amount * ppm + 999_999n) / 1_000_000n
