import { InputError, nearest } from '../../../adapters/mod.ts'
import { dayNumber, type Session, sessionOn, type TimeUs } from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'

const SECOND_US = 1_000_000
const MINUTE_US = 60 * SECOND_US
const CALENDAR = 'us-equities'

/** A stop of trading in one instrument. */
export interface PlannedHalt {
  readonly symbol: string
  readonly fromTime: TimeUs
  readonly untilTime: TimeUs
}

/** When a drill begins and ends, and what happens in it. */
export interface DrillPlan {
  readonly startTime: TimeUs
  /** Faults and kills end here; what follows must come right. */
  readonly endTime: TimeUs
  readonly halts: readonly PlannedHalt[]
  /** Of tier 1, where the drill has one of its own. */
  readonly releases: readonly TimeUs[]
  /** Instants at which much happens at once: the first kills come shortly after some of them. */
  readonly moments: readonly TimeUs[]
}

/** Start of a drill that is no trading day: 2026-01-05T00:00:00Z. */
const START_US = 1_767_571_200_000_000

/** A span of time in which nothing is planned. */
export const spanPlan = (durationUs: TimeUs): DrillPlan => ({
  startTime: START_US,
  endTime: START_US + durationUs,
  halts: [],
  releases: [],
  moments: [],
})

/** Trading days of US shares that are drilled, each with what is special about it. */
export const tradingDays = {
  regular: 'an ordinary session, 2026-01-06, from before the bell until after the close',
  halt: 'the same with one share halted in the morning and one over the close',
  'early-close': 'the session of 2025-11-28, which ends at 13:00',
  'daylight-saving': 'from Friday 2026-03-06 15:30 to Monday, whose bell is an hour earlier in UTC',
  holiday: 'from Thursday 2026-07-02 15:30 over the holiday to Monday',
  macro: 'an ordinary session with a tier-1 release at 14:00',
} as const

/** The name of a trading day that can be drilled. */
export type TradingDay = keyof typeof tradingDays

/** Reads the name of a trading day. Throws InputError (exit code 2). */
export function tradingDayOf(text: string): TradingDay {
  const names = Object.keys(tradingDays)
  if (names.includes(text)) return text as TradingDay
  const near = nearest(text, names)
  throw new InputError({
    code: 'ORN-USAGE-002',
    exitCode: 2,
    message: `--day ${text} is not a trading day that is drilled`,
    details: [
      ...(near === null ? [] : [`did you mean ${near}?`]),
      ...Object.entries(tradingDays).map(([name, what]) => `${name}: ${what}`),
    ],
  })
}

/** What a trading day consists of, for the shares that are traded. */
export function dayPlan(day: TradingDay, symbols: readonly string[]): DrillPlan {
  const [first = '', second = first] = symbols
  switch (day) {
    case 'regular':
      return wholeSession(on(2026, 1, 6))
    case 'halt': {
      const session = on(2026, 1, 6)
      const morning = session.openTime + 90 * MINUTE_US
      const evening = session.closeTime - 20 * MINUTE_US
      const again = morning + 30 * MINUTE_US
      return {
        ...wholeSession(session),
        halts: [
          { symbol: first, fromTime: morning, untilTime: again },
          { symbol: second, fromTime: evening, untilTime: session.closeTime + 5 * MINUTE_US },
        ],
        moments: [morning, again, evening],
      }
    }
    case 'early-close':
      return wholeSession(on(2025, 11, 28))
    case 'daylight-saving':
      return acrossClosed(on(2026, 3, 6), on(2026, 3, 9))
    case 'holiday':
      return acrossClosed(on(2026, 7, 2), on(2026, 7, 6))
    case 'macro': {
      const session = on(2026, 1, 6)
      const release = session.openTime + 270 * MINUTE_US
      const around = [-15, 0, 15].map((minutes) => release + minutes * MINUTE_US)
      return { ...wholeSession(session), releases: [release], moments: around }
    }
  }
}

function on(year: number, month: number, day: number): Session {
  const session = sessionOn(CALENDAR, dayNumber(year, month, day))
  if (session === null) throw new RangeError(`no session on ${year}-${month}-${day}`)
  return session
}

const wholeSession = ({ openTime, closeTime }: Session): DrillPlan => ({
  startTime: openTime - 2 * MINUTE_US,
  endTime: closeTime + 6 * MINUTE_US,
  halts: [],
  releases: [],
  moments: [openTime, closeTime - 10 * MINUTE_US, closeTime],
})

/** The end of one session, the days that have none, and the beginning of the next. */
const acrossClosed = (before: Session, after: Session): DrillPlan => ({
  startTime: before.closeTime - 30 * MINUTE_US,
  endTime: after.openTime + 30 * MINUTE_US,
  halts: [],
  releases: [],
  moments: [before.closeTime, after.openTime],
})

/** The configuration with the releases of a plan in its calendar. */
export function withReleases(config: Config, { releases }: DrillPlan): Config {
  if (releases.length === 0) return config
  const { macro } = config.risk
  const usual = {
    before: 15 * MINUTE_US,
    after: 15 * MINUTE_US,
    kinds: {},
    onMissing: 'warn',
  } as const
  const events = {
    ...macro?.events,
    FOMC: releases.map((time) => new Date(time / 1000).toISOString()),
  }
  return { ...config, risk: { ...config.risk, macro: { ...usual, ...macro, events } } }
}
