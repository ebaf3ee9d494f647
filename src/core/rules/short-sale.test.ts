import { describe, expect, it } from 'vitest'
import { formatDay, parseDay, rulingOn, valueOn } from './dated-rule.ts'
import { priceIncrementRule } from './price-increment.ts'
import { priceTestUntil, shortSaleRule, triggersPriceTest } from './short-sale.ts'

const kindOn = (day: string): string => valueOn(shortSaleRule, parseDay(day)).kind

describe('the short sale price test', () => {
  it('is in force from 2011-02-28; none was from 2007-07-06', () => {
    expect([kindOn('2011-02-27'), kindOn('2011-02-28')]).toEqual(['none', 'circuitBreaker'])
    expect(kindOn('2007-07-06')).toBe('none')
    expect(rulingOn(shortSaleRule, parseDay('2007-07-05')).kind).toBe('unknown')
  })

  it('is triggered by a decline of ten percent or more from the last close', () => {
    const day = parseDay('2018-02-05')
    expect(triggersPriceTest(day, 9001, 10_000)).toBe(false)
    expect(triggersPriceTest(day, 9000, 10_000)).toBe(true)
    expect(triggersPriceTest(parseDay('2011-02-25'), 1, 10_000)).toBe(false)
  })

  it('restricts the rest of the day and the next session', () => {
    expect(formatDay(priceTestUntil(parseDay('2018-02-05')))).toBe('2018-02-06')
    expect(formatDay(priceTestUntil(parseDay('2018-02-16')))).toBe('2018-02-20')
  })
})

describe('price increments', () => {
  it('are a cent from a dollar on and a hundredth of one below, since 2006-01-31', () => {
    const rule = { threshold: 1, above: 0.01, below: 0.0001 }
    expect(valueOn(priceIncrementRule, parseDay('2006-01-31'))).toEqual(rule)
    expect(valueOn(priceIncrementRule, parseDay('2026-11-02'))).toEqual(rule)
    expect(rulingOn(priceIncrementRule, parseDay('2006-01-30')).kind).toBe('unknown')
  })
})
