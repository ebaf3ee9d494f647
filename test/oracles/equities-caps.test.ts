import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadConfig, loadMarket, runBacktest, toRunRecord } from '../../src/app/mod.ts'
import {
  addUnitReturns,
  formatDay,
  newYorkDay,
  roundTrips,
  tradeOutcomes,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedDataNote } from '../data/shared-data.ts'
import { relative } from './columns.ts'
import {
  capsOf,
  type DailyName,
  type Decided,
  decidePortfolio,
  readDailyNames,
} from './daily-portfolio.ts'

const examples = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'examples',
  '06-equities',
)

const DAY_US = 86_400_000_000

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const deviation = (values: readonly number[]): number => {
  const center = mean(values)
  const squares = values.map((value) => (value - center) ** 2)
  return Math.sqrt((mean(squares) * values.length) / (values.length - 1))
}

/** Figures by the definitions of the oracle: bp of the entry, Sharpe ratio of the sum of names. */
function figuresOf(names: readonly DailyName[], { trades }: Decided, cost: number) {
  const sessions = names[0]!.z.length
  const returns = new Float64Array(sessions)
  let filled = 0
  trades.forEach((own, i) => {
    filled += addUnitReturns(own, names[i]!.prices, cost, returns)
  })
  const outcomes = trades.flatMap((own, i) => tradeOutcomes(own, names[i]!.prices))
  const open = outcomes.filter(({ exitRow }) => exitRow === null).length
  returns[sessions - 1]! -= cost * open
  const daily = [...returns.subarray(60)]
  const gross = outcomes.map(({ grossReturn }) => grossReturn * 1e4)
  return {
    trades: filled,
    long: outcomes.filter(({ direction }) => direction > 0).length,
    closed_at_last_close: open,
    gross_bp_mean: mean(gross),
    net_bp_mean: mean(gross) - 2 * cost * 1e4,
    sharpe_net: (mean(daily) / deviation(daily)) * Math.sqrt(252),
  }
}

describe.skipIf(!hasSharedData)(`138 daily names decided together${sharedDataNote}`, () => {
  const oracle = hasSharedData
    ? readOracle<{ base_long_short: ReturnType<typeof figuresOf> }>('equities_daily_mr')
    : null

  it('gives the figures of the oracle where no cap binds', async () => {
    const { names } = await readDailyNames()
    const decided = decidePortfolio(names, capsOf(names, 138))
    expect(decided.refusals).toBe(0)
    for (const [key, value] of Object.entries(figuresOf(names, decided, 0.0005))) {
      const expected = oracle!.base_long_short[key as keyof ReturnType<typeof figuresOf>]
      expect(relative(value, expected), key).toBeLessThan(1e-9)
    }
  })

  it('makes with three names a sector the trades of the event tier, day by day', {
    timeout: 60_000,
  }, async () => {
    const { names, times } = await readDailyNames()
    const decided = decidePortfolio(names, capsOf(names, 3))
    expect(decided.most).toBe(3)
    const { trades, gross_bp_mean: gross } = figuresOf(names, decided, 0)
    const events = await eventTrades()
    expect(events.texts.length).toBe(trades)
    expect(new Set(events.texts)).toEqual(new Set(tradeTexts(names, times, decided)))
    // Prices of events have six decimals at most; 33 trades are open at the end.
    expect(events.grossBpMean).toBeCloseTo(gross, 1)
    expect(events.refusals).toBe(decided.refusals)
  })

  it('has the figures that docs/equities.md states', async () => {
    const { names } = await readDailyNames()
    const decided = decidePortfolio(names, capsOf(names, 3))
    const figures = figuresOf(names, decided, 0.0005)
    expect([figures.trades, figures.long, decided.refusals]).toEqual([2670, 1135, 87_691])
    expect(figures.net_bp_mean).toBeCloseTo(-40.384, 3)
    expect(figures.sharpe_net).toBeCloseTo(-0.2344, 4)
  })

  it('names in the example how many are in both lists', () => {
    const symbolsOf = (file: string): readonly string[] => {
      const { data } = loadConfig(join(examples, file)).config
      return data?.kind === 'bars' ? (data.symbols ?? []) : []
    }
    const [ours, seed] = [symbolsOf('sp500-138.yaml'), symbolsOf('seed-141.yaml')]
    expect([ours.length, seed.length]).toEqual([138, 141])
    expect(ours.filter((symbol) => seed.includes(symbol)).length).toBe(26)
  })
})

/** "NAME side day day": the days on which the fills are; null for one that there is not. */
function tradeTexts(
  names: readonly DailyName[],
  times: Float64Array,
  { trades }: Decided,
): readonly string[] {
  const day = (row: number): string | null =>
    row < 0 || row + 1 >= times.length ? null : formatDay(times[row + 1]! / DAY_US)
  return trades.flatMap(({ count, directions, entryRows, exitRows }, i) =>
    Array.from({ length: count }, (_, n) => {
      const side = directions[n]! > 0 ? 'buy' : 'sell'
      return `${names[i]!.symbol} ${side} ${day(entryRows[n]!)} ${day(exitRows[n]!)}`
    }),
  )
}

/** The example through the event tier, with entries so large that whole shares do not matter. */
async function eventTrades() {
  const { config: file } = loadConfig(join(examples, 'sp500-138.yaml'))
  const config: typeof file = {
    ...file,
    balance: 1e9,
    strategy: { ...file.strategy, notional: 1e6 },
    execution: { ...file.execution, takerSlippageMax: 0.9 },
    fills: { ...file.fills, barHalfSpread: 0, barImpact: 0, sellFees: 'off' },
    risk: { ...file.risk, orderNotionalMax: null, leverageMax: null },
    // The oracle knows no rules of shares.
    shares: null,
  }
  const recording = await loadMarket(config, examples)
  const request = { config, configurationHash: '0', codeHash: '0', recording }
  const result = runBacktest(request)
  const record = toRunRecord(result, { ...request, commit: '', command: '', trials: null })
  const { trips } = roundTrips(record)
  const day = (time: number | null) => (time === null ? null : formatDay(newYorkDay(time)))
  return {
    texts: trips.map(({ instrument, side, entryTime, exitTime }) => {
      const { symbol } = record.instruments[instrument]!
      return `${symbol} ${side} ${day(entryTime)} ${day(exitTime)}`
    }),
    grossBpMean: mean(trips.map(({ pricePnl, entryNotional }) => bp(pricePnl, entryNotional))),
    refusals: Object.entries(record.counts.evaluationsByOutcome)
      .filter(([outcome]) => outcome.startsWith('sector cap'))
      .reduce((sum, [, count]) => sum + count, 0),
  }
}

const bp = (result: bigint, of: bigint): number => (Number(result) / Number(of)) * 1e4
