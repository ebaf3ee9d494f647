import { type DayCoverage, formatUtcDate, type HourPanel } from '../../../core/mod.ts'
import { formatCount, formatPercent } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'

/** Sections of a report that say what the data are: tables with lag rules, members without bars. */
export const dataSections = (panel: HourPanel, coverage: readonly DayCoverage[]): Html =>
  html`${section('sources', 'Sources and when they are known', sourceTable(panel))}${section(
    'coverage',
    'Members without data',
    coverageTables(panel, coverage),
  )}`

function sourceTable({ tables }: HourPanel): Html {
  if (tables.length === 0) return html`<p>The panel was generated: no source was read.</p>`
  const rows = tables.map(({ kind, source, rows: count, lagRule }) => [
    kind,
    source,
    formatCount(count),
    lagRule,
  ])
  return html`<p>A decision uses only rows that were known before it.</p>${table({
    caption: 'What was read, and the rule by which a row counts as known',
    head: ['Table', 'Source', 'Rows', 'Known'],
    rows,
  })}`
}

/** Days that are listed; all are in the data. */
const DAYS_MOST = 10
/** Names of such a day. */
const NAMES_MOST = 12

/** Names with bars that the table of members never has, in words; null where there are none. */
export function nonMembersText(panel: HourPanel, days: readonly DayCoverage[]): string | null {
  const bars = panel.grid.openTime.length
  const names = panel.symbols.filter(
    (_, name) => !panel.isMember.subarray(name * bars, (name + 1) * bars).includes(1),
  )
  if (days.length === 0 || names.length === 0) return null
  const shown = `${names.slice(0, NAMES_MOST).join(' ')}${names.length > NAMES_MOST ? ' ...' : ''}`
  return `${formatCount(names.length)} with bars never a member and never traded: ${shown}`
}

function coverageTables(panel: HourPanel, days: readonly DayCoverage[]): Html {
  const { dataKind } = panel
  const nonMembers = nonMembersText(panel, days)
  if (days.length === 0) {
    return html`<p>There is no table of members: every name with bars counts as one, which looks ahead.</p>`
  }
  const missing = days.filter((day) => day.missing.length > 0)
  const worst = [...missing]
    .sort((a, b) => b.missing.length - a.missing.length)
    .slice(0, DAYS_MOST)
    .map(({ day, missing: names }) => [
      formatUtcDate(day * 86_400e6),
      formatCount(names.length),
      names.slice(0, NAMES_MOST).join(' '),
    ])
  const gap =
    dataKind === 'generated'
      ? ''
      : ' Names that left and are missing here make results look better than they were.'
  return html`<p>${shareOf(days)} of the members of a session have bars in it (${formatCount(days.length)} sessions, ${formatCount(missing.length)} with a member missing; coverage.csv has each with its names).${gap}${nonMembers === null ? '' : ` ${nonMembers}.`}</p>${yearTable(days)}${
    worst.length === 0
      ? null
      : table({
          caption: 'Sessions with most members missing',
          head: ['Session', 'Missing', 'Names'],
          rows: worst,
        })
  }`
}

function yearTable(days: readonly DayCoverage[]): Html {
  const years = Map.groupBy(days, ({ day }) => formatUtcDate(day * 86_400e6).slice(0, 4))
  const rows = [...years].map(([year, own]) => {
    const shares = own
      .map(({ members, withBars }) => (members === 0 ? 1 : withBars / members))
      .sort((a, b) => a - b)
    return [
      year,
      formatCount(own.length),
      shareOf(own),
      formatPercent(shares[0]!),
      formatPercent(shares.at(-1)!),
    ]
  })
  return table({
    caption: 'Members with bars, by year',
    head: ['Year', 'Sessions', 'Of all members', 'Lowest session', 'Highest session'],
    rows,
  })
}

/** Of all members of all days. */
function shareOf(days: readonly DayCoverage[]): string {
  const members = days.reduce((sum, day) => sum + day.members, 0)
  const withBars = days.reduce((sum, day) => sum + day.withBars, 0)
  return members === 0 ? '—' : formatPercent(withBars / members)
}
