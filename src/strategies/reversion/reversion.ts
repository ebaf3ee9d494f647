import {
  type GateReading,
  type Instrument,
  quantity,
  type StrategyOutput,
  type StrategyView,
  type Trigger,
} from '../../core/mod.ts'
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
import { dueStop, favourableBp, holds, lotsOf, reading, stopReadings } from '../stops.ts'
import { type Adjustment, adjust, adjustedTier } from './adjustments.ts'
import { costBp, estimateEdge } from './cost.ts'
import {
  type EntryGate,
  type EntryQuestion,
  entryGates,
  estimateEntry,
  firstFailing,
  isSignal,
  readGates,
  readOtherSide,
} from './entry-gates.ts'
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
  const gates = entryGates(parameters)
  const tiers = new Map(Object.entries(parameters.overrides))
  return {
    id: 'reversion',
    init: (instruments): ReversionState => ({
      exitBars: instruments.map(() => -1),
      entrySides: instruments.map(() => 0),
      windows: rules.size === 0 ? [] : instruments.map(emptyWindow),
      adjustments: instruments.map(() => null),
    }),
    on(trigger, view, state, output) {
      onTrigger({ parameters, tiers, gates, view, state: state as ReversionState, output }, trigger)
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

interface Call {
  readonly parameters: ReversionParameters
  /** Overrides by symbol. */
  readonly tiers: ReadonlyMap<string, Tier>
  readonly gates: readonly EntryGate[]
  readonly view: StrategyView
  readonly state: ReversionState
  readonly output: StrategyOutput
}

function onTrigger(call: Call, trigger: Trigger): void {
  const { parameters, view, state } = call
  switch (trigger.kind) {
    case 'barClosed': {
      const instrument = view.instrument(trigger.instrument)
      const window = state.windows[instrument.id]
      const bar = view.bar(instrument.id)
      if (window !== undefined && bar !== null) takeBar(window, bar, windowRules(parameters))
      if (view.position(instrument.id) !== 0) evaluateExit(call, instrument)
      else evaluateEntry(call, instrument)
      return
    }
    case 'heartbeat':
      for (const instrument of view.instruments) {
        if (view.position(instrument.id) !== 0) checkBetweenBars(call, instrument)
      }
      return
    case 'positionChanged':
      return
  }
}

function evaluateEntry(call: Call, instrument: Instrument): void {
  const { parameters, tiers, gates, view, state, output } = call
  const { id } = instrument
  const working = view.isWorking(id)
  const bar = view.bar(id)
  if (bar === null) return output.evaluated(id, 'warming', [])
  if (working === 'exit') return output.evaluated(id, 'working exit', [])
  const tier = adjustedTier(tiers.get(instrument.symbol) ?? parameters.tier, state.adjustments[id])
  const isLongOnly = parameters.direction === 'long' || instrument.longOnly
  const wanted = isLongOnly ? 1 : pickDirection(tier, view.zScore(id))
  // An entry at work is judged by its own side: a z that crossed over is no reason to keep it.
  const direction = working === 'entry' ? workingSide(state, id) : wanted
  const question = { parameters, instrument, view, tier, direction }
  if (working === 'entry') {
    if (!isSignal(question)) {
      output.intent({ kind: 'abandonEntry', instrument: id, reason: 'signal gone' })
    }
    return tell(call, question, 'working entry')
  }
  const failed = firstFailing(gates, question)
  if (failed !== null) {
    return tell(call, question, failed, () =>
      isLongOnly || isSignal(question) ? [] : readOtherSide(gates, question),
    )
  }
  if (state.exitBars[id] === bar.count) return tell(call, question, 'exited this bar')
  enter(call, question)
}

/** Records an evaluation; what it compared is only read where that is kept. */
function tell(
  { gates, output }: Call,
  question: EntryQuestion,
  outcome: string,
  further: () => readonly GateReading[] = () => [],
): void {
  const { id } = question.instrument
  if (!output.keeps(id, outcome)) return output.evaluated(id, outcome, [])
  const readings = [...readGates(gates, question), ...further()]
  output.evaluated(id, outcome, readings, estimateEntry(question))
}

/** Enters with what the sizer says, which may be nothing. */
function enter(call: Call, question: EntryQuestion): void {
  const { parameters, view, state, output } = call
  const { instrument, direction } = question
  const { id } = instrument
  const size = sizeOf(parameters, instrument, view, { state, direction })
  const lots = lotsOf(size.notional, instrument, view)
  if (lots <= 0) return tell(call, question, size.reason ?? 'size', () => size.readings)
  state.entrySides[id] = direction
  const side = direction > 0 ? 'buy' : 'sell'
  tell(call, question, direction > 0 ? 'enter long' : 'enter short', () => size.readings)
  output.intent({
    kind: 'enter',
    instrument: id,
    side,
    quantity: quantity(lots),
    ...routeEntry(parameters, instrument, view.zScore(id)),
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

function evaluateExit(call: Call, instrument: Instrument): void {
  const { parameters, tiers, view, state, output } = call
  const { id } = instrument
  if (checkStops(call, instrument)) return
  const direction = view.position(id) > 0 ? 1 : -1
  const tier = adjustedTier(tiers.get(instrument.symbol) ?? parameters.tier, state.adjustments[id])
  const bound = direction > 0 ? tier.longExit : tier.shortExit
  const z = view.zScore(id)
  const operator = direction > 0 ? '>' : '<'
  const hasReverted = z !== null && holds(z, operator, bound)
  const waits = hasReverted ? revertWaits(call, instrument) : []
  if (hasReverted && waits.every(({ passed }) => passed)) {
    const gates = [reading('z exit', z, operator, bound), ...waits]
    return leave(call, id, { reason: 'z revert', gates, route: routeExit(parameters, instrument) })
  }
  const outcome = hasReverted ? 'revert suppressed' : 'holding'
  if (!output.keeps(id, outcome)) return output.evaluated(id, outcome, [])
  output.evaluated(id, outcome, [
    reading('z exit', z, operator, bound),
    ...revertWaits(call, instrument),
    ...stopReadings(parameters, instrument, view),
  ])
}

/** What a reverted z still waits for: time held and distance won. */
function revertWaits(
  { parameters: { revertGate }, view }: Call,
  instrument: Instrument,
): readonly GateReading[] {
  if (revertGate === null) return []
  const held = view.now - (view.entryTime(instrument.id) ?? view.now)
  return [
    reading('held s', held / 1e6, '>=', revertGate.holdUs / 1e6),
    reading('ahead bp', favourableBp(instrument, view), '>=', revertGate.favourableBp),
  ]
}

/** A stop between two bars leaves within the bar under construction. */
function checkBetweenBars(call: Call, instrument: Instrument): void {
  if (!checkStops(call, instrument)) return
  call.state.exitBars[instrument.id] = (call.view.bar(instrument.id)?.count ?? 0) + 1
}

/** Stop loss, then time stop. Returns true when an exit was decided. */
function checkStops(call: Call, instrument: Instrument): boolean {
  const { parameters, view } = call
  const { id } = instrument
  // A passive exit under way becomes an aggressive one; nothing is added to an aggressive one.
  const isCrossing = routeExit(parameters, instrument).urgency === 'aggressive'
  if (isCrossing && view.isWorking(id) === 'exit') return false
  const stop = dueStop(parameters, instrument, view)
  if (stop === null) return false
  leave(call, id, { ...stop, route: { urgency: 'aggressive' } })
  return true
}

function leave(
  { view, state, output }: Call,
  id: number,
  why: {
    readonly reason: string
    readonly gates: readonly GateReading[]
    readonly route: Route
  },
): void {
  const { reason, gates, route } = why
  state.exitBars[id] = view.bar(id)?.count ?? -1
  output.evaluated(id, `exit: ${reason}`, gates)
  output.intent({ kind: 'exit', instrument: id, ...route, reason })
}
