import type { GateReading, Instrument, StrategyView } from '../core/mod.ts'

/** When a position is left whatever the signal says. */
export interface StopRules {
  /** Adverse move from the average entry price, as a fraction; null is off. */
  readonly stopLoss: number | null
  /** Longest holding time from the first fill, us; null is off. */
  readonly timeStopUs: number | null
}

/** A stop that is due, with what it compared. */
export interface DueStop {
  readonly reason: 'stop loss' | 'time stop'
  readonly gates: readonly GateReading[]
}

/** Stop loss, then time stop; null when neither is due. */
export function dueStop(
  rules: StopRules,
  instrument: Instrument,
  view: StrategyView,
): DueStop | null {
  const { id } = instrument
  if (rules.stopLoss !== null) {
    const ahead = favourableBp(instrument, view)
    const threshold = -rules.stopLoss * 1e4
    if (ahead !== null && ahead <= threshold) {
      const reading = { value: ahead, operator: '<=', threshold, passed: true } as const
      return { reason: 'stop loss', gates: [{ gate: 'stop loss bp', ...reading }] }
    }
  }
  const entered = view.entryTime(id)
  if (rules.timeStopUs !== null && entered !== null) {
    const held = view.now - entered
    if (held >= rules.timeStopUs) {
      const threshold = rules.timeStopUs / 1e6
      const reading = { value: held / 1e6, operator: '>=', threshold, passed: true } as const
      return { reason: 'time stop', gates: [{ gate: 'time stop s', ...reading }] }
    }
  }
  return null
}

/** Move in the position's favour since the average entry, in basis points; null without a mark. */
export function favourableBp(instrument: Instrument, view: StrategyView): number | null {
  const { id } = instrument
  const entry = view.averageEntryPrice(id)
  const bid = view.bestBid(id)
  const ask = view.bestAsk(id)
  const mark = bid !== null && ask !== null ? (bid + ask) / 2 : null
  if (entry === null || mark === null) return null
  return ((mark - entry) / entry) * 1e4 * Math.sign(view.position(id))
}

/** Whole lots that a value buys at the best ask, 0 without a book. */
export function lotsOf(notional: number, instrument: Instrument, view: StrategyView): number {
  const bid = view.bestBid(instrument.id)
  const ask = view.bestAsk(instrument.id)
  if (bid === null || ask === null) return 0
  const decimals = instrument.priceDecimals + instrument.quantityDecimals
  return Math.floor((notional * 10 ** decimals) / ask)
}
