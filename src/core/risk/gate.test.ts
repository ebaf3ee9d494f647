import { describe, expect, it } from 'vitest'
import type { DenialCode } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import { moneyFromNumber } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import { price, quantity } from '../domain/units.ts'
import { approveOrder, type RiskContext } from './gate.ts'
import { freshRiskState, type RiskLimits } from './limits.ts'
import { breakerPolicy } from './policy.ts'

const instrument = (id: number, longOnly = false): Instrument => ({
  id,
  venue: 'test',
  symbol: `I${id}`,
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: `I${id}`,
  priceDecimals: 1,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 10 },
  minimumNotional: moneyFromNumber(10),
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
  longOnly,
  maximumLeverage: 10,
})

const limits: RiskLimits = {
  orderNotionalMax: 500,
  positionNotionalMax: 800,
  grossNotionalMax: 1500,
  netNotionalMax: 1200,
  positionsMax: 2,
  leverageMax: 3,
  ordersPerMinuteMax: 2,
  breakers: [breakerPolicy('dailyLoss', 100), breakerPolicy('dailyDrawdown', 0.05)],
  priceBandMax: 0.1,
  bookAgeMaxUs: 1_000_000,
  accountAgeMaxUs: 60_000_000,
}

const context = (change: Partial<RiskContext> = {}): RiskContext => ({
  now: 1_000_000,
  instruments: [instrument(0), instrument(1), instrument(2, true)],
  reconciled: true,
  behindUs: 0,
  positionLots: () => 0,
  accountLots: () => 0,
  isDust: () => false,
  isShadow: () => false,
  worstCaseLots: () => 0,
  halfMid: () => 2000,
  bookAge: () => 0,
  isBookKnown: () => true,
  isConnected: () => true,
  accountAge: 0,
  stopReason: () => null,
  equity: 10_000,
  ...change,
})

/** 4 units at 100.0 = 400. */
const order = (change: Partial<NewOrder> = {}): NewOrder => ({
  clientOrderId: '0'.repeat(32),
  intentId: 'i-1',
  instrument: 0,
  side: 'buy',
  price: price(1000),
  quantity: quantity(4000),
  timeInForce: 'ioc',
  postOnly: false,
  reduceOnly: false,
  arrivalPrice: null,
  ...change,
})

const verdict = (o: NewOrder, c: RiskContext, l = limits, state = freshRiskState(l)) =>
  approveOrder(o, c, l, state).denial?.code ?? 'approved'

describe('risk gate', () => {
  it('approves an order inside every limit', () => {
    expect(verdict(order(), context())).toBe('approved')
  })

  const refusals: [DenialCode, Partial<NewOrder>, Partial<RiskContext>][] = [
    ['INVALID_PRICE', { price: price(1001) }, {}],
    ['INVALID_QUANTITY', { quantity: quantity(0) }, {}],
    ['MINIMUM_NOTIONAL', { quantity: quantity(99) }, {}],
    ['SHORT_NOT_ALLOWED', { instrument: 2, side: 'sell' }, {}],
    ['NOT_RECONCILED', {}, { reconciled: false }],
    ['INSTRUMENT_STOPPED', {}, { stopReason: () => 'difference' }],
    ['FELL_BEHIND', {}, { behindUs: 5 }],
    ['STREAM_DOWN', {}, { isConnected: () => false }],
    ['BOOK_UNKNOWN', {}, { isBookKnown: () => false }],
    ['BOOK_STALE', {}, { bookAge: () => 1_000_001 }],
    ['ACCOUNT_STALE', {}, { accountAge: 60_000_001 }],
    ['PRICE_BAND', { price: price(1200), quantity: quantity(1000) }, {}],
    ['ORDER_NOTIONAL', { quantity: quantity(5010) }, {}],
    ['POSITION_NOTIONAL', {}, { positionLots: (i) => (i === 0 ? 4010 : 0) }],
    ['GROSS_NOTIONAL', {}, { positionLots: (i) => (i === 1 ? -11_010 : 0) }],
    ['NET_NOTIONAL', {}, { positionLots: (i) => (i === 1 ? 8010 : 0) }],
    ['MAXIMUM_POSITIONS', {}, { positionLots: (i) => (i === 0 ? 0 : 500) }],
    ['LEVERAGE', {}, { equity: 100 }],
  ]
  for (const [code, orderChange, contextChange] of refusals) {
    it(`refuses with ${code}`, () => {
      expect(verdict(order(orderChange), context(contextChange))).toBe(code)
    })
  }

  it('counts open and unknown orders at their worst case', () => {
    const open = context({ worstCaseLots: (i, side) => (i === 0 && side === 'buy' ? 4010 : 0) })
    expect(verdict(order(), open)).toBe('POSITION_NOTIONAL')
  })

  it('lets risk-reducing orders pass whatever is halted, stale, throttled or unknown', () => {
    const state = freshRiskState(limits)
    state.paused = true
    state.tokens = 0
    state.trips.push({ breaker: 'dailyLoss', value: 1, limit: 1, time: 0 })
    const dark = context({
      reconciled: false,
      behindUs: 9,
      isConnected: () => false,
      isBookKnown: () => false,
      bookAge: () => Number.POSITIVE_INFINITY,
      positionLots: () => 4000,
    })
    expect(verdict(order({ side: 'sell', reduceOnly: true }), dark, limits, state)).toBe('approved')
  })

  it('refuses a reduce-only order that is larger than the position or adds to it', () => {
    const held = context({ positionLots: () => 3000 })
    const code = 'REDUCE_ONLY_EXCEEDS_POSITION'
    expect(verdict(order({ side: 'sell', reduceOnly: true }), held)).toBe(code)
    expect(verdict(order({ side: 'buy', reduceOnly: true }), held)).toBe(code)
  })

  it('throttles orders that add risk by a token bucket that refills', () => {
    const state = freshRiskState(limits)
    const first = context({ now: 0 })
    expect(verdict(order(), first, limits, state)).toBe('approved')
    expect(verdict(order(), first, limits, state)).toBe('approved')
    expect(verdict(order(), first, limits, state)).toBe('ORDER_RATE')
    expect(verdict(order(), context({ now: 30_000_000 }), limits, state)).toBe('approved')
  })
})
