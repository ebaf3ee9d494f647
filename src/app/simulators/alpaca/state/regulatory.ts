import { type DayNumber, dayNumber, type TimeUs } from '../../../../core/mod.ts'
import { CENT, type Nano, roundUp } from '../wire/nano.ts'
import { DAY_US } from '../wire/times.ts'

/** Fee of sales, in cents a million dollars, from a day on (SEC, Section 31, fee rate advisories). */
const secRates: readonly (readonly [DayNumber, bigint])[] = [
  [dayNumber(2016, 2, 16), 2180n],
  [dayNumber(2017, 7, 4), 2310n],
  [dayNumber(2018, 5, 22), 1300n],
  [dayNumber(2019, 4, 16), 2070n],
  [dayNumber(2020, 2, 18), 2210n],
  [dayNumber(2021, 2, 25), 510n],
  [dayNumber(2022, 5, 14), 2290n],
  [dayNumber(2023, 2, 27), 800n],
  [dayNumber(2024, 5, 22), 2780n],
  [dayNumber(2025, 5, 14), 0n],
  [dayNumber(2026, 4, 4), 2060n],
]

/** Fee of shares sold in 10^-6 dollars a share, and the most a trade pays in cents (FINRA, TAF). */
const tafRates: readonly (readonly [DayNumber, bigint, bigint])[] = [
  [dayNumber(2012, 7, 1), 119n, 595n],
  [dayNumber(2022, 1, 1), 130n, 649n],
  [dayNumber(2023, 1, 1), 145n, 727n],
  [dayNumber(2024, 1, 1), 166n, 830n],
  [dayNumber(2026, 1, 1), 195n, 979n],
]

const rowAt = <Row extends readonly [DayNumber, ...unknown[]]>(
  rows: readonly Row[],
  time: TimeUs,
): Row => {
  const day = Math.floor(time / DAY_US)
  return rows.findLast(([from]) => from <= day) ?? rows[0]!
}

/** The SEC's fee on the value of a sale, before rounding to cents. */
export function secFee(value: Nano, time: TimeUs): Nano {
  const [, centsPerMillion] = rowAt(secRates, time)
  return (value * centsPerMillion) / 100_000_000n
}

/** FINRA's trading activity fee on shares sold in one trade, before rounding to cents. */
export function tafFee(shares: Nano, time: TimeUs): Nano {
  const [, micros, mostCents] = rowAt(tafRates, time)
  const fee = (shares * micros) / 1_000_000n
  return fee > mostCents * CENT ? mostCents * CENT : fee
}

/** Fees are booked in whole cents, rounded up. */
export const wholeCents = (fee: Nano): Nano => roundUp(fee, CENT)

const ONE_DAY_SETTLEMENT = dayNumber(2024, 5, 28)
/** Sessions from a trade to its settlement: 1 since 2024-05-28, 2 before (SEC rule 15c6-1). */
export const settlementSessions = (tradeDay: DayNumber): number =>
  tradeDay >= ONE_DAY_SETTLEMENT ? 1 : 2

const INTRADAY_MARGIN = dayNumber(2026, 6, 4) * DAY_US
/** True while day trades are counted: until the intraday margin standard (SR-FINRA-2025-017). */
export const countsDayTrades = (time: TimeUs): boolean => time < INTRADAY_MARGIN

/** Fee rates of coins in parts per million by 30-day volume in dollars: maker, taker. */
const cryptoTiers: readonly (readonly [volume: bigint, maker: bigint, taker: bigint])[] = [
  [0n, 1500n, 2500n],
  [100_000n, 1200n, 2200n],
  [500_000n, 1000n, 2000n],
  [1_000_000n, 800n, 1800n],
  [10_000_000n, 500n, 1500n],
  [25_000_000n, 200n, 1300n],
  [50_000_000n, 200n, 1200n],
  [100_000_000n, 0n, 1000n],
]

/** A coin trade's fee rate, parts per million, at a 30-day volume in whole dollars. */
export function cryptoRatePpm(volume: bigint, isMaker: boolean): bigint {
  const [, maker, taker] = cryptoTiers.findLast(([from]) => volume >= from) ?? cryptoTiers[0]!
  return isMaker ? maker : taker
}

/** A share of an amount in parts per million, rounded up. */
export const shareOf = (amount: Nano, ppm: bigint): Nano => (amount * ppm + 999_999n) / 1_000_000n
