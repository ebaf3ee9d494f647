import {
  type GateReading,
  type Instrument,
  isOpen,
  type StrategyView,
  sessionsClosed,
  type TimeUs,
} from '../core/mod.ts'

/** When a position is left whatever the signal says. */
export interface StopRules {
  /** Adverse move from the average entry price, as a fraction; null is off. */
  readonly stopLoss: number | null
  /** Longest holding time from the first fill, us; null is off. */
  readonly timeStopUs: number | null
  /** In its place while US stock exchanges are open, us. */
  readonly timeStopStockHoursUs?: number
  /** Longest holding time in closes of US stock exchanges; null or absent is off. */
  readonly timeStopSessions?: number | null
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
  const { stopLoss } = rules
  if (stopLoss !== null) {
    const ahead = favourableBp(instrument, view)
    if (ahead !== null && ahead <= lossBp(stopLoss)) {
      return { reason: 'stop loss', gates: [readLoss(ahead, stopLoss)] }
    }
  }
  const { timeStopSessions = null } = rules
  if (timeStopSessions !== null) {
    const held = sessionsHeld(instrument, view)
    if (held !== null && held >= timeStopSessions) {
      return { reason: 'time stop', gates: [readSessions(held, timeStopSessions)] }
    }
  }
  const timeStopUs = timeStopAt(rules, view.now)
  const entered = timeStopUs === null ? null : view.entryTime(instrument.id)
  if (timeStopUs === null || entered === null || view.now - entered < timeStopUs) return null
  return { reason: 'time stop', gates: [readHolding(view.now - entered, timeStopUs)] }
}

/** How far a position is from each stop that is on: the stop loss, then the time stop. */
export function stopReadings(
  rules: StopRules,
  instrument: Instrument,
  view: StrategyView,
): readonly GateReading[] {
  const { stopLoss } = rules
  const readings: GateReading[] = []
  if (stopLoss !== null) readings.push(readLoss(favourableBp(instrument, view), stopLoss))
  const { timeStopSessions = null } = rules
  if (timeStopSessions !== null) {
    readings.push(readSessions(sessionsHeld(instrument, view), timeStopSessions))
  }
  const timeStopUs = timeStopAt(rules, view.now)
  if (timeStopUs !== null) {
    const entered = view.entryTime(instrument.id)
    readings.push(readHolding(entered === null ? null : view.now - entered, timeStopUs))
  }
  return readings
}

const lossBp = (stopLoss: number): number => -stopLoss * 1e4

const readLoss = (aheadBp: number | null, stopLoss: number): GateReading =>
  reading('stop loss bp', aheadBp, '<=', lossBp(stopLoss))

const readHolding = (heldUs: number | null, timeStopUs: number): GateReading =>
  reading('time stop s', heldUs === null ? null : heldUs / 1e6, '>=', timeStopUs / 1e6)

const readSessions = (held: number | null, most: number): GateReading =>
  reading('time stop sessions', held, '>=', most)

/** Closes of US stock exchanges since the first fill of the position; null when flat. */
function sessionsHeld({ id }: Instrument, view: StrategyView): number | null {
  const entered = view.entryTime(id)
  return entered === null ? null : sessionsClosed('us-equities', entered, view.now)
}

function timeStopAt(rules: StopRules, now: TimeUs): number | null {
  const { timeStopUs, timeStopStockHoursUs } = rules
  if (timeStopStockHoursUs === undefined || !isOpen('us-equities', now)) return timeStopUs
  return timeStopStockHoursUs
}

/** How a value compares with its threshold. */
export type Operator = Exclude<GateReading['operator'], '='>

/** Compares a value with its threshold; one that is not known does not pass. */
export function reading(
  gate: string,
  value: number | null,
  operator: Operator,
  threshold: number,
): GateReading {
  return {
    gate,
    value,
    operator,
    threshold,
    passed: value !== null && holds(value, operator, threshold),
  }
}

/** Whether a value compares with its threshold as it must. */
export function holds(value: number, operator: Operator, threshold: number): boolean {
  switch (operator) {
    case '<':
      return value < threshold
    case '<=':
      return value <= threshold
    case '>':
      return value > threshold
    case '>=':
      return value >= threshold
  }
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
