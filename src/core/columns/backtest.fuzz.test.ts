import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zColumn } from '../indicators/z-column.ts'
import { createRandom } from '../lib/random.ts'
import { equityColumn } from './accounting.ts'
import { backtestColumns, type ColumnBacktest } from './backtest.ts'
import { findTrades, type ReversionRules } from './reversion.ts'
import { restartRows, zColumnWithRestarts } from './z-restart.ts'

const SEED = 20_261_121

function market(rows: number, seed: number) {
  const random = createRandom(seed)
  const closes = new Float64Array(rows)
  const imbalance = new Float64Array(rows)
  let price = 10_000
  for (let row = 0; row < rows; row++) {
    price = Math.max(1000, price + random.integer(21) - 10)
    closes[row] = price
    imbalance[row] = random.next() < 0.1 ? Number.NaN : 2 * random.next() - 1
  }
  return { closes, imbalance }
}

/** The state machine as one would write it down: one row after another. */
function plainTrades(z: Float64Array, imbalance: Float64Array | null, rules: ReversionRules) {
  const trades: number[][] = []
  let position = 0
  z.forEach((score, row) => {
    const rho = imbalance === null ? 0 : imbalance[row]!
    const gate = rules.imbalanceThreshold
    if (position === 0) {
      const isLong = score < rules.longEntry
      const isShort = !isLong && rules.direction === 'both' && score > rules.shortEntry
      const passes = !Number.isNaN(rho) && (gate === null || (isLong ? rho > gate : rho < -gate))
      if ((isLong || isShort) && passes) {
        position = isLong ? 1 : -1
        trades.push([position, row, -1])
      }
    } else if (position > 0 ? score > rules.longExit : score < rules.shortExit) {
      trades.at(-1)![2] = row
      position = 0
    }
  })
  return trades
}

const anyRules = fc.record({
  longEntry: fc.double({ min: -3, max: 0, noNaN: true }),
  longExit: fc.double({ min: 0.01, max: 2, noNaN: true }),
  shortEntry: fc.double({ min: 0, max: 3, noNaN: true }),
  shortExit: fc.double({ min: -2, max: -0.01, noNaN: true }),
  direction: fc.constantFrom('long' as const, 'both' as const),
  imbalanceThreshold: fc.option(fc.double({ min: 0, max: 0.9, noNaN: true })),
})

describe('column tier', () => {
  it(`finds the trades of the plain state machine (seed ${SEED})`, () => {
    const property = fc.property(anyRules, fc.nat(), fc.boolean(), (rules, seed, gated) => {
      const { closes, imbalance } = market(400, seed)
      const z = new Float64Array(closes.length)
      zColumn(closes, 20, 'include', z)
      const gate = gated || rules.imbalanceThreshold !== null ? imbalance : null
      const found = findTrades({ z, imbalance: gate }, rules)
      const rows = Array.from(found.entryRows, (row, i) => [
        found.directions[i]!,
        row,
        found.exitRows[i]!,
      ])
      expect(rows).toEqual(plainTrades(z, gate, rules))
    })
    fc.assert(property, { seed: SEED, numRuns: 200 })
  })

  it(`gives one set of bits in one go and stage by stage (seed ${SEED})`, () => {
    const current = fc.constantFrom('include' as const, 'exclude' as const)
    const property = fc.property(anyRules, fc.nat(), current, (rules, seed, which) => {
      const { closes, imbalance } = market(20_000, seed)
      const input: ColumnBacktest = {
        closes,
        imbalance,
        window: 60,
        current: which,
        rules,
        prices: { buy: closes, sell: closes, marks: closes, delay: 0 },
        accounting: { feeRate: 0.0001, start: 100 },
      }
      const equity = new Float64Array(closes.length)
      const { trades, totals } = backtestColumns(input, equity)
      const z = new Float64Array(closes.length)
      zColumn(closes, 60, which, z)
      const staged = findTrades({ z, imbalance }, rules)
      const stagedEquity = new Float64Array(closes.length)
      const options = { ...input.accounting, quantities: null }
      expect(equityColumn(staged, input.prices, options, stagedEquity)).toEqual(totals)
      expect(trades).toEqual(staged)
      expect(equity).toEqual(stagedEquity)
    })
    fc.assert(property, { seed: SEED, numRuns: 20 })
  })
})

describe('restarts', () => {
  it('begin a window anew where more rows are missing than allowed', () => {
    const minutes = Float64Array.of(0, 1, 2, 5, 6, 12).map((minute) => minute * 60)
    expect(restartRows(minutes, 60, 2)).toEqual([0, 5])
    expect(restartRows(minutes, 60, 1)).toEqual([0, 3, 5])
    const { closes } = market(100, 1)
    const z = zColumnWithRestarts(closes, [0, 40], 20, 'include')
    expect(Number.isNaN(z[58]!)).toBe(true)
    const fresh = new Float64Array(60)
    zColumn(closes.subarray(40), 20, 'include', fresh)
    expect(z.subarray(40)).toEqual(fresh)
  })
})
