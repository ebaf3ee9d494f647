import { type Instrument, nextSession, sessionAt } from '../../core/mod.ts'
import { newYorkText } from '../run/market-hours.ts'
import { controlViews } from './controls.ts'
import { describeEngine } from './engine-state.ts'
import type { AccountFold } from './folds/account-fold.ts'
import type { DecisionFold } from './folds/decision-fold.ts'
import type { HealthFold } from './folds/health-fold.ts'
import type { MarketFold } from './folds/market-fold.ts'
import type { OrderFold } from './folds/order-fold.ts'
import type { SessionFold } from './folds/session-fold.ts'
import type { ShadowFold } from './folds/shadow-fold.ts'
import type { ProjectionOptions, ServerHealth } from './projection-options.ts'
import { PROTOCOL_VERSION } from './protocol.ts'
import { instantOrNull } from './text.ts'
import type { EngineState, HealthView, SignalThresholds, StateView } from './views.ts'
import type { WhyContext } from './why.ts'

/** The folds of a session, to be looked at together. */
export interface Folds {
  readonly session: SessionFold
  readonly account: AccountFold
  readonly orders: OrderFold
  readonly market: MarketFold
  readonly decisions: DecisionFold
  readonly health: HealthFold
  readonly shadow: ShadowFold
}

/** What the engine is doing at `now`, and why. */
export function engineState(
  folds: Folds,
  options: ProjectionOptions,
  now: number,
): { readonly state: EngineState; readonly reason: string } {
  return describeEngine(folds.session, {
    isRealTime: options.isRealTime,
    now,
    hasPosition: options.instruments.some(({ id }) => folds.account.direction(id) !== 'flat'),
    openOrders: folds.orders.openCount(),
    warmth: folds.market.markets.map((market) => market.bars.warmth()),
  })
}

/** What an explanation of an instrument must know beside its gates. */
export function whyContext(
  folds: Folds,
  options: ProjectionOptions,
  id: number,
  now: number,
): WhyContext {
  const market = folds.market.markets[id]!
  const engine = engineState(folds, options, now)
  return {
    engineState: engine.state,
    engineReason: engine.reason,
    bookFreshness: folds.health.bookFreshness(market, now),
    bookAgeSeconds: market.receivedTime === null ? null : (now - market.receivedTime) / 1e6,
    bookStaleSeconds: folds.health.bookStaleSeconds,
    warm: market.bars.warmth(),
    opens: opensText(options.instruments[id]!, now),
    direction: direction(folds, id),
    working: folds.orders.working(id),
    stopped: folds.account.stopped(id),
    refusal: folds.decisions.refusal(id),
  }
}

/** When the market of a share opens; null while it is open, and for what always trades. */
function opensText({ kind }: Pick<Instrument, 'kind'>, now: number): string | null {
  if (kind !== 'equity' || sessionAt('us-equities', now) !== null) return null
  const next = nextSession('us-equities', now)
  return next === null ? null : newYorkText(next.openTime)
}

/** Of the position, or of the one that an instrument in shadow would have. */
function direction({ account, shadow }: Folds, id: number): WhyContext['direction'] {
  const lots = shadow.lots(id)
  return lots === 0 ? account.direction(id) : lots > 0 ? 'long' : 'short'
}

/** The session at a glance. */
export function stateView(
  folds: Folds,
  options: ProjectionOptions,
  now: number,
  fault: string | null,
): StateView {
  const { session, orders } = folds
  const { started } = session
  const engine = engineState(folds, options, now)
  return {
    protocol: PROTOCOL_VERSION,
    version: options.version,
    mode: options.mode,
    account: options.account,
    sessionId: started?.sessionId ?? null,
    startedTime: instantOrNull(started?.receivedTime ?? null),
    resumed: started?.resumed ?? false,
    seed: started?.seed ?? null,
    configurationHash: started?.configurationHash ?? null,
    dataHash: started?.dataHash ?? null,
    codeHash: started?.codeHash ?? null,
    engineState: engine.state,
    engineReason: engine.reason,
    reconciled: session.reconciledTime !== null,
    reconciledTime: instantOrNull(session.reconciledTime),
    coreTime: instantOrNull(session.time),
    instruments: options.instruments.map((instrument, i) => ({
      id: instrument.id,
      venue: instrument.venue,
      symbol: instrument.symbol,
      kind: instrument.kind,
      quoteCurrency: instrument.quoteCurrency,
      baseCurrency: instrument.baseCurrency,
      priceDecimals: instrument.priceDecimals,
      quantityDecimals: instrument.quantityDecimals,
      thresholds: presentThresholds(options.thresholds[i] ?? null, session.changed[i]),
    })),
    accounts: folds.account.accountViews(),
    counts: {
      events: session.events,
      marketRecords: folds.market.records,
      evaluations: folds.decisions.evaluations,
      signals: folds.decisions.signals,
      orders: orders.submitted,
      fills: orders.fillCount,
      rejects: orders.rejects,
      denials: { ...orders.denials },
    },
    controls: controlViews({
      mode: options.mode,
      account: options.account,
      engineState: engine.state,
      isPaused: session.paused !== null,
      isHalted: session.trips.length > 0,
      isReconciled: session.reconciledTime !== null,
      openOrders: orders.openCount(),
      instruments: options.instruments,
      positions: folds.account.positionViews(),
    }),
    fault,
  }
}

/** Connections, ages and the process. */
export function healthView(folds: Folds, now: number, server: ServerHealth): HealthView {
  const { health, market, account, session } = folds
  return {
    streams: health.streamViews(market.markets, account, now),
    lagSeconds: health.lagUs / 1e6,
    lastHeartbeatTime: instantOrNull(health.heartbeatTime),
    feedDelayMs: market.feedDelayMs(),
    reconciledTime: instantOrNull(session.reconciledTime),
    accountQueryFailures: health.accountQueryFailures,
    ...server,
  }
}

/** The configured levels with what operators changed; a rule that does not exist stays absent. */
function presentThresholds(
  configured: SignalThresholds | null,
  changed: Readonly<Record<string, number>> = {},
): SignalThresholds | null {
  if (configured === null) return null
  const { zLongEntry, zLongExit, zShortEntry, zShortExit } = configured
  return {
    ...configured,
    zLongEntry: zLongEntry === null ? null : (changed['longEntry'] ?? zLongEntry),
    zLongExit: zLongExit === null ? null : (changed['longExit'] ?? zLongExit),
    zShortEntry: zShortEntry === null ? null : (changed['shortEntry'] ?? zShortEntry),
    zShortExit: zShortExit === null ? null : (changed['shortExit'] ?? zShortExit),
  }
}
