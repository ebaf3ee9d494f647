import type { DayNumber } from '../calendar/civil-day.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { BorrowTerm } from '../rules/borrow.ts'

/** Which rules hold for the shares of an account; what is off is not asked. */
export interface ShareRules {
  /** What the account may do: a cash account borrows neither money nor shares. */
  readonly account: 'cash' | 'margin'
  /** By instrument id, whether it can be borrowed and at what rate; null: everything can. */
  readonly borrow: readonly (readonly BorrowTerm[])[] | null
  /** True where a locate is had for every share that is hard to borrow. */
  readonly isLocateGranted: boolean
  /** Rule 201. */
  readonly hasPriceTest: boolean
  /** Regulation T, maintenance margin and the calls for it; of margin accounts. */
  readonly hasMargin: boolean
  /** The pattern-day-trader rule: entries that could break it are refused, trades only counted. */
  readonly dayTrades: 'refuse' | 'flag' | 'off'
  /** Cash accounts spend only what has settled. */
  readonly hasSettlement: boolean
  /** False where everything is left before each close: the margin of the session is enough. */
  readonly isHeldOvernight: boolean
}

/** Trades of a session, for the pattern-day-trader rule. */
export interface SessionCount {
  readonly day: DayNumber
  dayTrades: number
  trades: number
}

/** What the rules must remember: plain data, part of the engine's snapshot. */
export interface ShareState {
  /** Proceeds of sales by the day on which they settle, ascending; money as text. */
  unsettled: [DayNumber, string][]
  /** By instrument: day of the newest bar (-1 before any), its close, the close of the day before. */
  readonly barDay: DayNumber[]
  readonly close: number[]
  readonly previousClose: number[]
  /** By instrument, the last day on which the price test binds; -1 before any. */
  readonly testUntil: DayNumber[]
  /** By instrument, signed lots that the present session opened and did not close. */
  readonly opened: number[]
  /** By instrument, the last trade of the session: opened, closed, or nothing yet. */
  readonly lastTrade: ('opened' | 'closed' | null)[]
  /** Sessions with trades among the last ones, oldest first. */
  sessions: SessionCount[]
  /** True from a call for margin until the account has enough again. */
  isCalled: boolean
  marginCalls: number
  /** How often a name fell so far that its price test began. */
  priceTests: number
  dayTrades: number
  /** Day trades that were one too many for an account of this size. */
  dayTradesOver: number
}

/** State before anything was traded. */
export const freshShareState = (instruments: readonly Instrument[]): ShareState => {
  const each = <Value>(value: Value): Value[] => instruments.map(() => value)
  return {
    unsettled: [],
    barDay: each(-1),
    close: each(-1),
    previousClose: each(-1),
    testUntil: each(-1),
    opened: each(0),
    lastTrade: each<'opened' | 'closed' | null>(null),
    sessions: [],
    isCalled: false,
    marginCalls: 0,
    priceTests: 0,
    dayTrades: 0,
    dayTradesOver: 0,
  }
}
