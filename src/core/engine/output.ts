import type { EntryEstimate, GateReading } from '../domain/effect.ts'
import type { Intent, StrategyOutput } from '../domain/strategy.ts'
import { emit, ownerOf, type World } from './world.ts'

/** Where the strategy's intents and reasons go. Evaluations are recorded by the trace level. */
export function createOutput(world: World, intents: Intent[]): StrategyOutput {
  const tracesAll = world.config.trace === 'all'
  return {
    keeps: (instrument, outcome) => tracesAll || world.lastOutcomes[instrument] !== outcome,
    intent: (intent) => {
      intents.push(intent)
    },
    evaluated: (instrument, outcome, gates, estimate = null) => {
      const { counters, lastOutcomes } = world
      counters.evaluations++
      counters.outcomes[outcome] = (counters.outcomes[outcome] ?? 0) + 1
      const isSame = lastOutcomes[instrument] === outcome
      lastOutcomes[instrument] = outcome
      if (isSame && !tracesAll) return
      record(world, instrument, { outcome, gates, estimate })
    },
  }
}

function record(
  world: World,
  instrument: number,
  what: {
    readonly outcome: string
    readonly gates: readonly GateReading[]
    readonly estimate: EntryEstimate | null
  },
): void {
  const signal = world.signals[instrument]!
  const { bar } = signal
  const imbalance = world.books[instrument]!.imbalance()
  emit(world, {
    kind: 'evaluated',
    strategy: ownerOf(world, instrument),
    instrument,
    time: world.now,
    barCloseTime: bar?.closeTime ?? 0,
    close: bar?.close ?? 0,
    z: Number.isFinite(signal.z) ? signal.z : null,
    imbalance: Number.isFinite(imbalance) ? imbalance : null,
    ...what,
  })
}
