import { type GrowthPath, STUB_TOLERANCE_US, type YearOfMonths } from '../../../core/mod.ts'
import { formatNumber, formatTime } from './format.ts'
import { type Html, html } from './html.ts'

const monthNames = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
]

/** Month by month returns with a shade and a number in every cell; parts of a month are marked. */
export function monthlyTable(years: readonly YearOfMonths[], { time }: GrowthPath): Html {
  if (years.length === 0) return html``
  const from = time[0]!
  const to = time[time.length - 1]!
  const most = Math.max(
    1e-9,
    ...years.flatMap((year) => year.months.map((month) => Math.abs(month ?? 0))),
  )
  /** True when data begin after the start, or end before the end, of these months. */
  const isPart = (year: number, first: number, count: number): boolean =>
    from > monthStart(year, first) + STUB_TOLERANCE_US ||
    to < monthStart(year, first + count) - STUB_TOLERANCE_US
  const mark = (is: boolean): string => (is ? '*' : '')
  const cell = (year: number, value: number | null, month: number): Html => {
    const name = monthNames[month]!
    if (value === null) return html`<td class="na" data-month="${name}">—`
    const share = Math.round((Math.abs(value) / most) * 45)
    const colour = value < 0 ? 'loss' : 'gain'
    return html`<td data-month="${name}" style="background:color-mix(in srgb,var(--${colour}) ${share}%,transparent)">${formatNumber(value * 100, 2, true)}${mark(isPart(year, month, 1))}`
  }
  const rows = years.map(
    ({ year, months, total }) =>
      html`<tr><th scope="row">${year}${months.map((value, month) => cell(year, value, month))}<td class="total" data-month="Year">${formatNumber(total * 100, 2, true)}${mark(isPart(year, 0, 12))}`,
  )
  const isWhole = years.every(({ year }) => !isPart(year, 0, 12))
  return html`<section id="months"><h2>Monthly returns, %</h2><div class="scroll months"><table><caption>Net return of each calendar month (UTC), per cent</caption><thead><tr><th scope="col">Year</th>${monthNames.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}<th scope="col">Year</th></tr></thead><tbody>${rows}</tbody></table></div>${
    isWhole
      ? null
      : html`<p class="muted"><small>* Part of a month or year only: the data are from ${formatTime(from)} to ${formatTime(to)} UTC.</small></p>`
  }</section>`
}

/** Start of a month (UTC), us; months are counted from 0, 12 being January of the next year. */
const monthStart = (year: number, month: number): number => Date.UTC(year, month) * 1000
