import { formatTrimmed, MONEY_DECIMALS, type Mode, parseDecimal } from '../../core/mod.ts'
import type { Projection } from './projection.ts'
import type { ServerHealth } from './projection-options.ts'
import type { ListOf } from './protocol.ts'
import { instant } from './text.ts'
import type {
  AccountView,
  Decimal,
  DecisionView,
  EngineState,
  Freshness,
  HealthView,
  Instant,
  OrderView,
  PositionView,
  StateView,
} from './views.ts'

/** Several engines at a glance: what `/api/v1/overview` says. */
export interface FleetView {
  readonly name: string
  readonly mode: Mode
  readonly version: string
  readonly sentTime: Instant
  readonly engines: readonly EngineView[]
  readonly accounts: readonly AccountSumsView[]
  /** Over all engines, each currency for itself: nothing is converted. */
  readonly totals: readonly TotalView[]
}

/** One engine of several. */
export interface EngineView {
  readonly name: string
  /** Name of the account that it shares. */
  readonly account: string
  readonly venue: string
  readonly state: EngineState | 'failed'
  /** One plain sentence; why it failed where it did. */
  readonly reason: string
  readonly money: AccountView | null
  readonly positions: readonly Pick<
    PositionView,
    'symbol' | 'direction' | 'quantity' | 'unrealisedPnl' | 'stopped'
  >[]
  readonly openOrders: number
  readonly orders: number
  readonly fills: number
  readonly rejects: number
  /** The worst of its streams. */
  readonly freshness: Freshness | null
  readonly lagSeconds: number
  readonly decision: Pick<DecisionView, 'symbol' | 'time' | 'outcome' | 'sentence'> | null
}

/** An account and the sums over its engines. Decimals as text. */
export interface AccountSumsView {
  readonly name: string
  readonly venue: string
  readonly place: string
  readonly equal: boolean
  readonly positions: readonly {
    readonly instrument: string
    readonly engines: Readonly<Record<string, Decimal | null>>
    readonly account: Decimal
    readonly unowned: Decimal
    readonly unexplained: Decimal
  }[]
  readonly money: readonly {
    readonly currency: string
    readonly engines: Readonly<Record<string, Decimal>>
    readonly unallocated: Decimal
    readonly account: Decimal
    readonly difference: Decimal
    readonly unexplained: Decimal
  }[]
}

/** What the engines have together in one currency. */
export interface TotalView {
  readonly currency: string
  readonly engines: number
  readonly equity: Decimal
  readonly dayPnl: Decimal
  readonly fees: Decimal
  readonly funding: Decimal
}

/** An engine as the overview reads it. */
export interface ShownEngine {
  readonly name: string
  readonly account: string
  readonly venue: string
  readonly projection: Projection
  /** Its time, us. */
  readonly now: () => number
  /** What ended it; null while it runs. */
  readonly failure: string | null
}

/** Makes the overview out of what the engines' own pages show. */
export function fleetView(
  facts: Pick<FleetView, 'name' | 'mode' | 'version' | 'accounts'> & { readonly nowUs: number },
  engines: readonly ShownEngine[],
  health: ServerHealth,
): FleetView {
  const { nowUs, ...rest } = facts
  const views = engines.map((engine) => engineView(engine, health))
  return { ...rest, sentTime: instant(nowUs), engines: views, totals: totalsOf(views) }
}

/** Worst last. */
const order: readonly Freshness[] = ['live', 'warming', 'delayed', 'stale', 'gap', 'down']

function engineView(engine: ShownEngine, server: ServerHealth): EngineView {
  const { name, account, venue, projection, failure } = engine
  const now = projection.asOf(engine.now())
  const read = (key: 'state' | 'positions' | 'orders' | 'health' | 'decisions'): unknown =>
    projection.read(key, 0, now, server)
  const state = read('state') as StateView
  const health = read('health') as HealthView
  const orders = read('orders') as ListOf<OrderView>
  const decisions = read('decisions') as readonly DecisionView[]
  const decision = decisions
    .filter(({ time }) => time !== null)
    .reduce<DecisionView | null>(
      (last, each) => (last === null || each.time! > last.time! ? each : last),
      null,
    )
  const worst = Math.max(-1, ...health.streams.map(({ freshness }) => order.indexOf(freshness)))
  return {
    ...{ name, account, venue },
    state: failure === null ? state.engineState : 'failed',
    reason: failure ?? state.engineReason,
    money: state.accounts[0] ?? null,
    positions: (read('positions') as readonly PositionView[])
      .filter(({ direction, stopped }) => direction !== 'flat' || stopped !== null)
      .map(({ symbol, direction, quantity, unrealisedPnl, stopped }) => ({
        ...{ symbol, direction, quantity, unrealisedPnl, stopped },
      })),
    openOrders: orders.items.filter(({ isOpen }) => isOpen).length,
    orders: state.counts.orders,
    fills: state.counts.fills,
    rejects: state.counts.rejects,
    freshness: order[worst] ?? null,
    lagSeconds: health.lagSeconds,
    decision: decision && {
      symbol: decision.symbol,
      time: decision.time,
      outcome: decision.outcome,
      sentence: decision.sentence,
    },
  }
}

function totalsOf(engines: readonly EngineView[]): readonly TotalView[] {
  const currencies = [...new Set(engines.flatMap(({ money }) => money?.currency ?? []))]
  return currencies.map((currency) => {
    const own = engines.flatMap(({ money }) => (money?.currency === currency ? [money] : []))
    const sum = (read: (money: AccountView) => Decimal): Decimal =>
      formatTrimmed(
        own.reduce((total, each) => total + (parseDecimal(read(each), MONEY_DECIMALS) ?? 0n), 0n),
        MONEY_DECIMALS,
      )
    return {
      currency,
      engines: own.length,
      equity: sum((money) => money.equity),
      dayPnl: sum((money) => money.day.pnl),
      fees: sum((money) => money.fees),
      funding: sum((money) => money.funding),
    }
  })
}
