import { formatCount, formatMoney } from './format.ts'
import { type Html, html, table } from './html.ts'
import { type ReportInput, section } from './section.ts'

/** Which rules of shares held, what each assumes and how often it acted, and what they cost. */
export function sharesSection({ record, analysis }: ReportInput): Html {
  const { shareRules } = record
  if (shareRules === undefined) return html``
  const { borrow, dividends, interest } = analysis.costs
  const paid = formatMoney(borrow, record.currency)
  const lent = formatMoney(interest, record.currency)
  const received = formatMoney(dividends, record.currency, true)
  return section(
    'shares',
    'Rules of shares',
    html`<p>Paid for borrowed shares: ${paid}. Dividends received less owed: ${received}. Interest on borrowed money: ${lent}.</p>${table(
      {
        caption: 'Rules, and what they did',
        head: ['Rule', '', 'Acted', 'Assumption'],
        rows: shareRules.map(({ name, isOn, acted, text }) => [
          name,
          isOn ? 'on' : 'off',
          acted === null ? '' : `${formatCount(acted.count)} ${acted.what}`,
          text,
        ]),
        className: 'plain',
      },
    )}`,
  )
}
