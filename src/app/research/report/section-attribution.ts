import {
  formatUtcClock,
  groupTrips,
  moneyToNumber,
  type RoundTrip,
  type RunAnalysis,
} from '../../../core/mod.ts'
import {
  formatBps,
  formatCount,
  formatDuration,
  formatFigure,
  formatNumber,
  formatPercent,
  formatRatio,
  formatUnits,
} from './format.ts'
import { type Html, html, table } from './html.ts'
import type { ReportInput } from './section.ts'

const DAY_US = 86_400e6
/** Closed round trips from which a heat map by hour says anything. */
const HOURS_LEAST = 30

/** Every figure of the closed round trips in two tables. */
export function tripFigures({ record, analysis }: ReportInput): Html {
  const { trades, costs, exposure, equity } = analysis
  if (trades.trips === 0) return html``
  const money = (value: number): string => formatUnits(value, record.currency, true)
  const days = equity.spanDays
  const best = trades.bestNet.value ?? 0
  const won = [
    ['Hit rate', formatFigure(trades.hitRate, (value) => formatPercent(value, false, 1))],
    ['Average win', formatFigure(trades.averageWin, money)],
    ['Average loss', formatFigure(trades.averageLoss, money)],
    ['Payoff', formatFigure(trades.payoff, formatRatio)],
    ['Profit factor', formatFigure(trades.profitFactor, formatRatio)],
    ['Expectancy, money', formatFigure(trades.expectancy, money)],
    ['Expectancy, bps', formatFigure(trades.expectancyBps, (value) => formatBps(value))],
    ['Expectancy, average losses', inLosses(trades)],
    ['Net without the best round trip', money(moneyToNumber(trades.net) - best)],
  ]
  const perYear =
    days >= 30 ? `, ${formatNumber((exposure.turnover * 365.25) / days, 1)}× a year` : ''
  const done = [
    ['Most wins in a row', formatCount(trades.longestWinStreak)],
    ['Most losses in a row', formatCount(trades.longestLossStreak)],
    ['Held, median', formatFigure(trades.holdingMedianUs, formatDuration)],
    ['Held, 95th percentile', formatFigure(trades.holdingP95Us, formatDuration)],
    ['Round trips a day', days > 0 ? formatNumber(trades.trips / days, 2) : '—'],
    ['Turnover, one way, of average equity', `${formatNumber(exposure.turnover, 2)}×${perYear}`],
    [
      'Maker share of notional',
      costs.tradedNotional === 0n
        ? '—'
        : formatPercent(Number(costs.makerNotional) / Number(costs.tradedNotional), false, 1),
    ],
    [
      'Fills per order sent',
      record.counts.orders === 0
        ? '—'
        : formatNumber(record.counts.fills / record.counts.orders, 2),
    ],
  ]
  return html`<div class="pair"><div>${table({
    caption: 'What closed round trips earned',
    head: ['Figure', 'Value'],
    rows: won,
  })}</div><div>${table({
    caption: 'How they were traded',
    head: ['Figure', 'Value'],
    rows: done,
  })}</div></div>`
}

/** Expectancy over the average loss: R where no trade has a risk of its own. */
function inLosses({ expectancy, averageLoss }: RunAnalysis['trades']): Html | string {
  if (expectancy.value === null || averageLoss.value === null) {
    return formatFigure(averageLoss, formatRatio)
  }
  return formatNumber(expectancy.value / Math.abs(averageLoss.value), 2, true)
}

const holdingBounds: readonly (readonly [number, string])[] = [
  [60e6, 'under 1 min'],
  [300e6, '1 to 5 min'],
  [1800e6, '5 to 30 min'],
  [7200e6, '30 min to 2 h'],
  [43_200e6, '2 to 12 h'],
  [DAY_US, '12 to 24 h'],
]

/** Round trips by how long they were held. */
export function byHolding(trips: readonly RoundTrip[]): RunAnalysis['byExitReason'] {
  const name = (trip: RoundTrip): string =>
    holdingBounds.find(([below]) => trip.holdingUs < below)?.[1] ?? 'a day or longer'
  const order = [...holdingBounds.map(([, label]) => label), 'a day or longer']
  return groupTrips(trips, name).toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Net result by weekday and hour of entry (UTC); nothing below the trips that it needs. */
export function attribution({ record, analysis }: ReportInput): Html {
  const closed = analysis.trips.trips.filter((trip) => trip.exitTime !== null)
  if (closed.length < HOURS_LEAST) return html``
  const net = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
  const count = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
  for (const trip of closed) {
    // Day 0 of the epoch was a Thursday.
    const day = (Math.floor(trip.entryTime / DAY_US) + 3) % 7
    const hour = Number(formatUtcClock(trip.entryTime).slice(0, 2))
    net[day]![hour]! += moneyToNumber(trip.net)
    count[day]![hour]!++
  }
  const most = Math.max(1e-9, ...net.flat().map(Math.abs))
  const digits = most < 10 ? 1 : 0
  const rows = weekdays.flatMap((name, day) => {
    if (count[day]!.every((trips) => trips === 0)) return []
    const cells = net[day]!.map((value, hour) => {
      if (count[day]![hour] === 0) return html`<td class="na">·`
      const share = Math.round((Math.abs(value) / most) * 45)
      return html`<td title="${count[day]![hour]} round trips" style="background:color-mix(in srgb,var(--${value < 0 ? 'loss' : 'gain'}) ${share}%,transparent)">${formatNumber(value, digits, true)}`
    })
    return [html`<tr><th scope="row">${name}${cells}`]
  })
  const hours = Array.from({ length: 24 }, (_, hour) => html`<th scope="col">${String(hour)}`)
  return html`<h3>By weekday and hour of entry (UTC), net ${record.currency}</h3><div class="scroll months hours"><table><caption>Net result by weekday and hour of entry</caption><thead><tr><th scope="col">Day${hours}</tr></thead><tbody>${rows}</tbody></table></div>`
}
