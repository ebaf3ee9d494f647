import type { Feature, FeatureGroup } from './feature.ts'
import { features, LOOK_BACK_BARS, SEED_BARS_PER_YEAR } from './registry.ts'

const INTRODUCTION = `# Features of the hourly research

Made from the registry in \`src/models/features\`; a test holds this page to it.

A feature is a column over names and bars, NaN where there is no value (null below). A value at a
bar uses only what was known strictly before the decision that follows the bar's close. C, O, H, L, V
are the bar's prices and shares; \`[-k]\` is k bars earlier; \`sumN\`, \`meanN\`, \`medianN\`, \`SDN\` (divisor
n - 1), \`covN\` are over the last N bars that are there. r is the log return of one bar, q that of the
benchmark.

- **Bars are those of the grid.** A night counts as one bar, flagged by \`night_gap\`. A missing bar
  counts too: what needs it is null, windows go on with the others. What has no close is no bar.
- **Prices are adjusted** by the splits up to the bar, as an option by dividends and spin-offs too;
  shares are divided by the split factor. Later splits change nothing that was there before.
- **Ranks and standardised columns are over the members of the bar**, never over the benchmark or
  names outside the index; for these they are null.
- **Known rows:** fundamentals, sentiment, analysts and macro are of the newest event that was known
  before the decision; a late correction of an older event does not replace a newer one. Ages are
  counted from the row's times.
- **Volatilities** say what they are of: one bar, so many bars, or a year (${SEED_BARS_PER_YEAR} bars
  unless told otherwise). Divided by the root of that number they are per bar.
- **Look-back** counts the bars a value is made of, the bar itself among them: a run that begins so
  early gives the same bits. *Fading* values have no end of it; there it leaves less than a
  billionth of what is older. The longest is ${LOOK_BACK_BARS} bars.
- **Duplicates** are marked with the feature they are an affine function of, in every bar or always;
  what cannot bear both drops the marked one.
- **Added** are columns the earlier system did not have; where one of its 59 departs from its formula
  there, the last column says how.
`

const HEAD = `| feature | formula | units | look-back | source | null when | notes |
|---|---|---|---|---|---|---|`

/** The page of documentation that lists every feature, as Markdown. */
export function featurePage(): string {
  const groups = [...new Set(features.map(({ group }) => group))]
  return [INTRODUCTION, ...groups.map(section)].join('\n')
}

function section(group: FeatureGroup): string {
  const rows = features.filter((feature) => feature.group === group).map(row)
  const title = group[0]!.toUpperCase() + group.slice(1)
  return `## ${title}\n\n${HEAD}\n${rows.join('\n')}\n`
}

function row(feature: Feature): string {
  const { name, formula, units, lookBackBars, memory, source, nullWhen } = feature
  const lookBack = memory === 'exponential' ? `${lookBackBars}, fading` : String(lookBackBars)
  const cells = [`\`${name}\``, formula, units, lookBack, source, nullWhen, notesOf(feature)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function notesOf({ origin, departure, collinearWith, volatilityBars }: Feature): string {
  const notes = [
    origin === 'added' ? 'added' : null,
    collinearWith === null ? null : `duplicate of \`${collinearWith}\``,
    volatilityBars === null ? null : `volatility of ${periodOf(volatilityBars)}`,
    departure,
  ]
  return notes.filter((note) => note !== null).join('; ')
}

function periodOf(bars: number | 'year'): string {
  if (bars === 'year') return 'a year'
  return bars === 1 ? '1 bar' : `${bars} bars`
}
