import { expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { EquityBounds, writeBarEquity } from './bar-account.ts'
import { BarTrades } from './bar-trades.ts'

const instrument = {
  priceDecimals: 2,
  quantityDecimals: 0,
  fees: { makerE9: 0, takerE9: 1_000_000 },
} as Instrument
const account = { instrument, moneyDecimals: 6 }

/** Entry row, exit row, direction, prices and lots. */
function trades(...list: readonly (readonly [number, number, 1 | -1, number, number, number])[]) {
  const made = new BarTrades(2 * list.length + 2)
  list.forEach(([entry, exit, direction, from, to, lots], i) => {
    made.entryRows[i] = entry
    made.exitRows[i] = exit
    made.directions[i] = direction
    made.entryPrices[i] = from
    made.exitPrices[i] = to
    made.entryMids[i] = from - direction
    made.exitMids[i] = to + direction
    made.lots[i] = lots
  })
  made.count = list.length
  return made
}

// Rows are seen one point later; two days of three points.
const visibleFrom = Int32Array.of(1, 2, 3, 4, 5)
const marks = Float64Array.of(0, 10_000, 10_100, 10_200, 10_100, 9_900)
const parts = {
  visibleFrom,
  ends: Int32Array.of(3, 6),
  lowest: Float64Array.of(10_000, 9_900),
  highest: Float64Array.of(10_100, 10_200),
}

function write(made: BarTrades) {
  const out = new Float64Array(6)
  const bounds = new EquityBounds(2)
  const totals = writeBarEquity(made, { visibleFrom, marks }, account, 1000, out, parts, bounds)
  return { out, bounds, totals }
}

it('writes equity after fees at every point, positions at their marks', () => {
  const { out, totals } = write(trades([1, 3, 1, 10_000, 10_150, 2]))
  // Bought 2 at 100.00 for a fee of 0.2, sold at 101.50 for one of 0.203.
  const expected = [1000, 1000, 1001.8, 1003.8, 1002.597, 1002.597]
  expected.forEach((value, point) => {
    expect(out[point]).toBeCloseTo(value, 9)
  })
  expect(totals).toMatchObject({ gross: 300, fees: 403_000, turnover: 40_300, trips: 1, wins: 1 })
  expect(totals.distance).toBe(4)
  expect(totals.netBps).toBeCloseTo((2.597 / 200) * 1e4, 9)
})

it('values what is still held at the last mark, and counts no closed trip', () => {
  const { out, totals } = write(trades([2, -1, -1, 10_000, Number.NaN, 1]))
  expect(out.at(-1)).toBeCloseTo(1000 + 1 - 0.1, 9)
  expect(totals).toMatchObject({ gross: 100, trips: 1, closed: 0, wins: 0 })
})

it('bounds equity within every part, never closer than it came', () => {
  const made = trades([0, 1, 1, 10_050, 10_020, 1], [3, 4, -1, 10_100, 9_950, 3])
  const { out, bounds } = write(made)
  parts.ends.forEach((end, part) => {
    for (let point = part === 0 ? 0 : parts.ends[part - 1]!; point < end; point++) {
      expect(bounds.low[part]!).toBeLessThanOrEqual(out[point]! + 1e-9)
      expect(bounds.high[part]!).toBeGreaterThanOrEqual(out[point]! - 1e-9)
    }
  })
})

it('rounds a fee of half a unit to even, as the venue does', () => {
  const exact = { ...instrument, fees: { makerE9: 0, takerE9: 50_000 } }
  const feeOf = (price: number): number => {
    const out = new Float64Array(6)
    const of = { instrument: exact, moneyDecimals: 6 }
    const made = trades([1, -1, 1, price, Number.NaN, 1])
    const bounds = new EquityBounds(2)
    return writeBarEquity(made, { visibleFrom, marks }, of, 0, out, parts, bounds).fees
  }
  // 0.01 x 0.00005 = half a millionth; 0.03 x 0.00005 = one and a half.
  expect([feeOf(1), feeOf(3), feeOf(5)]).toEqual([0, 2, 2])
})
