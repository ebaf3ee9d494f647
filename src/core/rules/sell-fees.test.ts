import { describe, expect, it } from 'vitest'
import { moneyFromNumber, moneyToNumber } from '../domain/money.ts'
import { parseDay, rulingOn } from './dated-rule.ts'
import {
  activityFeeRule,
  newYorkDay,
  SELL_FEE_DAYS,
  secFeeRule,
  sellFeesAt,
  sellFeesOn,
} from './sell-fees.ts'

const us = (iso: string): number => Date.parse(iso) * 1000
const secOn = (day: string): unknown => {
  const ruling = rulingOn(secFeeRule, parseDay(day))
  return ruling.kind === 'known' ? ruling.value / 100 : ruling.kind
}
const activityOn = (day: string): unknown => {
  const ruling = rulingOn(activityFeeRule, parseDay(day))
  if (ruling.kind === 'unknown') return ruling.kind
  return [moneyToNumber(ruling.value.perShare), moneyToNumber(ruling.value.capPerTrade)]
}
const fees = (day: string, value: number, shares: number) => {
  const sale = { value: moneyFromNumber(value), lots: shares, quantityDecimals: 0 }
  const { sec, activity } = sellFeesOn(parseDay(day), sale)
  return [moneyToNumber(sec), moneyToNumber(activity)]
}

describe('the SEC fee', () => {
  it.each([
    ['2010-01-14', 25.7, '2010-01-15', 12.7],
    ['2010-03-31', 12.7, '2010-04-01', 16.9],
    ['2011-01-20', 16.9, '2011-01-21', 19.2],
    ['2012-02-20', 19.2, '2012-02-21', 18],
    ['2012-03-31', 18, '2012-04-01', 22.4],
    ['2013-05-24', 22.4, '2013-05-25', 17.4],
    ['2014-03-17', 17.4, '2014-03-18', 22.1],
    ['2015-02-13', 22.1, '2015-02-14', 18.4],
    ['2016-02-15', 18.4, '2016-02-16', 21.8],
    ['2017-07-03', 21.8, '2017-07-04', 23.1],
    ['2018-05-21', 23.1, '2018-05-22', 13],
    ['2019-04-15', 13, '2019-04-16', 20.7],
    ['2020-02-17', 20.7, '2020-02-18', 22.1],
    ['2021-02-24', 22.1, '2021-02-25', 5.1],
    ['2022-05-13', 5.1, '2022-05-14', 22.9],
    ['2023-02-26', 22.9, '2023-02-27', 8],
    ['2024-05-21', 8, '2024-05-22', 27.8],
    ['2025-05-13', 27.8, '2025-05-14', 0],
    ['2026-04-03', 0, '2026-04-04', 20.6],
  ])('is, a million, on %s %d and on %s %d', (before, old, day, rate) => {
    expect([secOn(before), secOn(day)]).toEqual([old, rate])
  })

  it('is not known before 2010 and after 2026', () => {
    expect(secOn('2009-12-31')).toBe('unknown')
    expect(secOn('2010-01-01')).toBe(25.7)
    expect(secOn('2026-12-31')).toBe(20.6)
    expect(secOn('2027-01-01')).toBe('unknown')
  })

  it('is rounded up to the cent', () => {
    // 10,000 x 13.00 / 10^6 = 0.13 exactly; a cent's worth more of value makes it 0.14.
    expect(fees('2018-06-01', 10_000, 0)).toEqual([0.13, 0])
    expect(fees('2018-06-01', 10_000.01, 0)).toEqual([0.14, 0])
    expect(fees('2018-06-01', 0.01, 0)).toEqual([0.01, 0])
    expect(fees('2025-06-01', 1_000_000, 0)).toEqual([0, 0])
  })
})

describe('the trading activity fee', () => {
  it.each([
    ['2011-06-30', [0.000075, 3.75], '2011-07-01', [0.00009, 4.5]],
    ['2012-02-29', [0.00009, 4.5], '2012-03-01', [0.000095, 4.75]],
    ['2012-06-30', [0.000095, 4.75], '2012-07-01', [0.000119, 5.95]],
    ['2021-12-31', [0.000119, 5.95], '2022-01-01', [0.00013, 6.49]],
    ['2022-12-31', [0.00013, 6.49], '2023-01-01', [0.000145, 7.27]],
    ['2023-12-31', [0.000145, 7.27], '2024-01-01', [0.000166, 8.3]],
    ['2025-12-31', [0.000166, 8.3], '2026-01-01', [0.000195, 9.79]],
  ])('is on %s %j and on %s %j', (before, old, day, rate) => {
    expect([activityOn(before), activityOn(day)]).toEqual([old, rate])
  })

  it('is rounded up to the cent and capped', () => {
    expect(fees('2018-06-01', 0, 1)).toEqual([0, 0.01])
    expect(fees('2018-06-01', 0, 84)).toEqual([0, 0.01])
    expect(fees('2018-06-01', 0, 85)).toEqual([0, 0.02])
    expect(fees('2018-06-01', 0, 49_999)).toEqual([0, 5.95])
    expect(fees('2018-06-01', 0, 10_000_000)).toEqual([0, 5.95])
  })

  it('counts parts of shares', () => {
    const sale = { value: 0n, lots: 85_000_000, quantityDecimals: 6 }
    expect(moneyToNumber(sellFeesOn(parseDay('2018-06-01'), sale).activity)).toBe(0.02)
  })
})

describe('the day of a sale', () => {
  it("is New York's", () => {
    expect(newYorkDay(us('2018-05-22T03:59:59Z'))).toBe(parseDay('2018-05-21'))
    expect(newYorkDay(us('2018-05-22T04:00:00Z'))).toBe(parseDay('2018-05-22'))
    const sale = { value: moneyFromNumber(10_000), lots: 0, quantityDecimals: 0 }
    expect(moneyToNumber(sellFeesAt(us('2018-05-22T03:59:59Z'), sale).sec)).toBe(0.24)
    expect(moneyToNumber(sellFeesAt(us('2018-05-22T04:00:00Z'), sale).sec)).toBe(0.13)
  })

  it('must be known', () => {
    const sale = { value: 1n, lots: 1, quantityDecimals: 0 }
    expect(() => sellFeesOn(SELL_FEE_DAYS.from - 1, sale)).toThrow('is not known')
    expect(() => sellFeesOn(SELL_FEE_DAYS.until + 1, sale)).toThrow('is not known')
  })
})
