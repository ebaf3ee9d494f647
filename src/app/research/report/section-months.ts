import type { YearOfMonths } from '../../../core/mod.ts'
import { formatNumber } from './format.ts'
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

/** Month by month returns with a shade and a number in every cell. */
export function monthlyTable(years: readonly YearOfMonths[]): Html {
  if (years.length === 0) return html``
  const most = Math.max(
    1e-9,
    ...years.flatMap((year) => year.months.map((month) => Math.abs(month ?? 0))),
  )
  const cell = (value: number | null): Html => {
    if (value === null) return html`<td class="na">—`
    const share = Math.round((Math.abs(value) / most) * 45)
    const colour = value < 0 ? 'loss' : 'gain'
    return html`<td style="background:color-mix(in srgb,var(--${colour}) ${share}%,transparent)">${formatNumber(value * 100, 2, true)}`
  }
  const rows = years.map(
    (year) =>
      html`<tr><th scope="row">${year.year}${year.months.map(cell)}<td class="total">${formatNumber(year.total * 100, 2, true)}`,
  )
  return html`<section id="months"><h2>Monthly returns, %</h2><div class="scroll months"><table><caption>Net return of each calendar month (UTC), per cent</caption><thead><tr><th scope="col">Year</th>${monthNames.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}<th scope="col">Year</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}
