import {
  ascendByCoordinates,
  freshGovernor,
  type GovernorState,
  type Instrument,
  isOpen,
  nextSession,
  quantity,
  type SolvePortfolio,
  type Strategy,
  type StrategyOutput,
  type StrategyView,
  type TimeUs,
  updateGovernor,
} from '../../core/mod.ts'
import { type Decided, decideHour, type HourDecision, type HourStanding } from './decide.ts'
import { HourMemory } from './hour-memory.ts'
import type { Forecaster, HourSource } from './ports.ts'
import type { HourlySettings } from './settings.ts'

/** Trades that a decision asks for and that have not been sent yet. */
export interface HourPlan {
  /** [instrument, lots]; lots of a name that is left whole are null. */
  readonly sells: readonly (readonly [instrument: number, lots: number | null])[]
  readonly buys: readonly (readonly [instrument: number, lots: number])[]
  /** When the sales were sent; null before. */
  sellsTime: TimeUs | null
}

/** State of the hourly strategy: plain data. */
export interface HourlyState {
  /** Newest bar decided on, -1 before any. */
  bar: number
  plan: HourPlan | null
  readonly governor: GovernorState
  /** The newest decision; null before any. */
  decision: HourDecision | null
}

/** What the hourly strategy is made of. */
export interface HourlyParts {
  readonly settings: HourlySettings
  readonly source: HourSource
  readonly forecaster: Forecaster
  /** {@link ascendByCoordinates} unless given. */
  readonly solve?: SolvePortfolio
  /** How far a limit crosses the last price, the executor's own. */
  readonly takerSlippageMax: number
}

const ID = 'hourly'

/**
 * The hourly long-only portfolio. At the first heartbeat after a bar can be decided on it chooses
 * target weights; while the exchange is open it sends the sales and, a while after them, what
 * purchases the cash of then pays for.
 */
export function createHourly(parts: HourlyParts): Strategy<HourlyState> {
  const memory = new HourMemory(parts.source, parts.settings)
  return {
    id: ID,
    init: () => ({ bar: -1, plan: null, governor: freshGovernor(), decision: null }),
    on(trigger, view, state, output) {
      if (trigger.kind !== 'heartbeat') return
      const newest = parts.source.newest(view.now)
      if (newest > state.bar) decide({ parts, memory, view, state }, newest)
      if (state.plan !== null && isOpen('us-equities', view.now)) {
        send(parts, view, state, output)
      }
    },
  }
}

interface Deciding {
  readonly parts: HourlyParts
  readonly memory: HourMemory
  readonly view: StrategyView
  readonly state: HourlyState
}

function decide({ parts, memory, view, state }: Deciding, bar: number): void {
  const { settings, source, forecaster } = parts
  const facts = memory.learn(bar)
  const standing = standingOf(view)
  state.bar = bar
  const governor = updateGovernor(state.governor, settings.governor, Math.max(1e-9, view.equity))
  const decided = decideHour(
    {
      ...{ bar, time: view.now, facts, memory, standing, governor },
      tradeTime: nextTradeTime(view.now),
      barsPerYear: source.barsPerYear,
      sectors: source.sectors,
      forecast: forecaster.forecast(bar),
      solve: parts.solve ?? ascendByCoordinates,
    },
    settings,
  )
  state.decision = decided.decision
  state.plan = planOf(decided, standing, view.instruments)
}

/** Now where the exchange is open, else when it opens next. */
const nextTradeTime = (now: TimeUs): TimeUs =>
  isOpen('us-equities', now) ? now : (nextSession('us-equities', now)?.openTime ?? now)

function standingOf(view: StrategyView): HourStanding {
  const shares = new Float64Array(view.instruments.length)
  const price = new Float64Array(view.instruments.length)
  for (const { id, quantityDecimals, priceDecimals } of view.instruments) {
    shares[id] = view.position(id) / 10 ** quantityDecimals
    price[id] = (view.bestAsk(id) ?? 0) / 10 ** priceDecimals
  }
  return { equity: view.equity, shares, price }
}

/** Changes of weights as whole lots, rounded towards no trade. */
function planOf(
  { change, isExit }: Decided,
  { equity, price, shares }: HourStanding,
  instruments: readonly Instrument[],
): HourPlan | null {
  const sells: [number, number | null][] = []
  const buys: [number, number][] = []
  for (const { id, quantityDecimals } of instruments) {
    if (isExit[id] === 1) {
      sells.push([id, null])
      continue
    }
    if (change[id] === 0 || !(price[id]! > 0)) continue
    const lots = Math.trunc(((change[id]! * equity) / price[id]!) * 10 ** quantityDecimals)
    if (lots > 0) buys.push([id, lots])
    else if (lots < 0 && shares[id]! > 0) sells.push([id, -lots])
  }
  return sells.length + buys.length === 0 ? null : { sells, buys, sellsTime: null }
}

function send(
  { settings, takerSlippageMax }: HourlyParts,
  view: StrategyView,
  state: HourlyState,
  output: StrategyOutput,
): void {
  const plan = state.plan!
  if (plan.sellsTime === null) {
    for (const [instrument, lots] of plan.sells) {
      const how = { instrument, urgency: 'aggressive', reason: ID } as const
      if (lots === null) output.intent({ kind: 'exit', ...how })
      else output.intent({ kind: 'reduce', quantity: quantity(lots), ...how })
    }
    plan.sellsTime = view.now
    if (plan.sells.length > 0) return
  } else if (view.now < plan.sellsTime + settings.buyDelayUs) return
  sendBuys(plan, view, output, 1 + takerSlippageMax)
  state.plan = null
}

/** What the cash pays for at the worst price; every purchase is made smaller by the same share. */
function sendBuys(plan: HourPlan, view: StrategyView, output: StrategyOutput, worst: number): void {
  const worstValue = (id: number, lots: number): number => {
    const { priceDecimals, quantityDecimals } = view.instrument(id)
    return ((view.bestAsk(id) ?? 0) * lots * worst) / 10 ** (priceDecimals + quantityDecimals)
  }
  const wanted = plan.buys.reduce((sum, [id, lots]) => sum + worstValue(id, lots), 0)
  if (wanted <= 0) return
  const share = Math.min(1, Math.max(0, view.spendableCash ?? 0) / wanted)
  for (const [instrument, asked] of plan.buys) {
    const lots = Math.floor(asked * share)
    if (lots < view.instrument(instrument).minimumQuantity) continue
    const how = { instrument, side: 'buy', urgency: 'aggressive', reason: ID } as const
    output.intent({ kind: 'enter', quantity: quantity(lots), adds: true, ...how })
  }
}
