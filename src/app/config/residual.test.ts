import { describe, expect, it } from 'vitest'
import { InputError } from '../../adapters/mod.ts'
import { reversionParameters } from './build.ts'
import { equitiesParameters } from './equities.ts'
import { parseConfig } from './load.ts'
import { requireNamedInstruments } from './risk.ts'

const parse = (equities: string) =>
  parseConfig(
    `name: x
signal: { source: bar, interval: 390m, calendar: us-equities, maxGap: 3 }
strategy: { timeStop: off, equities: { ${equities} } }`,
    'x.yaml',
  ).config

const sectors = 'sectors: { cap: off, of: { A: { symbols: [X, Y] }, B: { symbols: [Z] } } }'

function refusal(equities: string): string {
  try {
    parse(equities)
  } catch (error) {
    if (error instanceof InputError) return error.details.join('\n')
    throw error
  }
  return ''
}

describe('the settings of residual returns', () => {
  it('have the thresholds, the window and the speed that are published', () => {
    const config = parse(`signal: residual, ${sectors}`)
    expect(equitiesParameters(config)!.residual).toEqual({
      factors: { kind: 'sector', sectors: { X: 'A', Y: 'A', Z: 'B' }, proxies: {} },
      ...{ market: null, window: 60, kappaMin: 8.4, centreMeans: true, withDrift: false },
      maxGap: 3,
      tests: {
        ...{ window: 252, everySessions: 21, needsHalfLife: true },
        ...{ falseDiscoveryRate: 0.05, dependence: 'positive' },
      },
      neutral: { by: 'market', tolerance: 0.05 },
    })
    expect(reversionParameters(config).tier).toEqual({
      ...{ longEntry: -1.25, longExit: -0.5, shortEntry: 1.25, shortExit: 0.75 },
    })
    expect(equitiesParameters(config)!.sectors).toBeNull()
  })

  it('leave the thresholds of closes alone where the signal is the close', () => {
    const config = parse(sectors)
    expect(equitiesParameters(config)!.residual).toBeNull()
    expect(reversionParameters(config).tier.shortExit).toBe(0.5)
  })

  it('take a number of eigenportfolios, or a share that they explain', () => {
    const of = (pca: string) =>
      equitiesParameters(parse(`signal: residual, residual: { factors: pca${pca} }`))!.residual!
        .factors
    expect(of('')).toEqual({ kind: 'pca', window: 252, count: { kind: 'fixed', count: 15 } })
    expect(of(', pca: { explained: 55% }')).toEqual({
      ...{ kind: 'pca', window: 252, count: { kind: 'explained', share: 0.55 } },
    })
  })

  it.each([
    ['residual: {}', 'strategy.equities.residual'],
    ['signal: residual', 'sectors.of'],
    ['signal: residual, residual: { factors: pca, neutral: { by: sector } }', 'neutral.by'],
    [`signal: residual, ${sectors}, residual: { proxies: { C: XLE } }`, 'proxies.C'],
    [`signal: residual, ${sectors}, residual: { tier: { longEntry: 0 } }`, 'longEntry < longExit'],
    [
      `signal: residual, ${sectors}, residual: { tests: { falseDiscoveryRate: 100% } }`,
      'below 100%',
    ],
  ])('%s is refused at %s', (equities, text) => {
    expect(refusal(equities)).toContain(text)
  })

  it('refuse a proxy or a market that the session has not', () => {
    const config = parse(
      `signal: residual, ${sectors}, residual: { market: SPX, proxies: { A: XLE } }`,
    )
    expect(() => requireNamedInstruments(config, ['X', 'Y', 'Z', 'SPY'])).toThrow(
      expect.objectContaining({ code: 'ORN-CONF-015' }),
    )
    expect(() => requireNamedInstruments(config, ['X', 'Y', 'Z', 'SPX', 'XLE'])).not.toThrow()
  })
})
