import type { Instrument } from '../domain/instrument.ts'
import type { NewOrder, OrderEvidence, RejectCode } from '../domain/order.ts'
import type { Money, Price, Quantity, TimeUs } from '../domain/units.ts'
import { sign } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { VenueAccount } from './account.ts'
import type { ExchangeOptions } from './options.ts'
import { Outbox } from './outbox.ts'
import type { VenueMarket } from './venue-market.ts'
import { onlyReduces, type VenueOrder, venueOrderId } from './venue-order.ts'

/** One fill of a simulated order. */
export interface Fill {
  readonly price: number
  readonly quantity: number
  readonly liquidity: 'maker' | 'taker'
}

/** Why an order ends, in our words and in the venue's. */
export interface Reason {
  readonly code: RejectCode | null
  readonly text: string
}

/**
 * The back office: books fills on accounts, writes reports in order, closes orders. Holds the
 * venue's clock, which never goes back.
 */
export class Clearing {
  readonly accounts: VenueAccount[] = []
  readonly outboxes: Outbox[] = []
  /** One slot: venue time up to which everything has happened. Typed, so that writing is cheap. */
  readonly clock = new Float64Array(1)
  /** Executions so far; the last execution id. */
  executions = 0
  /** Counts whatever happened to an order, so that nothing needs tidying while it stands still. */
  changes = 0
  /** Open positions that pay or earn funding, over all accounts. */
  fundedPositions = 0
  readonly #options: ExchangeOptions

  constructor(options: ExchangeOptions) {
    this.#options = options
  }

  get now(): TimeUs {
    return this.clock[0]!
  }

  openAccount(balance: Money): number {
    const { instruments, moneyDecimals, responseLatencyUs, hasSellFees } = this.#options
    this.outboxes.push(new Outbox(responseLatencyUs))
    const account = new VenueAccount(balance, instruments, moneyDecimals, hasSellFees)
    return this.accounts.push(account) - 1
  }

  account(index: number): VenueAccount {
    const account = this.accounts[index]
    if (account === undefined) assert(false, `no account ${index}`)
    return account
  }

  /** Lots an order may still execute now: what it leaves, or less if it must only reduce. */
  fillable(instrument: Instrument, held: VenueOrder): number {
    if (held.isClosed) return 0
    if (!onlyReduces(instrument, held.order)) return held.leaves
    const position = this.accounts[held.account]!.positions[instrument.id]!.quantity
    const reducible = -sign(held.order.side) * position
    return Math.max(0, Math.min(held.leaves, reducible))
  }

  /** Reports the order as accepted, once. */
  accept(held: VenueOrder, venueTime: TimeUs = this.now): void {
    if (held.isAccepted) return
    held.isAccepted = true
    this.#report(held, 'accepted', { code: null, text: '' }, venueTime)
  }

  /** Books a fill and reports it; accepts the order first, closes it when nothing is left. */
  execute(market: VenueMarket, held: VenueOrder, fill: Fill, venueTime: TimeUs = this.now): void {
    const { instrument } = market
    const { side, clientOrderId } = held.order
    assert(fill.quantity > 0 && fill.quantity <= held.leaves, 'fill larger than the order')
    assert(venueTime >= held.arrivalTime, 'fill before the order arrived')
    this.accept(held, venueTime)
    const { price, liquidity } = fill
    const signedLots = sign(side) * fill.quantity
    const account = this.accounts[held.account]!
    const position = account.positions[instrument.id]!
    const wasOpen = position.quantity !== 0
    const fees = account.fill(instrument, { signedLots, price, liquidity, venueTime })
    if (isFunded(instrument)) {
      this.fundedPositions += Number(position.quantity !== 0) - Number(wasOpen)
    }
    held.leaves -= fill.quantity
    this.changes++
    market.lastPrice = price
    this.executions++
    const execution = {
      executionId: this.executions.toString(),
      clientOrderId,
      venueOrderId: venueOrderId(held),
      instrument: instrument.id,
      side,
      price: price as Price,
      quantity: fill.quantity as Quantity,
      liquidity,
      ...fees,
      venueTime,
    }
    this.outboxes[held.account]!.send({ kind: 'executed', venueTime, execution }, this.now)
    if (held.leaves === 0) this.#close(held)
  }

  /** Pays out what an account holds of delisted shares, by no order and without fee; reports it. */
  payOut(market: VenueMarket, account: number, price: number): void {
    const { instrument } = market
    const held = this.accounts[account]!.positions[instrument.id]!.quantity
    if (held === 0) return
    const venueTime = this.now
    const fill = { signedLots: -held, price, liquidity: 'taker', venueTime, isFree: true } as const
    const fees = this.accounts[account]!.fill(instrument, fill)
    if (isFunded(instrument)) this.fundedPositions--
    this.changes++
    this.executions++
    const execution = {
      executionId: this.executions.toString(),
      clientOrderId: null,
      venueOrderId: 'payout',
      instrument: instrument.id,
      side: held > 0 ? ('sell' as const) : ('buy' as const),
      price: price as Price,
      quantity: Math.abs(held) as Quantity,
      liquidity: 'taker' as const,
      ...fees,
      cause: 'delisting' as const,
      venueTime,
    }
    this.outboxes[account]!.send({ kind: 'executed', venueTime, execution }, venueTime)
  }

  /** Ends an order that was never accepted. */
  reject(held: VenueOrder, reason: Reason, venueTime: TimeUs = this.now): void {
    this.#report(held, 'rejected', reason, venueTime)
    this.#close(held)
  }

  /** Ends an order; what it left is gone. */
  cancel(held: VenueOrder, reason: Reason, venueTime: TimeUs = this.now): void {
    this.#report(held, 'canceled', reason, venueTime)
    this.#close(held)
  }

  /** Says something about an order that is not (or no longer) held. */
  answer(
    account: number,
    order: Pick<NewOrder, 'clientOrderId'> & { readonly venueOrderId: string | null },
    evidence: OrderEvidence,
    reason: Reason,
  ): void {
    const { clientOrderId, venueOrderId } = order
    const report = { clientOrderId, venueOrderId, evidence, ...reason }
    this.outboxes[account]!.send({ kind: 'orderReported', venueTime: this.now, report }, this.now)
  }

  /** Cancels orders that may only reduce a position and no longer do. */
  cancelStaleReducing(market: VenueMarket): void {
    for (const orders of market.resting) {
      for (const held of orders) {
        if (held.isClosed || !onlyReduces(market.instrument, held.order)) continue
        if (this.fillable(market.instrument, held) === 0) this.cancel(held, noLongerReduces(held))
      }
    }
  }

  #report(held: VenueOrder, evidence: OrderEvidence, reason: Reason, venueTime: TimeUs): void {
    const { clientOrderId } = held.order
    const report = { clientOrderId, venueOrderId: venueOrderId(held), evidence, ...reason }
    this.outboxes[held.account]!.send({ kind: 'orderReported', venueTime, report }, this.now)
  }

  #close(held: VenueOrder): void {
    held.isClosed = true
    this.changes++
    const { orders } = this.accounts[held.account]!
    if (orders.get(held.order.clientOrderId) === held) orders.delete(held.order.clientOrderId)
  }
}

/** True when holding the instrument pays or earns funding. */
export const isFunded = (instrument: Instrument): boolean => instrument.kind === 'perpetual'

/** Why an order that may only reduce ends when there is nothing to reduce. */
export const noLongerReduces = (held: VenueOrder): Reason =>
  held.order.reduceOnly
    ? { code: 'reduceOnlyWouldIncrease', text: 'reduce-only order would not reduce a position' }
    : { code: 'insufficientMargin', text: 'longs only: nothing left to sell' }
