import { describe, expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { moneyFromNumber } from '../domain/money.ts'
import type { Execution } from '../domain/order.ts'
import { price, quantity } from '../domain/units.ts'
import { Ledger } from './ledger.ts'

/** Lots of 10^-6 coins, prices in cents. */
const btc: Instrument = {
  id: 0,
  venue: 'test',
  symbol: 'BTC/USD',
  kind: 'spot',
  quoteCurrency: 'USD',
  baseCurrency: 'BTC',
  priceDecimals: 2,
  quantityDecimals: 6,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: moneyFromNumber(10),
  minimumQuantity: quantity(1),
  fees: { makerE9: 1_500_000, takerE9: 2_500_000 },
  feeIn: 'received',
  longOnly: true,
  maximumLeverage: 1,
}

const execution = (change: Partial<Execution>): Execution => ({
  executionId: 'e',
  clientOrderId: null,
  venueOrderId: 'v',
  instrument: 0,
  side: 'buy',
  price: price(10_000_000),
  quantity: quantity(1001),
  liquidity: 'taker',
  fee: 0n,
  venueTime: 1,
  ...change,
})

describe('a fee taken in coins', () => {
  it('is kept of the position to its last unit, and its value is a cost', () => {
    const ledger = new Ledger([btc])
    ledger.applyTransfer('USD', moneyFromNumber(1000))
    // 0.25 % of 0.001001 BTC: 2.5025 lots, worth $0.25025.
    const assetFee = 2_503n
    ledger.applyExecution(execution({ fee: moneyFromNumber(0.2503), assetFee }))
    expect(ledger.position(0)).toMatchObject({
      quantity: 998,
      dust: 497n,
      cost: moneyFromNumber(99.8497),
      fees: moneyFromNumber(0.2503),
    })
    expect(ledger.cash('USD')).toBe(moneyFromNumber(1000 - 100.1))
    expect(ledger.averageEntryPrice(0)).toBeCloseTo(10_000_000, 3)
    expect(ledger.equity('USD', [20_000_000])).toBeCloseTo(1000 - 0.2503, 8)
  })

  it('leaves dust when all that can be sold is sold, valued until it is part of a lot again', () => {
    const ledger = new Ledger([btc])
    ledger.applyExecution(execution({ fee: moneyFromNumber(0.2503), assetFee: 2_503n }))
    ledger.applyExecution(execution({ side: 'sell', quantity: quantity(998), venueTime: 2 }))
    expect(ledger.position(0)).toMatchObject({ quantity: 0, dust: 497n, entryTime: null })
    expect(ledger.averageEntryPrice(0)).toBeNull()
    expect(ledger.unrealised(0, 40_000_000)).toBe(moneyFromNumber(0.0497))
    ledger.applyExecution(
      execution({
        quantity: quantity(1),
        fee: moneyFromNumber(0.03),
        assetFee: 300n,
        venueTime: 3,
      }),
    )
    expect(ledger.position(0)).toMatchObject({ quantity: 1, dust: 197n, entryTime: 3 })
  })

  it('that was another one is put right by an execution of nothing', () => {
    const ledger = new Ledger([btc])
    ledger.applyExecution(execution({ fee: moneyFromNumber(0.2503), assetFee: 2_503n }))
    const cash = ledger.cash('USD')
    const less = { quantity: quantity(0), fee: moneyFromNumber(-0.1), assetFee: -1_000n }
    ledger.applyExecution(execution({ executionId: 'c', ...less }))
    expect(ledger.position(0)).toMatchObject({ quantity: 999, dust: 497n })
    expect(ledger.position(0).fees).toBe(moneyFromNumber(0.1503))
    expect(ledger.cash('USD')).toBe(cash)
    expect(ledger.imbalanceOfBooks('USD')).toBe(0n)
  })

  it('can be adopted with what lies below a lot, and the books still balance', () => {
    const ledger = new Ledger([btc])
    ledger.adoptPosition(0, { quantity: 5, dust: 250n, price: 10_000_000, time: 7 })
    expect(ledger.position(0).cost).toBe(moneyFromNumber(0.525))
    expect(ledger.balance('asset:BTC/USD', 'BTC')).toBe(5_250n)
    ledger.adoptDust(0, 100n)
    expect(ledger.balance('asset:BTC/USD', 'BTC')).toBe(5_100n)
    expect(ledger.imbalanceOfBooks('USD')).toBe(0n)
    expect(ledger.imbalanceOfBooks('BTC')).toBe(0n)
  })
})
