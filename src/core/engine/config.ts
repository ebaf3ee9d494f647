import type { MakeBookKernel } from '../book/book-kernel.ts'
import type { CalendarId } from '../calendar/sessions.ts'
import type { SeedBar } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Strategy, StrategyView } from '../domain/strategy.ts'
import type { InstrumentId, TimeUs } from '../domain/units.ts'
import type { ExecutorParameters } from '../execution/executor.ts'
import type { RiskLimits } from '../risk/limits.ts'
import type { ShareRules } from '../shares/share-rules.ts'

/** How the signal of every instrument is made. One source per session, never mixed. */
export interface SignalParameters {
  /** Where bar closes come from: book mids, public trades, or finished bars of the feed. */
  readonly source: 'mid' | 'trade' | 'bar'
  /** Bar length, us. Bars are aligned to multiples of it. */
  readonly intervalUs: TimeUs
  /** Values in the z window (W). */
  readonly window: number
  /** Whether the window holds the current value. */
  readonly current: 'include' | 'exclude'
  /** Longest run of empty bars that does not restart the windows. */
  readonly maxGap: number
  /** Values in the trend window; 0 switches the trend average off. */
  readonly trendWindow: number
  /** Levels per side in the imbalance. */
  readonly imbalanceLevels: number
  /** Of finished bars: whose sessions count when bars are missing; `always` unless given. */
  readonly calendar?: CalendarId
  /**
   * Beside finished bars: the bars themselves are the prices (the default), or a book is that is
   * fed with them.
   */
  readonly prices?: 'bar' | 'book'
}

/** True where nothing but finished bars is fed: the last close stands for the book. */
export const isPricedByBars = (signal: {
  readonly source: string
  readonly prices?: string | undefined
}): boolean => signal.source === 'bar' && signal.prices !== 'book'

/** Everything the core is built from. Hashed into the journal's first entry by the driver. */
export interface EngineConfig {
  readonly instruments: readonly Instrument[]
  readonly signal: SignalParameters
  readonly executor: ExecutorParameters
  readonly limits: RiskLimits
  /** Rules of shares that the account obeys; none unless given. */
  readonly shares?: ShareRules
  readonly strategy: Strategy<unknown>
  /**
   * Instruments that are watched and decided on, and whose orders are recorded with what they would
   * have got instead of being sent.
   */
  readonly shadow?: readonly InstrumentId[]
  /**
   * Where several strategies act as one: whose intents an instrument has, the tag of its intents,
   * orders and fills. The id of `strategy` unless given.
   */
  readonly ownerOf?: (instrument: InstrumentId) => string
  /** Where the strategy keeps windows of its own: warms them up, after the signal took the bars. */
  readonly seedStrategy?: (
    seeded: { readonly instrument: InstrumentId; readonly bars: readonly SeedBar[] },
    view: StrategyView,
    state: unknown,
  ) => void
  /** Levels per side kept in the strategy's books. */
  readonly bookCapacity: number
  /** What may take runs of records; stepped one by one unless given. Never changes what happens. */
  readonly bookKernel?: MakeBookKernel
  /** 'changes' records an evaluation when its outcome changes, 'all' records every one. */
  readonly trace: 'changes' | 'all'
  /** Pause between routine account queries, us; 0 asks only when something is unclear. */
  readonly reconcileIntervalUs: TimeUs
  /** What a position difference found by a routine query does. */
  readonly onDifference: 'adopt' | 'stop'
}
