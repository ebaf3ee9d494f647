import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Instrument, quantity } from '../../core/mod.ts'
import { parseConfig } from './load.ts'
import { requireNamedInstruments, riskLimits } from './risk.ts'

const instruments = ['BTC', 'xyz:TSLA', 'xyz:GOLD'].map(
  (symbol, id): Instrument => ({
    id,
    symbol,
    venue: 'hyperliquid',
    kind: 'perpetual',
    quoteCurrency: 'USDC',
    baseCurrency: symbol,
    priceDecimals: 1,
    quantityDecimals: 3,
    priceRule: { kind: 'tick', quanta: 1 },
    minimumNotional: 0n,
    minimumQuantity: quantity(1),
    fees: { makerE9: 0, takerE9: 0 },
    longOnly: false,
    maximumLeverage: 10,
  }),
)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ornstein-risk-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const parse = (risk: string) =>
  parseConfig(`name: x\nrisk: ${risk}\n`, join(folder, 'x.yaml')).config
const limitsOf = (risk: string) => riskLimits(parse(risk), instruments)

describe('risk', () => {
  it('makes one policy of each breaker that is on', () => {
    expect(limitsOf('{}').breakers).toEqual([
      policy('dailyLoss', 500, 'tradingDay', 'cancel', 'nextDay'),
      policy('dailyDrawdown', 0.02, 'tradingDay', 'cancel', 'nextDay'),
      policy('macro', 0, 'present', 'cancel', 'whenOver'),
      { ...policy('grossCap', 15_000, 'present', 'exitsOnly', 'whenOver'), release: 12_500 },
      { ...policy('netCap', 15_000, 'present', 'exitsOnly', 'whenOver'), release: 12_500 },
    ])
    const own = `{ dailyLossMax: off, dailyDrawdownMax: off, reduceOnly: off, sessionLossMax: 75,
      drawdownMax: 10%, regime: { pause: 2h },
      breakers: { sessionLoss: { onTrip: flatten }, drawdown: { rearm: 6h } } }`
    expect(limitsOf(own).breakers).toEqual([
      policy('sessionLoss', 75, 'session', 'flatten', 'operator'),
      policy('drawdown', 0.1, 'account', 'cancel', { afterUs: 21_600_000_000 }),
      policy('regime', 0.01, 'present', 'exitsOnly', { afterUs: 7_200_000_000 }),
      policy('macro', 0, 'present', 'cancel', 'whenOver'),
    ])
  })

  it('limits single instruments by name, else by their dex', () => {
    const limits = limitsOf(`{ symbolNotionalMax: { BTC: 5000, 'xyz:*': 200, 'xyz:GOLD': 50 } }`)
    expect(limits.positionNotionalMaxes).toEqual([5000, 200, 50])
  })

  it('takes the return of the regime over bars of the signal', () => {
    const { regime } = limitsOf(`{ regime: { instruments: ['xyz:GOLD', BTC], bars: 30 } }`)
    expect(regime).toEqual({ instruments: [0, 2], spanUs: 1_800_000_000 })
  })

  it('reads halt times from the file itself or from one of their own', () => {
    const list = [{ name: 'CPI', at: '2026-12-10T13:30:00Z', after: '1h' }]
    writeFileSync(join(folder, 'halts.json'), JSON.stringify(list))
    const at = Date.UTC(2026, 11, 10, 13, 30) * 1000
    const window = { name: 'CPI', fromTime: at - 900_000_000, untilTime: at + 3_600_000_000 }
    expect(limitsOf(`{ haltTimes: ${JSON.stringify(list)} }`).haltWindows).toEqual([window])
    expect(limitsOf('{ haltTimes: halts.json }').haltWindows).toEqual([window])
    expect(() => parse('{ haltTimes: missing.json }')).toThrow('cannot be read as JSON')
  })

  it.each([
    ['a release at the upper line', '{ reduceOnly: { activate: 1.5, release: 1.5 } }'],
    ['a rearm that is none', '{ breakers: { dailyLoss: { rearm: never } } }'],
    ['a trading day that begins after a day', '{ tradingDayStart: 24h }'],
    ['a halt that is no instant', '{ haltTimes: [{ name: CPI, at: tomorrow }] }'],
  ])('refuses %s', (_, risk) => {
    expect(() => parse(risk)).toThrow('has a mistake')
  })

  it('refuses limits of instruments that the session has not', () => {
    const symbols = instruments.map(({ symbol }) => symbol)
    const check = (risk: string) => () => requireNamedInstruments(parse(risk), symbols)
    expect(check(`{ regime: {}, symbolNotionalMax: { 'xyz:*': 1 } }`)).not.toThrow()
    expect(check('{ regime: { instruments: [ETH] } }')).toThrow('instruments that the session')
    expect(check(`{ symbolNotionalMax: { 'xyz:tsla': 1 } }`)).toThrow()
    expect(check(`{ symbolNotionalMax: { 'abc:*': 1 } }`)).toThrow()
  })

  it('refuses thresholds and sizes of instruments that the session has not', () => {
    const symbols = instruments.map(({ symbol }) => symbol)
    const check = (strategy: string) => () =>
      requireNamedInstruments(parse(`{}\nstrategy: ${strategy}`), symbols)
    expect(check(`{ notionals: { BTC: 9, 'xyz:*': 5 }, overrides: { BTC: {} } }`)).not.toThrow()
    expect(check('{ overrides: { BTCC: {} } }')).toThrow('instruments that the session')
    expect(check(`{ notionals: { 'abc:*': 9 } }`)).toThrow('instruments that the session')
  })
})

const policy = (
  breaker: string,
  limit: number,
  anchor: string,
  onTrip: string,
  rearm: string | { readonly afterUs: number },
) => ({ breaker, limit, anchor, onTrip, rearm })
