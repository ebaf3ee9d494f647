import type { Execution, InstrumentId, TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { Progress } from '../lib/progress.ts'
import type { Context } from './context.ts'
import { type Fill, FillBook, heldChange } from './fills.ts'
import { fetchFills } from './history.ts'
import type { Nano } from './numbers.ts'
import { readPositions } from './positions.ts'
import { TransferFeed } from './transfers.ts'

/** A lost frame may precede the last one seen: the back-fill reaches back this far. */
const BACKFILL_OVERLAP_US = 60_000_000
const ROUNDS_MAX = 5

/** Delivers executions once each and remembers how far they have been seen. */
export class ExecutionFeed {
  readonly #context: Context
  readonly #startTime: TimeUs
  readonly #book = new FillBook()
  /** Microseconds. */
  readonly progress: Progress
  readonly transfers: TransferFeed
  #count = 0

  /** Nothing before `startTime` (the venue's clock) is delivered. */
  constructor(context: Context, startTime: TimeUs) {
    this.#context = context
    this.#startTime = startTime
    this.progress = new Progress(startTime)
    this.transfers = new TransferFeed(context, startTime, (amount) =>
      this.#book.transferred(amount),
    )
  }

  /** Fills delivered so far, for telling whether any came in between. */
  get count(): number {
    return this.#count
  }

  /** What is held of an instrument, 10^-9. */
  heldOf(instrument: InstrumentId): Nano {
    return this.#book.heldOf(instrument)
  }

  /** Takes over what the venue says is held, to the last digit. */
  settle(instrument: InstrumentId, held: Nano): void {
    const execution = this.#book.settle(instrument, held)
    if (execution !== null) this.#emit([execution], this.#context.receivedTime())
  }

  /** Takes over from the cash that the venue states what sales really cost, 10^-9 dollars. */
  settleCash(cash: Nano): void {
    this.#emit(this.#book.settleCash(cash), this.#context.receivedTime())
  }

  #emit(executions: readonly Execution[], receivedTime: TimeUs): void {
    for (const execution of executions) {
      const { venueTime } = execution
      this.#context.emit({ kind: 'executed', receivedTime, venueTime, execution })
    }
  }

  /** Reads what was held at the start. Throws AdapterError. */
  async begin(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = await fetchFills(this.#context, this.#startTime)
      const positions = await readPositions(this.#context)
      const fills = await fetchFills(this.#context, this.#startTime)
      if (fills.length !== before.length) continue
      for (const { instrument } of this.#context.universe.assets) {
        const now = positions.find((each) => each.instrument === instrument.id)?.units ?? 0n
        const since = fills.filter((fill) => fill.asset.instrument.id === instrument.id)
        this.#book.begin(
          instrument.id,
          since.reduce((held, fill) => held - heldChange(fill), now),
        )
      }
      return
    }
    throw new AdapterError('VENUE_UNREADABLE', 'the account trades all the time', 'retry')
  }

  /** Delivers the executions of fills that were not delivered before. */
  deliver(fills: readonly Fill[]): void {
    const receivedTime = this.#context.receivedTime()
    for (const fill of fills) {
      if (fill.time < this.#startTime) continue
      const { executions, isNew } = this.#book.executionsOf(fill)
      if (!isNew) {
        this.#context.statistics.duplicateExecutionsDropped++
        continue
      }
      this.#count++
      this.progress.see(fill.time)
      this.#emit(executions, receivedTime)
    }
  }

  /** The executions of fills out of the history, oldest first. */
  executionsOf(fills: readonly Fill[]): readonly Execution[] {
    const isBefore = (fill: Fill): boolean => fill.time < this.#startTime
    return [
      ...this.#book.executionsBefore(fills.filter(isBefore)),
      ...fills
        .filter((fill) => !isBefore(fill))
        .flatMap((fill) => this.#book.executionsOf(fill).executions),
    ]
  }

  /** Fetches and delivers everything since the last gap began. Throws AdapterError. */
  async backfill(): Promise<void> {
    const since = Math.max(this.#startTime, this.progress.time - BACKFILL_OVERLAP_US)
    this.deliver(await fetchFills(this.#context, since))
  }
}
