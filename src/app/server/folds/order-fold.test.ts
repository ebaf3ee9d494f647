import { describe, expect, it } from 'vitest'
import { hyperliquidPerpetual } from '../../../adapters/mod.ts'
import {
  type Execution,
  type NewOrder,
  type OrderReport,
  price,
  quantity,
} from '../../../core/mod.ts'
import { OrderFold } from './order-fold.ts'

const SENT = Date.UTC(2026, 0, 1) * 1000
const order: NewOrder = {
  ...{ clientOrderId: 'a', intentId: 'i', instrument: 0, side: 'buy', price: price(640_000) },
  ...{ quantity: quantity(10), timeInForce: 'ioc', postOnly: false, reduceOnly: false },
  arrivalPrice: null,
}
const fill: Execution = {
  ...{ executionId: 'x', clientOrderId: 'a', venueOrderId: '1', instrument: 0, side: 'buy' },
  ...{ price: price(640_000), quantity: quantity(10), liquidity: 'taker', fee: 0n },
  venueTime: SENT,
}
const accepted: OrderReport = {
  ...{ clientOrderId: 'a', venueOrderId: '1', evidence: 'accepted', code: null, text: '' },
}

function createStage() {
  const fold = new OrderFold([hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })])
  fold.onSubmit(order, SENT)
  const line = () => fold.orders(0).items[0]!.steps.map(({ what, state }) => `${what} → ${state}`)
  return { fold, line }
}

describe('the life line of an order', () => {
  it('has its acceptance before its fill, whichever was heard first', () => {
    const { fold, line } = createStage()
    fold.onFill(fill, { realised: 0n, lotsBefore: 0 }, SENT + 2000)
    fold.onReport(accepted, SENT + 5000)
    expect(line()).toEqual(['submitted → inFlight', 'accepted → open', 'fill → filled'])
    const [view] = fold.orders(0).items
    expect(view!.steps[1]).toMatchObject({
      time: '2026-01-01T00:00:00.002000Z',
      text: 'the answer came at 2026-01-01T00:00:00.005000Z',
    })
    expect(view).toMatchObject({ state: 'filled', changedTime: '2026-01-01T00:00:00.002000Z' })
  })

  it('has its acceptance once', () => {
    const { fold, line } = createStage()
    fold.onReport(accepted, SENT + 1000)
    fold.onFill(fill, { realised: 0n, lotsBefore: 0 }, SENT + 2000)
    fold.onReport(accepted, SENT + 5000)
    expect(line()).toEqual(['submitted → inFlight', 'accepted → open', 'fill → filled'])
  })
})
