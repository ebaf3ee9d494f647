import { describe, expect, it } from 'vitest'
import { addUnitReturns, equityColumn, nextOpens, tradeOutcomes } from './accounting.ts'
import { OPEN_AT_END, type TradeList } from './trade-list.ts'

const trades = (...list: (readonly [1 | -1, number, number])[]): TradeList => ({
  count: list.length,
  directions: Int8Array.from(list, ([direction]) => direction),
  entryRows: Int32Array.from(list, ([, entry]) => entry),
  exitRows: Int32Array.from(list, ([, , exit]) => exit),
})

const marks = Float64Array.of(100, 102, 101, 99, 103, 104)
const atClose = { buy: marks, sell: marks, marks, delay: 0 } as const
const opens = Float64Array.of(100, 100, 102, 101, 100, 103)
const atOpen = { buy: nextOpens(opens), sell: nextOpens(opens), marks, delay: 1 } as const
const free = { quantities: null, feeRate: 0, start: 1000 }

function equityOf(list: TradeList, prices: typeof atClose | typeof atOpen, options = free) {
  const equity = new Float64Array(marks.length)
  const totals = equityColumn(list, prices, options, equity)
  return { equity: [...equity], totals }
}

describe('equityColumn', () => {
  it('marks positions at every close and keeps what they earned', () => {
    const { equity, totals } = equityOf(trades([1, 0, 2], [-1, 3, 4]), atClose)
    expect(equity).toEqual([1000, 1002, 1001, 1001, 997, 997])
    expect(totals).toEqual({ gross: -3, turnover: 100 + 101 + 99 + 103, filled: 2 })
  })

  it('charges fees on both fills, from the row of each', () => {
    const { equity } = equityOf(trades([1, 0, 2]), atClose, { ...free, feeRate: 0.01 })
    expect(equity[0]).toBeCloseTo(999, 12)
    expect(equity[1]).toBeCloseTo(1001, 12)
    expect(equity.at(-1)).toBeCloseTo(1001 - 2.01, 12)
  })

  it('knows fills at the next open only at the next close', () => {
    const { equity, totals } = equityOf(trades([1, 0, 2]), atOpen)
    expect(equity).toEqual([1000, 1002, 1001, 1001, 1001, 1001])
    expect(totals.gross).toBe(1)
  })

  it('takes no trade from a decision that cannot be filled', () => {
    const { equity, totals } = equityOf(trades([1, 5, OPEN_AT_END]), atOpen)
    expect(equity).toEqual([1000, 1000, 1000, 1000, 1000, 1000])
    expect(totals.filled).toBe(0)
  })

  it('values a position that is still held at its last mark', () => {
    const open = equityOf(trades([-1, 3, OPEN_AT_END]), atOpen)
    expect(open.totals.gross).toBe(100 - 104)
    const undecided = equityOf(trades([-1, 3, 5]), atOpen)
    expect(undecided).toEqual(open)
  })

  it('scales each trade by its own quantity', () => {
    const quantities = Float64Array.of(2, 10)
    const { totals } = equityOf(trades([1, 0, 2], [-1, 3, 4]), atClose, {
      ...free,
      quantities: quantities as never,
    })
    expect(totals.gross).toBe(2 * 1 - 10 * 4)
  })
})

describe('addUnitReturns', () => {
  it('sums simple returns of one unit reset at every close, costs on the rows of the fills', () => {
    const returns = new Float64Array(marks.length)
    expect(addUnitReturns(trades([1, 0, 2]), atOpen, 0.001, returns)).toBe(1)
    const expected = [0, 102 / 100 - 1 - 0.001, 101 / 102 - 1, 101 / 101 - 1 - 0.001, 0, 0]
    expected.forEach((value, row) => {
      expect(returns[row]).toBeCloseTo(value, 15)
    })
  })

  it('adds to what other instruments earned', () => {
    const returns = new Float64Array(marks.length).fill(1)
    addUnitReturns(trades([-1, 4, OPEN_AT_END]), atOpen, 0, returns)
    expect(returns[5]).toBeCloseTo(1 - (104 / 103 - 1), 15)
  })
})

describe('tradeOutcomes', () => {
  it('lists filled trades with their prices and gross returns', () => {
    const list = trades([1, 0, 2], [-1, 3, OPEN_AT_END], [1, 5, OPEN_AT_END])
    expect(tradeOutcomes(list, atOpen)).toEqual([
      {
        direction: 1,
        entryRow: 0,
        exitRow: 2,
        entryPrice: 100,
        exitPrice: 101,
        grossReturn: 101 / 100 - 1,
      },
      {
        direction: -1,
        entryRow: 3,
        exitRow: null,
        entryPrice: 100,
        exitPrice: 104,
        grossReturn: -(104 / 100 - 1),
      },
    ])
  })
})
