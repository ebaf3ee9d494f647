import type { EntryEstimate, GateReading, Instrument, StrategyView } from '../../core/mod.ts'
import { holds, type Operator, reading } from '../stops.ts'
import { costBp, estimateEdge } from './cost.ts'
import type { ReversionParameters, Tier } from './parameters.ts'

/** An entry that is asked for: where, by which thresholds, on which side. */
export interface EntryQuestion {
  readonly parameters: ReversionParameters
  readonly instrument: Instrument
  readonly view: StrategyView
  readonly tier: Tier
  readonly direction: 1 | -1
}

/** What a value must show before an entry; one that is not known fails. */
export interface EntryGate {
  readonly name: string
  /** How the value of a long compares with the threshold. */
  readonly operator: Operator
  /** True for what the market must show: a short asks for the opposite. */
  readonly isSided: boolean
  value(question: EntryQuestion): number | null
  threshold(question: EntryQuestion): number
  /** True where it lets everything pass now. */
  isOff?(question: EntryQuestion): boolean
}

const isQuoteMissing = ({ view, instrument }: EntryQuestion): boolean =>
  !view.isBookFresh(instrument.id)

const z: EntryGate = {
  name: 'z',
  operator: '<',
  isSided: true,
  value: ({ view, instrument }) => view.zScore(instrument.id),
  threshold: ({ tier, direction }) => (direction > 0 ? tier.longEntry : tier.shortEntry),
}

const warmUp: EntryGate = {
  name: 'warm-up',
  operator: '>=',
  isSided: false,
  value: ({ view, instrument }) => view.warmth(instrument.id).have,
  threshold: ({ view, instrument }) => view.warmth(instrument.id).need,
}

const book: EntryGate = {
  name: 'book',
  operator: '>=',
  isSided: false,
  value: ({ view, instrument }) => (view.isBookFresh(instrument.id) ? 1 : 0),
  threshold: () => 1,
}

const imbalanceBeyond = (least: number): EntryGate => ({
  name: 'imbalance',
  operator: '>',
  isSided: true,
  value: ({ view, instrument }) => view.imbalance(instrument.id),
  threshold: ({ direction }) => (direction > 0 ? least : -least),
})

/** Distance of the close from the trend average, basis points. */
const trend: EntryGate = {
  name: 'trend',
  operator: '>',
  isSided: true,
  value: ({ view, instrument: { id } }) => {
    const average = view.trendAverage(id)
    return average === null ? null : ((view.bar(id)?.close ?? 0) / average - 1) * 1e4
  },
  threshold: () => 0,
}

/** Expected reversion less all costs, basis points. */
const costAbove = (marginBp: number): EntryGate => ({
  name: 'cost',
  operator: '>',
  isSided: false,
  value: (question) => {
    const estimate = estimateEntry(question)
    return estimate === null ? null : estimate.edgeBp - costBp(estimate)
  },
  threshold: () => marginBp,
})

/** The gates that are on, in the order of evaluation. */
export function entryGates(p: ReversionParameters): readonly EntryGate[] {
  const ofQuote = (gate: EntryGate): EntryGate =>
    p.noQuote === 'pass' ? { ...gate, isOff: isQuoteMissing } : gate
  const gates = [warmUp, ofQuote(book), z]
  if (p.imbalanceThreshold !== null) gates.push(ofQuote(imbalanceBeyond(p.imbalanceThreshold)))
  if (p.trendGate) gates.push(trend)
  if (p.costGate !== null) gates.push(costAbove(p.costGate.marginBp))
  return gates
}

/** Name of the first gate that fails, null when all pass. */
export function firstFailing(gates: readonly EntryGate[], question: EntryQuestion): string | null {
  for (const gate of gates) {
    if (gate.isOff?.(question) === true) continue
    const value = gate.value(question)
    const operator = operatorOf(gate, question.direction)
    if (value === null || !holds(value, operator, gate.threshold(question))) return gate.name
  }
  return null
}

/** True while z is beyond the threshold of the side asked for. */
export function isSignal(question: EntryQuestion): boolean {
  return firstFailing([z], question) === null
}

/** Every gate with what it compares, so that people see all of them. */
export function readGates(
  gates: readonly EntryGate[],
  question: EntryQuestion,
): readonly GateReading[] {
  return gates
    .filter((gate) => gate.isOff?.(question) !== true)
    .map((gate) => read(gate, question, gate.name))
}

/** What the market would have to show for the other side, named after it. */
export function readOtherSide(
  gates: readonly EntryGate[],
  question: EntryQuestion,
): readonly GateReading[] {
  const direction = question.direction > 0 ? -1 : 1
  const side = direction > 0 ? 'long' : 'short'
  return gates
    .filter(({ isSided }) => isSided)
    .map((gate) => read(gate, { ...question, direction }, `${gate.name} ${side}`))
}

/** What the entry is expected to earn and to cost, by the route that it would take now. */
export function estimateEntry(question: EntryQuestion): EntryEstimate | null {
  const { parameters, instrument, view, tier, direction } = question
  const now = view.zScore(instrument.id)
  const exit = direction > 0 ? tier.longExit : tier.shortExit
  return now === null
    ? null
    : estimateEdge(view, instrument, parameters, { direction, z: now, exit })
}

const read = (gate: EntryGate, question: EntryQuestion, name: string): GateReading =>
  reading(
    name,
    gate.value(question),
    operatorOf(gate, question.direction),
    gate.threshold(question),
  )

const operatorOf = ({ operator, isSided }: EntryGate, direction: 1 | -1): Operator =>
  isSided && direction < 0 ? (operator === '<' ? '>' : '<') : operator
