import type { GateReading, Instrument, StrategyView } from '../../core/mod.ts'
import { legCost } from './hedge.ts'
import { isOn, type Pair, type PairsCall } from './pair-state.ts'
import type { PairsParameters } from './parameters.ts'
import type { SpreadScore } from './spread.ts'

/** Every gate of an entry in the order of evaluation; what is unknown fails. */
export function entryGates(
  call: PairsCall,
  pair: Pair,
  score: SpreadScore | null,
): readonly GateReading[] {
  const { p, pairs, view, state } = call
  const { legA, legB, index } = pair
  const own = state.pairs[index]!
  const openPairs = pairs.filter((each) => isOn(state, each)).length
  const isFree = (id: number): boolean => view.position(id) === 0 && view.isWorking(id) === null
  const isUsed = (id: number): boolean =>
    pairs.some((each) => isOn(state, each) && (each.legA.id === id || each.legB.id === id))
  const freeLegs = [legA.id, legB.id].filter((id) => isFree(id) && !isUsed(id)).length
  const z = score === null ? null : Math.abs(score.z)
  const gates = [
    ...whitelistGates(p, view),
    atLeast('book', [legA, legB].filter(({ id }) => view.isBookFresh(id)).length, 2),
    atLeast('z', z, p.entry),
    // At the stop already: an entry would leave at once.
    below('z below stop', z, p.stop),
    atMost('beta drift', own.isDrifting ? 1 : 0, 0),
    atLeast('lockout s', (view.now - own.trade.lockedUntil) / 1e6, 0),
    below('open pairs', openPairs, p.openMax),
    atLeast('free legs', freeLegs, 2),
  ]
  if (p.fundingMax !== null) {
    for (const leg of [legA, legB]) {
      gates.push(atMost(`funding ${leg.symbol}`, fundingOf(leg, view), p.fundingMax))
    }
  }
  if (p.costMarginBp !== null) gates.push(costGate(p, pair, { beta: own.beta, score, view }))
  return gates
}

/** A list is used neither before it could be known nor when it is too old. */
function whitelistGates(p: PairsParameters, view: StrategyView): GateReading[] {
  const age = view.now - p.whitelist.knownTime
  const gates = [atLeast('whitelist known', age / 3.6e9, 0)]
  if (p.whitelistAgeMaxUs !== null) {
    gates.push(atMost('whitelist age', age / 3.6e9, p.whitelistAgeMaxUs / 3.6e9))
  }
  return gates
}

/** Absolute rate per interval; 0 where no funding is ever paid, null where it is not known. */
function fundingOf({ id, kind }: Instrument, view: StrategyView): number | null {
  if (kind !== 'perpetual') return 0
  const rate = view.fundingRateE9(id)
  return rate === null ? null : Math.abs(rate) / 1e9
}

/** (|z| - exit) deviations of the spread against both legs' fees and spreads, in bp of leg A. */
function costGate(
  p: PairsParameters,
  { legA, legB }: Pair,
  known: {
    readonly beta: number
    readonly score: SpreadScore | null
    readonly view: StrategyView
  },
): GateReading {
  const { beta, score, view } = known
  const costA = legCost(legA, view)
  const costB = legCost(legB, view)
  const isKnown = score !== null && costA !== null && costB !== null
  const gain = isKnown ? (Math.abs(score.z) - p.exit) * score.deviation : 0
  const net = isKnown ? (gain - costA - Math.abs(beta) * costB) * 1e4 : null
  const margin = p.costMarginBp ?? 0
  const passed = net !== null && net > margin
  return { gate: 'cost', value: net, operator: '>', threshold: margin, passed }
}

const atLeast = (gate: string, value: number | null, threshold: number): GateReading => ({
  ...{ gate, value, operator: '>=', threshold },
  passed: value !== null && value >= threshold,
})

const atMost = (gate: string, value: number | null, threshold: number): GateReading => ({
  ...{ gate, value, operator: '<=', threshold },
  passed: value !== null && value <= threshold,
})

const below = (gate: string, value: number | null, threshold: number): GateReading => ({
  ...{ gate, value, operator: '<', threshold },
  passed: value !== null && value < threshold,
})
