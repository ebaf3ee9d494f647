import fc from 'fast-check'
import { expect, test } from 'vitest'
import { notional } from '../domain/money.ts'
import { price, quantity, type Side, sign } from '../domain/units.ts'
import { costReport } from './costs.ts'
import { halfNotional } from './fill-cost.ts'
import { roundTrips } from './round-trips.ts'
import type { RunFill, RunRecord } from './run-record.ts'
import { emptyRun, sampleInstrument } from './sample-run.ts'

const base = emptyRun()
const start = base.data.firstTime

const arbitraryFill = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  price: fc.integer({ min: 900, max: 1100 }),
  lots: fc.integer({ min: 1, max: 50 }),
  fee: fc.bigInt({ min: -100n, max: 1000n }),
  maker: fc.boolean(),
  mid: fc.option(fc.integer({ min: 1800, max: 2200 })),
  arrival: fc.option(fc.integer({ min: 1800, max: 2200 })),
})

const arbitraryRun = fc
  .record({
    fills: fc.array(arbitraryFill, { maxLength: 40 }),
    funding: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 45 }),
        amount: fc.bigInt({ min: -500n, max: 500n }),
      }),
      { maxLength: 10 },
    ),
    mark: fc.integer({ min: 1800, max: 2200 }),
  })
  .map(
    ({ fills, funding, mark }): RunRecord => ({
      ...base,
      data: { ...base.data, lastTime: start + 100e6 },
      fills: fills.map(
        (each, i): RunFill => ({
          time: start + Math.floor(i / 2) * 2e6,
          instrument: 0,
          side: each.side,
          price: price(each.price),
          quantity: quantity(each.lots),
          liquidity: each.maker ? 'maker' : 'taker',
          fee: each.fee,
          reason: `r${i % 3}`,
          intentId: `i${i}`,
          decisionTime: null,
          arrivalPrice: null,
          arrivalMidHalfQuanta: each.arrival,
          midHalfQuanta: each.mid,
        }),
      ),
      funding: funding
        .toSorted((a, b) => a.at - b.at)
        .map(({ at, amount }) => ({ time: start + at * 1e6, instrument: 0, amount })),
      mids: [
        { instrument: 0, time: Float64Array.of(start + 99e6), halfMid: Float64Array.of(mark) },
      ],
    }),
  )

test('trips conserve cash, fees and funding to the unit, and costs reconcile gross to net', () => {
  fc.assert(
    fc.property(arbitraryRun, (record) => {
      const report = roundTrips(record)
      const costs = costReport(record, report)
      let cash = 0n
      let position = 0
      for (const fill of record.fills) {
        cash -= BigInt(sign(fill.side)) * notional(sampleInstrument, fill.price, fill.quantity)
        cash -= fill.fee
        position += sign(fill.side) * fill.quantity
      }
      const funding = record.funding.reduce((sum, each) => sum + each.amount, 0n)
      const half = record.mids[0]!.halfMid[0]!
      const expected = cash + funding + halfNotional(sampleInstrument, half, position)
      expect(costs.net).toBe(expected)
      const { gross, spread, slippage, fees } = costs
      expect(gross - spread - slippage - fees + costs.funding).toBe(costs.net)
      expect(costs.funding).toBe(funding)
      const perTrip = report.trips.reduce((sum, trip) => sum + trip.net, report.unattributedFunding)
      expect(perTrip).toBe(costs.net)
      expect(report.trips.filter((trip) => trip.exitTime === null)).toHaveLength(
        position === 0 ? 0 : 1,
      )
    }),
    { seed: 20_260_101, numRuns: 300 },
  )
})
