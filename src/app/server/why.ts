import type { GateReading } from '../../core/mod.ts'
import { gateFailure, gateValueText } from './gates.ts'
import { duration } from './text.ts'
import type { DecisionView, EngineState, Freshness, ShadowView } from './views.ts'

/** What must be known, beside the gates, to say why an instrument trades or does not. */
export interface WhyContext {
  readonly engineState: EngineState
  /** The engine's own sentence for its state. */
  readonly engineReason: string
  readonly bookFreshness: Freshness
  /** Seconds, null when there was no book yet. */
  readonly bookAgeSeconds: number | null
  /** Longest age at which the book counts. */
  readonly bookStaleSeconds: number
  readonly warm: { readonly have: number; readonly need: number }
  readonly direction: 'long' | 'short' | 'flat'
  readonly working: 'entry' | 'exit' | null
  /** When its market opens, in words; null or absent while it is open. */
  readonly opens?: string | null
  /** Why trading in the instrument is stopped. */
  readonly stopped: string | null
  /** Who refused the last entry and why, when that is newer than the last evaluation. */
  readonly refusal: string | null
}

/** A strategy's evaluation as far as an explanation needs it. */
export interface Evaluation {
  readonly outcome: string
  readonly gates: readonly GateReading[]
}

/**
 * Why the instrument trades or does not, in one sentence: what stops the whole engine first, then
 * what stops the instrument, then the first failing gate with its value and threshold. The command
 * line, the interface and the dashboard all show this text.
 */
export function explain(evaluation: Evaluation | null, context: WhyContext): string {
  const lead = context.direction === 'flat' ? 'No entry' : `Holding ${context.direction}`
  const global = explainEngine(context)
  if (global !== null && context.engineState === 'stopping' && evaluation !== null) {
    // A session that is over is asked about for what it did, not for being over.
    const failing = firstFailing(evaluation.gates)
    const last = failing === null ? evaluation.outcome : gateFailure(failing)
    const refused = context.refusal === null ? '' : `, ${context.refusal}`
    return `${lead}: ${global}; last evaluated: ${last}${refused}.`
  }
  if (global !== null) return `${lead}: ${global}.`
  const local = explainInstrument(context)
  if (local !== null) return `${lead}: ${local}.`
  if (evaluation === null) return `${lead}: nothing evaluated yet, the first bar is still forming.`
  return explainEvaluation(evaluation, context, lead)
}

function explainEngine(context: WhyContext): string | null {
  switch (context.engineState) {
    case 'armed':
    case 'warming':
      return null
    default:
      return lowerFirst(withoutStop(context.engineReason))
  }
}

function explainInstrument(context: WhyContext): string | null {
  const { bookAgeSeconds, bookStaleSeconds, warm } = context
  if (context.stopped !== null) return `trading in it is stopped, ${context.stopped}`
  if (context.opens != null) return `the market is closed, it opens ${context.opens}`
  switch (context.bookFreshness) {
    case 'down':
      return 'the order book stream is down'
    case 'gap':
      return 'updates of the order book are missing, waiting for a snapshot'
    case 'stale':
      return bookAgeSeconds === null
        ? 'no order book has arrived yet'
        : `the order book is ${duration(bookAgeSeconds)} old, limit ${duration(bookStaleSeconds)}`
    case 'live':
    case 'delayed':
    case 'warming':
      break
  }
  if (context.direction === 'flat' && warm.have < warm.need) {
    return `warming up, ${warm.have} of ${warm.need} bars`
  }
  return null
}

function explainEvaluation(evaluation: Evaluation, context: WhyContext, lead: string): string {
  const { outcome, gates } = evaluation
  const exit = /^exit: (.+)$/.exec(outcome)?.[1]
  if (context.working === 'exit') return `Working an exit order${exit ? `: ${exit}` : ''}.`
  if (context.working === 'entry') return 'Working an entry order: every gate passed.'
  if (context.direction === 'flat') {
    if (exit !== undefined)
      return `${lead}: closed on the last bar (${exit}), the next bar decides.`
    return explainFlat(evaluation, context, lead)
  }
  if (exit !== undefined) return `${lead}: the exit (${exit}) waits for its order.`
  if (outcome.startsWith('enter')) return `${lead}: just entered, the next bar judges the exit.`
  const failing = firstFailing(gates)
  if (failing === null) return `${lead}: ${outcome}.`
  return `${lead}: no exit yet, ${gateFailure(failing)}.`
}

function explainFlat(evaluation: Evaluation, context: WhyContext, lead: string): string {
  const { outcome, gates } = evaluation
  const failing = firstFailing(gates)
  if (failing !== null) return `${lead}: ${gateFailure(failing)}${purpose(failing, gates)}.`
  if (context.refusal !== null) return `${lead}: ${context.refusal}.`
  if (outcome.startsWith('enter')) return `${lead}: the last entry order ended without a fill.`
  if (outcome === 'size') return `${lead}: the size rounds to less than one lot.`
  return `${lead}: ${outcome}.`
}

/** For which side a gate of the market is asked: z low is a long, z high is a short. */
function purpose(failing: GateReading, gates: readonly GateReading[]): string {
  const z = gates.find((gate) => gate.gate === 'z')
  if (z === undefined || !['z', 'imbalance', 'trend', 'cost'].includes(failing.gate)) return ''
  if (failing.value === null) return ''
  const side = ` for a ${sideOf(z)}`
  const other = gates.find(({ gate }) => gate === 'z long' || gate === 'z short')
  if (failing !== z || other === undefined) return side
  const relation = other.operator === '<' ? 'below' : 'above'
  return `${side}, nor ${relation} ${gateValueText('z', other.threshold)} for a ${sideOf(other)}`
}

const sideOf = (z: GateReading): string => (z.operator === '<' ? 'long' : 'short')

/** The first gate, in order of evaluation, that did not pass. */
export const firstFailing = (gates: readonly GateReading[]): GateReading | null =>
  gates.find((gate) => !gate.passed) ?? null

/**
 * "BTC  No entry: ..." for every decision, or for the one of `symbol` (letter case ignored), with
 * what an entry is expected to earn and to cost below it where that is known.
 */
export function whyLines(decisions: readonly DecisionView[], symbol?: string): readonly string[] {
  const wanted = symbol?.toLowerCase()
  const width = Math.max(0, ...decisions.map((decision) => decision.symbol.length))
  return decisions
    .filter((decision) => wanted === undefined || decision.symbol.toLowerCase() === wanted)
    .flatMap(({ symbol, sentence, estimate, shadow }) => [
      `${symbol.padEnd(width)}  ${sentence}`,
      ...(estimate === null ? [] : [`${' '.repeat(width)}  ${estimate.text}`]),
      ...(shadow === null ? [] : [`${' '.repeat(width)}  ${shadowText(shadow)}`]),
    ])
}

const shadowText = ({ orders, fills, quantity, realisedPnl, fees }: ShadowView): string =>
  `in shadow: ${orders} orders not sent, ${fills} would have filled, ${quantity} held, ` +
  `PnL ${realisedPnl}, fees ${fees}`

const withoutStop = (text: string): string => text.replace(/\.$/, '')
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
