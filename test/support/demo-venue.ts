import {
  type AccountReport,
  applyRate,
  type Effect,
  type Event,
  type Execution,
  type Instrument,
  Ledger,
  MONEY_UNIT,
  type NewOrder,
  notional,
  price,
  quantity,
  sign,
  signedQuantity,
} from '../../src/core/mod.ts'

interface Resting {
  readonly order: NewOrder
  readonly venueOrderId: string
  filled: number
}

/** Best prices of an instrument in quanta. */
export interface Touch {
  readonly bid: number
  readonly ask: number
}

/** From a command to its answer, us. */
export const LATENCY_US = 42_000
const BALANCE = 25_000n * MONEY_UNIT

/**
 * Answers a session's effects with events: takers fill at the touch, makers when the market reaches
 * them, half at first. For pictures and browser tests only; the real simulated venue lives elsewhere.
 */
export class DemoVenue {
  readonly #instruments: readonly Instrument[]
  readonly #resting = new Map<string, Resting>()
  /** The venue's own books: what it reports as cash and positions. */
  readonly #ledger: Ledger
  #orderNumber = 71_000_400
  #fillNumber = 1

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
    this.#ledger = new Ledger(instruments)
    this.#ledger.applyTransfer('USDC', BALANCE)
  }

  /** Somebody else trades on the account: the position moves without a word. */
  moveByHand(instrument: number, lots: number): void {
    const before = this.#ledger.position(instrument).quantity
    this.#ledger.adoptPosition(instrument, { quantity: before + lots, price: 1, time: 0 })
  }

  /** Events that one effect causes. */
  execute(effect: Effect, time: number, touches: readonly Touch[]): readonly Event[] {
    const at = time + LATENCY_US
    switch (effect.kind) {
      case 'submitOrder':
        return this.#submit(effect.order, at, touches[effect.order.instrument]!)
      case 'cancelOrder': {
        const { clientOrderId } = effect.cancel
        const resting = this.#resting.get(clientOrderId)
        if (resting === undefined) return [report(clientOrderId, 'cancelRejected', at)]
        this.#resting.delete(clientOrderId)
        return [report(clientOrderId, 'canceled', at, resting.venueOrderId)]
      }
      case 'queryOrder': {
        const known = this.#resting.has(effect.clientOrderId)
        return [report(effect.clientOrderId, known ? 'accepted' : 'notFound', at)]
      }
      default:
        return []
    }
  }

  /** Fills of resting orders that the market reached. */
  match(time: number, touches: readonly Touch[]): readonly Event[] {
    const events: Event[] = []
    for (const resting of this.#resting.values()) {
      const { order } = resting
      const { bid, ask } = touches[order.instrument]!
      const isReached = order.side === 'buy' ? bid < order.price : ask > order.price
      if (!isReached) continue
      const left = order.quantity - resting.filled
      const lots = resting.filled === 0 && left > 1 ? Math.ceil(left / 2) : left
      events.push(this.#fill(resting, { lots, at: order.price, liquidity: 'maker', time }))
      if (resting.filled >= order.quantity) this.#resting.delete(order.clientOrderId)
    }
    return events
  }

  #submit(order: NewOrder, at: number, touch: Touch): readonly Event[] {
    const resting: Resting = { order, venueOrderId: String(this.#orderNumber++), filled: 0 }
    const opposite = order.side === 'buy' ? touch.ask : touch.bid
    const crosses = sign(order.side) * (order.price - opposite) >= 0
    if (order.postOnly && crosses) {
      return [
        report(order.clientOrderId, 'rejected', at, null, 'Post only order would have matched'),
      ]
    }
    const accepted = report(order.clientOrderId, 'accepted', at, resting.venueOrderId)
    if (order.timeInForce === 'gtc') {
      this.#resting.set(order.clientOrderId, resting)
      return [accepted]
    }
    if (!crosses) return [report(order.clientOrderId, 'canceled', at, null, 'no match')]
    const lots = order.quantity
    return [accepted, this.#fill(resting, { lots, at: opposite, liquidity: 'taker', time: at })]
  }

  #fill(
    resting: Resting,
    fill: {
      readonly lots: number
      readonly at: number
      readonly liquidity: 'maker' | 'taker'
      readonly time: number
    },
  ): Event {
    const { order } = resting
    const instrument = this.#instruments[order.instrument]!
    resting.filled += fill.lots
    const rate = fill.liquidity === 'maker' ? instrument.fees.makerE9 : instrument.fees.takerE9
    const execution: Execution = {
      executionId: String(this.#fillNumber++),
      clientOrderId: order.clientOrderId,
      venueOrderId: resting.venueOrderId,
      instrument: order.instrument,
      side: order.side,
      price: price(fill.at),
      quantity: quantity(fill.lots),
      liquidity: fill.liquidity,
      fee: applyRate(notional(instrument, fill.at, fill.lots), rate, 6),
      venueTime: fill.time - 11_000,
    }
    this.#ledger.applyExecution(execution)
    return { kind: 'executed', receivedTime: fill.time, venueTime: fill.time - 11_000, execution }
  }

  /** Funding that the venue pays (positive) or takes. */
  fund(instrument: number, amount: bigint): void {
    this.#ledger.applyFunding(instrument, amount)
  }

  /** The whole account as it is now. */
  account(): AccountReport {
    return {
      openOrders: [...this.#resting.values()].map(({ order, venueOrderId, filled }) => ({
        clientOrderId: order.clientOrderId,
        venueOrderId,
        instrument: order.instrument,
        side: order.side,
        price: order.price,
        leavesQuantity: quantity(order.quantity - filled),
        reduceOnly: order.reduceOnly,
      })),
      positions: this.#instruments.map(({ id }) => ({
        instrument: id,
        quantity: signedQuantity(this.#ledger.position(id).quantity),
        averageEntryPrice: null,
      })),
      balances: [{ currency: 'USDC', amount: this.#ledger.cash('USDC') }],
      executions: [],
    }
  }
}

function report(
  clientOrderId: string,
  evidence: 'accepted' | 'rejected' | 'canceled' | 'cancelRejected' | 'notFound',
  time: number,
  venueOrderId: string | null = null,
  text = '',
): Event {
  const code = evidence === 'rejected' ? 'postOnlyWouldCross' : text === '' ? null : 'iocNoMatch'
  return {
    kind: 'orderReported',
    receivedTime: time,
    venueTime: time - 10_000,
    report: { clientOrderId, venueOrderId, evidence, code, text },
  }
}
