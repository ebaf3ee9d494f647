import { type DayCoverage, formatUtcDate } from '../../../core/mod.ts'
import { formatCount, formatPercent } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'

/** Days that are listed; all are in the data. */
const DAYS_MOST = 10

/** Members of each session that the data lack. */
export function coverageSection(days: readonly DayCoverage[]): Html {
  const missing = days.filter((day) => day.missing.length > 0)
  const members = days.reduce((sum, day) => sum + day.members, 0)
  const withBars = days.reduce((sum, day) => sum + day.withBars, 0)
  const rows = [...missing]
    .sort((a, b) => b.missing.length - a.missing.length)
    .slice(0, DAYS_MOST)
    .map(({ day, missing: names }) => [
      formatUtcDate(day * 86_400e6),
      formatCount(names.length),
      names.slice(0, 12).join(' '),
    ])
  const share = members === 0 ? '—' : formatPercent(withBars / members)
  const found = html`<p>${share} of the members of a session have bars in it (${formatCount(days.length)} sessions, ${formatCount(missing.length)} with a member missing). Names that left an index and are missing here make results look better than they were.</p>${
    rows.length === 0
      ? null
      : table({
          caption: 'Sessions with most members missing',
          head: ['Session', 'Missing', 'Names'],
          rows,
        })
  }`
  return section('coverage', 'Members without data', found)
}
