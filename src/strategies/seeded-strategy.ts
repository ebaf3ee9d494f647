import type { InstrumentId, SeedBar, Strategy, StrategyView } from '../core/mod.ts'

/** History that warmed the signal of an instrument up, as its venue printed it. */
export interface SeededBars {
  readonly instrument: InstrumentId
  readonly bars: readonly SeedBar[]
}

/** A strategy that keeps windows of its own, which history warms up too. */
export interface SeededStrategy extends Strategy<unknown> {
  /** Called after the signal took the bars; writes into the strategy's state only. */
  seed(seeded: SeededBars, view: StrategyView, state: unknown): void
}
