import { formatUtcDate } from '../calendar/civil-time.ts'
import type { HourPanel } from './hour-panel.ts'

/** Factor of two closes in a row, actions taken out, that a split nobody told of looks like. */
const LEAP_FACTOR = 3
/** Leaps that are named. */
const NAMED = 5

/**
 * A sentence on prices that leap threefold, or to a third, from one bar of a name to its next
 * though no action says why; none where none does. Some are true: companies that fail fall so.
 */
export function leapNotes({
  grid,
  symbols,
  bars,
  totalReturnFactor,
}: Pick<HourPanel, 'grid' | 'symbols' | 'bars' | 'totalReturnFactor'>): readonly string[] {
  const length = grid.openTime.length
  const named: string[] = []
  let count = 0
  for (const [name, symbol] of symbols.entries()) {
    let before = Number.NaN
    for (let bar = 0; bar < length; bar++) {
      const at = name * length + bar
      const close = bars.close[at]! * totalReturnFactor[at]!
      if (Number.isNaN(close)) continue
      const factor = close / before
      before = close
      if (!(factor > LEAP_FACTOR || factor < 1 / LEAP_FACTOR)) continue
      if (count++ >= NAMED) continue
      named.push(`${symbol} by ${factor.toFixed(2)} on ${formatUtcDate(grid.closeTime[bar]!)}`)
    }
  }
  if (count === 0) return []
  const more = count > NAMED ? ` and ${count - NAMED} more` : ''
  return [
    `Prices leap from one bar to the next, and no action says why: ${named.join(', ')}${more}; ` +
      'splits that are missing look so.',
  ]
}
