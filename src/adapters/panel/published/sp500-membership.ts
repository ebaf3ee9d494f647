import type { KnownTable } from '../../../core/mod.ts'
import { indexSymbols, stampedTable } from '../rows.ts'
import { type Sheet, withSheet } from '../sheet.ts'
import { atNewYork } from './lag.ts'

/** The files of the index's members. */
export interface MembershipFiles {
  /** Spells of membership: `ticker`, `start_date`, `end_date` (exclusive, empty while it lasts). */
  readonly spells: string
  /** Announced changes: `announcement_date`, `effective_date`, `action`, `ticker`; null for none. */
  readonly announced: string | null
}

/** A change of one ticker; days since 1970. */
interface Change {
  readonly ticker: string
  readonly isMember: 0 | 1
  readonly effectiveDay: number
  readonly announcedDay: number | null
  readonly row: number
}

/** Furthest that the dates of two sources for one change lie apart, days. */
const SAME_CHANGE_DAYS = 75

/**
 * Members of the S&P 500 by ticker. A change in both files is taken from the announcements: their
 * dates are the index provider's own, the spells' are typed by hand (the quarterly changes of
 * December 2023 and March 2025 stand in them two months early and one late).
 */
export async function sp500Membership(files: MembershipFiles): Promise<KnownTable> {
  const spells = await withSheet(files.spells, readSpells)
  const announced = files.announced === null ? [] : await withSheet(files.announced, readAnnounced)
  const unmatched = spells.filter((spell) => !announced.some((change) => isSame(change, spell)))
  const changes = [...unmatched, ...announced].sort(
    (a, b) => knownOf(a) - knownOf(b) || a.effectiveDay - b.effectiveDay || a.isMember - b.isMember,
  )
  const { symbols, symbol } = indexSymbols(changes.map(({ ticker }) => ticker))
  const known = Float64Array.from(changes, knownOf)
  return stampedTable({
    kind: 'membership',
    source: 'S&P 500 spells by ticker (fja05680), announced changes since 2021',
    lagRule:
      'changes of the index provider are known at 17:15 in New York of their announcement; ' +
      'the others, without such a date, from the first moment of the day they take effect; ' +
      'tickers as they were then, no permanent id, 3 to 18 names short before 2015',
    symbols,
    symbol,
    eventTime: known.slice(),
    usableTime: known,
    fields: {
      is_member: Float64Array.from(changes, ({ isMember }) => isMember),
      effective_time: Float64Array.from(changes, ({ effectiveDay }) => atNewYork(effectiveDay, 0)),
    },
    row: Int32Array.from(changes, ({ row }) => row),
  })
}

const knownOf = (change: Change): number =>
  change.announcedDay === null
    ? atNewYork(change.effectiveDay, 0)
    : atNewYork(change.announcedDay, 17, 15)

const isSame = (a: Change, b: Change): boolean =>
  a.ticker === b.ticker &&
  a.isMember === b.isMember &&
  Math.abs(a.effectiveDay - b.effectiveDay) <= SAME_CHANGE_DAYS

async function readSpells(sheet: Sheet): Promise<Change[]> {
  const tickers = await sheet.texts('ticker')
  const starts = await sheet.days('start_date')
  const ends = await sheet.days('end_date')
  return tickers.flatMap((ticker, k) => {
    const row = sheet.row[k]!
    const start: Change = {
      ticker,
      isMember: 1,
      effectiveDay: starts[k]!,
      announcedDay: null,
      row,
    }
    return Number.isNaN(ends[k]!)
      ? [start]
      : [start, { ...start, isMember: 0 as const, effectiveDay: ends[k]! }]
  })
}

async function readAnnounced(sheet: Sheet): Promise<Change[]> {
  const tickers = await sheet.texts('ticker')
  const actions = await sheet.texts('action')
  const announced = await sheet.days('announcement_date')
  const effective = await sheet.days('effective_date')
  return tickers.map((ticker, k) => ({
    ticker,
    isMember: actions[k] === 'Addition' ? 1 : 0,
    effectiveDay: effective[k]!,
    announcedDay: announced[k]!,
    row: sheet.row[k]!,
  }))
}
