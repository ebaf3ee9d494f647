import type { DayNumber } from '../calendar/civil-day.ts'
import { type Session, sessionOn } from '../calendar/sessions.ts'
import { assert } from '../lib/assert.ts'

/**
 * Where an hour's bars begin: at full hours of the clock (09:30 to 10:00 is the first, shorter bar),
 * or each hour from the session's open. `session`: one bar a session, for daily data. Series of
 * different anchors are never joined.
 */
export type BarAnchor = 'clockHour' | 'sessionOpen' | 'session'

/** The hours of a panel, ascending; every array has one element a bar. Times in microseconds. */
export interface HourGrid {
  readonly anchor: BarAnchor
  readonly openTime: Float64Array
  readonly closeTime: Float64Array
  /** When a bar is decided on, after its close: only what was known strictly before may be used. */
  readonly decisionTime: Float64Array
  /** Days since 1970 of the session, in New York. */
  readonly sessionDay: Int32Array
  /** 0 for the session's first bar. */
  readonly barOfSession: Uint8Array
}

/** What a grid is built from. */
export interface HourGridOptions {
  readonly anchor: BarAnchor
  /** Sessions of US stock exchanges in [firstDay, endDay), days of New York. */
  readonly firstDay: DayNumber
  readonly endDay: DayNumber
  /** From a bar's close to its decision, us, above 0; {@link DECISION_DELAY_US} by default. */
  readonly decisionDelayUs?: number
}

/** From a bar's close until it is known, us: what feeds of finished bars need. */
export const BAR_KNOWN_DELAY_US = 60_000_000

/** From a bar's close to its decision, us: the bar is known by then. */
export const DECISION_DELAY_US = 120_000_000

const HOUR_US = 3_600_000_000

/** The bars of all sessions of US stock exchanges in a range of days, early closes included. */
export function hourGrid(options: HourGridOptions): HourGrid {
  const sessions: Session[] = []
  for (let day = options.firstDay; day < options.endDay; day++) {
    const session = sessionOn('us-equities', day)
    if (session !== null) sessions.push(session)
  }
  return gridOfSessions(options.anchor, sessions, options.decisionDelayUs ?? DECISION_DELAY_US)
}

/** The bars of a number of sessions of US stock exchanges, from the first on or after a day. */
export function hourGridOfSessions(
  options: Omit<HourGridOptions, 'endDay'> & { readonly sessions: number },
): HourGrid {
  const sessions: Session[] = []
  for (let day = options.firstDay; sessions.length < options.sessions; day++) {
    const session = sessionOn('us-equities', day)
    if (session !== null) sessions.push(session)
  }
  return gridOfSessions(options.anchor, sessions, options.decisionDelayUs ?? DECISION_DELAY_US)
}

/** Number of bars of a grid. */
export const barCount = (grid: HourGrid): number => grid.openTime.length

/** When the bars of a session begin, us; the last ends with the session. */
export function barOpens(anchor: BarAnchor, session: Session): number[] {
  const opens = [session.openTime]
  if (anchor === 'session') return opens
  // Offsets of New York are whole hours, so full hours of its clock are full hours of UTC.
  const first =
    anchor === 'clockHour'
      ? (Math.floor(session.openTime / HOUR_US) + 1) * HOUR_US
      : session.openTime + HOUR_US
  for (let open = first; open < session.closeTime; open += HOUR_US) opens.push(open)
  return opens
}

/** Index of the bar that an instant lies in, [open, close); -1 between sessions and outside. */
export function barAt(grid: HourGrid, time: number): number {
  let low = 0
  let high = barCount(grid)
  while (low < high) {
    const middle = (low + high) >> 1
    if (grid.openTime[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low > 0 && time < grid.closeTime[low - 1]! ? low - 1 : -1
}

/** Index of the first bar decided on after an instant: the first that may use what it told. */
export function firstDecisionAfter(grid: HourGrid, knownTime: number): number {
  let low = 0
  let high = barCount(grid)
  while (low < high) {
    const middle = (low + high) >> 1
    if (grid.decisionTime[middle]! <= knownTime) low = middle + 1
    else high = middle
  }
  return low
}

function gridOfSessions(
  anchor: BarAnchor,
  sessions: readonly Session[],
  decisionDelayUs: number,
): HourGrid {
  assert(decisionDelayUs > 0, 'decisions are taken after the close of their bar')
  const opens = sessions.map((session) => barOpens(anchor, session))
  const bars = opens.reduce((sum, list) => sum + list.length, 0)
  const grid = {
    anchor,
    openTime: new Float64Array(bars),
    closeTime: new Float64Array(bars),
    decisionTime: new Float64Array(bars),
    sessionDay: new Int32Array(bars),
    barOfSession: new Uint8Array(bars),
  }
  let bar = 0
  for (const [s, session] of sessions.entries()) {
    const list = opens[s]!
    for (let k = 0; k < list.length; k++, bar++) {
      const close = list[k + 1] ?? session.closeTime
      grid.openTime[bar] = list[k]!
      grid.closeTime[bar] = close
      grid.decisionTime[bar] = close + decisionDelayUs
      grid.sessionDay[bar] = session.day
      grid.barOfSession[bar] = k
    }
  }
  return grid
}
