import {
  type AccountReport,
  type ClientOrderId,
  type Event,
  type EventOf,
  type Execution,
  type Instrument,
  Ledger,
  type MarketBatch,
  type Money,
  type TimeUs,
} from '../../../core/mod.ts'
import type { VenueSink } from '../port.ts'
import { Selection } from './fan-out.ts'
import type { EngineBooks, ShareOptions } from './options.ts'

/** One engine's part of the account: its instruments, its books and where its reports go. */
export class EngineShare {
  readonly options: ShareOptions
  readonly books: EngineBooks
  /** Own instruments, with own ids. */
  readonly instruments: readonly Instrument[]
  /** Own id by the account's; -1 where it is not traded. */
  readonly own: Int32Array
  /** The account's id by the own one. */
  readonly ids: readonly number[]
  readonly #selection: Selection
  #sink: VenueSink | null = null
  /** Its books from the moment it ended: fills of its orders may still come. */
  #left: Ledger | null = null
  readonly #late = new Set<string>()
  /** Orders whose last command has no answer yet. */
  readonly #pending = new Set<ClientOrderId>()

  constructor(options: ShareOptions, books: EngineBooks, all: readonly Instrument[]) {
    this.options = options
    this.books = books
    this.own = new Int32Array(all.length).fill(-1)
    this.ids = options.symbols.map((symbol) => all.findIndex((each) => each.symbol === symbol))
    for (const [own, id] of this.ids.entries()) this.own[id] = own
    this.instruments = this.ids.map((id, own) => ({ ...all[id]!, id: own }))
    this.#selection = new Selection(this.own)
  }

  get engine(): string {
    return this.options.engine
  }

  get ledger(): Ledger {
    return this.#left ?? this.books.ledger()
  }

  /** Its one currency. */
  get currency(): string {
    return this.instruments[0]?.quoteCurrency ?? ''
  }

  trades(instrument: number): boolean {
    return this.own[instrument]! >= 0
  }

  connect(sink: VenueSink): void {
    this.#sink = sink
  }

  /** A command of it left for the venue. */
  sent(clientOrderId: ClientOrderId): void {
    this.#pending.add(clientOrderId)
  }

  /**
   * The engine ended: what has no answer is told as unknown, what still comes is counted in a copy
   * of its books.
   */
  leave(receivedTime: TimeUs): void {
    for (const clientOrderId of this.#pending) {
      const report = { clientOrderId, venueOrderId: null, code: null, text: 'not answered yet' }
      const venueTime = receivedTime
      this.event({
        ...{ kind: 'orderReported', receivedTime, venueTime },
        report: { ...report, evidence: 'unknown' },
      })
    }
    this.#sink = null
    this.#freeze()
  }

  market(batch: MarketBatch): void {
    if (this.#sink === null) return
    const selected = this.#selection.select(batch)
    if (selected.count > 0) this.#sink.market(selected)
  }

  event(event: Event): void {
    if (event.kind === 'orderReported') this.#pending.delete(event.report.clientOrderId)
    this.#sink?.event(event)
  }

  /** An execution of one of its orders, with the account's instrument id. */
  executed(given: Execution, receivedTime: TimeUs): void {
    const execution = this.mine(given)
    const { executionId, venueTime } = execution
    this.event({ kind: 'executed', receivedTime, venueTime, execution })
    if (!this.#hasEnded || this.books.knows(executionId) || this.#late.has(executionId)) return
    this.#late.add(executionId)
    this.#freeze().applyExecution(execution)
  }

  /** Its part of a payment; `isNew` unless it was told before. */
  paid(event: EventOf<'fundingPaid'>, amount: Money, isNew: boolean): void {
    const instrument = this.own[event.instrument]!
    if (this.#hasEnded && !isNew) return
    if (this.#hasEnded) this.#freeze().applyFunding(instrument, amount, event.cause)
    else this.event({ ...event, instrument, amount })
  }

  /** The same execution with the own instrument id. */
  mine(execution: Execution): Execution {
    return { ...execution, instrument: this.own[execution.instrument]! }
  }

  /** What the account reports, as far as it is this engine's. */
  report(
    whole: Pick<AccountReport, 'openOrders' | 'executions'>,
    held: Pick<AccountReport, 'positions' | 'balances'>,
  ): AccountReport {
    const openOrders = whole.openOrders.map((order) => ({
      ...order,
      instrument: this.own[order.instrument]!,
    }))
    return { ...held, openOrders, executions: whole.executions.map((each) => this.mine(each)) }
  }

  get #hasEnded(): boolean {
    return this.#left !== null || this.books.isStopped()
  }

  #freeze(): Ledger {
    if (this.#left === null) {
      this.#left = new Ledger(this.instruments)
      this.#left.restore(this.books.ledger().snapshot())
    }
    return this.#left
  }
}
