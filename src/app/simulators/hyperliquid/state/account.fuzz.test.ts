import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hyperliquidPerpetual } from '../../../../adapters/mod.ts'
import { applyExecution, createAccount, describeDirection } from './account.ts'

const instrument = hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })
const seed = 20261121

const executions = fc.array(
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    price: fc.integer({ min: 10, max: 2_000_000 }),
    lots: fc.integer({ min: 1, max: 5_000 }),
  }),
  { maxLength: 40 },
)

describe('positions as a fold of executions', () => {
  test('cash in equals cash out when the position is flat again', () => {
    fc.assert(
      fc.property(executions, (list) => {
        const account = createAccount('0x', 0)
        let profit = 0n
        let cash = 0n
        const apply = (execution: (typeof list)[number]) => {
          const signed = execution.side === 'buy' ? execution.lots : -execution.lots
          cash -= BigInt(execution.price) * BigInt(signed)
          profit += applyExecution(account, instrument, execution).closedPnl
        }
        list.forEach(apply)
        const held = account.positions.get(0)?.lots ?? 0
        if (held !== 0) {
          apply({ side: held > 0 ? 'sell' : 'buy', price: 777, lots: Math.abs(held) })
        }
        expect(account.positions.size).toBe(0)
        expect(profit).toBe(cash * 100n)
      }),
      { seed },
    )
  })

  test('the cost of what is open stays between the lowest and highest price paid', () => {
    fc.assert(
      fc.property(executions, (list) => {
        const account = createAccount('0x', 0)
        for (const execution of list) applyExecution(account, instrument, execution)
        const position = account.positions.get(0)
        if (position === undefined) return
        const prices = list.map(({ price }) => price)
        const average = Number(position.entryNotional) / 100 / Math.abs(position.lots)
        expect(average).toBeGreaterThanOrEqual(Math.min(...prices) - 1e-6)
        expect(average).toBeLessThanOrEqual(Math.max(...prices) + 1e-6)
      }),
      { seed },
    )
  })

  test('every change of a position has its words', () => {
    expect(describeDirection(0, 5)).toBe('Open Long')
    expect(describeDirection(5, 9)).toBe('Open Long')
    expect(describeDirection(5, 2)).toBe('Close Long')
    expect(describeDirection(5, 0)).toBe('Close Long')
    expect(describeDirection(5, -1)).toBe('Long > Short')
    expect(describeDirection(0, -5)).toBe('Open Short')
    expect(describeDirection(-5, -9)).toBe('Open Short')
    expect(describeDirection(-5, -2)).toBe('Close Short')
    expect(describeDirection(-5, 0)).toBe('Close Short')
    expect(describeDirection(-5, 1)).toBe('Short > Long')
  })
})
