import {
  type Effect,
  type Event,
  type MarketBatch,
  type OrderReport,
  unreachable,
} from '../../core/mod.ts'
import { AccountFold } from './folds/account-fold.ts'
import { AlertFold } from './folds/alert-fold.ts'
import { DecisionFold } from './folds/decision-fold.ts'
import { HealthFold } from './folds/health-fold.ts'
import { JournalFold, type JournalHead } from './folds/journal-fold.ts'
import { imbalanceOf, MarketFold } from './folds/market-fold.ts'
import { OrderFold } from './folds/order-fold.ts'
import { SessionFold, tripText } from './folds/session-fold.ts'
import { ShadowFold } from './folds/shadow-fold.ts'
import { denialText } from './gates.ts'
import type { ProjectionOptions, ServerHealth } from './projection-options.ts'
import { TOPICS, type TopicData, type TopicKey, type TopicName } from './protocol.ts'
import { type Folds, healthView, stateView, whyContext } from './state-view.ts'
import type { DecisionView } from './views.ts'

/**
 * The session as people look at it: a fold over the entry stream, by the core's own order store,
 * ledger, books and signals. It reads and never writes: nothing here can affect trading. A failure
 * inside it is kept as `fault` and shown, never thrown into the caller.
 */
export class Projection {
  readonly options: ProjectionOptions
  readonly #session = new SessionFold()
  readonly #account: AccountFold
  readonly #orders: OrderFold
  readonly #market: MarketFold
  readonly #decisions: DecisionFold
  readonly #health: HealthFold
  readonly #alerts = new AlertFold()
  readonly #journal = new JournalFold()
  readonly #folds: Folds
  #fault: string | null = null

  constructor(options: ProjectionOptions) {
    const { instruments } = options
    this.options = options
    this.#account = new AccountFold(instruments, options.tradingDays)
    this.#orders = new OrderFold(instruments)
    this.#market = new MarketFold(instruments, options.signal, options.imbalanceLevels)
    this.#decisions = new DecisionFold(instruments)
    this.#health = new HealthFold(instruments, options.ageBudgets)
    this.#folds = {
      session: this.#session,
      account: this.#account,
      orders: this.#orders,
      market: this.#market,
      decisions: this.#decisions,
      health: this.#health,
      shadow: new ShadowFold(instruments),
    }
  }

  /** Set when folding failed once; the views stay at what was folded before. */
  get fault(): string | null {
    return this.#fault
  }

  /** Numbers of the strategy that operators changed in an instrument, by the strategy's names. */
  changedParameters(instrument: number): Readonly<Record<string, number>> {
    return this.#session.changed[instrument] ?? {}
  }

  /** Folds an input that was journaled as entry `sequence`. */
  onEvent(event: Event, sequence: number): void {
    this.#guard(() => {
      this.#session.events++
      this.#session.advance(event.receivedTime)
      this.#market.advance(event.receivedTime)
      this.#journal.onEvent(event, sequence)
      this.#foldEvent(event)
      this.#mark()
    })
  }

  /** Folds the effects of one step, journaled from entry `sequence` on, at the core's `time`. */
  onEffects(effects: readonly Effect[], sequence: number, time: number): void {
    this.#guard(() => {
      this.#session.advance(time)
      effects.forEach((effect, i) => {
        this.#journal.onEffect(effect, sequence + i, time)
        this.#foldEffect(effect, time)
      })
      this.#mark()
    })
  }

  /** Folds market records in the order they were received. */
  onMarket(batch: MarketBatch): void {
    this.#guard(() => {
      const time = this.#market.onBatch(batch)
      if (time === null) return
      this.#session.advance(time)
      this.#mark()
    })
  }

  /** Where the journal stands after a commit. */
  onJournal(head: JournalHead): void {
    this.#guard(() => this.#journal.onHead(head))
  }

  /** The time that ages are counted to: real time where the session runs in it. */
  asOf(wallUs: number): number {
    const core = this.#session.time ?? 0
    return this.options.isRealTime ? Math.max(core, wallUs) : core
  }

  get coreTime(): number | null {
    return this.#session.time
  }

  get runId(): string | null {
    return this.#session.started?.sessionId ?? null
  }

  /** True when the topic exists in this session. */
  has(key: string): boolean {
    const match = /^([a-z]+)(?::(\d{1,5}))?$/.exec(key)
    if (match === null || !TOPICS.includes(match[1] as TopicName)) return false
    const needsInstrument = match[1] === 'bars' || match[1] === 'book'
    if (match[2] === undefined) return !needsInstrument
    return needsInstrument && this.#market.markets[Number(match[2])] !== undefined
  }

  /** Number that grows with every change; null where the value also changes with time alone. */
  revision(key: TopicKey): number | null {
    const { name, instrument } = parseTopic(key)
    switch (name) {
      case 'orders':
      case 'fills':
        return this.#orders.revision
      case 'alerts':
        return this.#alerts.revision
      case 'bars':
        return this.#market.markets[instrument!]!.bars.revision
      case 'book':
        return this.#market.markets[instrument!]!.revision + this.#orders.revision
      default:
        return null
    }
  }

  /**
   * The value of a topic at `now`. Lists and bars hold what changed after `since` (a revision
   * given earlier, 0 for everything) and say so by `isPartial`.
   */
  read(key: TopicKey, since: number, now: number, server: ServerHealth): TopicData[TopicName] {
    const { name, instrument } = parseTopic(key)
    switch (name) {
      case 'state':
        return stateView(this.#folds, this.options, now, this.#fault)
      case 'orders':
        return this.#orders.orders(since)
      case 'fills':
        return this.#orders.fills(since)
      case 'positions':
        return this.#account.positionViews()
      case 'equity':
        return this.#account.equityView()
      case 'alerts':
        return this.#alerts.since(since)
      case 'bars':
        return this.#market.markets[instrument!]!.bars.view(instrument!, since)
      case 'book':
        return this.#market.bookView(instrument!, this.#orders.ownLevels(instrument!))
      case 'decisions':
        return this.decisions(now)
      case 'journal':
        return this.#journal.view()
      case 'health':
        return healthView(this.#folds, now, server)
      default:
        return unreachable(name, 'topic')
    }
  }

  /** Why each instrument trades or does not, as of `now`. */
  decisions(now: number): readonly DecisionView[] {
    return this.options.instruments.map(({ id }) => {
      const market = this.#market.markets[id]!
      const live = { z: market.bars.z, imbalance: imbalanceOf(market) }
      const context = whyContext(this.#folds, this.options, id, now)
      const shadow = this.#folds.shadow.view(id)
      return { ...this.#decisions.view(id, context, live, now), shadow }
    })
  }

  #foldEvent(event: Event): void {
    const time = event.receivedTime
    switch (event.kind) {
      case 'sessionStarted':
        this.#session.onSessionStarted(event)
        if (event.resumed) {
          this.#orders.onResumed(time)
          this.#market.lose(null, 'disconnected')
        }
        return
      case 'heartbeat':
        return this.#health.onHeartbeat(time, this.#market.markets, this.#account.reports)
      case 'streamStatus':
        this.#health.onStatus(event.stream, event.instrument, event.status)
        if (event.stream === 'book' && event.status !== 'connected') {
          this.#market.lose(event.instrument, event.status)
        }
        return
      case 'barsSeeded':
        return this.#market.seed(event.instrument, event.bars, time)
      case 'orderReported':
        return this.#onReport(event.report, time)
      case 'executed':
        if (this.#account.isNewExecution(event.execution.executionId)) {
          this.#book(event.execution, time)
        }
        return
      case 'accountReported':
        for (const execution of this.#account.onAccount(event, time)) {
          this.#book(execution, time)
        }
        this.#account.settleDust(event.account)
        return this.#orders.onListed(event.account.openOrders, time)
      case 'accountQueryFailed':
        this.#health.accountQueryFailures++
        return
      case 'fundingPaid':
        return this.#account.onFunding(event)
      case 'sharesSplit':
        return this.#account.onSplit(event)
      case 'transferred':
        return this.#account.onTransfer(event)
      case 'operatorCommanded':
        return this.#session.onOperator(event)
      case 'fellBehind':
        this.#health.lagUs = event.lagUs
        return
      case 'sessionStopping':
        return this.#session.onStopping(event.reason)
      default:
        unreachable(event, 'event')
    }
  }

  #onReport(report: OrderReport, time: number): void {
    this.#orders.onReport(report, time)
    const order = this.#orders.store.get(report.clientOrderId)?.order
    if (order === undefined || order.reduceOnly || report.evidence !== 'rejected') return
    const words = report.text || report.code || 'without a reason'
    this.#decisions.onRefused(order.instrument, `the order was rejected, ${words}`, time)
  }

  #foldEffect(effect: Effect, time: number): void {
    switch (effect.kind) {
      case 'submitOrder':
        return this.#orders.onSubmit(effect.order, time, effect.replaces)
      case 'cancelOrder':
        return this.#orders.onCancelSent(effect.cancel, time)
      case 'orderDenied':
        this.#orders.onDenied(effect.order, effect.denial, time)
        this.#decisions.onRefused(
          effect.order.instrument,
          `the risk gate refused it, ${denialText(effect.denial)}`,
          time,
        )
        return
      case 'evaluated': {
        const { instrument, barCloseTime, imbalance } = effect
        this.#decisions.onEvaluated(effect, whyContext(this.#folds, this.options, instrument, time))
        this.#market.markets[instrument]?.bars.evaluated(barCloseTime, imbalance)
        return
      }
      case 'differenceFound':
        this.#account.onDifference(effect, time)
        this.#raiseDifference(effect, time)
        return
      case 'reconciled':
        return this.#session.onReconciled(time, effect.clean, effect.differences)
      case 'orderShadowed':
        return this.#folds.shadow.onOrder(effect.order)
      case 'shadowExecuted':
        return this.#folds.shadow.onExecuted(effect)
      case 'breakerTripped':
        this.#session.onBreaker(effect)
        this.#alerts.add(time, 'critical', 'BREAKER_TRIPPED', tripText(effect))
        return
      case 'breakerRearmed':
        return this.#session.onRearmed(effect.breaker)
      case 'alert':
        if (effect.code === 'STRATEGY_FAILED') this.#session.onStrategyFailure(effect.text)
        return this.#alerts.add(time, effect.level, effect.code, effect.text)
      case 'queryOrder':
      case 'queryAccount':
        return
      default:
        unreachable(effect, 'effect')
    }
  }

  #book(execution: Parameters<OrderFold['onFill']>[0], time: number): void {
    const { ledger } = this.#account
    const lotsBefore = ledger.position(execution.instrument).quantity
    const { realised } = ledger.applyExecution(execution)
    this.#orders.onFill(execution, { realised, lotsBefore }, time)
  }

  #raiseDifference(effect: Extract<Effect, { kind: 'differenceFound' }>, time: number): void {
    const symbol = this.options.instruments[effect.instrument]?.symbol ?? '?'
    const { ours, venues, reason } = effect
    const text = `${symbol}: ours ${ours} lots, the venue's ${venues}: ${reason}`
    const level = effect.resolution === 'adopted' ? 'warning' : 'critical'
    this.#alerts.add(time, level, 'DIFFERENCE_FOUND', `${text} (${effect.resolution})`)
  }

  #mark(): void {
    const { time } = this.#session
    if (time === null) return
    this.#account.mark(
      this.#market.markets.map((market) => market.halfMark),
      time,
    )
  }

  #guard(fold: () => void): void {
    if (this.#fault !== null) return
    try {
      fold()
    } catch (error) {
      this.#fault = error instanceof Error ? error.message : String(error)
    }
  }
}

/** "bars:3" as its name and instrument. */
export function parseTopic(key: TopicKey): {
  readonly name: TopicName
  readonly instrument: number | null
} {
  const [name, id] = key.split(':')
  return { name: name as TopicName, instrument: id === undefined ? null : Number(id) }
}
