import { formatNumber } from '../../report/format.ts'
import { type Html, html } from '../../report/html.ts'
import { figureSvg, linearScale, niceTicks, pixel, type Scale } from '../../report/plot.ts'
import type { ComparedRow } from './fund-comparison.ts'
import {
  CHART_HEIGHT,
  CHART_WIDTH,
  dollarsText,
  type FundChart,
  percentText,
  powers,
} from './fund-texts.ts'

const LEFT = 76
const RIGHT = CHART_WIDTH - 30
const TOP = 44
const BOTTOM = 540
/** Pixels of radius of a billion of gains, and at least. */
const RADIUS = 3
const RADIUS_MIN = 6

interface Bubble {
  readonly row: ComparedRow
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly text: string
}

/** Return against money; the bubble's area is the gains, 1 billion where none are known. */
export function fundScatter(rows: readonly ComparedRow[]): FundChart {
  const points = rows.flatMap((row) =>
    row.returnPercent === null || row.capitalBillion === null
      ? []
      : [{ row, percent: row.returnPercent, power: Math.log10(row.capitalBillion) }],
  )
  const others = points.filter(({ row }) => row.source !== 'this_run')
  const most = Math.max(...others.map(({ percent }) => percent))
  const least = Math.min(0, ...points.map(({ percent }) => Math.max(percent, -most)))
  const y = linearScale(least, most * 1.12, BOTTOM, TOP)
  const smallest = Math.min(...points.map(({ power }) => power))
  const x = linearScale(Math.floor(smallest - 1e-9), 2.4, LEFT, RIGHT)
  const bubbles = points.map(({ row, percent, power }): Bubble => {
    const isCut = percent > y.high || percent < y.low
    return {
      ...{ row, x: x(power), y: y(Math.min(y.high, Math.max(y.low, percent))) },
      radius: Math.max(RADIUS_MIN, RADIUS * Math.sqrt(row.gainsBillion ?? 1)),
      text: `${row.name}${isCut ? `, ${percentText(percent)} (cut off)` : ''}`,
    }
  })
  const title = 'Return a year and money managed'
  const said = points.map(
    ({ row, percent }) =>
      `${row.name} ${percentText(percent)} on ${dollarsText(row.capitalBillion!)}`,
  )
  const drawing = figureSvg({
    id: 'svg-public_quant_return_vs_scale',
    ...{ title, description: `${said.join('; ')}.` },
    ...{ width: CHART_WIDTH, height: CHART_HEIGHT },
    body: html`${grid(x, y)}${legend()}${bubbles.map(circle)}${labels(bubbles)}`,
  })
  const caption =
    'Return a year against money, US dollars (logarithmic). Area: net gains of investors, 1 billion where none are known; rows without return or money are not drawn.'
  return { file: 'public_quant_return_vs_scale', title, caption, drawing }
}

const grid = (x: Scale, y: Scale): Html =>
  html`${niceTicks(y.low, y.high, 6).values.map(
    (value) =>
      html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${pixel(y(value))}" y2="${pixel(y(value))}"/><text class="tick end" x="${LEFT - 6}" y="${pixel(y(value))}" dy=".32em">${formatNumber(value, 0)} %</text>`,
  )}${powers(x).map(
    (power) =>
      html`<line class="grid" x1="${pixel(x(power))}" x2="${pixel(x(power))}" y1="${TOP}" y2="${BOTTOM}"/><text class="tick mid" x="${pixel(x(power))}" y="${BOTTOM + 20}">${dollarsText(10 ** power)}</text>`,
  )}`

const KINDS = [
  ['private hedge fund', 'fill-gain'],
  ['ETF', 'fill-loss'],
  ['mutual fund', 'ring-loss'],
  ['public fund', 'ring-gain'],
  ['backtest', 'gap outlined'],
] as const

const lookOf = (category: string): string =>
  KINDS.find(([name]) => name === category)?.[1] ?? 'fill-muted'

const circle = ({ row, x, y, radius }: Bubble): Html =>
  html`<circle class="${lookOf(row.category)} bubble" cx="${pixel(x)}" cy="${pixel(y)}" r="${pixel(radius)}"/>`

const legend = (): Html =>
  html`${KINDS.map(([name, look], i) => {
    const x = LEFT + [0, 260, 370, 560, 740][i]!
    return html`<circle class="${look}" cx="${x + 8}" cy="20" r="6"/><text class="label" x="${x + 20}" y="20" dy=".32em">${name}</text>`
  })}`

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const LETTER = 7
const LINE = 17

/** Names beside their bubbles where nothing else is, further off with a line where it is crowded. */
function labels(bubbles: readonly Bubble[]): Html {
  const taken: Box[] = bubbles.map(({ x, y, radius }) => ({
    ...{ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
  }))
  return html`${bubbles.map((bubble) => {
    const box = placeOf(bubble, taken)
    taken.push(box)
    const y = (box.top + box.bottom) / 2
    const isLeft = box.right < bubble.x
    const isFar = Math.abs(y - bubble.y) > bubble.radius + LINE
    const from = box.left > bubble.x ? box.left : box.right < bubble.x ? box.right : bubble.x
    return html`${isFar && html`<line class="zero aside" x1="${pixel(bubble.x)}" y1="${pixel(bubble.y)}" x2="${pixel(from)}" y2="${pixel(y)}"/>`}<text class="label aside${isLeft && ' end'}" x="${pixel(isLeft ? box.right : box.left)}" y="${pixel(y)}" dy=".32em">${bubble.text}</text>`
  })}`
}

function placeOf({ x, y, radius, text }: Bubble, taken: readonly Box[]): Box {
  const width = text.length * LETTER
  const places = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6].flatMap((lines) => {
    const top = y + lines * (LINE + radius / 3) - LINE / 2
    return [x + radius + 5, x - radius - 5 - width, x - width / 2].map((left) => ({
      ...{ left, right: left + width, top, bottom: top + LINE },
    }))
  })
  const isFree = (box: Box): boolean =>
    box.left >= LEFT &&
    box.right <= RIGHT &&
    box.top >= TOP &&
    box.bottom <= BOTTOM &&
    taken.every(
      (other) =>
        box.right < other.left ||
        box.left > other.right ||
        box.bottom < other.top ||
        box.top > other.bottom,
    )
  return places.find(isFree) ?? places[0]!
}
