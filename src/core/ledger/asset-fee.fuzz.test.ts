import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { feeOfFill } from '../domain/fee.ts'
import type { Instrument } from '../domain/instrument.ts'
import { assetLot, notional } from '../domain/money.ts'
import { price, quantity, sign } from '../domain/units.ts'
import { Ledger } from './ledger.ts'
import { heldUnits } from './position.ts'

const coin = (quantityDecimals: number): Instrument => ({
  id: 0,
  venue: 'test',
  symbol: 'BTC/USD',
  kind: 'spot',
  quoteCurrency: 'USD',
  baseCurrency: 'BTC',
  priceDecimals: 2,
  quantityDecimals,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 1_500_000, takerE9: 2_500_000 },
  feeIn: 'received',
  longOnly: true,
  maximumLeverage: 1,
})

const trades = fc.array(
  fc.record({
    isBuy: fc.boolean(),
    price: fc.integer({ min: 1, max: 10_000_000 }),
    lots: fc.integer({ min: 1, max: 5_000 }),
    liquidity: fc.constantFrom('maker' as const, 'taker' as const),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('fees taken of the coins that were bought', () => {
  it('leave exactly what the venue holds, pay exactly what was paid and balance the books', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 0, max: 6 }), (list, decimals) => {
        const instrument = coin(decimals)
        const ledger = new Ledger([instrument])
        let units = 0n
        let cash = 0n
        let fees = 0n
        list.forEach((trade, i) => {
          const held = ledger.position(0).quantity
          const lots = trade.isBuy ? trade.lots : Math.min(trade.lots, held)
          if (lots === 0) return
          const side = trade.isBuy ? 'buy' : 'sell'
          const signedLots = sign(side) * lots
          const fee = feeOfFill(instrument, { ...trade, signedLots })
          ledger.applyExecution({
            executionId: String(i),
            clientOrderId: null,
            venueOrderId: String(i),
            instrument: 0,
            side,
            price: price(trade.price),
            quantity: quantity(lots),
            liquidity: trade.liquidity,
            ...fee,
            venueTime: i,
          })
          const paid = notional(instrument, trade.price, signedLots)
          units += BigInt(signedLots) * assetLot(instrument) - (fee.assetFee ?? 0n)
          cash -= paid + (trade.isBuy ? 0n : fee.fee)
          fees += fee.fee
        })
        const position = ledger.position(0)
        expect(heldUnits(position, instrument)).toBe(units)
        expect(position.dust >= 0n && position.dust < assetLot(instrument)).toBe(true)
        expect(ledger.balance('asset:BTC/USD', 'BTC')).toBe(units)
        expect(ledger.cash('USD')).toBe(cash)
        expect(position.fees).toBe(fees)
        expect(ledger.balance('inventory:BTC/USD', 'USD')).toBe(position.cost)
        // What came in is in the cash, in the position or a named loss: nothing is left over.
        expect(cash + position.cost).toBe(position.realised - fees)
        expect(ledger.imbalanceOfBooks('USD')).toBe(0n)
        expect(ledger.imbalanceOfBooks('BTC')).toBe(0n)
        if (units === 0n) expect(position.cost).toBe(0n)
        const copy = new Ledger([instrument])
        copy.restore(JSON.parse(JSON.stringify(ledger.snapshot())))
        expect(copy.snapshot()).toEqual(ledger.snapshot())
      }),
      { numRuns: 300 },
    )
  })
})
