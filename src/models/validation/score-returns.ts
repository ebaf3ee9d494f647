import { forEachCrossSection, type ScoredPanel } from './cross-section.ts'
import { DECILES, type PanelHours } from './score-report.ts'

/** Returns of sessions, ascending. */
export interface SessionReturns {
  /** Days since 1970 of the sessions. */
  readonly day: Int32Array
  readonly returns: Float64Array
}

/**
 * What the tenth of the names with the highest scores brings a session more than all names, before
 * costs: a share of one over the labels' horizon is renewed every bar and held that long. Labels are
 * log returns, booked to the session they are decided in. From the first session that can be
 * measured to the last; those between that cannot bring 0.
 */
export function topDecileReturns(panel: ScoredPanel, hours: PanelHours): SessionReturns {
  const sums = new Map<number, number>()
  forEachCrossSection(panel, (bar, { labels, scoreRanks }) => {
    const count = labels.length
    const above = count - count / DECILES + 0.5
    let [top, held, all] = [0, 0, 0]
    for (let i = 0; i < count; i++) {
      all += labels[i]!
      if (scoreRanks[i]! < above) continue
      top += labels[i]!
      held++
    }
    const day = hours.sessionDay[bar]!
    const excess = held === 0 ? 0 : top / held - all / count
    sums.set(day, (sums.get(day) ?? 0) + excess / hours.horizonBars)
  })
  const measured = [...sums.keys()]
  const [first, last] = [measured[0] ?? 0, measured.at(-1) ?? -1]
  const day = Int32Array.from(new Set(hours.sessionDay)).filter((d) => d >= first && d <= last)
  return { day, returns: Float64Array.from(day, (each) => sums.get(each) ?? 0) }
}
