import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import { price, quantity, sign } from '../domain/units.ts'
import { Ledger } from './ledger.ts'

const perp: Instrument = {
  id: 0,
  venue: 'test',
  symbol: 'X',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'X',
  priceDecimals: 2,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
  longOnly: false,
  maximumLeverage: 10,
}

const fills = fc.array(
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    price: fc.integer({ min: 1, max: 5_000_000 }),
    lots: fc.integer({ min: 1, max: 100_000 }),
    fee: fc.bigInt({ min: -1000n, max: 100_000n }),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('Ledger properties', () => {
  it('cash + open cost always equals what all fills paid, to the unit', () => {
    fc.assert(
      fc.property(fills, (list) => {
        const ledger = new Ledger([perp])
        let paid = 0n
        let lots = 0
        list.forEach((f, i) => {
          ledger.applyExecution({
            executionId: String(i),
            clientOrderId: null,
            venueOrderId: String(i),
            instrument: 0,
            side: f.side,
            price: price(f.price),
            quantity: quantity(f.lots),
            liquidity: 'taker',
            fee: f.fee,
            venueTime: i,
          })
          paid += notional(perp, f.price, sign(f.side) * f.lots) + f.fee
          lots += sign(f.side) * f.lots
        })
        const position = ledger.position(0)
        expect(position.quantity).toBe(lots)
        expect(ledger.cash('USDC') - position.cost).toBe(-paid)
        expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
        if (lots === 0) expect(position.cost).toBe(0n)
      }),
      { numRuns: 300 },
    )
  })
})
