import type { BoundEdge } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatCount, formatNumber, formatPercent, timeElement } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import { decisionFigure } from './portfolio-lanes.ts'

const EDGES: readonly (readonly [BoundEdge, string])[] = [
  ['none', 'inside the band, neither edge bound'],
  ['high', 'upper edge bound, and was kept'],
  ['highUnreached', 'upper edge bound, could not be kept: what must be held is riskier'],
  ['low', 'lower edge bound, and was reached'],
  ['lowUnreached', 'lower edge bound, not reached: scores or limits do not let it'],
]

/** What bound the decisions hour by hour: band, limits, governor. */
export function decisionSection(record: HourlyRecord): Html {
  return section(
    'decisions',
    'Risk against return, hour by hour',
    html`<p>Weights maximise the score less costs and a charge for variance; the charge is raised until the upper edge of the volatility band is kept, lowered towards the lower one where scores and limits let it.</p>${decisionFigure(record)}${edgeTable(record)}<div class="pair"><div>${governorTable(record)}${kindTable(record)}</div><div>${relaxationTable(record)}</div></div>`,
  )
}

function edgeTable({ decisions }: HourlyRecord): Html {
  const made = decisions.flatMap(({ allocation }) => (allocation === null ? [] : [allocation]))
  const rows = EDGES.flatMap(([edge, text]) => {
    const of = made.filter((allocation) => allocation.edge === edge)
    if (of.length === 0) return []
    const mean = (value: (allocation: (typeof of)[number]) => number): number =>
      of.reduce((sum, each) => sum + value(each), 0) / of.length
    return [
      [
        text,
        formatCount(of.length),
        formatPercent(mean(({ volatility }) => volatility)),
        formatPercent(
          mean(({ exposure }) => exposure),
          false,
          1,
        ),
        formatPercent(mean(({ turnoverOneWay }) => turnoverOneWay)),
      ],
    ]
  })
  if (rows.length === 0) return html`<p class="muted">Nothing was decided.</p>`
  return table({
    caption: 'Edge of the volatility band that bound; means of those decisions',
    head: ['Edge', 'Decisions', 'Ex-ante volatility', 'Exposure', 'Turnover asked for, one way'],
    rows,
    className: 'compare',
  })
}

function kindTable({ decisions }: HourlyRecord): Html {
  const counts = new Map<string, number>()
  for (const { allocation, idle } of decisions) {
    const name =
      allocation === null
        ? `nothing decided: ${idle}`
        : `weights by ${allocation.implementation}${allocation.fallback === null ? '' : `, in place of a solver that gave up: ${allocation.fallback}`}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => [name, formatCount(n)])
  return table({ caption: 'Who decided', head: ['', 'Decisions'], rows, className: 'compare' })
}

/** Rows that are listed; the tables beside the report have all. */
const ROWS_MOST = 20

const more = (count: number): Html | null =>
  count <= ROWS_MOST
    ? null
    : html`<p class="muted"><small>${formatCount(count - ROWS_MOST)} more in <code>decisions.csv</code>.</small></p>`

function governorTable({ decisions, settings }: HourlyRecord): Html {
  const changes = decisions.filter(({ governor }) => governor.cause !== null)
  const first = settings.governor.steps[0]
  if (changes.length === 0) {
    return html`<h3>Drawdown governor</h3><p>Normal throughout${first !== undefined && html`: the first step down is at ${formatPercent(first.enterAt)} below the peak`}.</p>`
  }
  const reasons = {
    drawdown: 'the drawdown reached a step',
    recovery: 'it recovered',
    time: 'patience ended',
  }
  const rows = changes
    .slice(0, ROWS_MOST)
    .map(({ time, governor }) => [
      timeElement(time),
      governor.regime,
      formatPercent(governor.exposure, false, 0),
      formatPercent(governor.drawdown),
      reasons[governor.cause!],
    ])
  return html`${table({
    caption: 'Drawdown governor: every change and why',
    head: ['Time', 'State', 'Allowed', 'Below the peak', 'Because'],
    rows,
  })}${more(changes.length)}`
}

function relaxationTable({ decisions, symbols, holdings }: HourlyRecord): Html {
  const all = decisions.flatMap(({ time, relaxations }) =>
    relaxations.map((relaxation) => ({ time, ...relaxation })),
  )
  if (all.length === 0) {
    return html`<h3>Limits</h3><p>None was relaxed: every decision kept all of them.</p>`
  }
  const names = { name: symbols, sector: holdings.sectorNames }
  const rows = all
    .slice(0, ROWS_MOST)
    .map(({ time, limit, index, from, to }) => [
      timeElement(time),
      index === null ? limit : `${limit} ${names[limit as 'name' | 'sector'][index] ?? ''}`,
      formatPercent(from),
      formatPercent(to),
    ])
  return html`${table({
    caption: `Limits that could not be kept, relaxed by as little as it took (${formatCount(all.length)})`,
    head: ['Time', 'Limit', 'From', 'To'],
    rows,
  })}${more(all.length)}`
}

/** What was held, by sector and name, and what each brought. */
export function holdingSection(record: HourlyRecord): Html {
  const { holdings } = record
  if (holdings.names.length === 0) {
    return section('holdings', 'Holdings', html`<p class="muted">Nothing was held.</p>`)
  }
  return section(
    'holdings',
    'Holdings and what they brought',
    html`${sectorTable(record)}${barTable(record)}<div class="pair"><div>${nameTable(record, 'Brought most', (a, b) => b.net - a.net)}</div><div>${nameTable(record, 'Brought least', (a, b) => a.net - b.net)}</div></div>${heldTable(record)}`,
  )
}

function sectorTable({ holdings, settings, account }: HourlyRecord): Html {
  const { sectorNames, sectorWeights, names } = holdings
  const groups = [...sectorNames, 'no sector known'].map((sector, group) => {
    const weights = sectorWeights.map((row) => row[group]!)
    const own = names.filter(
      (each) => (each.sector < 0 ? sectorNames.length : each.sector) === group,
    )
    return {
      sector,
      mean: weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length),
      most: Math.max(0, ...weights),
      net: own.reduce((sum, { net }) => sum + net, 0),
      names: own.length,
    }
  })
  const rows = groups
    .filter((group) => group.names > 0 || group.most > 0)
    .sort((a, b) => b.mean - a.mean)
    .map(({ sector, mean, most, net, names: count }) => [
      sector,
      formatPercent(mean, false, 1),
      html`<span class="bar gain" style="width:${Math.round((mean / settings.limits.sectorMax) * 90)}px"></span>`,
      formatPercent(most, false, 1),
      formatCount(count),
      formatNumber(net, 0, true),
      formatPercent(net / account.balance, true),
    ])
  return table({
    caption: `Target weights by sector (most allowed ${formatPercent(settings.limits.sectorMax, false, 0)}, the length of a full bar) and net results of the names in it`,
    head: [
      'Sector',
      'Mean weight',
      '',
      'Largest',
      'Names traded',
      'Net, dollars',
      'Of start equity',
    ],
    rows,
  })
}

/** The first bar of a session begins with what the night did. */
function barTable({ holdings, account }: HourlyRecord): Html {
  const most = Math.max(1e-9, ...holdings.byBarOfSession.map(Math.abs))
  const rows = holdings.byBarOfSession.map((net, bar) => [
    bar === 0 ? '1, with the night before' : String(bar + 1),
    formatNumber(net, 0, true),
    formatPercent(net / account.balance, true),
    html`<span class="bar ${net < 0 ? 'loss' : 'gain'}" style="width:${Math.max(1, Math.round((Math.abs(net) / most) * 90))}px"></span>`,
  ])
  return table({
    caption: 'Net result by bar of the session',
    head: ['Bar', 'Net, dollars', 'Of start equity', ''],
    rows,
  })
}

type Result = HourlyRecord['holdings']['names'][number]

function nameTable(
  record: HourlyRecord,
  caption: string,
  order: (a: Result, b: Result) => number,
): Html {
  const { holdings, symbols, account } = record
  const rows = holdings.names
    .toSorted(order)
    .slice(0, 10)
    .map(({ name, net, traded }) => [
      symbols[name]!,
      formatNumber(net, 0, true),
      formatPercent(net / account.balance, true),
      formatNumber(traded, 0),
    ])
  return table({
    caption,
    head: ['Name', 'Net, dollars', 'Of start equity', 'Traded, dollars'],
    rows,
  })
}

function heldTable({ holdings, symbols, equity, settings }: HourlyRecord): Html {
  const held = holdings.names.filter(({ shares }) => shares > 0)
  if (held.length === 0) return html`<p class="muted">Nothing is held at the end.</p>`
  const worth = equity.equity.at(-1)!
  const rows = held
    .toSorted((a, b) => b.value - a.value)
    .slice(0, ROWS_MOST)
    .map(({ name, sector, shares, value, net }) => [
      symbols[name]!,
      holdings.sectorNames[sector] ?? '—',
      formatNumber(shares, Number.isInteger(shares) ? 0 : 4),
      formatNumber(value, 0),
      formatPercent(value / worth),
      formatNumber(net, 0, true),
    ])
  return table({
    caption: `Held at the end (${formatCount(held.length)} names; most of one ${formatPercent(settings.limits.nameMax, false, 0)} at a decision)`,
    head: ['Name', 'Sector', 'Shares', 'Value, dollars', 'Of equity', 'Net so far, dollars'],
    rows,
  })
}
