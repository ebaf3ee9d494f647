import { describe, expect, it } from 'vitest'
import { rulesCommand } from './rules-list.ts'

interface Data {
  readonly day: string
  readonly rules: readonly { readonly name: string; readonly known: boolean; value: unknown }[]
}

const at = (day: string) => {
  const result = rulesCommand({ at: day })
  const { rules } = result.data as Data
  return { ...result, of: (name: string) => rules.find((rule) => rule.name === name)?.value }
}

describe('ornstein rules', () => {
  it('says what holds on a day, and where that is written', () => {
    const { of, text, warnings } = at('2018-05-22')
    expect(of('SEC Section 31 fee')).toEqual({ perMillion: 13 })
    expect(of('FINRA trading activity fee')).toEqual({ perShare: 0.000119, capPerTrade: 5.95 })
    expect(of('settlement of shares')).toEqual({ days: 2, settles: '2018-05-24' })
    expect(text).toContain('SEC Section 31 fee: $13.00 a million')
    expect(text).toContain('since 2018-05-22: SEC, Fee Rate Advisory #3 for Fiscal Year 2018')
    expect(warnings).toEqual([
      'Alpaca crypto fees: not known on this day, only from 2023-03-13 to 2026-12-31',
    ])
  })

  it('says when a trade settles only of days on which there are trades', () => {
    expect(at('2026-11-21').of('settlement of shares')).toEqual({ days: 1, settles: null })
    expect(at('2024-05-24').of('settlement of shares')).toEqual({ days: 2, settles: '2024-05-29' })
  })

  it('knows the change of 2026', () => {
    expect(at('2026-06-03').of('day trading')).toMatchObject({ kind: 'patternDayTrader' })
    expect(at('2026-06-04').of('day trading')).toEqual({ kind: 'intradayMargin' })
  })

  it('takes today in New York when no day is given', () => {
    const now = Date.parse('2026-11-21T03:00:00Z') * 1000
    expect((rulesCommand({}, now).data as Data).day).toBe('2026-11-20')
  })

  it.each(['2018-02-30', '22.5.2018', 'today', ''])('refuses %j', (day) => {
    expect(() => at(day)).toThrow('is not a day')
  })

  it('says for every rule of a day without any that it is not known', () => {
    const { warnings, data } = at('1900-01-01')
    expect(warnings).toHaveLength((data as Data).rules.length)
  })
})
