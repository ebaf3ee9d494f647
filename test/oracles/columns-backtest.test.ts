import { describe, expect, it } from 'vitest'
import {
  addUnitReturns,
  type CurrentValue,
  equityColumn,
  findTrades,
  nextOpens,
  type PriceColumns,
  type ReversionRules,
  restartRows,
  type TradeOutcome,
  tradeOutcomes,
  zColumnWithRestarts,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { numbers, readColumns, relative } from './columns.ts'

const MINUTE = 60_000_000

/** Definitions: oracles.md, "Shared rules" and crypto_1m. */
interface MachineOracle {
  readonly entries: number
  readonly long: number
  readonly short: number
  readonly open_at_end: number
  readonly first_entry: readonly [string, number]
  readonly mean_hold_bars: number
  readonly filled: number
  readonly unfilled_last_bar: number
  readonly closed_at_last_close: number
  readonly gross_bp_mean: number
  readonly gross_bp_sum: number
  readonly net_bp_mean: number
  readonly net_bp_sum: number
  readonly win_gross: number
  readonly win_net: number
  readonly gross_sd: number
}

interface Bars {
  readonly times: Float64Array
  /** Whole ticks: closes in the last decimal that any of them is printed with. */
  readonly ticks: Float64Array
  readonly opens: Float64Array
  readonly closes: Float64Array
  /** Close location value: what stands for the imbalance where there is no book. */
  readonly location: Float64Array
}

const rules: ReversionRules = {
  longEntry: -1.25,
  longExit: -0.5,
  shortEntry: 1.25,
  shortExit: 0.5,
  direction: 'both',
  imbalanceThreshold: null,
}

function toTicks(prices: Float64Array): Float64Array {
  let decimals = 0
  for (const price of prices) decimals = Math.max(decimals, `${price}`.split('.')[1]?.length ?? 0)
  return prices.map((price) => Math.round(price * 10 ** decimals))
}

async function readBars(name: string): Promise<Bars> {
  const isPerpetual = name.startsWith('HL:')
  const file = isPerpetual
    ? sharedData('hyperliquid/hl_perp_1m_20250721_26_shared20.parquet')
    : sharedData('crypto_1m/binance_spot_1m_2021_shared14.parquet')
  const where = isPerpetual ? `coin = '${name.slice(3)}'` : `symbol = '${name}'`
  const columns = await readColumns(
    `select epoch_us(ts) as time, open, high, low, close from '${file}' where ${where} order by ts`,
  )
  const [times, opens, highs, lows, closes] = ['time', 'open', 'high', 'low', 'close'].map((key) =>
    numbers(columns[key]),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const location = closes.map((close, i) => {
    const [high, low] = [highs[i]!, lows[i]!]
    return high === low ? 0 : (close - low - (high - close)) / (high - low)
  })
  return { times, ticks: toTicks(closes), opens, closes, location }
}

interface Variant {
  readonly key: string
  readonly direction: 'long' | 'both'
  readonly gated: boolean
  readonly current: CurrentValue
  readonly maxGap: number
}

const variant = (
  key: string,
  direction: 'long' | 'both',
  changes: Partial<Variant> = {},
): Variant => ({ key, direction, gated: false, current: 'include', maxGap: Infinity, ...changes })

const variants: readonly Variant[] = [
  variant('zonly_long', 'long'),
  variant('zonly_bidir', 'both'),
  variant('clv_gate_long', 'long', { gated: true }),
  variant('clv_gate_bidir', 'both', { gated: true }),
  variant('zonly_bidir_excl', 'both', { current: 'exclude' }),
  variant('zonly_bidir_restart_after_gap', 'both', { maxGap: 0 }),
]

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[]): number {
  const center = mean(values)
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1),
  )
}

function run(bars: Bars, { direction, gated, current, maxGap }: Variant) {
  const starts = restartRows(bars.times, MINUTE, maxGap)
  const z = zColumnWithRestarts(bars.ticks, starts, 60, current)
  const opens = nextOpens(bars.opens)
  const prices: PriceColumns = { buy: opens, sell: opens, marks: bars.closes, delay: 1 }
  const gate = { imbalanceThreshold: gated ? 0 : null }
  const columns = { z, imbalance: gated ? bars.location : null }
  const trades = findTrades(columns, { ...rules, direction, ...gate })
  return { trades, prices, outcomes: tradeOutcomes(trades, prices) }
}

const bpOf = (outcomes: readonly TradeOutcome[]): number[] =>
  outcomes.map(({ grossReturn }) => grossReturn * 1e4)

describe.skipIf(!hasSharedData)(`column tier on recorded minutes${sharedDataNote}`, () => {
  const oracles = hasSharedData
    ? readOracle<Record<string, Record<string, MachineOracle>>>('crypto_1m')
    : {}
  const cases = Object.keys(oracles).flatMap((name) => variants.map((v) => [name, v.key] as const))

  it.each(cases)('%s %s: trades, gross and net agree with the figures', async (name, key) => {
    const oracle = oracles[name]![key]!
    const bars = await readBars(name)
    const { trades, prices, outcomes } = run(bars, variants.find((v) => v.key === key)!)
    const longs = trades.directions.filter((direction) => direction > 0).length
    expect([trades.count, longs, trades.count - longs]).toEqual([
      oracle.entries,
      oracle.long,
      oracle.short,
    ])
    const [time, direction] = oracle.first_entry
    expect(bars.times[trades.entryRows[0]!]! / 1000).toBe(Date.parse(time))
    expect(trades.directions[0]).toBe(direction)
    expect(outcomes.length).toBe(oracle.filled)
    expect(trades.count - outcomes.length).toBe(oracle.unfilled_last_bar)
    expect(outcomes.filter(({ exitRow }) => exitRow === null).length).toBe(
      oracle.closed_at_last_close,
    )
    const gross = bpOf(outcomes)
    const net = gross.map((bp) => bp - 20)
    const share = (values: readonly number[]) => values.filter((bp) => bp > 0).length / gross.length
    const figures = {
      gross_bp_mean: mean(gross),
      gross_bp_sum: mean(gross) * gross.length,
      net_bp_mean: mean(net),
      net_bp_sum: mean(net) * net.length,
      win_gross: share(gross),
      win_net: share(net),
      gross_sd: deviation(gross),
    }
    for (const [figure, value] of Object.entries(figures)) {
      const expected = oracle[figure as keyof typeof figures]
      expect(relative(value, expected), figure).toBeLessThan(1e-9)
    }
    const equity = new Float64Array(bars.closes.length)
    const options = { quantities: null, feeRate: 0.001, start: 0 }
    const totals = equityColumn(trades, prices, options, equity)
    expect(totals.filled).toBe(oracle.filled)
    expect(relative(equity.at(-1)!, totals.gross - 0.001 * totals.turnover)).toBeLessThan(1e-9)
  })
})

interface DailyOracle {
  readonly trades: number
  readonly long: number
  readonly short: number
  readonly signals_on_last_session_unfilled: number
  readonly closed_at_last_close: number
  readonly gross_bp_mean: number
  readonly gross_bp_median: number
  readonly gross_bp_sd_ddof1: number
  readonly net_bp_mean: number
  readonly worst_trade_bp_gross: number
  readonly best_trade_bp_gross: number
  readonly sharpe_gross: number
  readonly sharpe_net: number
  readonly ann_vol: number
  readonly first_trade: { readonly symbol: string; readonly decision_date: string }
}

interface DailyUniverse {
  readonly sessions: number
  readonly symbols: number
  readonly base_long_short: DailyOracle
  readonly zero_cost: DailyOracle
}

async function readUniverse(sessions: number): Promise<readonly Bars[]> {
  const file = sharedData('equities_daily/us_daily_shared_2010_2018.parquet')
  const universe = sharedData('equities_daily/universe_138.csv')
  const columns = await readColumns(
    `select epoch_us(date) as time, adjusted_close as close,
       open * adjusted_close / close as open
     from '${file}' where symbol in (select symbol from read_csv('${universe}'))
       and date between '2010-01-04' and '2018-12-31' order by symbol, date`,
  )
  const [times, opens, closes] = ['time', 'open', 'close'].map((key) => numbers(columns[key])) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  return Array.from({ length: times.length / sessions }, (_, i) => {
    const of = (column: Float64Array) => column.subarray(i * sessions, (i + 1) * sessions)
    const ticks = toTicks(of(closes))
    return { times: of(times), ticks, opens: of(opens), closes: of(closes), location: ticks }
  })
}

describe.skipIf(!hasSharedData)(`column tier on adjusted daily bars${sharedDataNote}`, () => {
  const oracle = hasSharedData ? readOracle<DailyUniverse>('equities_daily_mr') : null

  it('agrees on 138 symbols: trades, their distribution, and the Sharpe ratio of the portfolio', async () => {
    const { sessions, symbols } = oracle!
    const universe = await readUniverse(sessions)
    expect(universe.length).toBe(symbols)
    const both = variant('daily', 'both')
    const runs = universe.map((bars) => run(bars, both))
    for (const key of ['base_long_short', 'zero_cost'] as const) {
      const figures = oracle![key]
      const cost = key === 'zero_cost' ? 0 : 0.0005
      const returns = new Float64Array(sessions)
      let filled = 0
      for (const { trades, prices } of runs) {
        filled += addUnitReturns(trades, prices, cost, returns)
      }
      expect(filled).toBe(figures.trades)
      const outcomes = runs.flatMap((r) => r.outcomes)
      const decided = runs.reduce((sum, { trades }) => sum + trades.count, 0)
      expect(decided - filled).toBe(figures.signals_on_last_session_unfilled)
      expect(outcomes.filter((o) => o.direction > 0).length).toBe(figures.long)
      expect(outcomes.filter((o) => o.exitRow === null).length).toBe(figures.closed_at_last_close)
      // The figures charge the exit of what is still held at the last close; marks do not.
      returns[sessions - 1]! -= cost * figures.closed_at_last_close
      const gross = bpOf(outcomes)
      expect(relative(mean(gross), figures.gross_bp_mean)).toBeLessThan(1e-9)
      expect(relative(deviation(gross), figures.gross_bp_sd_ddof1)).toBeLessThan(1e-9)
      expect(mean(gross) - 2 * cost * 1e4).toBeCloseTo(figures.net_bp_mean, 9)
      expect(relative(Math.min(...gross), figures.worst_trade_bp_gross)).toBeLessThan(1e-9)
      expect(relative(Math.max(...gross), figures.best_trade_bp_gross)).toBeLessThan(1e-9)
      const daily = Array.from(returns.subarray(60), (value) => value / symbols)
      const sharpe = (mean(daily) / deviation(daily)) * Math.sqrt(252)
      expect(relative(sharpe, figures.sharpe_net)).toBeLessThan(1e-9)
      expect(relative(deviation(daily) * Math.sqrt(252), figures.ann_vol)).toBeLessThan(1e-9)
    }
  })
})
