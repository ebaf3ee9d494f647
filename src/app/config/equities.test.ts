import { describe, expect, it } from 'vitest'
import { InputError } from '../../adapters/mod.ts'
import { reversionParameters, sessionEngineConfig, signalParameters } from './build.ts'
import { equitiesParameters } from './equities.ts'
import { parseConfig } from './load.ts'
import { requireNamedInstruments } from './risk.ts'

const daily = 'signal: { source: bar, interval: 390m, calendar: us-equities'
const parse = (signal: string, strategy: string) =>
  parseConfig(`name: x\n${signal}\nstrategy: { ${strategy} }`, 'x.yaml').config

function refusal(signal: string, strategy: string): string {
  try {
    parse(signal, strategy)
  } catch (error) {
    if (error instanceof InputError) return error.details.join('\n')
    throw error
  }
  return ''
}

describe('settings of equities', () => {
  it('are those of sectors, decision and sessions in the terms of the strategy', () => {
    const sectors =
      'sectors: { of: { Energy: { cap: 1, symbols: [XOM] }, Tech: { symbols: [A] } } }'
    const config = parse(
      `${daily}, prices: book }`,
      `timeStop: off, equities: { decision: preclose, timeStopSessions: 5, noQuote: pass, ${sectors} }`,
    )
    expect(equitiesParameters(config)).toEqual({
      ...{ decision: 'preclose', prices: 'book', flattenLeadUs: null, shortable: null },
      ...{ quoteWaitUs: 30e6, precloseLeadUs: 600e6, window: { size: 60, current: 'include' } },
      residual: null,
      sectors: {
        ...{ cap: 3, freedBy: 'decision', caps: { Energy: 1 } },
        sectors: { XOM: 'Energy', A: 'Tech' },
      },
    })
    expect(reversionParameters(config)).toMatchObject({ noQuote: 'pass', timeStopSessions: 5 })
    expect(signalParameters(config)).toMatchObject({ calendar: 'us-equities', prices: 'book' })
  })

  it('have a session warm the window of the provisional close up', () => {
    const config = parse(`${daily} }`, 'timeStop: off, equities: {}')
    expect(sessionEngineConfig('paper', config, []).seedStrategy).toBeDefined()
    expect(sessionEngineConfig('paper', parse('', ''), []).seedStrategy).toBeUndefined()
  })

  it('are none where every bar is decided by itself', () => {
    expect(equitiesParameters(parse('', ''))).toBeNull()
    expect(Object.keys(signalParameters(parse('', '')))).not.toContain('calendar')
  })

  it.each([
    ['', 'timeStop: off, equities: {}', 'signal.source'],
    ['signal: { source: bar }', 'timeStop: off, equities: {}', 'signal.calendar'],
    [`${daily} }`, 'equities: {}', 'strategy.timeStop'],
    [`${daily} }`, 'timeStop: off, equities: { decision: preclose }', 'equities.decision'],
    [`${daily} }`, 'timeStop: off, equities: { flattenAtClose: 5m }', 'flattenAtClose'],
    ['signal: { prices: book }', '', 'signal.prices'],
  ])('%s with %s is refused at %s', (signal, strategy, key) => {
    expect(refusal(signal, strategy)).toContain(key)
  })

  it('refuse names that the session has not: a sector would miss them unseen', () => {
    const sectors = 'shortable: [BX], sectors: { of: { A: { symbols: [XOMM, BX] } } }'
    const config = parse(`${daily} }`, `timeStop: off, equities: { ${sectors} }`)
    expect(() => requireNamedInstruments(config, ['BX', 'XOM'])).toThrow(
      expect.objectContaining({
        code: 'ORN-CONF-015',
        details: [
          'strategy.equities.sectors.of.A: there is no instrument "XOMM"; did you mean "XOM"?',
        ],
      }),
    )
  })

  it('refuse a name in two sectors', () => {
    const of = 'of: { A: { symbols: [XOM] }, B: { symbols: [XOM] } }'
    const text = refusal(`${daily} }`, `timeStop: off, equities: { sectors: { ${of} } }`)
    expect(text).toContain('XOM in one sector only; it is also in A')
  })
})
