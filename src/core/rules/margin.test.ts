import { describe, expect, it } from 'vitest'
import { parseDay, rulingOn, valueOn } from './dated-rule.ts'
import { dayTradingRule, isPatternDayTrader, marginRule } from './margin.ts'

const pattern = valueOn(dayTradingRule, parseDay('2018-01-02'))
const sessions = (...counts: readonly (readonly [number, number])[]) =>
  counts.map(([dayTrades, trades]) => ({ dayTrades, trades }))

describe('day trading', () => {
  it('has the pattern rule up to 2026-06-03 and intraday margin from 2026-06-04', () => {
    expect(valueOn(dayTradingRule, parseDay('2026-06-03'))).toMatchObject({
      kind: 'patternDayTrader',
      dayTrades: 4,
      sessions: 5,
      equityMin: 25_000,
    })
    expect(valueOn(dayTradingRule, parseDay('2026-06-04'))).toEqual({ kind: 'intradayMargin' })
    expect(rulingOn(dayTradingRule, parseDay('2001-09-27')).kind).toBe('unknown')
  })

  it('makes a pattern of four day trades in five sessions, not of three', () => {
    expect(isPatternDayTrader(pattern, sessions([1, 2], [1, 2], [0, 0], [1, 2], [1, 2]))).toBe(true)
    expect(isPatternDayTrader(pattern, sessions([1, 2], [1, 2], [0, 0], [0, 0], [1, 2]))).toBe(
      false,
    )
  })

  it('looks at the last five sessions only', () => {
    const six = sessions([1, 2], [1, 2], [1, 2], [0, 0], [0, 0], [1, 2])
    expect(isPatternDayTrader(pattern, six)).toBe(false)
  })

  it('leaves out accounts whose day trades are six percent of all trades or less', () => {
    expect(isPatternDayTrader(pattern, sessions([6, 100]))).toBe(false)
    expect(isPatternDayTrader(pattern, sessions([7, 100]))).toBe(true)
  })

  it('knows no pattern once the rule is gone', () => {
    expect(isPatternDayTrader({ kind: 'intradayMargin' }, sessions([9, 9]))).toBe(false)
  })
})

describe('margin', () => {
  it('is two to one overnight', () => {
    expect(1 / valueOn(marginRule, parseDay('2018-01-02')).initial).toBe(2)
    expect(rulingOn(marginRule, parseDay('1974-01-02')).kind).toBe('unknown')
    expect(rulingOn(marginRule, parseDay('1974-01-03')).kind).toBe('known')
  })
})
