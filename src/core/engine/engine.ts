import { RUN_RECORDS } from '../book/book-kernel.ts'
import type { Approved } from '../domain/approved.ts'
import type { Effect } from '../domain/effect.ts'
import type { Event, EventOf } from '../domain/event.ts'
import { type MarketBatch, MarketCursor, RecordKind } from '../domain/market-record.ts'
import type { CancelOrder } from '../domain/order.ts'
import type { Intent, StrategyOutput, StrategyView, Trigger } from '../domain/strategy.ts'
import type { TimeUs } from '../domain/units.ts'
import { BAR_END, BAR_ROW } from '../indicators/bar-builder.ts'
import { assert, unreachable } from '../lib/assert.ts'
import { rearmAll } from '../risk/breakers.ts'
import { approveCancel, type RiskContext } from '../risk/gate.ts'
import { onFundingPaid, onSplit, onTransferred } from './bookings.ts'
import { noteBar, noteSeeds, watchBreakers } from './breakers.ts'
import { type EngineConfig, isPricedByBars } from './config.ts'
import { type MarketRun, quietUntil, stepByKernel } from './market-run.ts'
import { createOutput } from './output.ts'
import { onAccountReport } from './reconcile.ts'
import { askForAccount, chaseAnswers, onExecution, onOrderReport } from './reports.ts'
import { createRiskContext } from './risk-context.ts'
import { onSessionStarted, onStreamStatus, SHUTDOWN } from './session-events.ts'
import { settleShadow } from './shadow.ts'
import { createShareGate, noteShareBar, noteShareSeeds, watchShares } from './shares.ts'
import { type EngineSnapshot, restoreWorld, snapshotWorld } from './snapshot.ts'
import { createView } from './view.ts'
import { cancelEverything, cancelOf, driveAll, flattenEverything, takeIntent } from './works.ts'
import { createWorld, emit, isShadow, markToMarket, type World } from './world.ts'

/** Held here: an imported constant is read from memory and checked at every use. */
const KIND = RecordKind

const HEARTBEAT_TRIGGER = { kind: 'heartbeat' } as const

/**
 * The deterministic core. `step` and `stepMarket` are its only inputs, `effects` its only output;
 * now is the receivedTime of what is being stepped. Order of the stages: books and indicators,
 * orders and ledger, strategy, executor, risk gate, effects.
 */
export class Engine {
  /**
   * Mid of the book behind each record of the last run, from slot 0 on: half quanta, -1 for none or
   * a trade.
   */
  readonly halfMids: Float64Array
  readonly #world: World
  readonly #gate: RiskContext
  readonly #view: StrategyView
  readonly #cursor = new MarketCursor()
  readonly #intents: Intent[] = []
  readonly #output: StrategyOutput
  readonly #barTriggers: readonly { readonly kind: 'barClosed'; readonly instrument: number }[]

  constructor(config: EngineConfig) {
    this.#world = createWorld(config)
    this.halfMids = this.#world.kernel?.halfMids ?? new Float64Array(RUN_RECORDS)
    this.#gate = createRiskContext(this.#world, createShareGate(this.#world))
    this.#view = createView(this.#world)
    this.#output = createOutput(this.#world, this.#intents)
    this.#barTriggers = config.instruments.map(({ id }) => ({ kind: 'barClosed', instrument: id }))
  }

  /** Read access for projections, reports and tests. Never to be written from outside. */
  get world(): Readonly<World> {
    return this.#world
  }

  get view(): StrategyView {
    return this.#view
  }

  /** Hands over the effects since the last call, in order. */
  takeEffects(): readonly Effect[] {
    const { effects } = this.#world
    if (effects.length === 0) return effects
    this.#world.effects = []
    return effects
  }

  /** True when effects wait to be taken; cheaper than taking them. */
  get hasEffects(): boolean {
    return this.#world.effects.length > 0
  }

  /** Instant before which market records alone bring no effects, us; -Infinity when any might. */
  quietUntil(): TimeUs {
    return quietUntil(this.#world)
  }

  /**
   * Steps the records of a run as {@link stepMarket} would, up to the first one that has effects;
   * returns the index of the first one left. Hot.
   */
  stepMarkets(batch: MarketBatch, run: MarketRun): number {
    const world = this.#world
    const cursor = this.#cursor
    const { halfMids } = this
    if (run.to - run.from > halfMids.length) assert(false, 'a run has too many records')
    let index = run.from
    while (world.effects.length === 0) {
      index = stepByKernel(world, batch, run, index)
      if (index === run.to || batch.f64[5 * index]! >= run.until) break
      cursor.load(batch, index)
      this.stepMarket(cursor)
      const isTrade = cursor.kind === KIND.trade
      halfMids[index - run.from] = isTrade ? -1 : world.shelf.halfMid(cursor.instrument)
      index++
    }
    return index
  }

  /** Steps one market record. Hot: no allocation unless a bar closes. */
  stepMarket(cursor: MarketCursor): void {
    const world = this.#world
    const i = cursor.instrument
    this.#advance(cursor.receivedTime)
    const signal = world.signals[i]!
    if (cursor.receivedTime >= world.bars[BAR_ROW * i + BAR_END]!) this.#closeBars(i)
    const book = world.books[i]!
    switch (cursor.kind) {
      case KIND.delta:
        world.shelf.applyDelta(i, cursor.side as 0 | 1, cursor.price, cursor.quantity)
        world.bookTimes[i] = cursor.receivedTime
        if (signal.usesMids) signal.onMid(cursor.receivedTime, book.soundHalfMid())
        break
      case KIND.snapshot:
        if (!world.shelf.replace(i, cursor.pool, cursor.aux, cursor.quantity, cursor.price)) {
          book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
        }
        world.bookTimes[i] = cursor.receivedTime
        if (signal.usesMids) signal.onMid(cursor.receivedTime, book.soundHalfMid())
        break
      case KIND.trade:
        if (signal.usesTrades) signal.onTrade(cursor.receivedTime, cursor.price, cursor.quantity)
        break
      case KIND.bar:
        this.#onBar(cursor)
        break
      case KIND.funding:
        world.fundingRatesE9[i] = cursor.aux
        break
      case KIND.mark:
        break
      default:
        assert(false, `unknown record kind ${cursor.kind}`)
    }
  }

  /** Steps one event. */
  step(event: Event): void {
    const world = this.#world
    this.#advance(event.receivedTime)
    switch (event.kind) {
      case 'sessionStarted':
        return onSessionStarted(world, event)
      case 'heartbeat':
        return this.#onHeartbeat()
      case 'streamStatus':
        return onStreamStatus(world, event)
      case 'barsSeeded':
        world.signals[event.instrument]!.seed(event.bars, world.now)
        noteSeeds(world, event)
        noteShareSeeds(world, event)
        world.config.seedStrategy?.(event, this.#view, world.strategyState)
        return
      case 'orderReported':
        return onOrderReport(world, this.#gate, event.report)
      case 'executed': {
        const moved = onExecution(world, this.#gate, event.execution)
        if (moved >= 0) this.#positionChanged(moved)
        return
      }
      case 'accountReported': {
        const moved = onAccountReport(world, this.#gate, event)
        markToMarket(world)
        for (const instrument of moved) this.#positionChanged(instrument)
        return
      }
      case 'accountQueryFailed':
        world.reconcile.queryInFlight = false
        emit(world, {
          kind: 'alert',
          level: 'warning',
          code: 'ACCOUNT_QUERY_FAILED',
          text: event.text,
        })
        return
      case 'fundingPaid':
        return onFundingPaid(world, event)
      case 'sharesSplit':
        if (onSplit(world, event)) this.#positionChanged(event.instrument)
        return
      case 'transferred':
        return onTransferred(world, event)
      case 'operatorCommanded':
        return this.#onOperator(event)
      case 'fellBehind':
        world.behindUs = event.lagUs
        return
      case 'sessionStopping':
        return this.#onSessionStopping(event.reason)
      default:
        unreachable(event, 'event')
    }
  }

  /**
   * Cancels of all that may rest, for a driver that failed and can neither step nor journal:
   * cancels
   * are the only commands that may leave without a record.
   */
  emergencyCancels(): readonly Approved<CancelOrder>[] {
    return [...this.#world.orders.allActive()]
      .filter(({ order }) => !isShadow(this.#world, order.instrument))
      .map((record) => approveCancel(cancelOf(record)))
  }

  snapshot(): EngineSnapshot {
    return snapshotWorld(this.#world)
  }

  /** Continues from a snapshot taken by an engine of the same configuration. */
  restore(snapshot: EngineSnapshot): void {
    restoreWorld(this.#world, snapshot)
  }

  #advance(now: number): void {
    const world = this.#world
    // The text is only made when it is needed: this is the hottest line there is.
    if (now < world.now) assert(false, `time runs backwards: ${now} after ${world.now}`)
    world.now = now
    world.counters.events++
  }

  /** Nothing new is begun; a pause that somebody asked for stays one after a restart. */
  #onSessionStopping(reason: string): void {
    const world = this.#world
    world.stopping = true
    if (!world.risk.paused) {
      world.risk.paused = true
      world.risk.pausedReason = SHUTDOWN
    }
    cancelEverything(world, this.#gate, { reason, exits: true })
  }

  #onHeartbeat(): void {
    const world = this.#world
    for (let i = 0; i < world.signals.length; i++) {
      if (world.now >= world.bars[BAR_ROW * i + BAR_END]!) this.#closeBars(i)
    }
    if (!world.started) return
    markToMarket(world)
    watchBreakers(world, this.#gate)
    watchShares(world, this.#gate)
    for (const id of settleShadow(world, this.#gate)) this.#positionChanged(id)
    chaseAnswers(world)
    this.#routineReconcile()
    this.#callStrategy(HEARTBEAT_TRIGGER)
    if (world.flattening) flattenEverything(world, this.#gate)
    driveAll(world, this.#gate)
  }

  #routineReconcile(): void {
    const { reconcile, config, now } = this.#world
    const retryUs = 5_000_000
    const overdue = reconcile.queryInFlight && now - reconcile.lastQueryTime > 30_000_000
    if (overdue) reconcile.queryInFlight = false
    const isDue =
      (!reconcile.done && reconcile.isFirst && now - reconcile.lastQueryTime >= retryUs) ||
      reconcile.suspects.length > 0 ||
      (config.reconcileIntervalUs > 0 &&
        now - Math.max(reconcile.lastReportTime, reconcile.lastQueryTime) >=
          config.reconcileIntervalUs)
    if (isDue) askForAccount(this.#world)
  }

  #onOperator(event: EventOf<'operatorCommanded'>): void {
    const world = this.#world
    const { command } = event
    switch (command.kind) {
      case 'pause':
        world.risk.paused = true
        world.risk.pausedReason = event.reason
        return
      case 'resume':
        world.risk.paused = false
        world.risk.pausedReason = ''
        for (const breaker of rearmAll(world.risk, world.equity)) {
          emit(world, { kind: 'breakerRearmed', breaker, by: 'operator' })
        }
        world.flattening = false
        world.strategyFailure = null
        return
      case 'haltUntil':
        world.risk.haltedUntil = command.until
        markToMarket(world)
        return watchBreakers(world, this.#gate)
      case 'setHaltWindows':
        world.risk.announcedHalts = command.windows
        markToMarket(world)
        return watchBreakers(world, this.#gate)
      case 'cancelAll':
        return cancelEverything(world, this.#gate, { reason: 'operator', exits: true })
      case 'flatten':
        world.risk.paused = true
        world.risk.pausedReason = 'flatten'
        world.flattening = true
        return flattenEverything(world, this.#gate)
      case 'acceptDifference':
        // Adopted from a fresh answer: what was listed may have moved since.
        if (world.stops[command.instrument] === null) return
        world.reconcile.accepted.push(command.instrument)
        return askForAccount(world)
      case 'setParameter':
        return world.config.strategy.set?.(command, world.strategyState)
      default:
        unreachable(command, 'operator command')
    }
  }

  #onBar(cursor: MarketCursor): void {
    const world = this.#world
    const i = cursor.instrument
    const signal = world.signals[i]!
    if (!signal.usesBars) return
    // A repeated or impossible bar changes nothing, so nothing is decided on it.
    if (!signal.onBar(cursor)) return
    noteShareBar(world, cursor)
    if (isPricedByBars(world.config.signal)) {
      world.halfMarks[i] = cursor.price * 2
      world.bookTimes[i] = cursor.receivedTime
    }
    this.#evaluateBar(i)
  }

  #closeBars(instrument: number): void {
    const world = this.#world
    const closed = world.signals[instrument]!.advanceTo(world.now)
    if (closed > 0) this.#evaluateBar(instrument)
  }

  #evaluateBar(instrument: number): void {
    const world = this.#world
    world.counters.bars++
    noteBar(world, instrument)
    if (!world.started) return
    this.#callStrategy(this.#barTriggers[instrument]!)
  }

  #positionChanged(instrument: number): void {
    this.#callStrategy({ kind: 'positionChanged', instrument })
  }

  /** An exception of the strategy ends new risk, not the care of what is held. */
  #callStrategy(trigger: Trigger): void {
    const world = this.#world
    try {
      world.config.strategy.on(trigger, this.#view, world.strategyState, this.#output)
    } catch (error) {
      this.#intents.length = 0
      this.#onStrategyFailure(error instanceof Error ? error.message : String(error))
    }
    this.#takeIntents()
  }

  #onStrategyFailure(text: string): void {
    const world = this.#world
    world.risk.paused = true
    if (world.strategyFailure === text) return
    world.strategyFailure = text
    world.risk.pausedReason = 'the strategy failed'
    emit(world, { kind: 'alert', level: 'critical', code: 'STRATEGY_FAILED', text })
    cancelEverything(world, this.#gate, { reason: 'the strategy failed', exits: false })
  }

  #takeIntents(): void {
    if (this.#intents.length === 0) return
    markToMarket(this.#world)
    for (const intent of this.#intents) takeIntent(this.#world, this.#gate, intent)
    this.#intents.length = 0
  }
}
