import { type Journal, withoutKnownExecutions } from '../../adapters/mod.ts'
import {
  assert,
  type Effect,
  type Engine,
  type Event,
  type MarketBatch,
  MarketCursor,
  type OperatorCommand,
  RECORD_BYTES,
  type TimeUs,
  unreachable,
  viewBatch,
} from '../../core/mod.ts'

type Submit = Extract<Effect, { kind: 'submitOrder' }>

/** Where approved commands and questions go: a venue, a simulated one in process, or nowhere. */
export interface OrderRouter {
  submit(order: Submit['order']): void
  /** Sends an order in the place of another, where the venue can do that. */
  replace?(order: Submit['order'], replaced: NonNullable<Submit['replaces']>): void
  cancel(cancel: Extract<Effect, { kind: 'cancelOrder' }>['cancel']): void
  queryOrder(clientOrderId: string): void
  queryAccount(since: TimeUs): void
}

/** Watches the session's entries after they are durable and stepped: dashboard, alerts, log. */
export interface SessionTap {
  event(event: Event, seq: number): void
  market(batch: MarketBatch): void
  /** `seq` is that of the first effect. */
  effects(effects: readonly Effect[], seq: number, time: TimeUs): void
  /** Where the journal stands, at every heartbeat. */
  committed(journal: Pick<Journal, 'path' | 'head'>, time: TimeUs): void
}

/** Parts of a session in real (or virtual) time. */
export interface SessionParts {
  readonly engine: Engine
  readonly journal: Journal
  readonly router: OrderRouter
  readonly tap: SessionTap
  readonly now: () => TimeUs
  /** Processing later than this after receiving blocks new risk until caught up, us. */
  readonly lagMaxUs: number
  /** Time between heartbeats, us: a longer silence means that the process stood still. */
  readonly heartbeatUs: TimeUs
  /** Inputs between two snapshots. */
  readonly snapshotEvery: number
  /**
   * Called once when the session must stop (a disk that refuses, a bug): nothing is stepped after.
   */
  readonly failed: (error: unknown) => void
}

type Input =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'market'; readonly batch: MarketBatch }

/** A clock that goes back by less is only held; by more, its new time is carried on from the old. */
const CLOCK_STEP_US = 1_000_000

/** Market batches waiting to be stepped; beyond this the session stops rather than drops. */
const QUEUE_MAX = 100_000

/**
 * Runs the core in real time: journal the input, step, journal the effects, execute them, in the
 * order in which inputs were received. Nothing is dropped; a full queue stops the session.
 */
export class Session {
  readonly #parts: SessionParts
  readonly #cursor = new MarketCursor()
  readonly #queue: Input[] = []
  #draining = false
  #stopped = false
  #failure: { readonly error: unknown } | null = null
  #last: TimeUs = 0
  /** Added to received times: makes up for a clock that was set back, so that time goes on. */
  #clockOffset = 0
  /** When the heart beat last; null before its first beat. */
  #lastBeat: TimeUs | null = null
  /** True from a standstill or a jump of the clock until the heart beats in time again. */
  #isOutOfStep = false
  #behind = false
  #sinceSnapshot = 0
  #lastSeq: number

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#last = parts.engine.world.now
    this.#lastSeq = parts.journal.head.seq
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** What ended it; null while it runs, and when it was stopped. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure
  }

  /** Takes an event. Time never goes back, whatever the clock does. */
  event(event: Event): void {
    this.#take({ kind: 'event', event })
  }

  /**
   * Takes market data; the batch is consumed before this returns unless the session is draining.
   */
  market(batch: MarketBatch): void {
    if (batch.count === 0) return
    this.#take({ kind: 'market', batch: this.#draining ? copyBatch(batch) : batch })
  }

  heartbeat(): void {
    const now = this.#parts.now()
    const isInTime = !this.#isLate(now)
    this.event({ kind: 'heartbeat', receivedTime: now })
    this.#lastBeat = now
    if (!isInTime || !this.#isOutOfStep) return
    this.#isOutOfStep = false
    this.#watchLag(now)
  }

  operator(
    command: OperatorCommand,
    by: { readonly actor: string; readonly reason: string },
  ): void {
    const receivedTime = this.#parts.now()
    const commandId = `${receivedTime}-${this.#lastSeq}`
    this.event({ kind: 'operatorCommanded', receivedTime, commandId, command, ...by })
  }

  /** Stores the state, so that a restart replays little. */
  snapshot(): void {
    this.#parts.journal.flush()
    const state = JSON.stringify(this.#parts.engine.snapshot())
    this.#parts.journal.saveSnapshot(this.#parts.journal.head.seq, state)
    this.#sinceSnapshot = 0
  }

  /** Accepts nothing more. The journal is the caller's to close. */
  stop(): void {
    this.#stopped = true
  }

  #take(input: Input): void {
    if (this.#stopped) return
    if (this.#queue.length >= QUEUE_MAX) {
      return this.#fail(new Error(`${QUEUE_MAX} inputs are waiting: the session is too slow`))
    }
    this.#queue.push(input)
    if (this.#draining) return
    this.#draining = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        if (next.kind === 'event') this.#stepEvent(next.event)
        else this.#stepMarket(next.batch)
        if (this.#stopped) break
      }
      if (this.#sinceSnapshot >= this.#parts.snapshotEvery) this.snapshot()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#draining = false
    }
  }

  #stepEvent(given: Event): void {
    const { engine, journal, tap } = this.#parts
    if (given.kind !== 'fellBehind') this.#noticeStandstill(given.receivedTime)
    const fresh = withoutKnownExecutions(journal, given)
    if (fresh === null) return
    const event = { ...fresh, receivedTime: this.#inOrder(fresh.receivedTime) }
    const seq = journal.appendEvent(event)
    this.#lastSeq = seq
    engine.step(event)
    tap.event(event, seq)
    this.#sinceSnapshot++
    this.#runEffects(event.receivedTime)
    if (event.kind === 'heartbeat') tap.committed(journal, event.receivedTime)
    if (event.kind !== 'fellBehind') this.#watchLag(event.receivedTime)
  }

  #stepMarket(batch: MarketBatch): void {
    const { engine, journal, tap } = this.#parts
    const received = batch.f64[(batch.count - 1) * 5]!
    this.#noticeStandstill(received)
    for (let i = 0; i < batch.count; i++) batch.f64[i * 5] = this.#inOrder(batch.f64[i * 5]!)
    for (let i = 0; i < batch.count; i++) {
      this.#cursor.load(batch, i)
      journal.appendMarket(batch, i, i + 1)
      engine.stepMarket(this.#cursor)
      this.#sinceSnapshot++
      this.#runEffects(this.#cursor.receivedTime)
    }
    tap.market(batch)
    this.#watchLag(received)
  }

  #runEffects(time: TimeUs): void {
    const { engine, journal, tap } = this.#parts
    while (engine.hasEffects) {
      const effects = engine.takeEffects()
      journal.appendEffects(effects, time)
      tap.effects(effects, journal.head.seq - effects.length + 1, time)
      for (const effect of effects) this.#execute(effect)
    }
  }

  #execute(effect: Effect): void {
    const { router } = this.#parts
    switch (effect.kind) {
      case 'submitOrder':
        if (effect.replaces === undefined) return router.submit(effect.order)
        assert(router.replace !== undefined, 'only what replaces orders is asked to')
        return router.replace(effect.order, effect.replaces)
      case 'cancelOrder':
        return router.cancel(effect.cancel)
      case 'queryOrder':
        return router.queryOrder(effect.clientOrderId)
      case 'queryAccount':
        return router.queryAccount(effect.since - this.#clockOffset)
      case 'orderDenied':
      case 'evaluated':
      case 'differenceFound':
      case 'reconciled':
      case 'orderShadowed':
      case 'shadowExecuted':
      case 'breakerTripped':
      case 'breakerRearmed':
      case 'alert':
        return
      default:
        unreachable(effect, 'effect')
    }
  }

  /** The session's time of a received time: never decreasing, at the pace of the clock. */
  #inOrder(received: TimeUs): TimeUs {
    const time = received + this.#clockOffset
    if (time >= this.#last) {
      this.#last = time
      return time
    }
    if (this.#last - time > CLOCK_STEP_US) {
      this.#clockOffset += this.#last - time
      this.#isOutOfStep = true
    }
    return this.#last
  }

  #isLate(received: TimeUs): boolean {
    const { heartbeatUs, lagMaxUs } = this.#parts
    if (this.#lastBeat === null) return false
    const since = received - this.#lastBeat
    return since > heartbeatUs + lagMaxUs || since < -CLOCK_STEP_US
  }

  /**
   * After a standstill (or a jump of the clock) what was received meanwhile looks fresh and is not:
   * the core is told before it steps any of it.
   */
  #noticeStandstill(received: TimeUs): void {
    if (this.#isOutOfStep || !this.#isLate(received)) return
    this.#isOutOfStep = true
    this.#behind = true
    const lagUs = Math.abs(received - this.#lastBeat!)
    this.#stepEvent({ kind: 'fellBehind', receivedTime: received, lagUs })
  }

  #watchLag(received: TimeUs): void {
    const lagUs = this.#parts.now() - received
    const isBehind = lagUs > this.#parts.lagMaxUs || this.#isOutOfStep
    if (isBehind === this.#behind) return
    this.#behind = isBehind
    const behindUs = isBehind ? Math.max(1, lagUs) : 0
    this.event({ kind: 'fellBehind', receivedTime: this.#parts.now(), lagUs: behindUs })
  }

  #fail(error: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#failure = { error }
    this.#parts.failed(error)
  }
}

function copyBatch(batch: MarketBatch): MarketBatch {
  const buffer = new ArrayBuffer(batch.count * RECORD_BYTES)
  new Uint8Array(buffer).set(batch.u8.subarray(0, batch.count * RECORD_BYTES))
  return viewBatch(buffer, batch.count, batch.pool.slice())
}
