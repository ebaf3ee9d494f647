import type {
  GateReading,
  Instrument,
  StrategyOutput,
  StrategyView,
  Trigger,
} from '../../core/mod.ts'
import { quantity } from '../../core/mod.ts'
import { type Route, routeEntry, routeExit } from '../routing.ts'
import type { SeededStrategy } from '../seeded-strategy.ts'
import { type CloseWindow, emptyWindow, seedWindow, takeBar } from '../sizing/close-window.ts'
import { forecastTrend } from '../sizing/kelly.ts'
import { closesNeeded, type SizeAnswer, sizeEntry } from '../sizing/sizer.ts'
import { type DueStop, dueStop, lotsOf } from '../stops.ts'
import type { MomentumParameters } from './parameters.ts'
import { type Trend, trendOf } from './trend.ts'

/** State beyond what the core keeps, by instrument. */
export interface MomentumState {
  readonly windows: CloseWindow[]
  /** Count of the bar in which an exit was decided: it never enters again. */
  readonly exitBars: number[]
  /** Side of the last entry that was intended: 1 long, -1 short, 0 none yet. */
  readonly entrySides: number[]
}

/** Closes kept: enough for both averages and for the sizer. */
const windowSize = ({ slowWindow, fastWindow, sizer }: MomentumParameters): number =>
  Math.max(slowWindow, fastWindow, closesNeeded(sizer))

/**
 * Trend following: long when the close is above its slow average, the slow z above `slowEntry` and
 * the fast z above `fastEntry`; mirrored for shorts. Left when the close crosses the average, the
 * slow z falls below `slowExit`, at the stop loss or the time stop. Strict inequalities; positions
 * exist only as filled; exits close whatever is held.
 */
export function createMomentum(parameters: MomentumParameters): SeededStrategy {
  const rules = { size: windowSize(parameters), maxGap: parameters.maxGap }
  return {
    id: 'momentum',
    init: (instruments): MomentumState => ({
      windows: instruments.map(emptyWindow),
      exitBars: instruments.map(() => -1),
      entrySides: instruments.map(() => 0),
    }),
    on(trigger, view, state, output) {
      onTrigger({ p: parameters, view, state: state as MomentumState, output }, trigger)
    },
    seed({ instrument, bars }, view, state) {
      const window = (state as MomentumState).windows[instrument]!
      seedWindow(window, bars, view.bar(instrument), rules)
    },
  }
}

interface Call {
  readonly p: MomentumParameters
  readonly view: StrategyView
  readonly state: MomentumState
  readonly output: StrategyOutput
}

function onTrigger(call: Call, trigger: Trigger): void {
  const { p, view, state } = call
  switch (trigger.kind) {
    case 'barClosed': {
      const instrument = view.instrument(trigger.instrument)
      const bar = view.bar(instrument.id)
      if (bar === null) return
      takeBar(state.windows[instrument.id]!, bar, { size: windowSize(p), maxGap: p.maxGap })
      if (view.position(instrument.id) !== 0) evaluateExit(call, instrument)
      else evaluateEntry(call, instrument)
      return
    }
    case 'heartbeat':
      for (const instrument of view.instruments) {
        if (view.position(instrument.id) === 0) continue
        const stop = stopOf(call, instrument)
        // A stop between two bars leaves within the bar under construction.
        if (stop !== null) leave(call, instrument.id, { ...stop, isBetweenBars: true })
      }
      return
    case 'positionChanged':
      return
  }
}

function evaluateEntry(call: Call, instrument: Instrument): void {
  const { p, view, state, output } = call
  const { id } = instrument
  const working = view.isWorking(id)
  if (working === 'exit') return output.evaluated(id, 'working exit', [])
  const trend = trendOf(state.windows[id]!.closes, p)
  const isLongOnly = p.direction === 'long' || instrument.longOnly
  const wanted = isLongOnly || trend === null || trend.slowZ > 0 ? 1 : -1
  const direction = working === 'entry' ? (state.entrySides[id]! < 0 ? -1 : 1) : wanted
  const gates = entryGates(call, instrument, { trend, direction })
  const failed = gates.find((gate) => !gate.passed)?.gate ?? null
  if (working === 'entry') {
    const isGone = gates.some(({ gate, passed }) => signalGates.includes(gate) && !passed)
    if (isGone) {
      output.intent({ kind: 'abandonEntry', instrument: id, reason: 'momentum: signal gone' })
    }
    return output.evaluated(id, 'working entry', gates)
  }
  if (failed !== null) return output.evaluated(id, failed, gates)
  if (state.exitBars[id] === view.bar(id)?.count) {
    return output.evaluated(id, 'exited this bar', gates)
  }
  const size = sizeOf(call, instrument, { direction, z: trend?.fastZ ?? null })
  gates.push(...size.readings)
  const lots = lotsOf(size.notional, instrument, view)
  if (lots <= 0) return output.evaluated(id, size.reason ?? 'size', gates)
  state.entrySides[id] = direction
  output.evaluated(id, direction > 0 ? 'enter long' : 'enter short', gates)
  output.intent({
    kind: 'enter',
    instrument: id,
    side: direction > 0 ? 'buy' : 'sell',
    quantity: quantity(lots),
    ...routeEntry(p, instrument, trend?.fastZ ?? null),
    reason: `momentum: trend ${direction > 0 ? 'up' : 'down'}`,
  })
}

/** Gates that make up the signal: without one of them a resting entry is given up. */
const signalGates: readonly string[] = ['trend', 'slow z', 'fast z']

function entryGates(
  { p, view, state }: Call,
  { id }: Instrument,
  given: { readonly trend: Trend | null; readonly direction: 1 | -1 },
): GateReading[] {
  const { trend, direction } = given
  const beyond = (gate: string, value: number | null, bound: number): GateReading => ({
    gate,
    value,
    operator: direction > 0 ? '>' : '<',
    threshold: direction * bound,
    passed: value !== null && direction * value > bound,
  })
  const least = (gate: string, value: number, threshold: number): GateReading => {
    return { gate, value, operator: '>=', threshold, passed: value >= threshold }
  }
  const have = state.windows[id]!.closes.length
  return [
    least('warm-up', have, Math.max(p.slowWindow, p.fastWindow)),
    least('book', view.isBookFresh(id) ? 1 : 0, 1),
    beyond('trend', trend?.distanceBp ?? null, 0),
    beyond('slow z', trend?.slowZ ?? null, p.slowEntry),
    beyond('fast z', trend?.fastZ ?? null, p.fastEntry),
  ]
}

function evaluateExit(call: Call, instrument: Instrument): void {
  const { p, view, state, output } = call
  const { id } = instrument
  const stop = stopOf(call, instrument)
  if (stop !== null) return leave(call, id, stop)
  const direction = view.position(id) > 0 ? 1 : -1
  const trend = trendOf(state.windows[id]!.closes, p)
  const below = (gate: string, value: number | null, bound: number): GateReading => ({
    gate,
    value,
    operator: direction > 0 ? '<' : '>',
    threshold: direction * bound,
    passed: value !== null && direction * value < bound,
  })
  const gates = [
    below('trend exit', trend?.distanceBp ?? null, 0),
    below('slow z exit', trend?.slowZ ?? null, p.slowExit),
  ]
  const [broken, faded] = gates
  const route = routeExit(p, instrument)
  if (broken?.passed) {
    return leave(call, id, { reason: 'trend break', gates, route })
  }
  if (faded?.passed) {
    return leave(call, id, { reason: 'trend faded', gates, route })
  }
  output.evaluated(id, 'holding', gates)
}

/** A stop that is due; null also while an exit that cannot be faster is under way. */
function stopOf({ p, view }: Call, instrument: Instrument): DueStop | null {
  const isCrossing = routeExit(p, instrument).urgency === 'aggressive'
  if (isCrossing && view.isWorking(instrument.id) === 'exit') return null
  return dueStop(p, instrument, view)
}

function leave(
  { view, state, output }: Call,
  id: number,
  why: {
    readonly reason: string
    readonly gates: readonly GateReading[]
    /** A stop goes out aggressively. */
    readonly route?: Route
    readonly isBetweenBars?: boolean
  },
): void {
  state.exitBars[id] = (view.bar(id)?.count ?? 0) + (why.isBetweenBars === true ? 1 : 0)
  output.evaluated(id, `exit: ${why.reason}`, why.gates)
  const route = why.route ?? { urgency: 'aggressive' }
  output.intent({ kind: 'exit', instrument: id, ...route, reason: `momentum: ${why.reason}` })
}

function sizeOf(
  { p, view, state }: Call,
  instrument: Instrument,
  entry: { readonly direction: 1 | -1; readonly z: number | null },
): SizeAnswer {
  return sizeEntry(p.sizer, {
    notional: p.notional,
    equity: view.equity,
    z: entry.z,
    closes: state.windows[instrument.id]!.closes,
    forecast: (closes, horizon) => forecastTrend(entry.direction)(closes, horizon),
    cost: () => roundTripCost(p, instrument, { view, z: entry.z }),
  })
}

/** Fees of both ways and half the spread per aggressive one, a fraction; null without a book. */
function roundTripCost(
  p: MomentumParameters,
  instrument: Instrument,
  { view, z }: { readonly view: StrategyView; readonly z: number | null },
): number | null {
  const { id, fees } = instrument
  const bid = view.bestBid(id)
  const ask = view.bestAsk(id)
  if (bid === null || ask === null) return null
  const halfSpread = (ask - bid) / (ask + bid)
  const way = (urgency: 'passive' | 'aggressive'): number =>
    urgency === 'aggressive' ? fees.takerE9 / 1e9 + halfSpread : fees.makerE9 / 1e9
  return way(routeEntry(p, instrument, z).urgency) + way(routeExit(p, instrument).urgency)
}
