import type { Engine, Event, InstrumentId, NewOrder, Side, TimeUs } from '../../../core/mod.ts'
import type { ExecutionPrice } from '../../../models/mod.ts'
import type { HourDecision, HourlyState } from '../../../strategies/mod.ts'
import { Column } from '../column.ts'
import type { HourlyObserver } from './hourly-drive.ts'

/** One fill of an hourly backtest. Prices in dollars. */
export interface HourlyFill {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly side: Side
  readonly shares: number
  readonly price: number
  /** What it would have been without slippage, spread and impact; of delisted shares the last price. */
  readonly basePrice: number
  /** Charged beside the price. */
  readonly fee: number
  /** Shares that were asked for. */
  readonly asked: number
  readonly reason: 'hourly' | 'delisted'
  readonly basis: ExecutionPrice['basis'] | null
  readonly isOptimistic: boolean
  /** The bar it was decided on. */
  readonly bar: number
}

/** Dividends and the like, in dollars. */
export interface HourlyPayment {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly amount: number
}

/** What cash earned, in dollars. */
export interface HourlyInterest {
  readonly time: TimeUs
  readonly amount: number
}

/** A split of what may be held. */
export interface HourlySplit {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly ratio: number
}

/** What was collected of an hourly backtest; columns have an element a decision. */
export interface HourlyCollected {
  readonly time: Float64Array
  readonly equity: Float64Array
  readonly cash: Float64Array
  readonly fills: readonly HourlyFill[]
  readonly payments: readonly HourlyPayment[]
  readonly interest: readonly HourlyInterest[]
  readonly splits: readonly HourlySplit[]
  readonly decisions: readonly HourDecision[]
}

interface Sent {
  readonly asked: number
  readonly bar: number
  readonly price: ExecutionPrice | null
}

const MONEY = 1e8

/** Watches an hourly backtest and keeps what its record is made of. */
export class HourlyCollector implements HourlyObserver {
  readonly #engine: Engine
  readonly #closeTime: Float64Array
  readonly #time = new Column()
  readonly #equity = new Column()
  readonly #cash = new Column()
  readonly #fills: HourlyFill[] = []
  readonly #payments: HourlyPayment[] = []
  readonly #interest: HourlyInterest[] = []
  readonly #splits: HourlySplit[] = []
  readonly #decisions: HourDecision[] = []
  readonly #sent = new Map<string, Sent>()
  #bar = 0

  constructor(engine: Engine, closeTime: Float64Array) {
    this.#engine = engine
    this.#closeTime = closeTime
  }

  event(event: Event): void {
    if (event.kind === 'executed') this.#onFill(event.execution)
    else if (event.kind === 'fundingPaid') {
      const { venueTime: time, instrument, amount } = event
      this.#payments.push({ time, instrument, amount: Number(amount) / MONEY })
    } else if (event.kind === 'transferred') {
      this.#interest.push({ time: event.venueTime, amount: Number(event.amount) / MONEY })
    } else if (event.kind === 'sharesSplit') {
      const { venueTime: time, instrument, ratioE9 } = event
      this.#splits.push({ time, instrument, ratio: ratioE9 / 1e9 })
    } else if (event.kind === 'orderReported' && event.report.evidence !== 'accepted') {
      this.#sent.delete(event.report.clientOrderId)
    }
  }

  order(order: NewOrder, bar: number, price: ExecutionPrice | null): void {
    this.#sent.set(order.clientOrderId, { asked: order.quantity, bar, price })
  }

  decided(bar: number): void {
    const { world } = this.#engine
    this.#bar = bar
    this.#time.push(this.#closeTime[bar]!)
    this.#equity.push(world.equity)
    this.#cash.push(Number(world.ledger.cash('USD')) / MONEY)
    const { decision } = world.strategyState as HourlyState
    if (decision !== null && decision.bar === bar) this.#decisions.push(decision)
  }

  finish(): HourlyCollected {
    return {
      time: this.#time.toArray(),
      equity: this.#equity.toArray(),
      cash: this.#cash.toArray(),
      fills: this.#fills,
      payments: this.#payments,
      interest: this.#interest,
      splits: this.#splits,
      decisions: this.#decisions,
    }
  }

  #onFill(execution: Extract<Event, { kind: 'executed' }>['execution']): void {
    const { instrument, side, venueTime: time, clientOrderId } = execution
    const { priceDecimals, quantityDecimals } = this.#engine.world.config.instruments[instrument]!
    const sent = clientOrderId === null ? undefined : this.#sent.get(clientOrderId)
    const lots = 10 ** quantityDecimals
    const price = execution.price / 10 ** priceDecimals
    this.#fills.push({
      ...{ time, instrument, side, price },
      shares: execution.quantity / lots,
      basePrice: sent?.price?.price ?? price,
      fee: Number(execution.fee) / MONEY,
      asked: (sent?.asked ?? execution.quantity) / lots,
      reason: execution.cause === 'delisting' ? 'delisted' : 'hourly',
      basis: sent?.price?.basis ?? null,
      isOptimistic: sent?.price?.isOptimistic ?? false,
      bar: sent?.bar ?? this.#bar,
    })
  }
}
