import { COST_CAUSES } from '../../run/hourly/hourly-costs.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatFigure, formatNumber, formatPercent } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'

const NAMES: Readonly<Record<(typeof COST_CAUSES)[number], string>> = {
  slippage: 'Slippage',
  halfSpread: 'Half the spread',
  impact: 'Impact',
  rounding: 'Rounding of prices',
  commission: 'Commission',
  sellFees: 'Fees of sales (SEC, FINRA)',
}

/** What trading cost by cause, the same at other costs, and how much money it could carry. */
export function costSection(record: HourlyRecord): Html {
  const { figures } = record
  if (figures.fills === 0) {
    return section('costs', 'Costs and capacity', html`<p class="muted">Nothing was traded.</p>`)
  }
  return section(
    'costs',
    'Costs and capacity',
    html`<div class="pair"><div>${waterfall(record)}</div><div>${stressTable(record)}${capacity(record)}</div></div>`,
  )
}

function waterfall({ costs, account }: HourlyRecord): Html {
  const most = Math.max(Math.abs(costs.gross), Math.abs(costs.net), costs.total, 1e-9)
  const row = (name: string, dollars: number): readonly (string | Html)[] => [
    name,
    formatNumber(dollars, 0, true),
    formatPercent(dollars / account.balance, true),
    formatNumber((dollars / costs.traded) * 1e4, 2, true),
    html`<span class="bar ${dollars < 0 ? 'loss' : 'gain'}" style="width:${Math.max(1, Math.round((Math.abs(dollars) / most) * 90))}px"></span>`,
  ]
  return table({
    caption: 'From what the trades made to what was left',
    head: ['', 'Dollars', 'Of start equity', 'Bp of traded', ''],
    rows: [
      row('Before costs', costs.gross),
      ...COST_CAUSES.map((cause) => row(NAMES[cause], -costs.causes[cause])),
      row('Net', costs.net),
    ],
  })
}

const stressTable = ({ costs }: HourlyRecord): Html =>
  table({
    caption: 'The same trades at other costs',
    head: ['Costs', 'Net return', 'Sharpe ratio'],
    rows: costs.stress.map(({ times, totalReturn, sharpe }) => [
      `× ${times}`,
      formatFigure(totalReturn, (value) => formatPercent(value, true)),
      formatFigure(sharpe, (value) => formatNumber(value, 2)),
    ]),
  })

function capacity({ costs, settings, account }: HourlyRecord): Html {
  const percent = (value: number): string =>
    formatPercent(value, false, value > 0 && value < 1e-4 ? 5 : 2)
  const money = (value: number): string =>
    `${formatNumber(value, value < 10 ? 1 : 0)}× the money, ${formatNumber((value * account.balance) / 1e6, 1)} m dollars`
  const rows: readonly (readonly [string, Html])[] = [
    [
      'Share of the hour’s usual volume, median fill',
      formatFigure(costs.participationMedian, percent),
    ],
    ['The same, 95 % of fills below', formatFigure(costs.participation95, percent)],
    ['The same, largest', formatFigure(costs.participationMost, percent)],
    [
      `Fills near the most, ${formatPercent(settings.costs.participationMax, false, 1)}`,
      formatFigure(costs.atCap, percent),
    ],
    ['The median fill is at the most from', formatFigure(costs.capTimes, money)],
    ['Impact halves what is made at', formatFigure(costs.capacityTimes, money)],
  ]
  return html`${table({ caption: 'Participation and capacity', head: ['', ''], rows, className: 'stacked' })}<p class="muted"><small>Capacity supposes the same trades, impact that grows with the root of size, and costs as assumed here, not measured. What could not be traded any more is not in it.</small></p>`
}
