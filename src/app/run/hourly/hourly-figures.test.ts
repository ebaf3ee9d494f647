import { describe, expect, it } from 'vitest'
import { annualisation, generatePanel } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { HOURLY_ACCOUNT, runHourlyBacktest } from './hourly-backtest.ts'
import { COST_CAUSES } from './hourly-costs.ts'
import { hourlyRecord } from './hourly-record.ts'
import { idleTalk } from './test-kit.ts'

// Every figure again, from the equity, the fills and the prices, in the plainest way.
const panel = generatePanel({ seed: 21, names: 30, sessions: 80 })
const account = { ...HOURLY_ACCOUNT, balance: 2_000_000, commissionBp: 0.3 }
const settings = HOURLY_PRESETS.corrected
const run = runHourlyBacktest({ panel, settings, account, forecaster: idleTalk(panel, 5, 30) })
const record = hourlyRecord(panel, run)
const { figures, costs, holdings, statistics } = record
const { barsPerYear, sessionsPerYear } = annualisation(panel.grid)

const equity = [account.balance, ...run.equity]
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
const deviation = (values: readonly number[]): number =>
  Math.sqrt(sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1))
const steps = (values: readonly number[]): number[] =>
  values.slice(1).map((value, i) => value / values[i]! - 1)
const closes = [
  account.balance,
  ...[...run.equity].filter((_, bar) => (panel.grid.barOfSession[bar + 1] ?? 0) === 0),
]
const bars = steps(equity)
const sessions = steps(closes)
const near = (found: { value: number | null }, expected: number): void =>
  expect(found.value! / expected).toBeCloseTo(1, 8)

describe('figures of an hourly run', () => {
  it('has returns and ratios by calendar, by bars and by sessions', () => {
    const total = equity.at(-1)! / account.balance - 1
    const days = (panel.grid.closeTime.at(-1)! - panel.grid.openTime[0]!) / 86_400e6
    near(figures.totalReturn, total)
    near(figures.cagr, (1 + total) ** (365.25 / days) - 1)
    near(figures.cagrFromBars, (1 + total) ** (barsPerYear / bars.length) - 1)
    near(figures.volatilityFromBars, deviation(bars) * Math.sqrt(barsPerYear))
    near(figures.volatilityFromSessions, deviation(sessions) * Math.sqrt(sessionsPerYear))
    near(figures.sharpeFromBars, (mean(bars) / deviation(bars)) * Math.sqrt(barsPerYear))
    near(
      figures.sharpeFromSessions,
      (mean(sessions) / deviation(sessions)) * Math.sqrt(sessionsPerYear),
    )
    const loss = (values: number[]): number =>
      Math.sqrt(mean(values.map((r) => Math.min(r, 0) ** 2)))
    near(figures.sortino, (mean(sessions) / loss(sessions)) * Math.sqrt(sessionsPerYear))
    near(figures.sortinoFromBars, (mean(bars) / loss(bars)) * Math.sqrt(barsPerYear))
    let [peak, deepest] = [0, 0]
    for (const value of equity) {
      peak = Math.max(peak, value)
      deepest = Math.max(deepest, 1 - value / peak)
    }
    near(figures.maximumDrawdown, deepest)
    near(figures.calmar, ((1 + total) ** (365.25 / days) - 1) / deepest)
  })

  it('has the shape of session returns', () => {
    const sorted = sessions.toSorted((a, b) => a - b)
    const quantile = (share: number): number => {
      const at = share * (sorted.length - 1)
      const low = sorted[Math.floor(at)]!
      return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low)
    }
    const moment = (power: number): number =>
      mean(sessions.map((r) => (r - mean(sessions)) ** power))
    near(figures.tailRatio, quantile(0.95) / -quantile(0.05))
    near(figures.valueAtRisk95, -quantile(0.05))
    near(figures.expectedShortfall95, -mean(sorted.slice(0, Math.ceil(sorted.length * 0.05))))
    near(figures.skewness, moment(3) / moment(2) ** 1.5)
    near(figures.excessKurtosis, moment(4) / moment(2) ** 2 - 3)
    near(statistics.bestDay, sorted.at(-1)!)
  })

  it('keeps the benchmark apart and compares with it over the same bars and sessions', () => {
    const { open, close } = panel.benchmark!.bars
    const values = [open[0]!, ...close]
    const ends = [
      open[0]!,
      ...[...close].filter((_, bar) => (panel.grid.barOfSession[bar + 1] ?? 0) === 0),
    ]
    const beta = (own: number[], other: number[]): number =>
      sum(other.map((x, i) => (x - mean(other)) * (own[i]! - mean(own)))) /
      sum(other.map((x) => (x - mean(other)) ** 2))
    const ratio = (own: number[], other: number[]): number => {
      const more = own.map((value, i) => value - other[i]!)
      return mean(more) / deviation(more)
    }
    near(figures.beta, beta(sessions, steps(ends)))
    near(figures.betaFromBars, beta(bars, steps(values)))
    near(figures.informationRatio, ratio(sessions, steps(ends)) * Math.sqrt(sessionsPerYear))
    near(figures.informationRatioFromBars, ratio(bars, steps(values)) * Math.sqrt(barsPerYear))
  })

  it('has round trips first in, first out, share by share', () => {
    const queues = new Map<number, { price: number; fee: number; time: number }[]>()
    const trips = new Map<string, { net: number; cost: number; hours: number }>()
    for (const [i, fill] of run.fills.entries()) {
      const queue = queues.get(fill.instrument) ?? []
      queues.set(fill.instrument, queue)
      const fee = fill.fee / fill.shares
      for (let share = 0; share < fill.shares; share++) {
        if (fill.side === 'buy') {
          queue.push({ price: fill.price, fee, time: fill.time })
          continue
        }
        const from = queue.shift()!
        const key = `${fill.instrument} ${from.time} ${i}`
        const trip = trips.get(key) ?? { net: 0, cost: 0, hours: 0 }
        trip.net += fill.price - from.price - fee - from.fee
        trip.cost += from.price
        trip.hours = (fill.time - from.time) / 3_600e6
        trips.set(key, trip)
      }
    }
    const all = [...trips.values()]
    const wins = all.filter(({ net }) => net > 0).map(({ net }) => net)
    const losses = all.filter(({ net }) => net < 0).map(({ net }) => -net)
    expect(run.splits).toEqual([])
    expect(figures.roundTrips).toBe(all.length)
    near(figures.winRate, wins.length / all.length)
    near(figures.profitFactor, sum(wins) / sum(losses))
    near(figures.payoff, mean(wins) / mean(losses))
    near(
      figures.expectancyBp,
      (sum(all.map(({ net }) => net)) / sum(all.map(({ cost }) => cost))) * 1e4,
    )
    near(figures.averageHoldingHours, mean(all.map(({ hours }) => hours)))
  })

  it('has a turnover of half the changes over names and cash', () => {
    const turnover = bars.map((_, bar) => {
      const own = run.fills.filter((fill) => fill.bar === bar && fill.reason === 'hourly')
      const changes = own.map(
        ({ side, shares, price }) =>
          ((side === 'buy' ? 1 : -1) * shares * price) / run.equity[bar]!,
      )
      const cash = -sum(changes)
      const byName = new Map<number, number>()
      for (const [i, { instrument }] of own.entries()) {
        byName.set(instrument, (byName.get(instrument) ?? 0) + changes[i]!)
      }
      return 0.5 * (sum([...byName.values()].map(Math.abs)) + Math.abs(cash))
    })
    near(figures.turnoverOneWay, mean(turnover))
    near(figures.turnoverOneWayPerYear, mean(turnover) * barsPerYear)
    near(figures.exposure, mean([...run.equity].map((value, bar) => 1 - run.cash[bar]! / value)))
  })
})

describe('costs and results by name', () => {
  it('add up to what the run made', () => {
    const net = equity.at(-1)! - account.balance
    expect(costs.net).toBeCloseTo(net, 6)
    expect(costs.gross).toBeCloseTo(net + costs.total, 6)
    expect(sum(COST_CAUSES.map((cause) => costs.causes[cause]))).toBeCloseTo(costs.total, 6)
    expect(sum(holdings.names.map((each) => each.net)) + figures.interest).toBeCloseTo(net, 2)
    expect(sum(holdings.names.map(({ value }) => value))).toBeCloseTo(
      equity.at(-1)! - run.cash.at(-1)!,
      2,
    )
    expect(sum(holdings.byBarOfSession)).toBeCloseTo(net, 6)
    near(figures.feesBp, ((costs.causes.commission + costs.causes.sellFees) / costs.traded) * 1e4)
  })

  it('leave the run as it is at once its costs, and give them back at none', () => {
    const [none, once, twice] = costs.stress
    near(once!.totalReturn, figures.totalReturn.value!)
    near(once!.sharpe, figures.sharpeFromSessions.value!)
    near(none!.totalReturn, costs.gross / account.balance)
    near(twice!.totalReturn, (costs.net - costs.total) / account.balance)
  })

  it('weigh sectors as the decisions do', () => {
    for (const [i, { weights }] of record.decisions.entries()) {
      expect(sum([...holdings.sectorWeights[i]!])).toBeCloseTo(sum(weights.map(([, w]) => w)), 12)
    }
    expect(holdings.effectiveNames.value).toBeLessThanOrEqual(holdings.heldNames.value!)
  })
})
