import { describe, expect, it } from 'vitest'
import { formatDay, parseDay, rulingOn } from './dated-rule.ts'
import { settlementDay, settlementRule } from './settlement.ts'

const settles = (day: string): string => formatDay(settlementDay(parseDay(day)))
const days = (day: string): unknown => {
  const ruling = rulingOn(settlementRule, parseDay(day))
  return ruling.kind === 'known' ? ruling.value : ruling.kind
}

describe('settlement of shares', () => {
  it('takes three days before 2017-09-05, two from then, one from 2024-05-28', () => {
    expect([days('2017-09-04'), days('2017-09-05')]).toEqual([3, 2])
    expect([days('2024-05-27'), days('2024-05-28')]).toEqual([2, 1])
    expect([days('1995-06-06'), days('1995-06-07')]).toEqual(['unknown', 3])
  })

  it('counts business days from the trade', () => {
    expect(settles('2017-09-01')).toBe('2017-09-07')
    expect(settles('2017-09-05')).toBe('2017-09-07')
    // Two cycles end on one day when it becomes shorter.
    expect(settles('2024-05-24')).toBe('2024-05-29')
    expect(settles('2024-05-28')).toBe('2024-05-29')
    expect(settles('2026-11-20')).toBe('2026-11-23')
  })

  it('leaves out Columbus Day and Veterans Day, on which exchanges trade', () => {
    expect(settles('2025-10-10')).toBe('2025-10-14')
    expect(settles('2025-11-10')).toBe('2025-11-12')
    expect(settles('2018-11-09')).toBe('2018-11-14')
  })
})
