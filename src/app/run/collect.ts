import {
  type Effect,
  type Engine,
  type Event,
  type InstrumentId,
  type MarketBatch,
  MarketCursor,
  RecordKind,
  type RunBars,
  type RunFill,
  type RunFunding,
  type RunInterest,
  type RunMids,
  type RunSplit,
  type TimeUs,
} from '../../core/mod.ts'
import { Column } from './column.ts'
import type { BacktestObserver } from './drive-backtest.ts'

/** Everything a report needs that the core does not keep. */
export interface Collected {
  readonly equity: { readonly time: Float64Array; readonly value: Float64Array }
  readonly fills: readonly RunFill[]
  readonly funding: readonly RunFunding[]
  readonly splits?: readonly RunSplit[]
  readonly interest?: readonly RunInterest[]
  readonly bars: readonly RunBars[]
  readonly mids: readonly RunMids[]
}

interface Decision {
  readonly reason: string
  readonly time: TimeUs
  readonly arrivalMid: number | null
}

/**
 * Watches a run and keeps the columns of its report: equity at heartbeats, bars with z and
 * imbalance, mids by venue time, and fills with why and when they were decided.
 */
export class Collector implements BacktestObserver {
  readonly #engine: Engine
  readonly #cursor = new MarketCursor()
  readonly #equityTime = new Column()
  readonly #equityValue = new Column()
  readonly #fills: RunFill[] = []
  readonly #funding: RunFunding[] = []
  readonly #splits: RunSplit[] = []
  readonly #interest: RunInterest[] = []
  readonly #decisions = new Map<string, Decision>()
  readonly #bars: { time: Column; close: Column; z: Column; imbalance: Column }[]
  readonly #mids: { time: Column; half: Column }[]
  readonly #barCounts: number[]
  readonly #sampleUs: number
  #lastSample = Number.NEGATIVE_INFINITY

  constructor(engine: Engine, options: { readonly sampleUs: number }) {
    const { instruments } = engine.world.config
    this.#engine = engine
    this.#sampleUs = options.sampleUs
    this.#bars = instruments.map(() => ({
      time: new Column(),
      close: new Column(),
      z: new Column(),
      imbalance: new Column(),
    }))
    this.#mids = instruments.map(() => ({ time: new Column(), half: new Column() }))
    this.#barCounts = instruments.map(() => 0)
  }

  event(event: Event): void {
    if (event.kind === 'executed') this.#onFill(event.execution)
    else if (event.kind === 'fundingPaid') {
      const { instrument, amount, venueTime, cause } = event
      const why = cause === undefined ? {} : { cause }
      this.#funding.push({ time: venueTime, instrument, amount, ...why })
    } else if (event.kind === 'sharesSplit') {
      const { instrument, ratioE9, price, venueTime } = event
      this.#splits.push({ time: venueTime, instrument, ratioE9, price })
    } else if (event.kind === 'transferred' && event.cause === 'interest') {
      this.#interest.push({ time: event.venueTime, amount: event.amount })
    } else if (event.kind === 'accountReported') this.#sample(event.receivedTime, true)
  }

  markets(batch: MarketBatch, from: number, to: number, halfMids: Float64Array): void {
    const cursor = this.#cursor
    for (let index = from; index < to; index++) {
      cursor.load(batch, index)
      const { kind, instrument, venueTime } = cursor
      if (kind === RecordKind.bar) {
        this.#onMid(instrument, venueTime, cursor.price * 2)
        this.#takeBar(instrument)
        continue
      }
      const half = halfMids[index - from]!
      if (half > 0) this.#onMid(instrument, venueTime, half)
    }
  }

  heartbeat(now: TimeUs): void {
    for (let id = 0; id < this.#barCounts.length; id++) this.#takeBar(id)
    this.#sample(now, false)
  }

  effects(effects: readonly Effect[], now: TimeUs): void {
    for (const effect of effects) {
      if (effect.kind !== 'submitOrder') continue
      const { order } = effect
      const work = this.#engine.world.works[order.instrument]
      const half = this.#engine.world.books[order.instrument]!.halfMid()
      this.#decisions.set(order.clientOrderId, {
        reason: work?.reason ?? 'unknown',
        time: now,
        arrivalMid: half > 0 ? half : null,
      })
    }
  }

  /** Copies what was collected; `end` adds the last equity. */
  finish(end: TimeUs): Collected {
    this.#sample(end, true)
    return {
      equity: { time: this.#equityTime.toArray(), value: this.#equityValue.toArray() },
      fills: this.#fills,
      funding: this.#funding,
      ...(this.#splits.length === 0 ? {} : { splits: this.#splits }),
      ...(this.#interest.length === 0 ? {} : { interest: this.#interest }),
      bars: this.#bars.map((columns, instrument) => ({
        instrument,
        time: columns.time.toArray(),
        close: columns.close.toArray(),
        z: columns.z.toArray(),
        imbalance: columns.imbalance.toArray(),
      })),
      mids: this.#mids.map((columns, instrument) => ({
        instrument,
        time: columns.time.toArray(),
        halfMid: columns.half.toArray(),
      })),
    }
  }

  #onFill(execution: Extract<Event, { kind: 'executed' }>['execution']): void {
    const record =
      execution.clientOrderId === null
        ? undefined
        : this.#engine.world.orders.get(execution.clientOrderId)
    const decision = this.#decisions.get(execution.clientOrderId ?? '')
    const { venueTime, instrument, side, price, quantity, liquidity, fee, assetFee } = execution
    this.#fills.push({
      time: venueTime,
      instrument,
      side,
      price,
      quantity,
      liquidity,
      fee,
      ...(assetFee === undefined ? {} : { assetFee }),
      reason: decision?.reason ?? 'not ours',
      intentId: record?.order.intentId ?? 'none',
      decisionTime: decision?.time ?? null,
      arrivalPrice: record?.order.arrivalPrice ?? null,
      arrivalMidHalfQuanta: decision?.arrivalMid ?? null,
      midHalfQuanta: null,
    })
  }

  #onMid(id: InstrumentId, time: TimeUs, half: number): void {
    const { time: times, half: halves } = this.#mids[id]!
    // One venue update may be many deltas: the mid of an instant is that of its last record.
    if (time === times.last) return halves.replaceLast(half)
    if (halves.last === half || time < times.last) return
    times.push(time)
    halves.push(half)
  }

  #takeBar(id: InstrumentId): void {
    const { world } = this.#engine
    const signal = world.signals[id]!
    const { bar } = signal
    if (bar === null || bar.count === this.#barCounts[id]) return
    this.#barCounts[id] = bar.count
    const columns = this.#bars[id]!
    columns.time.push(bar.closeTime)
    columns.close.push(bar.close)
    columns.z.push(signal.z)
    columns.imbalance.push(world.books[id]!.imbalance())
  }

  #sample(now: TimeUs, always: boolean): void {
    if (!always && now - this.#lastSample < this.#sampleUs) return
    // What happened since an earlier look at the same instant counts: the last look is the truth.
    if (now === this.#equityTime.last) {
      return this.#equityValue.replaceLast(this.#engine.world.equity)
    }
    this.#lastSample = now
    this.#equityTime.push(now)
    this.#equityValue.push(this.#engine.world.equity)
  }
}
