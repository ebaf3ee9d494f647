import {
  ascendByCoordinates,
  assertGovernorRules,
  freshGovernor,
  type GovernorState,
  type GovernorVerdict,
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
import type { Forecaster, HourFacts, HourSource } from './ports.ts'
import type { HourlySettings } from './settings.ts'

/** Trades that a decision asks for and that have not been sent yet. */
export interface HourPlan {
  /** [instrument, lots]; lots of a name that is left whole are null. */
  readonly sells: readonly (readonly [instrument: number, lots: number | null])[]
  readonly buys: readonly (readonly [instrument: number, lots: number])[]
  /** When the sales were sent; null before. */
  sellsTime: TimeUs | null
}

/** Lots of a name that a decision wanted to hold, counted by its split factor of then. */
export interface HourTarget {
  readonly instrument: number
  readonly lots: number
  readonly splitFactor: number
}

/** State of the hourly strategy: plain data. */
export interface HourlyState {
  /** Newest bar looked at and newest bar decided on, -1 before any. */
  bar: number
  decidedBar: number
  plan: HourPlan | null
  /** What the last decision wanted of the names that it traded. */
  targets: readonly HourTarget[]
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
  assertGovernorRules(parts.settings.governor)
  const memory = new HourMemory(parts.source, parts.settings)
  return {
    id: ID,
    init: () => ({
      ...{ bar: -1, decidedBar: -1, plan: null, targets: [] },
      ...{ governor: freshGovernor(), decision: null },
    }),
    on(trigger, view, state, output) {
      if (trigger.kind !== 'heartbeat') return
      const newest = parts.source.newest(view.now)
      if (newest > state.bar) look({ parts, memory, view, state }, newest)
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

/** Decides on a bar, or goes on with what an earlier decision left undone. */
function look(deciding: Deciding, bar: number): void {
  const { parts, memory, view, state } = deciding
  const { settings } = parts
  const facts = memory.learn(bar)
  state.bar = bar
  const governor = updateGovernor(state.governor, settings.governor, Math.max(1e-9, view.equity))
  const isDue = state.decidedBar < 0 || bar - state.decidedBar >= settings.everyBars
  // A step of the governor waits for no turn.
  if (isDue || governor.cause !== null) return decide(deciding, bar, facts, governor)
  state.plan = settings.remainder === 'carry' ? planOf(state.targets, facts, view) : null
}

function decide(
  { parts, memory, view, state }: Deciding,
  bar: number,
  facts: HourFacts,
  governor: GovernorVerdict,
): void {
  const { settings, source, forecaster } = parts
  const standing = standingOf(view)
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
  state.decidedBar = bar
  state.decision = decided.decision
  state.targets = targetsOf(decided, standing, facts, view)
  state.plan = planOf(state.targets, facts, view)
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

/** Changes of weights as positions in whole lots, rounded towards no trade. */
function targetsOf(
  { change, isExit }: Decided,
  { equity, price }: HourStanding,
  { splitFactor: factors }: HourFacts,
  view: StrategyView,
): HourTarget[] {
  const targets: HourTarget[] = []
  for (const { id: instrument, quantityDecimals } of view.instruments) {
    const splitFactor = factors[instrument]!
    const held = view.position(instrument)
    if (isExit[instrument] === 1) targets.push({ instrument, lots: 0, splitFactor })
    if (isExit[instrument] === 1 || change[instrument] === 0 || !(price[instrument]! > 0)) continue
    const lots = ((change[instrument]! * equity) / price[instrument]!) * 10 ** quantityDecimals
    targets.push({ instrument, lots: Math.max(0, held + Math.trunc(lots)), splitFactor })
  }
  return targets
}

/** The trades from what is held to the targets; null where there are none. */
function planOf(
  targets: readonly HourTarget[],
  { splitFactor: factors }: HourFacts,
  view: StrategyView,
): HourPlan | null {
  const sells: [number, number | null][] = []
  const buys: [number, number][] = []
  for (const { instrument, lots, splitFactor } of targets) {
    const held = view.position(instrument)
    const wanted = Math.trunc((lots * factors[instrument]!) / splitFactor)
    if (wanted > held) buys.push([instrument, wanted - held])
    else if (wanted < held) sells.push([instrument, wanted === 0 ? null : held - wanted])
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
