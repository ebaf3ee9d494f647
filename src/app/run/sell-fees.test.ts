import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { defaultUniverse } from '../simulators/market/universe.ts'
import { exchangeOptions } from './backtest.ts'
import { requireKnownSellFees, sellFeeNotes } from './sell-fees.ts'

const configOf = (fills = '{}') =>
  parseConfig(`{ name: test, fills: ${fills} }`, 'test.yaml').config
const perpetual = defaultUniverse()[0]!.instrument
const share: Instrument = { ...perpetual, symbol: 'AAPL', kind: 'equity', quoteCurrency: 'USD' }
const span = (from: string, until: string) => ({
  firstTime: Date.parse(from) * 1000,
  lastTime: Date.parse(until) * 1000,
})
const known = span('2018-05-01T13:30:00Z', '2018-06-01T20:00:00Z')

describe('fees on sales', () => {
  it('apply to equities unless switched off, and to nothing else', () => {
    expect(exchangeOptions(configOf(), [share]).hasSellFees).toBe(true)
    expect(exchangeOptions(configOf('{ sellFees: byDate }'), [share]).hasSellFees).toBe(true)
    expect(exchangeOptions(configOf('{ sellFees: off }'), [share]).hasSellFees).toBeUndefined()
    expect(exchangeOptions(configOf(), [perpetual]).hasSellFees).toBeUndefined()
  })

  it('are told with the days they hold from', () => {
    const notes = sellFeeNotes(configOf(), [share], known)
    expect(notes[0]).toContain(
      '$23.10 a million from 2018-05-01, $13.00 a million from 2018-05-22.',
    )
    expect(notes[1]).toContain('$0.000119 a share, at most $5.95 a trade from 2018-05-01.')
    expect(sellFeeNotes(configOf(), [perpetual], known)).toEqual([])
    expect(sellFeeNotes(configOf('{ sellFees: off }'), [share], known)).toEqual([
      'Sales of equities pay no regulatory fees (fills.sellFees off).',
    ])
  })

  it('of days that are not known are refused, unless they are off', () => {
    const early = span('2009-12-31T14:30:00Z', '2010-02-01T21:00:00Z')
    const check =
      (fills: string, of = early) =>
      () =>
        requireKnownSellFees(configOf(fills), [share], of)
    expect(check('{}')).toThrow('are not known for all days of the data')
    expect(check('{ sellFees: off }')).not.toThrow()
    expect(check('{}', known)).not.toThrow()
    expect(check('{}', span('2026-12-01T00:00:00Z', '2027-01-04T15:00:00Z'))).toThrow('not known')
  })
})
