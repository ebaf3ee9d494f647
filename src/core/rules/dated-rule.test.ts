import { describe, expect, it } from 'vitest'
import { datedRule, formatDay, parseDay, rulingOn, valueOn } from './dated-rule.ts'

const rule = datedRule(
  'a rule',
  [
    ['2010-01-01', 'first', 'one'],
    ['2012-02-29', 'second', 'two'],
  ],
  parseDay('2013-12-31'),
)
const on = (day: string) => rulingOn(rule, parseDay(day))

describe('a dated rule', () => {
  it('changes on its day, not a day before', () => {
    expect(on('2012-02-28')).toMatchObject({ kind: 'known', value: 'first', source: 'one' })
    expect(on('2012-02-29')).toMatchObject({ kind: 'known', value: 'second', source: 'two' })
  })

  it('says from when to when it holds', () => {
    const { from, until } = on('2011-01-01')
    expect([formatDay(from), formatDay(until)]).toEqual(['2010-01-01', '2012-02-28'])
    expect(formatDay(on('2013-01-01').until)).toBe('2013-12-31')
  })

  it('is unknown before its first and after its last day', () => {
    expect(on('2010-01-01').kind).toBe('known')
    expect(on('2009-12-31')).toMatchObject({ kind: 'unknown' })
    expect(on('2013-12-31').kind).toBe('known')
    expect(on('2014-01-01')).toMatchObject({ kind: 'unknown' })
  })

  it('fails where a value is asked for a day that is not known', () => {
    expect(() => valueOn(rule, parseDay('2014-01-01'))).toThrow(
      'a rule on 2014-01-01 is not known, only from 2010-01-01 to 2013-12-31',
    )
  })

  it('refuses rows that do not ascend and days that do not exist', () => {
    const twice = [
      ['2010-01-01', 1, ''],
      ['2010-01-01', 2, ''],
    ] as const
    expect(() => datedRule('x', twice)).toThrow('must ascend')
    expect(() => parseDay('2011-02-29')).toThrow('no day of the calendar')
    expect(() => parseDay('2011-2-1')).toThrow('no day')
  })
})
