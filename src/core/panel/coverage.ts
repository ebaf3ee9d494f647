import type { DayNumber } from '../calendar/civil-day.ts'
import { barCount } from './hour-grid.ts'
import type { HourPanel } from './hour-panel.ts'
import type { KnownTable } from './known-table.ts'
import { membershipReader } from './membership.ts'

/** How much of the index a panel covers in a session. */
export interface DayCoverage {
  readonly day: DayNumber
  /** Members known at the session's first decision. */
  readonly members: number
  /** Of them with at least one bar in the session. */
  readonly withBars: number
  /** The symbols of the rest. */
  readonly missing: readonly string[]
}

/**
 * The members of each session that a panel has no bar of: what a selection of surviving names
 * leaves out. Tickers are compared as they are written, so renamed ones count as missing.
 */
export function membershipCoverage(panel: HourPanel, membership: KnownTable): DayCoverage[] {
  const { grid, symbols, bars } = panel
  const reader = membershipReader(membership)
  const indexOf = new Map(symbols.map((symbol, name) => [symbol, name]))
  const length = barCount(grid)
  const days: DayCoverage[] = []
  for (let first = 0; first < length; ) {
    let end = first + 1
    while ((grid.barOfSession[end] ?? 0) !== 0) end++
    const members = reader.members(grid.decisionTime[first]!)
    const hasBar = (symbol: number): boolean => {
      const name = indexOf.get(membership.symbols[symbol]!)
      if (name === undefined) return false
      const at = name * length
      for (let bar = first; bar < end; bar++) if (!Number.isNaN(bars.close[at + bar]!)) return true
      return false
    }
    const missing = members.filter((symbol) => !hasBar(symbol))
    days.push({
      day: grid.sessionDay[first]!,
      members: members.length,
      withBars: members.length - missing.length,
      missing: missing.map((symbol) => membership.symbols[symbol]!),
    })
    first = end
  }
  return days
}

/** The same of the members that the panel itself has: without those it has no column for. */
export function hourlyCoverage({ grid, symbols, bars, isMember }: HourPanel): DayCoverage[] {
  const length = barCount(grid)
  const days: DayCoverage[] = []
  for (let first = 0; first < length; ) {
    let end = first + 1
    while ((grid.barOfSession[end] ?? 0) !== 0) end++
    const missing: string[] = []
    let members = 0
    for (const [name, symbol] of symbols.entries()) {
      if (isMember[name * length + first] !== 1) continue
      members++
      const own = bars.close.subarray(name * length + first, name * length + end)
      if (own.every(Number.isNaN)) missing.push(symbol)
    }
    const day = grid.sessionDay[first]!
    days.push({ day, members, withBars: members - missing.length, missing })
    first = end
  }
  return days
}
