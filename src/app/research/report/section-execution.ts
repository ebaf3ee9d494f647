import {
  type Markout,
  type Money,
  missing,
  moneyToNumber,
  type RunAnalysis,
  type RunRecord,
} from '../../../core/mod.ts'
import {
  formatBps,
  formatCount,
  formatDuration,
  formatFigure,
  formatMoney,
  formatNumber,
  formatPercent,
  formatRatio,
  formatUnits,
} from './format.ts'
import { type Html, html, table } from './html.ts'
import { extent, figureSvg, linearScale, padded, pixel, valueAxis } from './plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, type ReportInput, section, WIDTH } from './section.ts'

/** Costs from gross to net, markouts, and what the fill model assumed. */
export function executionSection(input: ReportInput): Html {
  return section(
    'costs',
    'Costs and execution',
    html`${waterfall(input)}<div class="pair"><div>${costTable(input)}</div><div>${stressTable(
      input,
    )}</div></div>${markoutFigure(input)}`,
  )
}

interface Step {
  readonly name: string
  readonly note: string
  readonly amount: number
  readonly isTotal: boolean
}

function waterfall(input: ReportInput): Html {
  const { record, analysis } = input
  const { costs } = analysis
  const cost = (value: Money): number => -moneyToNumber(value)
  const steps: Step[] = [
    {
      name: 'Gross',
      note: 'at the mid of each decision',
      amount: moneyToNumber(costs.gross),
      isTotal: true,
    },
    {
      name: 'Spread',
      note: 'fill against mid at the fill',
      amount: cost(costs.spread),
      isTotal: false,
    },
    {
      name: 'Slippage',
      note: 'mid moved until the fill',
      amount: cost(costs.slippage),
      isTotal: false,
    },
    { name: 'Fees', note: 'maker and taker', amount: cost(costs.fees), isTotal: false },
    ...holdingSteps(input),
    { name: 'Net', note: 'what was earned', amount: moneyToNumber(costs.net), isTotal: true },
  ]
  const ends: { from: number; to: number }[] = []
  let level = 0
  for (const step of steps) {
    const from = step.isTotal ? 0 : level
    level = step.isTotal ? step.amount : level + step.amount
    ends.push({ from, to: level })
  }
  const all = ends.flatMap(({ from, to }) => [from, to])
  const x = linearScale(...padded(...extent(all, [0])!, 0.02), 220, WIDTH - 210)
  const rows = steps.map((step, i) => {
    const top = 10 + i * 30
    const { from, to } = ends[i]!
    const left = Math.min(x(from), x(to))
    const colour = step.amount < 0 ? 'loss' : step.amount > 0 ? 'gain' : 'muted'
    const share = formatPercent(step.amount / record.startEquity, true, 3)
    const next = ends[i + 1]
    return html`<text class="label${step.isTotal ? ' strong' : ''}" x="0" y="${top + 15}">${step.name}</text><text class="tick end aside" x="208" y="${top + 15}">${step.note}</text><rect class="fill-${colour}" x="${pixel(left)}" width="${pixel(Math.max(1, Math.abs(x(to) - x(from))))}" y="${top + 3}" height="17" rx="2"/>${
      next !== undefined &&
      html`<line class="grid" x1="${pixel(x(to))}" x2="${pixel(x(to))}" y1="${top + 20}" y2="${top + 33}" style="opacity:1"/>`
    }<text class="label end amount${step.isTotal ? ' strong' : ''}" x="${WIDTH - 84}" y="${top + 15}">${formatUnits(step.amount, record.currency, true)}</text><text class="tick end aside" x="${WIDTH}" y="${top + 15}">${share}</text>`
  })
  const holding = record.shareRules === undefined ? '+ funding' : '− borrow + dividends − interest'
  const drawing = figureSvg({
    id: 'svg-waterfall',
    title: 'From gross to net',
    description: steps
      .map((step) => `${step.name} ${formatUnits(step.amount, record.currency, true)}`)
      .join(', '),
    width: WIDTH,
    height: 16 + 30 * steps.length,
    body: html`<line class="zero" x1="${pixel(x(0))}" x2="${pixel(x(0))}" y1="6" y2="${8 + 30 * steps.length}"/>${rows}`,
  })
  return figureBlock(
    `From gross to net, exact to the smallest unit: gross − spread − slippage − fees ${holding} = net. Per cent of start equity.`,
    drawing,
  )
}

/** What holding cost: funding, and of shares the rent of shorts and dividends. */
function holdingSteps({ record, analysis: { costs } }: ReportInput) {
  const { funding, borrow, dividends, interest } = costs
  const step = (name: string, note: string, amount: Money) => ({
    ...{ name, note, isTotal: false },
    amount: moneyToNumber(amount),
  })
  const ofShares = [
    step('Borrow', 'rent of shorts', -borrow),
    step('Dividends', 'received less owed', dividends),
    step('Interest', 'on borrowed money', -interest),
  ]
  const own = funding - dividends + borrow
  if (record.shareRules === undefined) return [step('Funding', 'received less paid', own)]
  return own === 0n ? ofShares : [step('Funding', 'received less paid', own), ...ofShares]
}

function costTable({ record, analysis }: ReportInput): Html {
  const { costs } = analysis
  const bps = (value: number): string => formatBps(value)
  const makerShare =
    costs.tradedNotional === 0n ? null : Number(costs.makerNotional) / Number(costs.tradedNotional)
  const makerFills = record.fills.filter((fill) => fill.liquidity === 'maker').length
  const perTraded = (value: Money): string =>
    costs.tradedNotional === 0n
      ? 'nothing traded'
      : formatBps((Number(value) / Number(costs.tradedNotional)) * 1e4)
  const rows: [string, Html | string][] = [
    ['Traded notional', formatMoney(costs.tradedNotional, record.currency)],
    [
      'Maker share of notional',
      makerShare === null ? 'nothing traded' : formatPercent(makerShare, false, 1),
    ],
    [
      'Fills, maker and taker',
      `${formatCount(makerFills)} and ${formatCount(record.fills.length - makerFills)}`,
    ],
    ['Cost per unit traded', formatFigure(costs.costBps, bps)],
    ['… spread', perTraded(costs.spread)],
    ['… slippage', perTraded(costs.slippage)],
    ['… fees', perTraded(costs.fees)],
    [
      record.shareRules === undefined
        ? 'Funding paid per unit traded'
        : 'Borrow, owed dividends and interest per unit traded',
      perTraded(costs.interest - costs.funding),
    ],
    ['Cost at which net is zero', formatFigure(costs.breakEvenCostBps, bps)],
    [
      'Costs as a share of gross',
      formatFigure(costs.costShareOfGross, (value) => formatPercent(value, false, 1)),
    ],
    ['Implementation shortfall', formatFigure(costs.implementationShortfallBps, bps)],
    ['Slippage to the quote seen, mean', formatFigure(costs.arrivalSlippageBps.mean, bps)],
    ['… median', formatFigure(costs.arrivalSlippageBps.median, bps)],
    ['… 95th percentile', formatFigure(costs.arrivalSlippageBps.p95, bps)],
    ['Capacity', formatFigure(missing('impact beyond the book is not modelled'), bps)],
  ]
  return table({ caption: 'Execution (+ is a cost)', head: ['Figure', 'Value'], rows })
}

function stressTable({ record, analysis }: ReportInput): Html {
  const rows = analysis.stress.map((stress) => [
    `× ${stress.multiple}`,
    formatUnits(stress.net, record.currency, true),
    formatPercent(stress.net / record.startEquity, true),
    formatFigure(stress.sharpe, formatRatio),
  ])
  return table({
    caption: 'If spread, slippage and fees were other than assumed',
    head: ['Costs', 'Net', 'Of start equity', 'Sharpe'],
    rows,
  })
}

const horizonText = (seconds: number): string =>
  seconds === 0 ? 'fill' : seconds < 60 ? `${seconds} s` : `${seconds / 60} min`

function markoutFigure({ record, analysis }: ReportInput): Html {
  const { markouts } = analysis
  if (record.fills.length === 0) return html`<p class="muted">No fills, so no markouts.</p>`
  const curves = [
    { name: 'taker', points: markouts.taker, className: 'muted', shift: 5 },
    { name: 'maker', points: markouts.maker, className: 'ink', shift: -5 },
  ].filter(({ points }) => points.some((point) => point.fills > 0))
  const bounds = curves.flatMap(({ points }) =>
    points.flatMap((point) => {
      if (point.meanBps.value === null) return []
      const error = 1.96 * (point.standardErrorBps.value ?? 0)
      return [point.meanBps.value - error, point.meanBps.value + error]
    }),
  )
  const range = extent(bounds, [0])
  const horizons = markouts.all.map((point) => point.horizonS)
  const caption = `Markouts: side × (mid after the fill − fill price), bps of price; + is in our favour. Whiskers: 95 % with errors clustered by order.${coarseNote(markouts.midIntervalUs)}`
  const twin = markoutTable(markouts)
  if (range === null || bounds.length === 0)
    return html`<p class="muted">${caption} No mid is known after any fill.</p>`
  const y = linearScale(...padded(...range, 0.1), 168, 14)
  const x = (i: number): number => 110 + (i * (PLOT_RIGHT - 150)) / (horizons.length - 1)
  const zero = pixel(y(0))
  const body = html`${valueAxis(y, PLOT_LEFT, PLOT_RIGHT, (tick, digits) => formatNumber(tick, digits, true), 4)}<line class="zero" x1="${PLOT_LEFT}" x2="${PLOT_RIGHT}" y1="${zero}" y2="${zero}"/>${horizons.map(
    (horizon, i) =>
      html`<text class="tick mid" x="${pixel(x(i))}" y="188">${horizonText(horizon)}</text>`,
  )}${curves.map(({ name, points, className, shift }, k) => markoutCurve({ name, points, className, shift, x, y, order: k }))}`
  const drawing = figureSvg({
    id: 'svg-markouts',
    title: 'Markouts after fills',
    description:
      'Mean markout of maker and taker fills by time after the fill; values in the table below.',
    width: WIDTH,
    height: 200,
    body,
  })
  return figureBlock(caption, drawing, twin)
}

function coarseNote(intervalUs: number | null): string {
  if (intervalUs === null) return ''
  return ` The median time between mids is ${formatDuration(intervalUs)}: shorter horizons repeat the last mid.`
}

function markoutCurve(input: {
  readonly name: string
  readonly points: readonly Markout[]
  readonly className: string
  readonly shift: number
  readonly x: (i: number) => number
  readonly y: (value: number) => number
  readonly order: number
}): Html {
  const { points, x, y, className, shift } = input
  let line = ''
  const dots = points.map((point, i) => {
    const value = point.meanBps.value
    if (value === null) return null
    const at = pixel(x(i) + shift)
    line += `${line === '' ? 'M' : 'L'}${at} ${pixel(y(value))}`
    const error = 1.96 * (point.standardErrorBps.value ?? 0)
    const whisker =
      error > 0 &&
      html`<line class="whisker" style="stroke:var(--${className})" x1="${at}" x2="${at}" y1="${pixel(y(value - error))}" y2="${pixel(y(value + error))}"/>`
    const tip = html`<title>${input.name} at ${horizonText(point.horizonS)}: ${formatBps(value)} over ${point.fills} fills</title>`
    const mark =
      input.name === 'maker'
        ? html`<circle class="mark fill-${className}" cx="${at}" cy="${pixel(y(value))}" r="4.5">${tip}</circle>`
        : html`<rect class="mark fill-${className}" x="${pixel(x(i) + shift - 4)}" y="${pixel(y(value) - 4)}" width="8" height="8">${tip}</rect>`
    return html`${whisker}${mark}`
  })
  const legendX = PLOT_RIGHT - 150 + input.order * 76
  const key =
    input.name === 'maker'
      ? html`<circle class="fill-${className}" cx="${legendX}" cy="10" r="4"/>`
      : html`<rect class="fill-${className}" x="${legendX - 4}" y="6" width="8" height="8"/>`
  return html`<path class="curve" style="stroke-width:1.2;stroke:var(--${className})" d="${line}"/>${dots}${key}<text class="tick" x="${legendX + 9}" y="14">${input.name}</text>`
}

function markoutTable(markouts: RunAnalysis['markouts']): Html {
  const value = (point: Markout): Html =>
    formatFigure(point.meanBps, (bps) => formatNumber(bps, 3, true))
  const rows = markouts.all.map((all, i) => {
    const maker = markouts.maker[i]!
    const taker = markouts.taker[i]!
    return [
      horizonText(all.horizonS),
      formatCount(all.fills),
      value(all),
      formatFigure(all.weightedBps, (bps) => formatNumber(bps, 3, true)),
      formatFigure(all.medianBps, (bps) => formatNumber(bps, 3, true)),
      formatCount(maker.fills),
      value(maker),
      formatCount(taker.fills),
      value(taker),
    ]
  })
  return table({
    caption: 'Markouts in bps',
    head: [
      'After',
      'Fills',
      'Mean',
      'By notional',
      'Median',
      'Maker fills',
      'Maker mean',
      'Taker fills',
      'Taker mean',
    ],
    rows,
  })
}

/** Fill model, and this run beside its companion under another queue model. */
export function fillModelSection({ record, analysis }: ReportInput): Html {
  const { fillModel } = record
  const rows: [string, string][] = [
    ['Queue position of resting orders', fillModel.queueModel ?? 'no order rests'],
    ['Entry latency', formatDuration(fillModel.entryLatencyUs)],
    ['Response latency', formatDuration(fillModel.responseLatencyUs)],
    ['An arriving order meets', fillModel.arrivalMatch],
  ]
  const facts = html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}${fillModel.notes.map(
    (note) => html`<dt>Note</dt><dd>${note}</dd>`,
  )}</dl>`
  return section('fills', 'Fill model', html`${facts}${companionTable({ record, analysis })}`)
}

function companionTable({ record, analysis }: ReportInput): Html {
  const companion = record.companion
  const other = analysis.companion
  if (companion === undefined || other === null) {
    const hasMakers = record.fills.some((fill) => fill.liquidity === 'maker')
    return hasMakers
      ? html`<p class="muted">Resting orders were filled under one queue model only; no companion run was made.</p>`
      : html``
  }
  const rows = comparisonRows([
    { record, analysis },
    { record: companion, analysis: other },
  ])
  const name = (run: RunRecord): string => run.fillModel.queueModel ?? 'no order rests'
  return table({
    caption: 'The same run under two assumptions about the queue: the truth lies between',
    head: ['', `${name(record)} (this report)`, name(companion)],
    rows,
  })
}

function comparisonRows(runs: readonly ReportInput[]): (string | Html)[][] {
  const row = (name: string, cell: (run: ReportInput) => string | Html): (string | Html)[] => [
    name,
    ...runs.map(cell),
  ]
  return [
    row('Net return', ({ analysis }) => formatPercent(analysis.equity.totalReturn, true, 3)),
    row('Net', ({ record, analysis }) => formatMoney(analysis.costs.net, record.currency, true)),
    row('Gross', ({ record, analysis }) =>
      formatMoney(analysis.costs.gross, record.currency, true),
    ),
    row('Spread (− is earned)', ({ record, analysis }) =>
      formatMoney(analysis.costs.spread, record.currency, true),
    ),
    row('Fees', ({ record, analysis }) => formatMoney(analysis.costs.fees, record.currency)),
    row('Round trips', ({ analysis }) => formatCount(analysis.trades.trips)),
    row('Hit rate', ({ analysis }) =>
      formatFigure(analysis.trades.hitRate, (value) => formatPercent(value, false, 1)),
    ),
    row('Net bps per round trip', ({ analysis }) =>
      formatFigure(analysis.trades.expectancyBps, (value) => formatNumber(value, 2, true)),
    ),
    row('Fills', ({ record }) => formatCount(record.fills.length)),
    row('Maker share of notional', ({ analysis }) =>
      analysis.costs.tradedNotional === 0n
        ? '—'
        : formatPercent(
            Number(analysis.costs.makerNotional) / Number(analysis.costs.tradedNotional),
            false,
            1,
          ),
    ),
    row('Largest drawdown', ({ analysis }) =>
      formatPercent(analysis.drawdowns.deepest?.depth ?? 0),
    ),
    row('Sharpe', ({ analysis }) => formatFigure(analysis.equity.sharpe, formatRatio)),
  ]
}
