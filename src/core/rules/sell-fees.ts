import type { DayNumber } from '../calendar/civil-day.ts'
import { toNewYork } from '../calendar/new-york.ts'
import { MONEY_DECIMALS, type Money, type TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { parseDecimal } from '../lib/decimal.ts'
import { type DatedRule, datedRule, valueOn } from './dated-rule.ts'

/** Rate of the SEC's fee on sales: parts per 10^8 of the value (cents per million dollars). */
export type SecFeeRate = number

const advisory = (year: number, number: number): string =>
  `SEC, Fee Rate Advisory #${number} for Fiscal Year ${year}`

/**
 * Section 31 of the Securities Exchange Act, as exchanges and brokers pass it on to the seller of a
 * share. The rate of a day holds for sales whose charge date it is.
 */
export const secFeeRule: DatedRule<SecFeeRate> = datedRule('SEC Section 31 fee', [
  // $25.70 since 2009-04-10; the table begins with 2010.
  ['2010-01-01', 2570, `${advisory(2010, 2)} (rate of fiscal year 2009 goes on)`],
  ['2010-01-15', 1270, advisory(2010, 4)],
  ['2010-04-01', 1690, `${advisory(2010, 5)}; FINRA Information Notice 3/10/10`],
  ['2011-01-21', 1920, `${advisory(2011, 5)} (SEC release 2010-255)`],
  ['2012-02-21', 1800, advisory(2012, 5)],
  ['2012-04-01', 2240, advisory(2012, 6)],
  ['2013-05-25', 1740, advisory(2013, 3)],
  ['2014-03-18', 2210, 'SEC, fiscal year 2014; FINRA Information Notice 3/3/14'],
  ['2015-02-14', 1840, 'SEC, Fee Rate Advisories for Fiscal Year 2015'],
  ['2016-02-16', 2180, 'SEC, fiscal year 2016; FINRA Information Notice 3/15/16'],
  ['2017-07-04', 2310, advisory(2017, 3)],
  ['2018-05-22', 1300, `${advisory(2018, 3)}; FINRA Information Notice 5/7/18`],
  ['2019-04-16', 2070, advisory(2019, 2)],
  ['2020-02-18', 2210, `${advisory(2020, 2)}; FINRA Information Notice 2/3/20`],
  ['2021-02-25', 510, `${advisory(2021, 2)}; FINRA Information Notice 2/16/21`],
  ['2022-05-14', 2290, advisory(2022, 2)],
  ['2023-02-27', 800, 'SEC, Fee Rate Advisories for Fiscal Year 2023'],
  ['2024-05-22', 2780, advisory(2024, 2)],
  ['2025-05-14', 0, 'SEC, fee rate advisory 2025-2; FINRA Information Notice 4/24/25'],
  ['2026-04-04', 2060, 'SEC, fee rate advisory 2026-2; release 34-104909 (91 FR 10643)'],
])

/** FINRA's Trading Activity Fee on a sale. */
export interface ActivityFee {
  /** Money a share. */
  readonly perShare: Money
  /** Most that one trade is charged. */
  readonly capPerTrade: Money
}

const usd = (text: string): Money => parseDecimal(text, MONEY_DECIMALS)! as Money
const activity = (perShare: string, cap: string): ActivityFee => ({
  perShare: usd(perShare),
  capPerTrade: usd(cap),
})

/** FINRA By-Laws, Schedule A, Section 1(b): sales of covered equity securities. */
export const activityFeeRule: DatedRule<ActivityFee> = datedRule('FINRA trading activity fee', [
  ['2010-01-01', activity('0.000075', '3.75'), 'FINRA Regulatory Notice 11-27 (the rate before)'],
  ['2011-07-01', activity('0.000090', '4.50'), 'FINRA Regulatory Notice 11-27'],
  ['2012-03-01', activity('0.000095', '4.75'), 'FINRA Regulatory Notice 12-06'],
  ['2012-07-01', activity('0.000119', '5.95'), 'FINRA Regulatory Notice 12-31'],
  ['2022-01-01', activity('0.000130', '6.49'), 'SR-FINRA-2020-032, schedule for 2022'],
  ['2023-01-01', activity('0.000145', '7.27'), 'SR-FINRA-2020-032, schedule for 2023'],
  ['2024-01-01', activity('0.000166', '8.30'), 'SR-FINRA-2020-032, schedule for 2024'],
  ['2026-01-01', activity('0.000195', '9.79'), 'SR-FINRA-2024-019, fee adjustment schedule'],
])

/** A sale of shares, long or short. */
export interface Sale {
  /** Positive, in money. */
  readonly value: Money
  /** Positive count of lots of 10^-quantityDecimals shares. */
  readonly lots: number
  readonly quantityDecimals: number
}

/** Both fees on a sale, money. */
export interface SellFees {
  readonly sec: Money
  readonly activity: Money
}

const CENT = 10n ** BigInt(MONEY_DECIMALS - 2)
const RATE_SCALE = 100_000_000n

const divideUp = (numerator: bigint, denominator: bigint): bigint =>
  (numerator + denominator - 1n) / denominator

/**
 * Regulatory fees of a sale on a day: value x rate, and shares x rate up to the cap, each rounded
 * up to the next cent as brokers charge them. One sale is one trade: a fill. Fails on days that are
 * not known.
 */
export function sellFeesOn(day: DayNumber, { value, lots, quantityDecimals }: Sale): SellFees {
  assert(value >= 0n && lots >= 0, 'a sale has a positive size')
  const rate = BigInt(valueOn(secFeeRule, day))
  const { perShare, capPerTrade } = valueOn(activityFeeRule, day)
  const sec = divideUp(value * rate, RATE_SCALE * CENT) * CENT
  const lotsPerShare = 10n ** BigInt(quantityDecimals)
  const byShares = divideUp(BigInt(lots) * perShare, lotsPerShare * CENT) * CENT
  return { sec, activity: byShares < capPerTrade ? byShares : capPerTrade }
}

/** The same at an instant: the day is New York's. */
export const sellFeesAt = (time: TimeUs, sale: Sale): SellFees => sellFeesOn(newYorkDay(time), sale)

/** The day of New York's calendar at an instant. */
export const newYorkDay = (time: TimeUs): DayNumber => Math.floor(toNewYork(time) / 86_400_000_000)

/** First and last day of which both fees are known. */
export const SELL_FEE_DAYS: { readonly from: DayNumber; readonly until: DayNumber } = {
  from: Math.max(secFeeRule.rows[0]!.from, activityFeeRule.rows[0]!.from),
  until: Math.min(secFeeRule.until, activityFeeRule.until),
}
