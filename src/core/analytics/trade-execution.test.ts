import { expect, test } from 'vitest'
import { price, quantity } from '../domain/units.ts'
import { exposure } from './exposure.ts'
import { markouts } from './markouts.ts'
import { roundTrips } from './round-trips.ts'
import { analyzeRun } from './run-analysis.ts'
import type { RunFill, RunRecord } from './run-record.ts'
import { emptyRun, sampleRun } from './sample-run.ts'
import { groupTrips, tradeStatistics } from './trade-statistics.ts'

const base = emptyRun()
const start = base.data.firstTime
const second = 1_000_000

const fill = (
  at: number,
  side: 'buy' | 'sell',
  atPrice: number,
  more: Partial<RunFill> = {},
): RunFill => ({
  time: start + at * second,
  instrument: 0,
  side,
  price: price(atPrice),
  quantity: quantity(10_000),
  liquidity: 'taker',
  fee: 0n,
  reason: side === 'buy' ? 'entry' : 'mean reached',
  intentId: `i${at}`,
  decisionTime: null,
  arrivalPrice: null,
  arrivalMidHalfQuanta: null,
  midHalfQuanta: null,
  ...more,
})
const run = (more: Partial<RunRecord>): RunRecord => ({
  ...base,
  data: { ...base.data, lastTime: start + 100 * second },
  ...more,
})
const mids = (rows: readonly (readonly [number, number])[]) => [
  {
    instrument: 0,
    time: Float64Array.from(rows, ([at]) => start + at * second),
    halfMid: Float64Array.from(rows, ([, half]) => half),
  },
]

test('markouts are side-adjusted: plus is in our favour', () => {
  const report = markouts(
    run({
      fills: [fill(10, 'buy', 1000, { liquidity: 'maker' }), fill(20, 'sell', 1000)],
      mids: mids([
        [0, 2000],
        [10.5, 2002],
        [20.05, 2004],
        [50, 2000],
      ]),
    }),
  )
  const at = (curve: typeof report.all, horizon: number) =>
    curve.find((each) => each.horizonS === horizon)!
  expect(at(report.maker, 0).meanBps.value).toBeCloseTo(0, 9)
  expect(at(report.maker, 1).meanBps.value).toBeCloseTo(10, 9)
  expect(at(report.taker, 0.1).meanBps.value).toBeCloseTo(-20, 9)
  expect(at(report.all, 1).meanBps.value).toBeCloseTo(-5, 9)
  expect(at(report.all, 1).standardErrorBps.value).toBeCloseTo(15, 9)
  // 20 + 300 s passes the end of the data: only known mids count.
  expect(at(report.all, 300)).toMatchObject({ fills: 0, meanBps: { value: null } })
  expect(at(report.all, 60).fills).toBe(2)
})

test('markouts do not look across a gap', () => {
  const record = run({
    fills: [fill(10, 'buy', 1000)],
    mids: mids([
      [0, 2000],
      [10.5, 2002],
      [40, 2100],
    ]),
  })
  const gaps = [
    { instrument: null, from: start + 12 * second, to: start + 40 * second, reason: '' },
  ]
  const curve = markouts({ ...record, data: { ...record.data, gaps } }).all
  expect(curve.map((each) => [each.horizonS, each.fills])).toEqual([
    [0, 1],
    [0.1, 1],
    [1, 1],
    [5, 0],
    [10, 0],
    [30, 0],
    [60, 0],
    [300, 0],
  ])
})

test('exposure is weighted by time, not by rows', () => {
  const report = exposure(
    run({
      startEquity: 1000,
      equity: {
        time: Float64Array.from([0, 1, 2, 3, 100], (at) => start + at * second),
        value: Float64Array.of(1000, 1000, 1000, 1000, 1000),
      },
      fills: [fill(50, 'sell', 1000), fill(75, 'buy', 1000)],
      mids: mids([[0, 2000]]),
    }),
  )
  expect(report.timeInMarket).toBeCloseTo(0.25, 12)
  expect(report.timeShort).toBeCloseTo(0.25, 12)
  expect(report.timeLong).toBe(0)
  expect(report.averageGross).toBeCloseTo(0.025, 12)
  expect(report.minimumNet).toBeCloseTo(-0.1, 12)
  expect(report.turnover).toBeCloseTo(0.1, 12)
  expect(report.maximumPositions).toBe(1)
})

test('hit rate, profit factor, payoff and streaks of four trips worked by hand', () => {
  // Results of 1 unit: +1, -0.5, flat, +2 (prices in 0.1).
  const prices = [1010, 995, 1000, 1020]
  const fills = prices.flatMap((exit, i) => [
    fill(i * 20, 'buy', 1000),
    fill(i * 20 + 10, 'sell', exit),
  ])
  const { trips } = roundTrips(run({ fills }))
  const result = tradeStatistics(trips)
  expect(result).toMatchObject({ trips: 4, wins: 2, losses: 1, flat: 1, longestWinStreak: 1 })
  expect(result.hitRate.value).toBe(0.5)
  expect(result.profitFactor.value).toBeCloseTo(6, 12)
  expect(result.payoff.value).toBeCloseTo(3, 12)
  expect(result.expectancy.value).toBeCloseTo(0.625, 12)
  expect(result.expectancyBps.value).toBeCloseTo(62.5, 9)
  expect(result.expectancyBpsInterval.reason).toBe('4 of 5 round trips needed')
  expect(result.largestShareOfNet.value).toBeCloseTo(0.8, 12)
  expect(result.holdingMedianUs.value).toBe(10 * second)
})

test('only losing trips: profit factor 0, payoff undefined with its reason', () => {
  const { trips } = roundTrips(run({ fills: [fill(0, 'buy', 1000), fill(1, 'sell', 990)] }))
  const result = tradeStatistics(trips)
  expect(result.profitFactor.value).toBe(0)
  expect(result.payoff).toEqual({ value: null, reason: 'no winning round trip' })
  expect(result.averageWin.reason).toBe('no winning round trip')
})

test('groups by exit reason hold every closed trip once', () => {
  const { trips } = roundTrips(sampleRun({ seed: 5, bars: 3000, barUs: 60 * second, entryZ: 1.5 }))
  const groups = groupTrips(trips, (trip) => trip.exitReason ?? '')
  const total = groups.reduce((sum, group) => sum + group.statistics.net, 0n)
  expect(total).toBe(tradeStatistics(trips).net)
})

test('costs at one times the cost are the result itself, more costs lose more', () => {
  const record = sampleRun({ seed: 2, bars: 60 * 24 * 45, barUs: 60 * second, entryZ: 2.5 })
  const analysis = analyzeRun(record)
  const [free, once, twice] = analysis.stress
  expect(once!.sharpe.value).toBeCloseTo(analysis.equity.sharpe.value!, 12)
  expect(once!.net).toBeCloseTo(Number(analysis.costs.net) / 1e8, 8)
  expect(free!.sharpe.value!).toBeGreaterThan(once!.sharpe.value!)
  expect(twice!.sharpe.value!).toBeLessThan(once!.sharpe.value!)
  expect(free!.net).toBeCloseTo(Number(analysis.costs.gross + analysis.costs.funding) / 1e8, 6)
})
