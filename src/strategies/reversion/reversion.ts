import type {
  EntryEstimate,
  GateReading,
  Instrument,
  StrategyOutput,
  StrategyView,
  Trigger,
} from '../../core/mod.ts'
import { quantity } from '../../core/mod.ts'
import { type Route, routeEntry, routeExit } from '../routing.ts'
import type { SeededStrategy } from '../seeded-strategy.ts'
import {
  type CloseWindow,
  emptyWindow,
  seedWindow,
  takeBar,
  type WindowRules,
} from '../sizing/close-window.ts'
import { forecastReversion } from '../sizing/kelly.ts'
import { closesNeeded, type SizeAnswer, sizeEntry } from '../sizing/sizer.ts'
import { dueStop, favourableBp, lotsOf, reading, stopReadings } from '../stops.ts'
import { type Adjustment, adjust, adjustedTier } from './adjustments.ts'
import { costBp, estimateEdge } from './cost.ts'
import { notionalOf, type ReversionParameters, type Tier } from './parameters.ts'

/** State beyond what the core keeps, by instrument. */
export interface ReversionState {
  /** Count of the bar in which an exit was decided: it never enters again. */
  readonly exitBars: number[]
  /** Side of the last entry that was intended: 1 long, -1 short, 0 none yet. */
  readonly entrySides: number[]
  /** What the sizer looks back on; empty where it needs nothing. */
  readonly windows: CloseWindow[]
  /** What operators changed; null where nothing was. */
  readonly adjustments: (Adjustment | null)[]
}

/**
 * z-score mean reversion with two gates: enter long when z < entry and imbalance > threshold, exit
 * when z > exit; mirrored for shorts (Avellaneda and Lee 2010 thresholds; Cartea et al. 2018 for
 * the imbalance). Strict inequalities; at most one transition per bar; positions exist only as
 * filled. Stop loss and time stop are also checked at every heartbeat.
 */
export function createReversion(parameters: ReversionParameters): SeededStrategy {
  const rules = windowRules(parameters)
  return {
    id: 'reversion',
    init: (instruments): ReversionState => ({
      exitBars: instruments.map(() => -1),
      entrySides: instruments.map(() => 0),
      windows: rules.size === 0 ? [] : instruments.map(emptyWindow),
      adjustments: instruments.map(() => null),
    }),
    on(trigger, view, state, output) {
      onTrigger(parameters, trigger, view, state as ReversionState, output)
    },
    set(change, state) {
      adjust((state as ReversionState).adjustments, change)
    },
    seed({ instrument, bars }, view, state) {
      const window = (state as ReversionState).windows[instrument]
      if (window !== undefined) seedWindow(window, bars, view.bar(instrument), rules)
    },
  }
}

const windowRules = ({ sizing }: ReversionParameters): WindowRules => ({
  size: sizing === undefined ? 0 : closesNeeded(sizing.sizer),
  maxGap: sizing?.maxGap ?? 0,
})

function onTrigger(
  p: ReversionParameters,
  trigger: Trigger,
  view: StrategyView,
  state: ReversionState,
  output: StrategyOutput,
): void {
  switch (trigger.kind) {
    case 'barClosed': {
      const instrument = view.instrument(trigger.instrument)
      const window = state.windows[instrument.id]
      const bar = view.bar(instrument.id)
      if (window !== undefined && bar !== null) {
        takeBar(window, bar, windowRules(p))
      }
      if (view.position(instrument.id) !== 0) evaluateExit(p, instrument, view, state, output)
      else evaluateEntry(p, instrument, view, state, output)
      return
    }
    case 'heartbeat':
      for (const instrument of view.instruments) {
        if (view.position(instrument.id) !== 0) checkBetweenBars(p, instrument, view, state, output)
      }
      return
    case 'positionChanged':
      return
  }
}

function evaluateEntry(
  p: ReversionParameters,
  instrument: Instrument,
  view: StrategyView,
  state: ReversionState,
  output: StrategyOutput,
): void {
  const { id } = instrument
  const working = view.isWorking(id)
  const bar = view.bar(id)
  if (bar === null) return output.evaluated(id, 'warming', [])
  if (working === 'exit') return output.evaluated(id, 'working exit', [])
  const gates: GateReading[] = []
  const tier = adjustedTier(p, instrument.symbol, state.adjustments[id])
  const isLongOnly = p.direction === 'long' || instrument.longOnly
  const wanted = isLongOnly ? 1 : pickDirection(tier, view.zScore(id))
  // An entry at work is judged by its own side: a z that crossed over is no reason to keep it.
  const direction = working === 'entry' ? workingSide(state, id) : wanted
  const estimate = estimateEntry(p, { instrument, view, tier, direction })
  const failed = firstFailure(p, { instrument, view, tier, direction, gates }, estimate)
  if (working === 'entry') {
    if (gates.some(({ gate, passed }) => gate === 'z' && !passed)) {
      output.intent({ kind: 'abandonEntry', instrument: id, reason: 'signal gone' })
    }
    return output.evaluated(id, 'working entry', gates, estimate)
  }
  if (failed !== null) {
    const isNeither = !isLongOnly && gates.some(({ gate, passed }) => gate === 'z' && !passed)
    if (isNeither) gates.push(...otherSide(p, { instrument, view, tier, direction }))
    return output.evaluated(id, failed, gates, estimate)
  }
  if (state.exitBars[id] === bar.count) {
    return output.evaluated(id, 'exited this bar', gates, estimate)
  }
  const size = sizeOf(p, instrument, view, { state, direction })
  gates.push(...size.readings)
  const lots = lotsOf(size.notional, instrument, view)
  if (lots <= 0) return output.evaluated(id, size.reason ?? 'size', gates, estimate)
  state.entrySides[id] = direction
  const side = direction > 0 ? 'buy' : 'sell'
  output.evaluated(id, direction > 0 ? 'enter long' : 'enter short', gates, estimate)
  output.intent({
    kind: 'enter',
    instrument: id,
    side,
    quantity: quantity(lots),
    ...routeEntry(p, instrument, view.zScore(id)),
    reason: `z ${side === 'buy' ? 'low' : 'high'}`,
  })
}

function sizeOf(
  p: ReversionParameters,
  instrument: Instrument,
  view: StrategyView,
  entry: { readonly state: ReversionState; readonly direction: 1 | -1 },
): SizeAnswer {
  const { direction } = entry
  const z = view.zScore(instrument.id)
  return sizeEntry(p.sizing?.sizer ?? { kind: 'fixed' }, {
    notional: entry.state.adjustments[instrument.id]?.notional ?? notionalOf(p, instrument.symbol),
    equity: view.equity,
    z,
    closes: entry.state.windows[instrument.id]?.closes ?? [],
    forecast: (closes, horizon) => forecastReversion(direction)(closes, horizon),
    cost: () => {
      const edge = estimateEdge(view, instrument, p, { direction, z: z ?? 0, exit: 0 })
      return edge === null ? null : costBp(edge) / 1e4
    },
  })
}

const workingSide = (state: ReversionState, id: number): 1 | -1 =>
  state.entrySides[id]! < 0 ? -1 : 1

/** The side the present z points to; when it points nowhere, the side it is nearer to. */
function pickDirection(tier: Tier, z: number | null): 1 | -1 {
  if (z === null) return 1
  if (z < tier.longEntry) return 1
  if (z > tier.shortEntry) return -1
  return z <= (tier.longEntry + tier.shortEntry) / 2 ? 1 : -1
}

interface EntryQuestion {
  readonly instrument: Instrument
  readonly view: StrategyView
  readonly tier: Tier
  readonly direction: 1 | -1
}

/** What the entry is expected to earn and to cost, by the route that it would take now. */
function estimateEntry(
  p: ReversionParameters,
  { instrument, view, tier, direction }: EntryQuestion,
): EntryEstimate | null {
  const z = view.zScore(instrument.id)
  const exit = direction > 0 ? tier.longExit : tier.shortExit
  return z === null ? null : estimateEdge(view, instrument, p, { direction, z, exit })
}

/**
 * Reads every gate in the order of evaluation into `gates`, so that people see all of them, and
 * returns the first that fails, or null.
 */
function firstFailure(
  p: ReversionParameters,
  question: EntryQuestion & { readonly gates: GateReading[] },
  estimate: EntryEstimate | null,
): string | null {
  const { instrument, view, gates } = question
  const { id } = instrument
  const warmth = view.warmth(id)
  gates.push(
    reading('warm-up', warmth.have, '>=', warmth.need),
    reading('book', view.isBookFresh(id) ? 1 : 0, '>=', 1),
    ...marketGates(p, question),
  )
  if (p.costGate !== null) {
    const net = estimate === null ? null : estimate.edgeBp - costBp(estimate)
    gates.push(reading('cost', net, '>', p.costGate.marginBp))
  }
  return gates.find((gate) => !gate.passed)?.gate ?? null
}

/** What the market must show for an entry on one side. */
function marketGates(
  p: ReversionParameters,
  { instrument: { id }, view, tier, direction }: EntryQuestion,
): readonly GateReading[] {
  const [below, above] = direction > 0 ? (['<', '>'] as const) : (['>', '<'] as const)
  const gates = [
    reading('z', view.zScore(id), below, direction > 0 ? tier.longEntry : tier.shortEntry),
  ]
  if (p.imbalanceThreshold !== null) {
    const bound = direction > 0 ? p.imbalanceThreshold : -p.imbalanceThreshold
    gates.push(reading('imbalance', view.imbalance(id), above, bound))
  }
  if (p.trendGate) {
    const trend = view.trendAverage(id)
    const close = view.bar(id)?.close ?? 0
    const distanceBp = trend === null ? null : (close / trend - 1) * 1e4
    gates.push(reading('trend', distanceBp, above, 0))
  }
  return gates
}

/** The other side's gates, named after it: where z points to neither, both are asked for. */
function otherSide(p: ReversionParameters, question: EntryQuestion): readonly GateReading[] {
  const direction = question.direction > 0 ? -1 : 1
  const side = direction > 0 ? 'long' : 'short'
  const gates = marketGates(p, { ...question, direction })
  return gates.map((gate) => ({ ...gate, gate: `${gate.gate} ${side}` }))
}

function evaluateExit(
  p: ReversionParameters,
  instrument: Instrument,
  view: StrategyView,
  state: ReversionState,
  output: StrategyOutput,
): void {
  const { id } = instrument
  if (checkStops(p, instrument, view, state, output)) return
  const direction = view.position(id) > 0 ? 1 : -1
  const tier = adjustedTier(p, instrument.symbol, state.adjustments[id])
  const z = view.zScore(id)
  const bound = direction > 0 ? tier.longExit : tier.shortExit
  const revert = reading('z exit', z, direction > 0 ? '>' : '<', bound)
  const gates = [revert]
  const reverted = revert.passed
  let allowed = true
  if (p.revertGate !== null) {
    const held = view.now - (view.entryTime(id) ?? view.now)
    const ahead = favourableBp(instrument, view)
    const { holdUs, favourableBp: least } = p.revertGate
    const waits = [
      reading('held s', held / 1e6, '>=', holdUs / 1e6),
      reading('ahead bp', ahead, '>=', least),
    ]
    gates.push(...waits)
    allowed = waits.every(({ passed }) => passed)
  }
  if (reverted && allowed) {
    decideExit(id, 'z revert', routeExit(p, instrument), { view, state, output, gates })
    return
  }
  gates.push(...stopReadings(p, instrument, view))
  output.evaluated(id, reverted ? 'revert suppressed' : 'holding', gates)
}

/** A stop between two bars leaves within the bar under construction. */
function checkBetweenBars(
  p: ReversionParameters,
  instrument: Instrument,
  view: StrategyView,
  state: ReversionState,
  output: StrategyOutput,
): void {
  if (!checkStops(p, instrument, view, state, output)) return
  state.exitBars[instrument.id] = (view.bar(instrument.id)?.count ?? 0) + 1
}

/** Stop loss, then time stop. Returns true when an exit was decided. */
function checkStops(
  p: ReversionParameters,
  instrument: Instrument,
  view: StrategyView,
  state: ReversionState,
  output: StrategyOutput,
): boolean {
  const { id } = instrument
  // A passive exit under way becomes an aggressive one; nothing is added to an aggressive one.
  const isCrossing = routeExit(p, instrument).urgency === 'aggressive'
  if (isCrossing && view.isWorking(id) === 'exit') return false
  const stop = dueStop(p, instrument, view)
  if (stop === null) return false
  const { reason, gates } = stop
  decideExit(id, reason, { urgency: 'aggressive' }, { view, state, output, gates })
  return true
}

function decideExit(
  id: number,
  reason: string,
  route: Route,
  to: {
    readonly view: StrategyView
    readonly state: ReversionState
    readonly output: StrategyOutput
    readonly gates: readonly GateReading[]
  },
): void {
  to.state.exitBars[id] = to.view.bar(id)?.count ?? -1
  to.output.evaluated(id, `exit: ${reason}`, to.gates)
  to.output.intent({ kind: 'exit', instrument: id, ...route, reason })
}
