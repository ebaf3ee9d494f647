import type { Instrument, InstrumentId, Strategy, StrategyView } from '../../core/mod.ts'
import type { SeededBars, SeededStrategy } from '../seeded-strategy.ts'

/** One strategy of several, with the instruments that are its own. */
export interface CompanionPart {
  readonly strategy: SeededStrategy
  /** Symbols of its own; null takes what no other part has. At most one part may be null. */
  readonly symbols: ReadonlySet<string> | null
}

/** Several strategies as one, each with instruments of its own. */
export interface Composite {
  readonly strategy: Strategy<unknown>
  /** Whose intents an instrument has: the id of its strategy, the tag of its orders and fills. */
  readonly ownerOf: (instrument: InstrumentId) => string
  readonly seed: (seeded: SeededBars, view: StrategyView, state: unknown) => void
}

/** State of every part under its id. */
type CompositeState = Record<string, unknown>

/**
 * Runs every part on its own instruments: no part sees a position, a bar or an order of another's.
 * Every instrument has exactly one part, so every fill belongs to one.
 */
export function composeStrategies(
  id: string,
  instruments: readonly Instrument[],
  parts: readonly CompanionPart[],
): Composite {
  const owners = instruments.map(({ symbol }) => partOf(parts, symbol))
  const own = parts.map((_, i) => instruments.filter((_, at) => owners[at] === i))
  let seen: StrategyView | null = null
  let views: StrategyView[] = []
  const viewsOf = (view: StrategyView): readonly StrategyView[] => {
    if (view === seen) return views
    seen = view
    // The prototype answers everything but which instruments there are.
    views = own.map((mine) => Object.create(view, { instruments: { value: mine } }))
    return views
  }
  const strategy: Strategy<unknown> = {
    id,
    init: (all): CompositeState =>
      Object.fromEntries(parts.map((part) => [part.strategy.id, part.strategy.init(all)])),
    on(trigger, view, state, output) {
      const states = state as CompositeState
      parts.forEach((part, i) => {
        if (trigger.kind !== 'heartbeat' && owners[trigger.instrument] !== i) return
        part.strategy.on(trigger, viewsOf(view)[i]!, states[part.strategy.id], output)
      })
    },
    set(change, state) {
      const part = parts[owners[change.instrument]!]!.strategy
      part.set?.(change, (state as CompositeState)[part.id])
    },
  }
  return {
    strategy,
    ownerOf: (instrument) => parts[owners[instrument]!]!.strategy.id,
    seed(seeded, view, state) {
      const owner = owners[seeded.instrument]!
      const part = parts[owner]!.strategy
      part.seed(seeded, viewsOf(view)[owner]!, (state as CompositeState)[part.id])
    },
  }
}

function partOf(parts: readonly CompanionPart[], symbol: string): number {
  const named = parts.findIndex(({ symbols }) => symbols?.has(symbol) === true)
  return named >= 0 ? named : parts.findIndex(({ symbols }) => symbols === null)
}
