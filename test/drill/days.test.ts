import { describe, expect, it } from 'vitest'
import { drillCommand } from '../../src/app/cli/commands/drill.ts'
import { type LoadedConfig, parseConfig } from '../../src/app/config/load.ts'
import { type TradingDay, tradingDays } from '../../src/app/run/drill/days.ts'
import { runDrill } from '../../src/app/run/drill/drill.ts'

/** Trades all the time, so that whatever a day holds meets orders and positions. */
const restless = (name: string, venue: string, signal: string): LoadedConfig =>
  parseConfig(
    `name: ${name}
balance: 100000
heartbeat: 30s
venue: { kind: alpaca, ${venue} }
signal: { window: 20, trendWindow: 0, ${signal} }
strategy:
  direction: ${name === 'coins' ? 'long' : 'both'}
  tier: { longEntry: -1, longExit: -0.2, shortEntry: 1, shortExit: 0.2 }
  imbalanceThreshold: off
  trendGate: false
  revertGate: off
  costGate: off
  stopLoss: off
  notional: 1500
  timeStop: 10m
`,
    `${name}.yaml`,
  )

const shares = restless('shares', 'instruments: [KO, GD]', 'source: mid, interval: 1m')
const coins = restless(
  'coins',
  'instruments: [BTC/USD, DOGE/USD], preseedBars: 0',
  'source: trade, interval: 5s',
)

const drill = (loaded: LoadedConfig, seed: number, of: { day?: TradingDay; kills?: number }) =>
  runDrill({ loaded, codeHash: '', seed, durationUs: 20 * 60_000_000, faults: true, ...of })

describe('a trading day of shares, with faults and kills', () => {
  const seeds = {
    regular: 1,
    halt: 2,
    'early-close': 3,
    'daylight-saving': 4,
    holiday: 5,
    macro: 6,
  }
  for (const day of Object.keys(tradingDays) as TradingDay[]) {
    it(`keeps every promise: ${tradingDays[day]}`, async () => {
      const result = await drill(shares, seeds[day], { day, kills: 2 })
      expect(result.violations).toEqual([])
      expect(result.kills).toHaveLength(2)
      expect(result.summary.fills).toBeGreaterThan(8)
      if (day === 'macro') expect(result.summary.denials['MACRO_HALT']).toBeGreaterThan(0)
    })
  }
})

describe('coins at Alpaca, with faults and kills', () => {
  it('keep every promise, fees in coins included', async () => {
    const result = await drill(coins, 9, { kills: 3 })
    expect(result.violations).toEqual([])
    expect(result.summary.fills).toBeGreaterThan(8)
    expect(Number(result.summary.fees)).toBeGreaterThan(0)
  })

  it('give the same entry stream for the same seed, kills included', async () => {
    const heads = [await drill(coins, 10, { kills: 2 }), await drill(coins, 10, { kills: 2 })]
    expect(heads[0]!.chainHead).toBe(heads[1]!.chainHead)
    expect(heads[0]!.kills).toEqual(heads[1]!.kills)
  })
})

describe('ornstein drill --day', () => {
  it('refuses a day that is none, and a configuration without shares', async () => {
    const path = 'examples/01-first-strategy/drill.yaml'
    await expect(drillCommand(path, { day: 'haly' })).rejects.toMatchObject({
      exitCode: 2,
      details: expect.arrayContaining(['did you mean halt?']),
    })
    await expect(drillCommand(path, { day: 'halt' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('trades no US shares'),
    })
  })

  it('takes the shares of the examples where no configuration is named', async () => {
    const none = drillCommand(undefined, { day: 'regular', seeds: '0' })
    await expect(none).resolves.toMatchObject({ data: [] })
  })
})
