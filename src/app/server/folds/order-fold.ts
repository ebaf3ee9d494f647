import {
  ASSET_DECIMALS,
  type CancelOrder,
  type Denial,
  type Execution,
  formatDecimal,
  type Instrument,
  isClosed,
  leavesQuantity,
  MONEY_DECIMALS,
  type Money,
  type NewOrder,
  notional,
  type OrderRecord,
  type OrderReport,
  OrderStore,
  sign,
  type VenueOpenOrder,
} from '../../../core/mod.ts'
import { denialText } from '../gates.ts'
import type { ListOf } from '../protocol.ts'
import { instant, orderLabel } from '../text.ts'
import type { FillView, OrderStep, OrderView } from '../views.ts'
import type { OwnLevel } from './market-fold.ts'

const ORDERS_MAX = 600
const FILLS_MAX = 2000
const STEPS_MAX = 64

interface Tracked {
  readonly order: NewOrder
  /** Null for an order that the risk gate denied: it never was one. */
  readonly record: OrderRecord | null
  readonly steps: OrderStep[]
  readonly sentTime: number
  fillValue: number
  reason: string | null
  revision: number
}

/** Orders with their life lines, and fills. Uses the core's own order store and state grid. */
export class OrderFold {
  readonly store: OrderStore
  rejects = 0
  submitted = 0
  readonly denials: Record<string, number> = {}
  readonly #instruments: readonly Instrument[]
  readonly #tracked = new Map<string, Tracked>()
  readonly #fills: { readonly view: FillView; readonly revision: number }[] = []
  #revision = 1
  #fillCount = 0
  #ordersLostRevision = 0
  #fillsLostRevision = 0
  #denied = 0

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
    this.store = new OrderStore(instruments.length)
  }

  get revision(): number {
    return this.#revision
  }

  get fillCount(): number {
    return this.#fillCount
  }

  onSubmit(order: NewOrder, time: number, replaces?: CancelOrder): void {
    if (this.store.get(order.clientOrderId) !== undefined) return
    const replaced = replaces === undefined ? undefined : this.store.get(replaces.clientOrderId)
    const tracked = this.#track(order, this.store.add(order, time, replaced ?? null), time)
    const old = this.#tracked.get(replaces?.clientOrderId ?? '')
    if (old !== undefined && replaced !== undefined) {
      const text = `to be replaced by ${orderLabel(order.clientOrderId)}`
      this.#step(old, time, { what: 'cancelSent', state: replaced.state, text })
    }
    this.submitted++
    this.#step(tracked, time, { what: 'submitted', state: 'inFlight', text: '' })
  }

  onDenied(order: NewOrder, denial: Denial, time: number): void {
    this.denials[denial.code] = (this.denials[denial.code] ?? 0) + 1
    // A denied order's id may be used again by the next attempt: it is kept under its own key.
    const tracked = this.#track(order, null, time, `${order.clientOrderId}:${this.#denied++}`)
    tracked.reason = `denied by the risk gate: ${denialText(denial)}`
    this.#step(tracked, time, { what: 'denied', state: 'denied', text: denial.code })
  }

  onCancelSent(cancel: CancelOrder, time: number): void {
    const record = this.store.get(cancel.clientOrderId)
    const tracked = this.#tracked.get(cancel.clientOrderId)
    if (record === undefined || tracked === undefined) return
    this.store.apply(record, 'cancelSent', time)
    this.#step(tracked, time, { what: 'cancelSent', state: record.state, text: '' })
  }

  onReport(report: OrderReport, time: number): void {
    const record = this.store.get(report.clientOrderId)
    const tracked = this.#tracked.get(report.clientOrderId)
    if (record === undefined || tracked === undefined) return
    if (report.venueOrderId !== null) record.venueOrderId = report.venueOrderId
    const before = record.state
    this.store.apply(record, report.evidence, time)
    const text = report.text || report.code || ''
    const isLate = report.evidence === 'accepted' && record.state === before
    if (isLate && this.#acceptedBefore(tracked, time, text)) return
    if (!isClosed(before) && isClosed(record.state)) {
      if (record.state === 'rejected') this.rejects++
      tracked.reason = closeText(record, report, text)
    }
    this.#step(tracked, time, { what: report.evidence, state: record.state, text })
  }

  /** Our orders that the venue lists as open are open, whatever was not heard of them. */
  onListed(openOrders: readonly VenueOpenOrder[], time: number): void {
    for (const { clientOrderId, venueOrderId } of openOrders) {
      const record = clientOrderId === null ? undefined : this.store.get(clientOrderId)
      if (record === undefined) continue
      record.venueOrderId = venueOrderId
      if (record.state !== 'unknown' && record.state !== 'inFlight') continue
      this.store.apply(record, 'accepted', time)
      const tracked = this.#tracked.get(record.order.clientOrderId)
      const text = 'listed by the venue'
      if (tracked) this.#step(tracked, time, { what: 'accepted', state: record.state, text })
    }
  }

  /** Books a fill that was not seen before; `booked` is what the ledger said. */
  onFill(execution: Execution, booked: Booked, time: number): void {
    const id = execution.clientOrderId
    const record = id === null ? undefined : this.store.get(id)
    const tracked = id === null ? undefined : this.#tracked.get(id)
    const instrument = this.#instruments[execution.instrument]!
    if (record !== undefined && tracked !== undefined && execution.quantity > 0) {
      record.venueOrderId = execution.venueOrderId
      this.store.fill(record, execution.quantity, time)
      tracked.fillValue += execution.price * execution.quantity
      if (record.state === 'filled') tracked.reason = 'filled'
      const lots = formatDecimal(execution.quantity, instrument.quantityDecimals)
      const at = formatDecimal(execution.price, instrument.priceDecimals)
      const text = `${lots} at ${at}, ${execution.liquidity}`
      this.#step(tracked, time, { what: 'fill', state: record.state, text })
    }
    this.#revision++
    this.#fillCount++
    this.#fills.push({
      view: fillView(execution, instrument, tracked?.order ?? null, { ...booked, time }),
      revision: this.#revision,
    })
    if (this.#fills.length > FILLS_MAX) this.#fillsLostRevision = this.#fills.shift()!.revision
  }

  /** After a restart: every order that may still live is unknown until the venue speaks. */
  onResumed(time: number): void {
    for (const record of [...this.store.allActive()]) {
      this.store.apply(record, 'unknown', time)
      const tracked = this.#tracked.get(record.order.clientOrderId)
      const text = 'restarted: the venue is asked'
      if (tracked) this.#step(tracked, time, { what: 'unknown', state: record.state, text })
    }
  }

  /** Orders changed after `revision`; all that are kept when some of them were forgotten since. */
  orders(revision: number): ListOf<OrderView> {
    const isPartial = revision > 0 && revision >= this.#ordersLostRevision
    const items: OrderView[] = []
    for (const [key, tracked] of this.#tracked) {
      if (!isPartial || tracked.revision > revision) items.push(this.#view(key, tracked))
    }
    return { isPartial, items }
  }

  fills(revision: number): ListOf<FillView> {
    const isPartial = revision > 0 && revision >= this.#fillsLostRevision
    const kept = isPartial ? this.#fills.filter((fill) => fill.revision > revision) : this.#fills
    return { isPartial, items: kept.map((fill) => fill.view) }
  }

  /** Our orders that rest at the venue as far as we know. */
  ownLevels(instrument: number): readonly OwnLevel[] {
    const own: OwnLevel[] = []
    for (const record of this.store.active(instrument)) {
      const { side, price } = record.order
      if (record.state !== 'inFlight') own.push({ side, price, leaves: leavesQuantity(record) })
    }
    return own
  }

  openCount(): number {
    let count = 0
    for (const _ of this.store.allActive()) count++
    return count
  }

  /** What is being worked on an instrument, told by its open orders. */
  working(instrument: number): 'entry' | 'exit' | null {
    for (const record of this.store.active(instrument)) {
      return record.order.reduceOnly ? 'exit' : 'entry'
    }
    return null
  }

  #track(order: NewOrder, record: OrderRecord | null, time: number, key?: string): Tracked {
    const tracked: Tracked = {
      order,
      record,
      steps: [],
      sentTime: time,
      fillValue: 0,
      reason: null,
      revision: this.#revision,
    }
    this.#tracked.set(key ?? order.clientOrderId, tracked)
    if (this.#tracked.size > ORDERS_MAX) this.#forgetOldest()
    return tracked
  }

  #forgetOldest(): void {
    for (const [key, tracked] of this.#tracked) {
      if (tracked.record !== null && !isClosed(tracked.record.state)) continue
      this.#tracked.delete(key)
      this.#ordersLostRevision = Math.max(this.#ordersLostRevision, tracked.revision)
      return
    }
  }

  #step(tracked: Tracked, time: number, step: Omit<OrderStep, 'time'>): void {
    this.#revision++
    tracked.revision = this.#revision
    if (tracked.steps.length === STEPS_MAX) tracked.steps.splice(1, 1)
    tracked.steps.push({ time: instant(time), ...step })
  }

  /**
   * The answer to an order that filled at once may come after the fill: it was accepted before, so
   * that is where its step goes, with the time by which it had happened. False when nothing filled.
   */
  #acceptedBefore(tracked: Tracked, time: number, text: string): boolean {
    const { steps } = tracked
    const at = steps.findIndex(({ what }) => what === 'fill' || what === 'filled')
    if (at < 0) return false
    this.#revision++
    tracked.revision = this.#revision
    const isKnown = steps.slice(0, at).some(({ what }) => what === 'accepted')
    if (isKnown || steps.length >= STEPS_MAX) return true
    const said = text === '' ? '' : `${text}, `
    const late = `${said}the answer came at ${instant(time)}`
    steps.splice(at, 0, { time: steps[at]!.time, what: 'accepted', state: 'open', text: late })
    return true
  }

  #view(key: string, tracked: Tracked): OrderView {
    const { order, record } = tracked
    const instrument = this.#instruments[order.instrument]!
    const lots = (value: number) => formatDecimal(value, instrument.quantityDecimals)
    const filled = record?.filledQuantity ?? 0
    const average = filled > 0 ? tracked.fillValue / filled / 10 ** instrument.priceDecimals : null
    return {
      clientOrderId: key,
      venueOrderId: record?.venueOrderId ?? null,
      intentId: order.intentId,
      instrument: order.instrument,
      symbol: instrument.symbol,
      side: order.side,
      price: formatDecimal(order.price, instrument.priceDecimals),
      quantity: lots(order.quantity),
      filledQuantity: lots(filled),
      leavesQuantity: lots(record === null ? 0 : leavesQuantity(record)),
      averageFillPrice: average === null ? null : average.toFixed(instrument.priceDecimals + 2),
      state: record?.state ?? 'denied',
      isOpen: record !== null && !isClosed(record.state),
      timeInForce: order.timeInForce,
      postOnly: order.postOnly,
      reduceOnly: order.reduceOnly,
      sentTime: instant(tracked.sentTime),
      changedTime: tracked.steps.at(-1)?.time ?? instant(tracked.sentTime),
      reason: tracked.reason,
      steps: [...tracked.steps],
    }
  }
}

function closeText(record: OrderRecord, report: OrderReport, text: string): string {
  const filled = record.filledQuantity > 0 ? 'partly filled, then ' : ''
  const words = text === '' ? '' : `: ${text}`
  return report.evidence === 'rejected'
    ? `rejected by the venue${words}`
    : `${filled}${record.state}${words}`
}

/** What the ledger said of a fill. */
interface Booked {
  readonly realised: Money
  /** Signed lots held before it. */
  readonly lotsBefore: number
}

function fillView(
  execution: Execution,
  instrument: Instrument,
  order: NewOrder | null,
  booked: Booked & { readonly time: number },
): FillView {
  const { side, price, quantity } = execution
  const arrival = order?.arrivalPrice ?? null
  const money = (value: Money) => formatDecimal(value, MONEY_DECIMALS)
  return {
    executionId: execution.executionId,
    clientOrderId: execution.clientOrderId,
    instrument: instrument.id,
    symbol: instrument.symbol,
    side,
    price: formatDecimal(price, instrument.priceDecimals),
    quantity: formatDecimal(quantity, instrument.quantityDecimals),
    notional: money(notional(instrument, price, quantity)),
    liquidity: execution.liquidity,
    fee: money(execution.fee),
    assetFee:
      execution.assetFee === undefined ? null : formatDecimal(execution.assetFee, ASSET_DECIMALS),
    realisedPnl: money(booked.realised),
    positionBefore: formatDecimal(booked.lotsBefore, instrument.quantityDecimals),
    slippageBps: arrival === null ? null : (sign(side) * (price - arrival) * 1e4) / arrival,
    role: order === null ? 'foreign' : order.reduceOnly ? 'exit' : 'entry',
    venueTime: instant(execution.venueTime),
    receivedTime: instant(booked.time),
  }
}
