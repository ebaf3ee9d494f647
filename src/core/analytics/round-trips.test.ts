import { expect, test } from 'vitest'
import { price, quantity, type Side } from '../domain/units.ts'
import { costReport } from './costs.ts'
import { roundTrips } from './round-trips.ts'
import { analyzeRun } from './run-analysis.ts'
import type { RunFill, RunRecord } from './run-record.ts'
import { emptyRun, sampleRun } from './sample-run.ts'

const base = emptyRun()
const start = base.data.firstTime
const second = 1_000_000

/** A fill at `at` seconds; price in quanta (0.1), lots of 0.0001: 1 lot x 1 quantum = 1e-5. */
function fill(
  at: number,
  side: Side,
  atPrice: number,
  lots: number,
  more: Partial<RunFill> = {},
): RunFill {
  return {
    time: start + at * second,
    instrument: 0,
    side,
    price: price(atPrice),
    quantity: quantity(lots),
    liquidity: 'taker',
    fee: 0n,
    reason: 'entry',
    intentId: `i${at}`,
    decisionTime: null,
    arrivalPrice: null,
    arrivalMidHalfQuanta: null,
    midHalfQuanta: null,
    ...more,
  }
}
const run = (fills: readonly RunFill[], more: Partial<RunRecord> = {}): RunRecord => ({
  ...base,
  data: { ...base.data, lastTime: start + 1000 * second },
  fills,
  ...more,
})
const money = (value: number): bigint => BigInt(Math.round(value * 1e8))

test('partial fills add up to one trip with average prices, fees and reasons', () => {
  const { trips } = roundTrips(
    run([
      fill(0, 'buy', 1000, 10_000, { fee: money(0.01), liquidity: 'maker' }),
      fill(1, 'buy', 1010, 10_000, { fee: money(0.02) }),
      fill(60, 'sell', 1020, 5_000, { fee: money(0.03), reason: 'mean reached' }),
      fill(90, 'sell', 990, 15_000, { fee: money(0.04), reason: 'stop loss' }),
    ]),
  )
  expect(trips).toHaveLength(1)
  const trip = trips[0]!
  // 1 unit at 100.0 and 1 at 101.0; out 0.5 at 102.0 and 1.5 at 99.0.
  expect(trip.pricePnl).toBe(money(0.5 * 102 + 1.5 * 99 - 100 - 101))
  expect(trip.fees).toBe(money(0.1))
  expect(trip.net).toBe(money(51 + 148.5 - 201 - 0.1))
  expect(trip.averageEntryPrice).toBeCloseTo(1005, 12)
  expect(trip.averageExitPrice).toBeCloseTo(997.5, 12)
  expect(trip).toMatchObject({
    side: 'buy',
    holdingUs: 90 * second,
    maximumQuantity: 20_000,
    fills: 4,
    entryReason: 'entry',
    exitReason: 'stop loss',
  })
  expect(trip.makerShare).toBeCloseTo(100 / (201 + 51 + 148.5), 12)
  expect(trip.netBps).toBeCloseTo((-1.6 / 201) * 1e4, 9)
})

test('a fill through flat is split: the closing part ends one trip, the rest starts another', () => {
  const { trips } = roundTrips(
    run([
      fill(0, 'buy', 1000, 3_000),
      fill(10, 'sell', 1010, 10_000, { fee: 101n, reason: 'reverse' }),
      fill(20, 'buy', 1000, 7_000, { reason: 'time stop' }),
    ]),
  )
  expect(trips.map((trip) => [trip.side, trip.maximumQuantity, trip.exitReason])).toEqual([
    ['buy', 3_000, 'reverse'],
    ['sell', 7_000, 'time stop'],
  ])
  // 101 units of fee: 30.3 belong to the closing part, rounded to 30; the rest is 71.
  expect(trips.map((trip) => trip.fees)).toEqual([30n, 71n])
  expect(trips[0]!.pricePnl).toBe(money(0.3))
  expect(trips[1]!.pricePnl).toBe(money(0.7))
})

test('a short that is still open is valued at the last mid and not closed', () => {
  const { trips } = roundTrips(
    run([fill(0, 'sell', 1000, 10_000)], {
      mids: [{ instrument: 0, time: Float64Array.of(start), halfMid: Float64Array.of(1981) }],
    }),
  )
  expect(trips[0]).toMatchObject({ exitTime: null, exitReason: null, averageExitPrice: null })
  expect(trips[0]!.pricePnl).toBe(money(100 - 99.05))
  expect(trips[0]!.holdingUs).toBe(1000 * second)
})

test('funding goes to the position before a simultaneous fill, or else to the one after it', () => {
  const fund = (at: number, amount: bigint) => ({
    time: start + at * second,
    instrument: 0,
    amount,
  })
  const { trips, unattributedFunding } = roundTrips(
    run([fill(10, 'buy', 1000, 10), fill(20, 'sell', 1000, 10)], {
      funding: [fund(5, -1n), fund(10, -2n), fund(15, -4n), fund(20, -8n), fund(30, -16n)],
    }),
  )
  expect(trips[0]!.funding).toBe(-14n)
  expect(unattributedFunding).toBe(-17n)
})

test('spread and slippage are measured against the mids at fill and decision', () => {
  // Decided at mid 100.0, mid 100.1 at the fill, bought at 100.3: slippage 0.1, spread 0.2.
  const record = run([
    fill(0, 'buy', 1003, 10_000, { arrivalMidHalfQuanta: 2000, midHalfQuanta: 2002, fee: 7n }),
    fill(9, 'sell', 1003, 10_000, {
      arrivalMidHalfQuanta: 2010,
      midHalfQuanta: 2004,
      liquidity: 'maker',
    }),
  ])
  const report = roundTrips(record)
  const costs = costReport(record, report)
  // The exit sold 0.1 above the mid (earned) after the mid fell 0.3 since the decision.
  expect(costs.spread).toBe(money(0.2 - 0.1))
  expect(costs.slippage).toBe(money(0.1 + 0.3))
  expect(costs.gross).toBe(money(100.5 - 100))
  expect(costs.fees).toBe(7n)
  expect(costs.net).toBe(costs.gross - costs.spread - costs.slippage - costs.fees + costs.funding)
  expect(costs.net).toBe(-7n)
  expect(costs.implementationShortfallBps.value).toBeCloseTo((0.5 / 200.6) * 1e4, 3)
})

test('without mids nothing is invented: costs are fees and the fills are counted', () => {
  const record = run([fill(0, 'buy', 1003, 10_000), fill(9, 'sell', 1004, 10_000)])
  const costs = costReport(record, roundTrips(record))
  expect(costs).toMatchObject({
    spread: 0n,
    slippage: 0n,
    fillsWithoutMid: 2,
    fillsWithoutDecisionMid: 2,
  })
  expect(costs.implementationShortfallBps.value).toBeNull()
})

test('mids are looked up by the times of decision and fill when the fill does not carry them', () => {
  const record = run(
    [
      fill(10, 'buy', 1003, 10_000, { decisionTime: start + 4 * second }),
      fill(20, 'sell', 1003, 10_000),
    ],
    {
      mids: [
        {
          instrument: 0,
          time: Float64Array.of(start, start + 8 * second),
          halfMid: Float64Array.of(2000, 2004),
        },
      ],
    },
  )
  const [trip] = roundTrips(record).trips
  expect(trip!.slippage).toBe(money(0.2))
  expect(trip!.spread).toBe(money(0.1 - 0.1))
})

test('fills are put in the order of their venue times, whatever order they were heard of in', () => {
  const fills = [
    fill(0, 'buy', 1000, 10),
    fill(20, 'buy', 1000, 10),
    fill(10, 'sell', 1010, 10),
    fill(30, 'sell', 1010, 10),
  ]
  const { trips } = roundTrips(run(fills))
  expect(trips.map((trip) => [trip.entryTime, trip.exitTime])).toEqual([
    [start, start + 10 * second],
    [start + 20 * second, start + 30 * second],
  ])
})

test('a run without fills has no trip and defined totals', () => {
  const analysis = analyzeRun(run([]))
  expect(analysis.trips.trips).toEqual([])
  expect(analysis.trades).toMatchObject({ trips: 0, hitRate: { value: null } })
  expect(analysis.costs).toMatchObject({
    net: 0n,
    costBps: { value: null, reason: 'nothing traded' },
  })
  expect(analysis.verdict).toMatch(/^No trades: the strategy was never evaluated/)
})

test('the sample run: fills, funding and equity agree to the unit', () => {
  const analysis = analyzeRun(sampleRun({ seed: 3, bars: 4000, barUs: 60 * second, entryZ: 1.5 }))
  expect(Math.abs(analysis.reconciliationDifference)).toBeLessThan(1e-8)
  expect(analysis.trades.trips).toBeGreaterThan(20)
})
