import type {
  EntryEstimate,
  GateReading,
  InstrumentId,
  Intent,
  StrategyOutput,
} from '../../core/mod.ts'

/** What a strategy said of one instrument, held back. */
export interface Captured {
  outcome: string
  gates: readonly GateReading[]
  estimate: EntryEstimate | null
  /** The entry it wants, null for none. */
  enter: Extract<Intent, { kind: 'enter' }> | null
}

/**
 * Lets a strategy speak of `id` with its evaluation and its entry held back; any other intent goes
 * out at once. Null when it said nothing.
 */
export function captureEntry(
  id: InstrumentId,
  output: StrategyOutput,
  speak: (output: StrategyOutput) => void,
): Captured | null {
  const captured: Captured = { outcome: '', gates: [], estimate: null, enter: null }
  speak({
    keeps: () => true,
    intent(intent) {
      if (intent.kind === 'enter' && intent.instrument === id) captured.enter = intent
      else output.intent(intent)
    },
    evaluated(_, outcome, gates, estimate) {
      Object.assign(captured, { outcome, gates, estimate: estimate ?? null })
    },
  })
  return captured.outcome === '' ? null : captured
}

/** Lets a strategy speak and returns the instruments that it leaves. */
export function watchExits(output: StrategyOutput, leaving: Set<InstrumentId>): StrategyOutput {
  return {
    keeps: (id, outcome) => output.keeps(id, outcome),
    evaluated: (id, outcome, gates, estimate) => output.evaluated(id, outcome, gates, estimate),
    intent(intent) {
      if (intent.kind === 'exit') leaving.add(intent.instrument)
      output.intent(intent)
    },
  }
}
