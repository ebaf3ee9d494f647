import { describe, expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { moneyFromNumber } from '../domain/money.ts'
import type { Execution } from '../domain/order.ts'
import { price, quantity, type Side } from '../domain/units.ts'
import { Ledger } from './ledger.ts'

const btc: Instrument = {
  id: 0,
  venue: 'test',
  symbol: 'BTC',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'BTC',
  priceDecimals: 1,
  quantityDecimals: 5,
  priceRule: { kind: 'significant-figures', figures: 5 },
  minimumNotional: moneyFromNumber(10),
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 40,
}

let nextId = 0
const fill = (side: Side, at: number, lots: number, fee = 0n): Execution => ({
  executionId: `x${nextId++}`,
  clientOrderId: null,
  venueOrderId: '1',
  instrument: 0,
  side,
  price: price(at),
  quantity: quantity(lots),
  liquidity: 'taker',
  fee,
  venueTime: 1000 + nextId,
})

describe('Ledger', () => {
  it('realises profit at average cost and keeps the books balanced', () => {
    const ledger = new Ledger([btc])
    ledger.applyTransfer('USDC', moneyFromNumber(1000))
    ledger.applyExecution(fill('buy', 1_000_000, 100)) // 0.001 at 100,000.0
    ledger.applyExecution(fill('buy', 1_010_000, 100)) // 0.001 at 101,000.0
    expect(ledger.averageEntryPrice(0)).toBe(1_005_000)
    const { realised } = ledger.applyExecution(fill('sell', 1_020_000, 50))
    expect(realised).toBe(moneyFromNumber(0.75)) // (102,000 - 100,500) x 0.0005
    expect(ledger.cash('USDC')).toBe(moneyFromNumber(1000.75))
    expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
  })

  it('splits a fill that flips the position into a close and an open', () => {
    const ledger = new Ledger([btc])
    ledger.applyExecution(fill('sell', 1_000_000, 100))
    const opened = ledger.position(0).entryTime
    const { realised } = ledger.applyExecution(fill('buy', 990_000, 150))
    expect(realised).toBe(moneyFromNumber(1))
    expect(ledger.position(0).quantity).toBe(50)
    expect(ledger.averageEntryPrice(0)).toBe(990_000)
    expect(ledger.position(0).entryTime).not.toBe(opened)
  })

  it('keeps the entry time while a position is added to or partly closed', () => {
    const ledger = new Ledger([btc])
    ledger.applyExecution(fill('buy', 1_000_000, 100))
    const opened = ledger.position(0).entryTime
    ledger.applyExecution(fill('buy', 1_000_000, 100))
    ledger.applyExecution(fill('sell', 1_000_000, 150))
    expect(ledger.position(0).entryTime).toBe(opened)
    ledger.applyExecution(fill('sell', 1_000_000, 50))
    expect(ledger.position(0).entryTime).toBeNull()
    expect(ledger.position(0).cost).toBe(0n)
  })

  it('books fees as cost, rebates as income, funding with its sign', () => {
    const ledger = new Ledger([btc])
    ledger.applyExecution(fill('buy', 1_000_000, 100, moneyFromNumber(0.045)))
    ledger.applyExecution(fill('sell', 1_000_000, 100, moneyFromNumber(-0.01)))
    ledger.applyFunding(0, moneyFromNumber(-0.5))
    expect(ledger.cash('USDC')).toBe(moneyFromNumber(-0.535))
    expect(ledger.balance('expense:fees', 'USDC')).toBe(moneyFromNumber(0.035))
    expect(ledger.totals()).toEqual({
      realised: 0n,
      fees: moneyFromNumber(0.035),
      funding: moneyFromNumber(-0.5),
    })
    expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
  })

  it('moves cash by notional for spot and counts inventory in equity', () => {
    const spot: Instrument = { ...btc, kind: 'spot', quoteCurrency: 'USD', longOnly: true }
    const ledger = new Ledger([spot])
    ledger.applyTransfer('USD', moneyFromNumber(1000))
    ledger.applyExecution(fill('buy', 1_000_000, 500))
    expect(ledger.cash('USD')).toBe(moneyFromNumber(500))
    expect(ledger.balance('asset:BTC', 'BTC')).toBe(5_000_000n)
    expect(ledger.equity('USD', [2_020_000])).toBeCloseTo(1005, 8)
    ledger.applyExecution(fill('sell', 1_010_000, 500))
    expect(ledger.cash('USD')).toBe(moneyFromNumber(1005))
    expect(ledger.imbalanceOfBooks('USD')).toBe(0n)
    expect(ledger.imbalanceOfBooks('BTC')).toBe(0n)
  })

  it('counts what the venue charges the account as fees, not as money of its owner', () => {
    const ledger = new Ledger([btc])
    ledger.applyTransfer('USDC', moneyFromNumber(100))
    ledger.applyTransfer('USDC', moneyFromNumber(-1.25), 'fee')
    ledger.applyTransfer('USDC', moneyFromNumber(0.5), 'interest')
    expect(ledger.cash('USDC')).toBe(moneyFromNumber(99.25))
    expect(ledger.totals().fees).toBe(moneyFromNumber(0.75))
    expect(ledger.balance('equity:contributed', 'USDC')).toBe(moneyFromNumber(-100))
    expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
  })

  it('comes back from a snapshot to the same unit', () => {
    const ledger = new Ledger([btc])
    ledger.applyTransfer('USDC', moneyFromNumber(77))
    ledger.applyExecution(fill('buy', 1_000_003, 7, 3n))
    const copy = new Ledger([btc])
    copy.restore(JSON.parse(JSON.stringify(ledger.snapshot())))
    expect(copy.snapshot()).toEqual(ledger.snapshot())
    expect(copy.unrealised(0, 2_000_100)).toBe(ledger.unrealised(0, 2_000_100))
  })
})
