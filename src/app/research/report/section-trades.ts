import {
  type Instrument,
  moneyToNumber,
  type RoundTrip,
  type RunBars,
  type RunFill,
  type TradeStatistics,
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
  formatTime,
  timeElement,
  tinted,
  zoneName,
} from './format.ts'
import { type Html, html, raw, table } from './html.ts'
import { backdrop, pane, zeroLine } from './pane.ts'
import {
  extent,
  figureSvg,
  linearScale,
  linePath,
  niceStep,
  niceTicks,
  padded,
  pixel,
  type Scale,
  valueAxis,
} from './plot.ts'
import {
  chartedBars,
  figureBlock,
  PLOT_LEFT,
  PLOT_RIGHT,
  type ReportInput,
  section,
  WIDTH,
} from './section.ts'
import { attribution, byHolding, tripFigures } from './section-attribution.ts'

/** Above this many fills on a chart they are gathered in columns. */
const MARKERS_MOST = 300
/** Rows of the table of round trips. */
const TRIP_ROWS_MOST = 2000

/** Fills on the price with z and imbalance, then what the round trips earned. */
export function tradesSection(input: ReportInput): Html {
  const { record, analysis } = input
  const charted = chartedBars(record)
  const charts = charted.map((bars) => priceFigure(input, bars))
  const omitted = record.bars.length - charted.length
  return section(
    'trades',
    'Trades',
    html`${charts}${omitted > 0 && html`<p class="muted">${omitted} more instruments have no chart here; their round trips are in the table.</p>`}${tripFigures(input)}${tripStatistics(
      input,
    )}${attribution(input)}${histogram(analysis.trips.trips)}${tripTable(input)}`,
  )
}

function priceFigure({ record, analysis }: ReportInput, bars: RunBars): Html {
  const instrument = record.instruments[bars.instrument]!
  const fills = record.fills.filter((fill) => fill.instrument === bars.instrument)
  const trips = analysis.trips.trips.filter((trip) => trip.instrument === bars.instrument)
  const price = bars.close.map((half) => half / 2 / 10 ** instrument.priceDecimals)
  const from = bars.time[0]!
  const to = Math.max(bars.time[bars.time.length - 1]!, from + 1)
  const x = linearScale(from, to, PLOT_LEFT, PLOT_RIGHT)
  const fillPrices = fills.map((fill) => fill.price / 10 ** instrument.priceDecimals)
  const [low, high] = padded(...extent(price, fillPrices)!, 0.09)
  const gaps = record.data.gaps.filter(
    (gap) => gap.instrument === null || gap.instrument === bars.instrument,
  )
  const zRange = extent(bars.z)
  const most = Math.max(2, Math.abs(zRange?.[0] ?? 0), Math.abs(zRange?.[1] ?? 0)) * 1.05
  const dense = bars.time.length > 2 * WIDTH ? ' dense' : ''
  const signal = (values: Float64Array) => (y: Scale) =>
    html`${zeroLine(y)}<path class="curve thin${dense}" d="${linePath(bars.time, values, x, y, gaps)}"/>`
  const pricePane = pane({
    label: `${instrument.symbol}, ${instrument.quoteCurrency}`,
    top: 18,
    bottom: 262,
    low,
    high,
    unit: 'number',
    ticks: 5,
    fits: [0],
    body: (y) =>
      html`<path class="curve thin" style="stroke:var(--ink)" d="${linePath(bars.time, price, x, y, gaps)}"/>${tripLinks(trips, instrument, x, y)}`,
    marks: (y) => markers(fills, instrument, x, y),
  })
  const zPane = pane({
    label: 'z-score',
    top: 282,
    bottom: 362,
    low: -most,
    high: most,
    unit: 'number',
    ticks: 4,
    body: signal(bars.z),
  })
  const imbalancePane = pane({
    label: 'book imbalance',
    top: 382,
    bottom: 442,
    low: -1,
    high: 1,
    unit: 'number',
    ticks: 2,
    body: signal(bars.imbalance),
  })
  const bands = trips.length <= MARKERS_MOST / 2 ? holdings(trips, x, 18, 442) : html``
  const body = html`${backdrop({ x, top: 18, bottom: 442, gaps, bands })}${pricePane}${zPane}${imbalancePane}`
  const buys = fills.filter((fill) => fill.side === 'buy').length
  const drawing = figureSvg({
    id: `svg-price-${bars.instrument}`,
    title: `${instrument.symbol}: price with fills, z-score and book imbalance`,
    description: `${buys} buys and ${fills.length - buys} sells on ${bars.time.length} bars; every round trip is listed in the table of round trips.`,
    width: WIDTH,
    height: 464,
    body,
    time: { from, to, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: `bars-${bars.instrument}`,
  })
  return figureBlock(
    `${instrument.symbol}: ▲ buy, ▼ sell; ${
      fills.length > MARKERS_MOST
        ? 'fills are gathered, a larger mark stands for more of them.'
        : 'shaded while held (blue long, orange short); lines join entry and exit (solid blue earned, dashed orange lost, after costs).'
    }`,
    drawing,
  )
}

/** Shades the time a position was held, merged to pixel columns per side. */
function holdings(trips: readonly RoundTrip[], x: Scale, top: number, bottom: number): Html {
  const paths = { buy: '', sell: '' }
  const lastEnd = { buy: Number.NEGATIVE_INFINITY, sell: Number.NEGATIVE_INFINITY }
  for (const trip of trips) {
    const from = Math.max(x(trip.entryTime), lastEnd[trip.side])
    const end = Math.min(x.high, trip.entryTime + trip.holdingUs)
    const to = Math.max(x(end), from + 0.4)
    lastEnd[trip.side] = to
    paths[trip.side] += `M${pixel(from)} ${top}H${pixel(to)}V${bottom}H${pixel(from)}Z`
  }
  return html`<path class="soft-gain" d="${paths.buy}"/><path class="soft-loss" d="${paths.sell}"/>`
}

function tripLinks(trips: readonly RoundTrip[], instrument: Instrument, x: Scale, y: Scale): Html {
  const scale = 10 ** instrument.priceDecimals
  const paths = { gain: '', loss: '' }
  if (trips.length > MARKERS_MOST) return html``
  for (const trip of trips) {
    if (trip.exitTime === null || trip.averageExitPrice === null) continue
    const path = `M${pixel(x(trip.entryTime))} ${pixel(y(trip.averageEntryPrice / scale))}L${pixel(x(trip.exitTime))} ${pixel(y(trip.averageExitPrice / scale))}`
    paths[trip.net > 0n ? 'gain' : 'loss'] += path
  }
  return html`<path class="link gain" d="${paths.gain}"/><path class="link loss" d="${paths.loss}"/>`
}

interface Marker {
  x: number
  price: number
  quantity: number
  fills: number
  side: RunFill['side']
  title: string
}

function markers(fills: readonly RunFill[], instrument: Instrument, x: Scale, y: Scale): Html {
  const scale = 10 ** instrument.priceDecimals
  const gather = fills.length > MARKERS_MOST
  const marks: Marker[] = []
  const open = new Map<string, Marker>()
  for (const fill of fills) {
    const at = x(fill.time)
    const key = `${fill.side}:${gather ? Math.floor(at / 10) : marks.length}`
    const price = fill.price / scale
    const before = open.get(key)
    if (before !== undefined) {
      before.price = (before.price * before.fills + price) / (before.fills + 1)
      before.fills++
      before.title = `${before.fills} ${fill.side === 'buy' ? 'buys' : 'sells'} around ${formatTime(fill.time)} UTC, mean price ${formatNumber(before.price, instrument.priceDecimals)}`
      continue
    }
    const quantity = fill.quantity / 10 ** instrument.quantityDecimals
    const mark = {
      x: gather ? Math.floor(at / 10) * 10 + 5 : at,
      price,
      quantity,
      fills: 1,
      side: fill.side,
      title: `${fill.side === 'buy' ? 'Buy' : 'Sell'} ${quantity} at ${formatNumber(price, instrument.priceDecimals)}, ${fill.reason}, ${fill.liquidity}, ${formatTime(fill.time, 3)} UTC`,
    }
    open.set(key, mark)
    marks.push(mark)
  }
  return html`${marks.map((mark) => {
    const size = Math.min(10, 4.5 + 1.1 * (Math.sqrt(mark.fills) - 1))
    const way = mark.side === 'buy' ? 1 : -1
    const d = `M0 ${way * 2}l${pixel(size)} ${pixel(way * size * 1.6)}h${pixel(-2 * size)}z`
    return html`<path class="mark fill-${mark.side === 'buy' ? 'gain' : 'loss'}" transform="translate(${pixel(mark.x)} ${pixel(y(mark.price))})" d="${d}"><title>${mark.title}</title></path>`
  })}`
}

/** Tables of groups of round trips, drawn to one scale. */
function tripStatistics({ record, analysis }: ReportInput): Html {
  if (analysis.trades.trips === 0) return html`<p class="muted">No closed round trip.</p>`
  const most = Math.max(
    1,
    ...analysis.byExitReason.map((group) => Math.abs(moneyToNumber(group.statistics.net))),
  )
  const row = (name: string, statistics: TradeStatistics): (string | Html)[] => {
    const net = moneyToNumber(statistics.net)
    const width = Math.round((Math.abs(net) / most) * 70)
    return [
      name === '' ? '(no reason recorded)' : name,
      formatCount(statistics.trips),
      formatFigure(statistics.hitRate, (value) => formatPercent(value, false, 1)),
      tinted(net, formatMoney(statistics.net, record.currency, true)),
      html`<span class="bar ${net < 0 ? 'loss' : 'gain'}" style="width:${Math.min(70, width)}px"></span>`,
      formatFigure(statistics.grossBpsMean, (value) => formatNumber(value, 2, true)),
      formatFigure(statistics.expectancyBps, (value) => formatNumber(value, 2, true)),
      formatFigure(statistics.profitFactor, formatRatio),
      formatFigure(statistics.holdingMedianUs, formatDuration),
    ]
  }
  const head = [
    '',
    'Trips',
    'Hit rate',
    'Net',
    '',
    'Gross bps',
    'Net bps',
    'Profit factor',
    'Median hold',
  ]
  const group = (title: string, groups: RunAnalysis['byExitReason']): Html =>
    table({
      caption: title,
      head,
      rows: groups.map(({ key, statistics }) => row(key, statistics)),
      className: 'stats',
      sortable: groups.length > 1,
    })
  return html`${group('Round trips by exit reason', analysis.byExitReason)}${group(
    'By side',
    analysis.bySide,
  )}${analysis.byInstrument.length > 1 && group('By instrument', analysis.byInstrument)}${group('By holding time', byHolding(analysis.trips.trips))}`
}

type RunAnalysis = ReportInput['analysis']

function histogram(trips: readonly RoundTrip[]): Html {
  const values = trips.filter((trip) => trip.exitTime !== null).map((trip) => trip.netBps)
  if (values.length < 2) return html``
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  // The outer bins hold the tails, so that one extreme trip does not flatten the rest.
  const [least, most] = values.length < 40 ? [at(0), at(1)] : [at(0.01), at(0.99)]
  const wanted = Math.max(8, Math.min(40, Math.ceil(Math.sqrt(values.length)) * 2))
  const width = niceStep(Math.max(most - least, 1e-6) / wanted)
  // Bars begin at multiples of their width, so that none holds both gains and losses.
  const low = Math.floor(least / width) * width
  const bins = Math.max(1, Math.ceil((most - low) / width + 1e-9))
  const span = bins * width
  const high = low + span
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of values) {
    const bin = Math.floor(((value - low) / span) * bins)
    counts[Math.max(0, Math.min(bins - 1, bin))]!++
  }
  const x = linearScale(low, low + span, PLOT_LEFT, PLOT_RIGHT)
  const y = linearScale(0, Math.max(...counts), 150, 14)
  const step = (PLOT_RIGHT - PLOT_LEFT) / bins
  const bars = counts.map((count, i) => {
    const middle = low + ((i + 0.5) / bins) * span
    return html`<rect class="fill-${middle < 0 ? 'loss' : 'gain'}" x="${pixel(PLOT_LEFT + i * step + 0.5)}" width="${pixel(step - 1)}" y="${pixel(y(count))}" height="${pixel(150 - y(count))}"><title>${count} round trips around ${formatBps(middle, 1)}</title></rect>`
  })
  const zero = low < 0 && high > 0 ? pixel(x(0)) : null
  const ticks = niceTicks(low, high, 8)
  const body = html`${valueAxis(y, PLOT_LEFT, PLOT_RIGHT, (tick) => (Number.isInteger(tick) ? formatCount(tick) : ''), 3)}${bars}${
    zero !== null && html`<line class="zero" x1="${zero}" x2="${zero}" y1="10" y2="150"/>`
  }${ticks.values.map(
    (tick) =>
      html`<text class="tick mid" x="${pixel(x(tick))}" y="166">${formatNumber(tick, ticks.digits, true)}</text>`,
  )}`
  const drawing = figureSvg({
    id: 'svg-trip-histogram',
    title: 'Distribution of net results per round trip',
    description: `Median ${formatBps(at(0.5))}, from ${formatBps(sorted[0]!)} to ${formatBps(sorted[sorted.length - 1]!)}.`,
    width: WIDTH,
    height: 174,
    body,
  })
  return figureBlock(
    'Net result of round trips in bps of entry notional; the outer bars hold the tails.',
    drawing,
  )
}

function tripTable({ record, analysis }: ReportInput): Html {
  const { trips } = analysis.trips
  if (trips.length === 0) return html``
  const shown = trips.slice(0, TRIP_ROWS_MOST)
  const several = record.instruments.length > 1
  const rows = shown.map((trip) => tripRow(record, trip, several))
  const head = [
    '#',
    ...(several ? ['Instrument'] : []),
    'Side',
    html`Entry (${zoneName})`,
    'Held',
    'Quantity',
    'Entry price',
    'Exit price',
    'Gross bps',
    'Net bps',
    'Net',
    'Fees',
    'Exit',
  ]
  return html`<h3>Every round trip${trips.length > shown.length ? ` (first ${formatCount(shown.length)} of ${formatCount(trips.length)}; the JSON file has all)` : ''}</h3><div class="tall">${raw(
    `<div class="scroll"><table class="sortable"><caption>Round trips in order of entry</caption><thead><tr>${head
      .map((name) => html`<th scope="col">${name}`.markup)
      .join('')}<tbody>${rows.join('')}</table></div>`,
  )}</div>`
}

/** One row, written tersely: there may be thousands. */
function tripRow(record: ReportInput['record'], trip: RoundTrip, several: boolean): string {
  const instrument = record.instruments[trip.instrument]!
  const price = (value: number | null): string =>
    value === null
      ? '—'
      : formatNumber(value / 10 ** instrument.priceDecimals, instrument.priceDecimals)
  const net = moneyToNumber(trip.net)
  const cells = [
    ...(several ? [instrument.symbol] : []),
    trip.side === 'buy' ? '▲ long' : '▼ short',
    timeElement(trip.entryTime),
    formatDuration(trip.holdingUs),
    formatNumber(
      trip.maximumQuantity / 10 ** instrument.quantityDecimals,
      instrument.quantityDecimals,
    ),
    price(trip.averageEntryPrice),
    price(trip.averageExitPrice),
    formatNumber(trip.grossBps, 2, true),
    formatNumber(trip.netBps, 2, true),
    formatNumber(net, 2, true),
    formatNumber(moneyToNumber(trip.fees), 2),
    trip.exitTime === null ? 'open' : (trip.exitReason ?? ''),
  ]
  return html`<tr><td>${trip.number}${cells.map((cell) => html`<td>${cell}`)}`.markup
}
