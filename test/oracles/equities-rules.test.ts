import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadConfig, loadMarket, parseConfig, runBacktest, toRunRecord } from '../../src/app/mod.ts'
import { costReport, moneyToNumber, roundTrips } from '../../src/core/mod.ts'
import { hasSharedData, sharedDataNote } from '../data/shared-data.ts'

const here = dirname(fileURLToPath(import.meta.url))
const examples = join(here, '..', '..', 'examples', '06-equities')

type Config = ReturnType<typeof loadConfig>['config']

const { config: file } = hasSharedData
  ? loadConfig(join(examples, 'sp500-138.yaml'))
  : { config: {} as Config }

/** Some names that were split, and one that joins its shares: enough where figures are not stated. */
const some = ['AAPL', 'NFLX', 'MA', 'NKE', 'C', 'KO', 'HWM', 'EL', 'BLL', 'TJX', 'CSX', 'VNO']

/** The example with other settings: its record, its costs, and what the books say. */
async function run(change: Partial<Config>, data: object = {}, quantityDecimals = 0) {
  const config = { ...file, ...change, data: { ...file.data, ...data } as Config['data'] }
  const market = await loadMarket(config, examples)
  const instruments = market.instruments.map((each) => ({ ...each, quantityDecimals }))
  const recording = { ...market, instruments }
  const request = { config, configurationHash: '0', codeHash: '0', recording }
  const result = runBacktest(request)
  const record = toRunRecord(result, { ...request, commit: '', command: '', trials: null })
  const costs = costReport(record, roundTrips(record))
  const { world } = result.engine
  expect(world.ledger.imbalanceOfBooks('USD')).toBe(0n)
  // What was earned is the change of the equity: nothing is booked that no line shows.
  expect(moneyToNumber(costs.net)).toBeCloseTo(world.equity - config.balance, 4)
  const money = (value: bigint): number => Number(moneyToNumber(value).toFixed(2))
  return {
    record,
    fills: record.fills.length,
    net: money(costs.net),
    borrow: money(costs.borrow),
    dividends: money(costs.dividends),
    acted: Object.fromEntries(
      (record.shareRules ?? []).map(({ name, isOn, acted }) => [
        name,
        isOn ? `${acted?.count} ${acted?.what}` : 'off',
      ]),
    ),
  }
}

describe.skipIf(!hasSharedData)(`138 daily names with the rules of shares${sharedDataNote}`, () => {
  it('costs what docs/equities.md states, with and without', { timeout: 180_000 }, async () => {
    const without = await run({ shares: null })
    expect(without).toMatchObject({ fills: 5309, net: -15_886.31, borrow: 0, dividends: 0 })
    expect(new Set(Object.values(without.acted))).toEqual(new Set(['off']))
    const usual = await run({})
    expect(usual).toMatchObject({ fills: 5309, net: -17_299.43, borrow: 1523.63, dividends: 0 })
    expect(usual.acted).toEqual({
      'Borrowing shares': '0 shorts not entered; 69777 daily charges',
      'Dividends and splits': 'off',
      'Interest on borrowed money': '0 daily charges',
      'Short sale price test (Rule 201)': '1 entries refused; begun 429 times',
      'Margin (Regulation T)': '0 entries refused; 0 margin calls',
      'Pattern day trader (until 2026-06-03)': '0 entries refused; 0 day trades, 0 too many',
      Settlement: 'off',
    })
  })

  it('books dividends and splits where prices are as traded', { timeout: 180_000 }, async () => {
    const raw = await run({}, { prices: 'raw', symbols: some })
    expect(raw).toMatchObject({ net: -5049.61, borrow: 357.99, dividends: -901.88 })
    expect(raw.acted['Dividends and splits']).toBe('256 dividends; 16 splits')
  })

  it('sells whole shares short, also where fractions can be bought', {
    timeout: 180_000,
  }, async () => {
    const { record } = await run({}, { symbols: some }, 2)
    const held = new Map<number, number>()
    let fractions = 0
    for (const { instrument, side, quantity } of record.fills) {
      const lots = (held.get(instrument) ?? 0) + (side === 'buy' ? quantity : -quantity)
      if (lots < 0) expect(-lots % 100).toBe(0)
      else if (lots % 100 !== 0) fractions++
      held.set(instrument, lots)
    }
    expect(fractions).toBeGreaterThan(50)
  })

  it('spends settled cash only, in a cash account', { timeout: 180_000 }, async () => {
    const { shares } = parseConfig('name: x\nshares: { account: cash }', 'x').config
    const cash = await run({ shares, balance: 8000 }, { symbols: some })
    expect(cash.record.counts.denials).toMatchObject({ UNSETTLED_CASH: 82 })
    expect(cash.borrow).toBe(0)
    const lots = new Map<number, number>()
    for (const { instrument, side, quantity } of cash.record.fills) {
      const held = (lots.get(instrument) ?? 0) + (side === 'buy' ? quantity : -quantity)
      expect(held).toBeGreaterThanOrEqual(0)
      lots.set(instrument, held)
    }
  })
})
