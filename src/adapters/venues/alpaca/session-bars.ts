import {
  type Instrument,
  MarketWriter,
  type SeedBar,
  type Session,
  sessionsBetween,
  type TimeUs,
} from '../../../core/mod.ts'
import { textOf } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import type { Context } from './context.ts'

/** A session's bar is asked for so long after the bell, and again after as long. */
const PAUSE_US = 60_000_000
/** So long after the bell a bar that is still missing is given up. */
const PATIENCE_US = 3_600_000_000
const DAY_US = 86_400_000_000
/** Longer than any closure of the exchanges. */
const SEARCH_US = 14 * DAY_US

/**
 * Delivers the bar of each session of shares once the session is over. Bars of earlier sessions are
 * history: whoever needs them loads them.
 */
export class SessionBars {
  readonly #context: Context
  readonly #instruments: readonly Instrument[]
  readonly #load: (instrument: Instrument) => Promise<readonly SeedBar[]>
  readonly #writer = new MarketWriter(1)
  #timer: TimerHandle | null = null
  /** Counts openings: what was asked for before a close is dropped. */
  #generation = 0

  /** `load` fetches an instrument's latest bars of sessions. */
  constructor(
    context: Context,
    instruments: readonly Instrument[],
    load: (instrument: Instrument) => Promise<readonly SeedBar[]>,
  ) {
    this.#context = context
    this.#instruments = instruments
    this.#load = load
  }

  /** Also asks for the bar of a session that has just ended: history may not have had it yet. */
  open(): void {
    this.#awaitAfter(this.#context.environment.now() - PATIENCE_US)
  }

  close(): void {
    this.#generation++
    if (this.#timer !== null) this.#context.environment.clearTimer(this.#timer)
    this.#timer = null
  }

  /** The first session that ends after an instant. */
  #awaitAfter(time: TimeUs): void {
    const near = sessionsBetween('us-equities', time - DAY_US, time + SEARCH_US)
    const next = near.find(({ closeTime }) => closeTime > time)
    if (next !== undefined) this.#await(next, this.#instruments, next.closeTime + PAUSE_US)
  }

  #await(session: Session, instruments: readonly Instrument[], dueTime: TimeUs): void {
    const { environment } = this.#context
    const mine = this.#generation
    const waitMs = Math.ceil((dueTime - environment.now()) / 1000)
    this.#timer = environment.setTimer(
      () => {
        this.#timer = null
        void this.#ask(session, instruments, mine)
      },
      Math.max(1, waitMs),
    )
  }

  async #ask(
    session: Session,
    instruments: readonly Instrument[],
    generation: number,
  ): Promise<void> {
    const missing: Instrument[] = []
    let trouble = 'not there'
    for (const instrument of instruments) {
      try {
        const bars = await this.#load(instrument)
        if (generation !== this.#generation) return
        const bar = bars.find(({ openTime }) => openTime === session.openTime)
        if (bar === undefined) missing.push(instrument)
        else this.#deliver(instrument, bar)
      } catch (error) {
        if (generation !== this.#generation) return
        trouble = textOf(error)
        missing.push(instrument)
      }
    }
    const { closeTime } = session
    if (missing.length === 0) return this.#awaitAfter(closeTime)
    const now = this.#context.environment.now()
    if (now < closeTime + PATIENCE_US) return this.#await(session, missing, now + PAUSE_US)
    const names = missing.map(({ symbol }) => symbol).join(', ')
    this.#context.notice('sessionBar', `no bar of the session for ${names}: ${trouble}`)
    this.#awaitAfter(closeTime)
  }

  #deliver(instrument: Instrument, bar: SeedBar): void {
    const receivedTime = this.#context.receivedTime()
    const head = { receivedTime, venueTime: bar.closeTime, instrument: instrument.id }
    this.#writer.bar(head, bar)
    this.#context.market(this.#writer.batch())
    this.#writer.clear()
  }
}
