import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/app/config/load.ts'
import { runBacktest } from '../../src/app/run/backtest.ts'
import { loadFittingMarket } from '../../src/app/run/load-market.ts'
import { toRunRecord } from '../../src/app/run/run-record.ts'
import {
  analyzeRun,
  findTrades,
  type Money,
  moneyToNumber,
  nextOpens,
  openFillPrice,
  type RoundTrip,
  roundTrips,
  tradeOutcomes,
  zColumnWithRestarts,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { numbers, readColumns, relative } from './columns.ts'

const examples = fileURLToPath(new URL('../../examples/08-crypto-spot', import.meta.url))
const MINUTE_US = 60_000_000
const DAY_US = 86_400_000_000
const file = 'crypto_1m/binance_spot_1m_2021_shared14.parquet'

/** Definitions: oracles.md, crypto_1m. */
interface Oracle {
  readonly z_incl: {
    readonly n: number
    readonly first: readonly [string, number]
    readonly last: readonly [string, number]
    readonly min: readonly [string, number]
    readonly max: readonly [string, number]
  }
  readonly zonly_long: {
    readonly entries: number
    readonly first_entry: readonly [string, number]
    readonly mean_hold_bars: number
    readonly gross_bp_mean: number
    readonly gross_bp_sum: number
  }
}

/** The example through the event tier, as it stands. */
async function runExample() {
  const path = join(examples, 'backtest-14.yaml')
  const { config, hash } = loadConfig(path)
  const recording = await loadFittingMarket(config, examples)
  const request = { config, configurationHash: hash, codeHash: '', recording }
  const result = runBacktest(request)
  const record = toRunRecord(result, { ...request, commit: '', command: '', trials: null })
  return { config, result, record, figures: analyzeRun(record), trips: roundTrips(record).trips }
}

/** Minutes of a pair, and its trades by the columns of the same rules. */
async function readPair(symbol: string) {
  const columns = await readColumns(
    `select epoch_us(ts) as time, open, close from '${sharedData(file)}' where symbol = '${symbol}' order by ts`,
  )
  const [times, opens, closes] = ['time', 'open', 'close'].map((key) => numbers(columns[key])) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let decimals = 0
  for (const close of closes) decimals = Math.max(decimals, `${close}`.split('.')[1]?.length ?? 0)
  const ticks = closes.map((close) => Math.round(close * 10 ** decimals))
  const z = zColumnWithRestarts(ticks, [0], 60, 'include')
  const trades = findTrades(
    { z, imbalance: null },
    {
      longEntry: -1.25,
      longExit: -0.5,
      shortEntry: 1.25,
      shortExit: 0.5,
      direction: 'long',
      imbalanceThreshold: null,
    },
  )
  const next = nextOpens(opens)
  const outcomes = tradeOutcomes(trades, { buy: next, sell: next, marks: closes, delay: 1 })
  return { times, opens, z, trades, outcomes }
}

/** A pair's trades by another way than ours: window functions in SQL, and a loop over their z. */
async function readPairInSql(symbol: string) {
  const columns = await readColumns(`
    with bars as (
      select row_number() over (order by ts) as i, epoch_us(ts) as time, open, close
      from '${sharedData(file)}' where symbol = '${symbol}'
    )
    select time, open,
      case when i >= 60 and stddev_samp(close) over w > 0
        then (close - avg(close) over w) / stddev_samp(close) over w end as z
    from bars window w as (order by i rows between 59 preceding and current row) order by i`)
  const [times, opens] = [numbers(columns['time']), numbers(columns['open'])]
  const z = columns['z'] as readonly (number | null)[]
  const trades: { readonly entry: number; readonly exit: number }[] = []
  let entry = -1
  for (let row = 0; row + 1 < z.length; row++) {
    const value = z[row]
    if (value == null) continue
    if (entry < 0 && value < -1.25) entry = row + 1
    else if (entry >= 0 && value > -0.5) {
      trades.push({ entry, exit: row + 1 })
      entry = -1
    }
  }
  return { times, opens, z, trades, isOpen: entry >= 0 }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const name = `the crypto spot engine on recorded minutes of 14 pairs${sharedDataNote}`

describe.skipIf(!hasSharedData)(name, () => {
  let example: Awaited<ReturnType<typeof runExample>>
  let symbols: readonly string[] = []
  beforeAll(async () => {
    example = await runExample()
    symbols = example.record.instruments.map(({ symbol }) => symbol)
  }, 120_000)
  const tripsOf = (symbol: string): RoundTrip[] =>
    example.trips.filter(({ instrument }) => symbols[instrument] === symbol)

  it('has the z values, trades and gross result of the independent figures', async () => {
    const oracles = readOracle<Record<string, Oracle>>('crypto_1m')
    const known = symbols.filter((symbol) => oracles[symbol] !== undefined)
    expect(known).toContain('BTCUSDT')
    for (const symbol of known) {
      const { z_incl: zs, zonly_long: trades } = oracles[symbol]!
      const bars = example.record.bars[symbols.indexOf(symbol)]!
      const finite = [...bars.z].filter((z) => !Number.isNaN(z))
      expect(finite.length).toBe(zs.n)
      const at = (time: string): number =>
        bars.z[bars.time.indexOf(Date.parse(time) * 1000 + MINUTE_US)]!
      for (const [time, z] of [zs.first, zs.last, zs.min, zs.max]) {
        expect(relative(at(time), z)).toBeLessThan(1e-9)
      }
      expect(Math.min(...finite)).toBe(at(zs.min[0]))
      expect(Math.max(...finite)).toBe(at(zs.max[0]))
      const trips = tripsOf(symbol)
      expect(trips.length).toBe(trades.entries)
      // Decided at the close of the bar that is named, filled at the open of the next: the same instant.
      expect(trips[0]!.entryTime / 1000 - 60_000).toBe(Date.parse(trades.first_entry[0]))
      const { times, opens } = await readPair(symbol)
      const openAt = (time: number): number => opens[times.indexOf(time)]!
      const gross = trips.map(
        ({ entryTime, exitTime }) => (openAt(exitTime!) / openAt(entryTime) - 1) * 1e4,
      )
      expect(relative(mean(gross), trades.gross_bp_mean)).toBeLessThan(1e-9)
    }
  })

  it('has those of every other pair too, worked out in SQL as the figures of bitcoin were', async () => {
    const { z_incl: zs, zonly_long: known } =
      readOracle<Record<string, Oracle>>('crypto_1m')['BTCUSDT']!
    const grossOf = ({ opens, trades }: Awaited<ReturnType<typeof readPairInSql>>): number =>
      mean(trades.map(({ entry, exit }) => (opens[exit]! / opens[entry]! - 1) * 1e4))
    // The way is right: it gives the independent figures of the pair that has any.
    const bitcoin = await readPairInSql('BTCUSDT')
    expect(bitcoin.z.filter((z) => z !== null)).toHaveLength(zs.n)
    expect(bitcoin.trades).toHaveLength(known.entries)
    expect(relative(grossOf(bitcoin), known.gross_bp_mean)).toBeLessThan(1e-9)
    expect(symbols).toHaveLength(14)
    for (const symbol of symbols) {
      const pair = await readPairInSql(symbol)
      const bars = example.record.bars[symbols.indexOf(symbol)]!
      const known = pair.z.flatMap((z, i) => (z === null ? [] : [[pair.times[i]! + MINUTE_US, z]]))
      const ours = [...bars.z].flatMap((z, i) => (Number.isNaN(z) ? [] : [[bars.time[i]!, z]]))
      expect(ours.length, symbol).toBe(known.length)
      for (const [i, [time, z]] of ours.entries()) {
        // SQL's sums are floating: prices of a few cents in a quiet hour keep eight digits.
        if (time !== known[i]![0] || Math.abs(z! - known[i]![1]!) > 1e-6) {
          expect.fail(`${symbol} at ${time}: ${z}, not ${known[i]}`)
        }
      }
      const trips = tripsOf(symbol)
      const times = trips.map(({ entryTime, exitTime }) => [entryTime, exitTime])
      const expected = pair.trades.map(({ entry, exit }) => [pair.times[entry], pair.times[exit]])
      if (pair.isOpen) expect(times.pop()![1], symbol).toBeNull()
      expect(times, symbol).toEqual(expected)
    }
  }, 120_000)

  it('makes of every pair the trades of the columns, minute by minute', async () => {
    for (const symbol of symbols) {
      const { times, trades, outcomes } = await readPair(symbol)
      const trips = tripsOf(symbol)
      const rowTime = (row: number): number | null => (row < 0 ? null : (times[row + 1] ?? null))
      const expected = Array.from({ length: outcomes.length }, (_, i) => [
        rowTime(trades.entryRows[i]!),
        rowTime(trades.exitRows[i]!),
      ])
      expect(trips.map(({ entryTime, exitTime }) => [entryTime, exitTime])).toEqual(expected)
    }
  }, 60_000)

  it('fills at the open, worsened by the stated spread and impact', async () => {
    const costs = { halfSpreadE9: 500_000, impactE9: 200_000 }
    for (const symbol of symbols.slice(0, 3)) {
      const { times, opens } = await readPair(symbol)
      const id = symbols.indexOf(symbol)
      const instrument = example.record.instruments[id]!
      for (const fill of example.record.fills.filter((each) => each.instrument === id)) {
        const open = Math.round(opens[times.indexOf(fill.time)]! * 10 ** instrument.priceDecimals)
        expect(fill.price).toBe(openFillPrice(instrument, fill.side, open, costs))
      }
    }
  })

  it('takes the fee of every buy in coins, sells what it holds and accounts for all', () => {
    const { record, result, figures } = example
    const buys = record.fills.filter(({ side }) => side === 'buy')
    expect(buys.every(({ assetFee }) => assetFee !== undefined && assetFee > 0n)).toBe(true)
    const { ledger } = result.engine.world
    for (const { id, symbol, quoteCurrency, baseCurrency } of record.instruments) {
      expect(ledger.position(id).quantity).toBe(result.exchange.position(0, id))
      expect(ledger.position(id).dust).toBe(result.exchange.dust(0, id))
      expect(ledger.imbalanceOfBooks(quoteCurrency), symbol).toBe(0n)
      expect(ledger.imbalanceOfBooks(baseCurrency), symbol).toBe(0n)
    }
    expect(ledger.cash('USDT')).toBe(result.exchange.balance(0))
    expect(Math.abs(figures.reconciliationDifference)).toBeLessThan(1e-4)
    expect(record.counts.rejects).toBe(0)
  })

  it('has the figures that docs/crypto-spot.md states', () => {
    const page = readFileSync(
      fileURLToPath(new URL('../../docs/crypto-spot.md', import.meta.url)),
      'utf8',
    )
    const { costs } = example.figures
    const bp = (value: Money): string =>
      ((Number(value) / Number(costs.tradedNotional)) * 1e4).toFixed(2)
    const rows = [
      `| trades | ${example.trips.length} |`,
      `| traded | $${(moneyToNumber(costs.tradedNotional) / 1e6).toFixed(2)} million |`,
      `| before costs | ${bp(costs.gross)} bp of what was traded |`,
      `| spread and impact | ${bp(costs.spread + costs.slippage)} bp |`,
      `| fees, half of them in coins | ${bp(costs.fees)} bp |`,
      `| after costs | ${bp(costs.net)} bp |`,
    ]
    if (process.env['SHOW']) console.log(rows.join('\n'))
    for (const row of rows) expect.soft(page).toContain(row)
    for (const { id, symbol } of example.record.instruments) {
      const own = example.trips.filter(({ instrument }) => instrument === id)
      const mid = mean(own.map(({ grossBps }) => grossBps)).toFixed(2)
      const net = mean(own.map(({ netBps }) => netBps)).toFixed(2)
      expect.soft(page).toContain(`| ${symbol} | ${own.length} | ${mid} | ${net} |`)
    }
    const start = Date.parse('2021-05-19') * 1000
    const crash = example.trips.filter(
      ({ entryTime }) => entryTime >= start && entryTime < start + DAY_US,
    )
    const lost = crash.reduce((sum, { net }) => sum + moneyToNumber(net), 0)
    expect
      .soft(page)
      .toContain(`${crash.length} trades were entered that day and lost $${(-lost).toFixed(0)}`)
    const outage = [Date.parse('2021-04-25T04:01:00Z'), Date.parse('2021-04-25T08:45:00Z')] as const
    const held = example.trips.filter(
      ({ entryTime, exitTime }) =>
        entryTime / 1000 < outage[0] && (exitTime ?? Infinity) / 1000 >= outage[1],
    )
    expect.soft(page).toContain(`${held.length} of the 14 pairs were held through it`)
  })
})
