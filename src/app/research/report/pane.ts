import { formatNumber, formatPercent } from './format.ts'
import { type Html, html, raw } from './html.ts'
import { gapBands, linearScale, niceTicks, pixel, type Scale, timeAxis } from './plot.ts'
import { PLOT_LEFT, PLOT_RIGHT } from './section.ts'

/** Ratio of the ends of a logarithmic axis from which decades are labelled instead of steps. */
const DECADES_FROM = 8

/**
 * One plot area of a chart over time. What is drawn in `body` follows zoom and fit by stretching,
 * what is in `marks` by moving; the script reads domain, unit and columns from the markup.
 */
export interface Pane {
  readonly label: string
  readonly top: number
  readonly bottom: number
  /** Domain of what is drawn; natural logarithms when `isLog`. */
  readonly low: number
  readonly high: number
  readonly unit: 'number' | 'percent'
  /** About so many labels on the value axis. */
  readonly ticks: number
  readonly isLog?: boolean
  /** Columns of the chart's embedded series that the value axis is fitted to after zooming. */
  readonly fits?: readonly number[]
  readonly body: (y: Scale) => Html
  readonly marks?: (y: Scale) => Html
  readonly className?: string
}

/** Markup of a pane between the plot's left and right. */
export function pane(input: Pane): Html {
  const { top, bottom, low, high, unit } = input
  const y = linearScale(low, high, bottom, top)
  const names = `pane-box${input.className === undefined ? '' : ` ${input.className}`}`
  const facts = `data-top="${top}" data-bottom="${bottom}" data-low="${low}" data-high="${high}" data-unit="${unit}" data-ticks="${input.ticks}"${
    input.isLog === true ? ' data-log' : ''
  } data-fits="${(input.fits ?? []).join(' ')}"`
  return html`<g class="${names}" ${raw(facts)}><g class="ys">${axisTicks(input).map(
    ({ at, text }) => axisTick(pixel(y(at)), text),
  )}</g>${clipped(top, bottom, html`<g class="stretch">${input.body(y)}</g>${input.marks?.(y)}`)}<text class="pane" x="${PLOT_LEFT}" y="${top - 6}">${input.label}</text></g>`
}

const axisTick = (at: string, text: string): Html =>
  html`<line class="grid" x1="${PLOT_LEFT}" x2="${PLOT_RIGHT}" y1="${at}" y2="${at}"/><text class="tick end" x="${PLOT_LEFT - 6}" y="${at}" dy=".32em">${text}</text>`

/** Labels of a value axis and where they are in the domain. */
export function axisTicks(
  axis: Pick<Pane, 'low' | 'high' | 'unit' | 'ticks' | 'isLog'>,
): readonly { readonly at: number; readonly text: string }[] {
  const { low, high, unit, ticks } = axis
  if (axis.isLog === true) return logTicks(low, high, ticks)
  const { values, digits } = niceTicks(low, high, ticks)
  return values.map((at) => ({
    at,
    text:
      unit === 'percent'
        ? formatPercent(at, false, Math.max(0, digits - 2))
        : formatNumber(at, digits),
  }))
}

function logTicks(low: number, high: number, count: number) {
  const from = Math.exp(low)
  const to = Math.exp(high)
  if (to / from < DECADES_FROM) {
    const { values, digits } = niceTicks(from, to, count)
    return values.map((value) => ({ at: Math.log(value), text: formatNumber(value, digits) }))
  }
  const ticks: { at: number; text: string }[] = []
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++) {
    for (const factor of [1, 2, 5]) {
      const value = factor * 10 ** power
      if (value < from || value > to) continue
      ticks.push({ at: Math.log(value), text: formatNumber(value, Math.max(0, -power)) })
    }
  }
  return ticks
}

/** Drawings that end at the edges of a plot area. */
const clipped = (top: number, bottom: number, body: Html): Html =>
  html`<svg x="${PLOT_LEFT}" y="${top}" width="${PLOT_RIGHT - PLOT_LEFT}" height="${bottom - top}" viewBox="${PLOT_LEFT} ${top} ${PLOT_RIGHT - PLOT_LEFT} ${bottom - top}">${body}</svg>`

/** The horizontal through zero. */
export const zeroLine = (y: Scale): Html => levelLine(y, 0)

/** A horizontal through a value, across the plot. */
export function levelLine(y: Scale, value: number): Html {
  const at = pixel(y(value))
  return html`<line class="zero" x1="${PLOT_LEFT}" x2="${PLOT_RIGHT}" y1="${at}" y2="${at}"/>`
}

/** What lies behind the panes of a chart: bands that follow the zoom, and the time axis. */
export function backdrop(input: {
  readonly x: Scale
  readonly top: number
  readonly bottom: number
  readonly gaps?: Parameters<typeof gapBands>[0]
  readonly bands?: Html
}): Html {
  const { x, top, bottom } = input
  const bands = html`${gapBands(input.gaps ?? [], x, top, bottom)}${input.bands}`
  return html`${clipped(top, bottom, html`<g class="stretch-x">${bands}</g>`)}<g class="times" data-top="${top}" data-bottom="${bottom}">${timeAxis(x, top, bottom)}</g><text class="tick end zone" x="${PLOT_LEFT - 6}" y="${bottom + 15}">UTC</text>`
}
