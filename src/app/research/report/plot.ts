import { DAY_US, formatUtcClock, formatUtcDate, type TimeUs } from '../../../core/mod.ts'
import { type Html, html, raw } from './html.ts'

/** Maps a domain to pixels. */
export interface Scale {
  (value: number): number
  readonly low: number
  readonly high: number
}

/** Linear scale from [low, high] to [from, to] pixels; an empty domain maps to the middle. */
export function linearScale(low: number, high: number, from: number, to: number): Scale {
  const span = high - low
  const map = (value: number): number =>
    span > 0 ? from + ((value - low) / span) * (to - from) : (from + to) / 2
  return Object.assign(map, { low, high })
}

/** Widens a range by a share on both sides; a single value gets room around it. */
export function padded(low: number, high: number, share = 0.06): [number, number] {
  if (!(high > low)) {
    const room = Math.abs(low) * 0.001 || 1
    return [low - room, high + room]
  }
  return [low - (high - low) * share, high + (high - low) * share]
}

/** Smallest and largest finite value; null when there is none. */
export function extent(...columns: readonly ArrayLike<number>[]): [number, number] | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return low <= high ? [low, high] : null
}

/** Smallest of 1, 2, 2.5, 5 times a power of ten that is at least `rough` (positive). */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!
}

/** About `count` round values inside [low, high] and the decimals they need. */
export function niceTicks(
  low: number,
  high: number,
  count: number,
): { readonly values: readonly number[]; readonly digits: number } {
  const span = high - low
  if (!(span > 0)) return { values: [low], digits: 2 }
  const step = niceStep(span / count)
  const power = 10 ** Math.floor(Math.log10(step) + 1e-9)
  const values: number[] = []
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) values.push(k * step)
  const digits = Math.max(
    0,
    -Math.floor(Math.log10(step) + 1e-9) + (Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0),
  )
  return { values, digits: Math.min(digits, 10) }
}

const minute = 60_000_000
const steps: readonly number[] = [
  1e6,
  5e6,
  15e6,
  30e6,
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * minute),
  ...[1, 2, 5, 7, 14].map((days) => days * DAY_US),
]

/** Round UTC instants inside a range with labels; months and years once days are too many. */
export function timeTicks(
  from: TimeUs,
  to: TimeUs,
  count: number,
): readonly { readonly time: TimeUs; readonly label: string }[] {
  const span = to - from
  if (!(span > 0)) return [{ time: from, label: formatUtcDate(from) }]
  const step = steps.find((each) => span / each <= count)
  if (step === undefined) return monthTicks(from, to, count)
  const ticks = []
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const atMidnight = time % DAY_US === 0
    const label =
      step >= DAY_US || (atMidnight && span > DAY_US)
        ? formatUtcDate(time).slice(5)
        : formatUtcClock(time).slice(0, step >= minute ? 5 : 8)
    ticks.push({ time, label })
  }
  return ticks
}

function monthTicks(from: TimeUs, to: TimeUs, count: number) {
  const firsts: { time: TimeUs; label: string }[] = []
  for (let time = Math.ceil(from / DAY_US) * DAY_US; time <= to; time += DAY_US) {
    const date = formatUtcDate(time)
    if (date.endsWith('-01')) firsts.push({ time, label: date.slice(0, 7) })
  }
  const every =
    [1, 2, 3, 6, 12, 24, 60, 120, 240].find((months) => firsts.length / months <= count) ?? 600
  return firsts.filter(({ label }) => {
    const [year, month] = label.split('-').map(Number) as [number, number]
    return (year * 12 + month - 1) % every === 0
  })
}

const px = (value: number): string => String(Math.round(value * 10) / 10)

/**
 * Path of a series, at most two points a pixel column (its smallest and largest value in the order
 * they came). NaN breaks the line, and so does each time in `breaks`.
 */
export function linePath(
  time: ArrayLike<number>,
  value: ArrayLike<number>,
  x: Scale,
  y: Scale,
  breaks: readonly { readonly from: TimeUs; readonly to: TimeUs }[] = [],
): string {
  let path = ''
  let pen = 'M'
  let next = 0
  const emit = (row: number): void => {
    path += `${pen}${px(x(time[row]!))} ${px(y(value[row]!))}`
    pen = 'L'
  }
  const last = time.length - 1
  for (let i = 0; i <= last; ) {
    if (Number.isNaN(value[i])) {
      pen = 'M'
      i++
      continue
    }
    while (next < breaks.length && breaks[next]!.to <= time[i]!) {
      if (i > 0 && breaks[next]!.from >= time[i - 1]!) pen = 'M'
      next++
    }
    const column = Math.round(x(time[i]!))
    let low = i
    let high = i
    let end = i
    while (end + 1 <= last && Math.round(x(time[end + 1]!)) === column) {
      const row = end + 1
      if (Number.isNaN(value[row])) break
      if (value[row]! < value[low]!) low = row
      if (value[row]! > value[high]!) high = row
      end = row
    }
    if (low === high) emit(i)
    else {
      emit(Math.min(low, high))
      emit(Math.max(low, high))
    }
    if (end === last && low !== end && high !== end) emit(end)
    i = end + 1
  }
  return path
}

/** Steps of a column that holds until the next row. */
export function stepPath(
  time: ArrayLike<number>,
  value: ArrayLike<number>,
  x: Scale,
  y: Scale,
): string {
  const { times, values } = stepped(time, value, x)
  let path = ''
  let before = Number.NaN
  for (let i = 0; i < times.length; i++) {
    const at = px(x(times[i]!))
    const level = px(y(values[i]!))
    if (i === 0) path = `M${at} ${level}`
    else if (values[i] !== before) path += `H${at}V${level}`
    before = values[i]!
  }
  return times.length > 0 ? `${path}H${px(x.high === x.low ? x(x.low) : x(x.high))}` : ''
}

/** Thins a step series to the extremes of each pixel column. */
function stepped(time: ArrayLike<number>, value: ArrayLike<number>, x: Scale) {
  const times: number[] = []
  const values: number[] = []
  for (let i = 0; i < time.length; ) {
    const column = Math.round(x(time[i]!))
    let low = i
    let high = i
    let end = i
    while (end + 1 < time.length && Math.round(x(time[end + 1]!)) === column) {
      end++
      if (value[end]! < value[low]!) low = end
      if (value[end]! > value[high]!) high = end
    }
    for (const row of [...new Set([i, Math.min(low, high), Math.max(low, high), end])]) {
      times.push(time[row]!)
      values.push(value[row]!)
    }
    i = end + 1
  }
  return { times, values }
}

/** Closes a line path down to a base to make an area. */
export function areaPath(line: string, baseY: number): string {
  if (line === '') return ''
  return line
    .split('M')
    .filter((part) => part !== '')
    .map((part) => {
      const points = part.split('L')
      const firstX = points[0]!.split(' ')[0]!
      const lastX = points[points.length - 1]!.split(' ')[0]!
      return `M${firstX} ${px(baseY)}L${points.join('L')}L${lastX} ${px(baseY)}Z`
    })
    .join('')
}

/** Rounds a pixel for markup. */
export const pixel = px

/** A drawing with a title and description for those who do not see it. */
export function figureSvg(input: {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly width: number
  readonly height: number
  readonly body: Html
  /** Makes the drawing part of the linked crosshair: plot area and its time range. */
  readonly time?: {
    readonly from: TimeUs
    readonly to: TimeUs
    readonly left: number
    readonly right: number
  }
  /** Series of the embedded data that the crosshair reads out. */
  readonly series?: string
}): Html {
  const { time } = input
  const link =
    time === undefined
      ? null
      : raw(
          ` data-from="${time.from}" data-to="${time.to}" data-left="${time.left}" data-right="${time.right}" data-series="${input.series ?? ''}"`,
        )
  return html`<svg id="${input.id}" viewBox="0 0 ${input.width} ${input.height}" role="img" aria-labelledby="${
    input.id
  }-t ${input.id}-d"${link}><title id="${input.id}-t">${input.title}</title><desc id="${
    input.id
  }-d">${input.description}</desc>${input.body}</svg>`
}

/** Horizontal grid with labels left of the plot. */
export function valueAxis(
  scale: Scale,
  left: number,
  right: number,
  format: (value: number, digits: number) => string,
  count = 4,
): Html {
  const { values, digits } = niceTicks(scale.low, scale.high, count)
  return html`${values.map((value) => {
    const y = px(scale(value))
    return html`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="tick end" x="${
      left - 6
    }" y="${y}" dy=".32em">${format(value, digits)}</text>`
  })}`
}

const ZONE_WIDTH = 18

/** Time labels under the plot and faint verticals through it. */
export function timeAxis(scale: Scale, top: number, bottom: number, labels = true): Html {
  const ticks = timeTicks(scale.low, scale.high, 9)
  return html`${ticks.map(({ time, label }) => {
    const x = px(scale(time))
    // Left of the first labels stands the zone.
    const isLabelled = labels && scale(time) >= scale(scale.low) + ZONE_WIDTH
    return html`<line class="grid" x1="${x}" x2="${x}" y1="${px(top)}" y2="${px(bottom)}"/>${
      isLabelled &&
      html`<text class="tick ${scale(time) > scale(scale.high) - 16 ? 'end' : 'mid'}" x="${x}" y="${bottom + 15}">${label}</text>`
    }`
  })}`
}

/** Hatched bands where the data have gaps, at least one pixel wide. */
export function gapBands(
  gaps: readonly { readonly from: TimeUs; readonly to: TimeUs }[],
  x: Scale,
  top: number,
  bottom: number,
): Html {
  const bands = mergeBands(
    gaps
      .filter((gap) => gap.to > x.low && gap.from < x.high)
      .map((gap) => {
        const from = x(Math.max(gap.from, x.low))
        return { from, to: Math.max(x(Math.min(gap.to, x.high)), from + 1) }
      }),
  )
  return html`${bands.map(
    ({ from, to }) =>
      html`<rect class="gap" x="${px(from)}" width="${px(to - from)}" y="${px(top)}" height="${px(
        bottom - top,
      )}"/>`,
  )}`
}

/** Joins pixel bands that touch, so that thousands of gaps stay a few hundred shapes. */
function mergeBands(bands: readonly { from: number; to: number }[]) {
  const merged: { from: number; to: number }[] = []
  for (const band of bands.toSorted((a, b) => a.from - b.from)) {
    const before = merged[merged.length - 1]
    if (before !== undefined && band.from <= before.to + 0.5) {
      before.to = Math.max(before.to, band.to)
    } else merged.push({ ...band })
  }
  return merged
}

/** The hatch that gap bands are filled with; once in a page. */
export const hatchDefinition = raw(
  '<svg width="0" height="0" aria-hidden="true" focusable="false" style="position:absolute"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs></svg>',
)
