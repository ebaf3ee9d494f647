import type {
  IChartApiBase,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  SeriesType,
  Time,
  UTCTimestamp,
} from 'lightweight-charts'
import type { ChartColors } from './colors.ts'
import type { Holding, Marker } from './markers.ts'

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0]
type Context = CanvasRenderingContext2D

/** What the layer draws; bar times are already shifted into the chart's zone. */
export interface MarkerScene {
  readonly markers: readonly Marker[]
  readonly holdings: readonly Holding[]
  readonly colors: ChartColors
  /** Seconds of a bar's open to the chart's time. */
  readonly toChart: (seconds: number) => number
  readonly intervalSeconds: number
  readonly firstSeconds: number
  readonly lastSeconds: number
}

interface Placed {
  readonly marker: Marker
  readonly x: number
  readonly y: number
}

/** Above this many markers in sight they are drawn as counts per bar and side. */
const CLUSTER_ABOVE = 2000
const HIT_PIXELS = 11
const RIBBON_PIXELS = 4

/**
 * Draws fills, orders and holdings over a price series: ▲ buy and ▼ sell fills with their tip at
 * the price, hollow while only placed, × when canceled, a tick across for parts; under them a
 * ribbon of the position, plain for long and hatched for short.
 */
export class MarkerLayer implements ISeriesPrimitive<Time> {
  #scene: MarkerScene | null = null
  #chart: IChartApiBase<Time> | null = null
  #series: ISeriesApi<SeriesType, Time> | null = null
  #requestUpdate: (() => void) | null = null
  #placed: readonly Placed[] = []
  readonly #views: readonly IPrimitivePaneView[]

  constructor() {
    const renderer: IPrimitivePaneRenderer = {
      draw: (target) => this.#draw(target),
      drawBackground: (target) => this.#drawRibbon(target),
    }
    this.#views = [{ renderer: () => renderer, zOrder: () => 'top' }]
  }

  attached(parameter: SeriesAttachedParameter<Time>): void {
    this.#chart = parameter.chart
    this.#series = parameter.series
    this.#requestUpdate = parameter.requestUpdate
  }

  detached(): void {
    this.#chart = null
    this.#series = null
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views
  }

  show(scene: MarkerScene): void {
    this.#scene = scene
    this.#requestUpdate?.()
  }

  /** The marker nearest to a point of the pane, within reach of a pointer. */
  markerAt(x: number, y: number): Marker | null {
    let best: Marker | null = null
    let bestDistance = HIT_PIXELS ** 2
    for (const placed of this.#placed) {
      const distance = (placed.x - x) ** 2 + (placed.y - y) ** 2
      if (distance >= bestDistance) continue
      best = placed.marker
      bestDistance = distance
    }
    return best
  }

  #xOf(seconds: number): number | null {
    if (this.#scene === null || this.#chart === null) return null
    const time = this.#scene.toChart(seconds) as UTCTimestamp
    return this.#chart.timeScale().timeToCoordinate(time)
  }

  #draw(target: Target): void {
    const scene = this.#scene
    if (scene === null || this.#series === null) return
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const placed: Placed[] = []
      for (const marker of scene.markers) {
        const x = this.#xOf(marker.barSeconds)
        const y = this.#series?.priceToCoordinate(marker.price) ?? null
        if (x === null || y === null || x < -10 || x > mediaSize.width + 10) continue
        placed.push({ marker, x, y })
      }
      this.#placed = placed
      if (placed.length > CLUSTER_ABOVE) drawClusters(context, placed, scene.colors)
      else for (const one of placed) drawMarker(context, one, scene.colors)
    })
  }

  #drawRibbon(target: Target): void {
    const scene = this.#scene
    if (scene === null) return
    const { intervalSeconds, firstSeconds, lastSeconds, colors } = scene
    const barOf = (seconds: number) =>
      Math.min(
        lastSeconds,
        Math.max(firstSeconds, Math.floor(seconds / intervalSeconds) * intervalSeconds),
      )
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      for (const holding of scene.holdings) {
        if (holding.untilSeconds !== null && holding.untilSeconds < firstSeconds) continue
        const from = this.#xOf(barOf(holding.fromSeconds))
        const until = this.#xOf(barOf(holding.untilSeconds ?? lastSeconds))
        if (from === null || until === null) continue
        const top = mediaSize.height - RIBBON_PIXELS
        context.fillStyle = holding.direction === 'long' ? colors.buy : colors.sell
        const width = Math.max(2, until - from)
        if (holding.direction === 'long') context.fillRect(from, top, width, RIBBON_PIXELS)
        else
          for (let x = from; x < from + width; x += 4) context.fillRect(x, top, 2.5, RIBBON_PIXELS)
      }
    })
  }
}

function drawMarker(context: Context, placed: Placed, colors: ChartColors): void {
  const { marker, x, y } = placed
  const color = marker.side === 'buy' ? colors.buy : colors.sell
  const down = marker.side === 'buy' ? 1 : -1
  const size = 5 + 4 * marker.size
  context.lineWidth = 1.5
  context.strokeStyle = color
  context.fillStyle = color
  if (marker.kind === 'canceled') {
    context.strokeStyle = colors.muted
    context.beginPath()
    context.moveTo(x - 3.5, y - 3.5)
    context.lineTo(x + 3.5, y + 3.5)
    context.moveTo(x + 3.5, y - 3.5)
    context.lineTo(x - 3.5, y + 3.5)
    context.stroke()
    return
  }
  context.beginPath()
  context.moveTo(x, y + down)
  context.lineTo(x - size * 0.72, y + down * (1 + size * 1.25))
  context.lineTo(x + size * 0.72, y + down * (1 + size * 1.25))
  context.closePath()
  if (marker.kind === 'placed') {
    context.stroke()
    return
  }
  context.fill()
  context.lineWidth = 1
  context.strokeStyle = colors.ground
  context.stroke()
  if (marker.kind !== 'partial') return
  context.strokeStyle = color
  context.beginPath()
  context.moveTo(x - size * 0.9, y)
  context.lineTo(x + size * 0.9, y)
  context.stroke()
}

function drawClusters(context: Context, placed: readonly Placed[], colors: ChartColors): void {
  const groups = new Map<string, { readonly first: Placed; count: number }>()
  for (const one of placed) {
    const key = `${one.marker.barSeconds}|${one.marker.side}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: one, count: 1 })
    else group.count++
  }
  context.font = '10px sans-serif'
  context.textAlign = 'center'
  for (const { first, count } of groups.values()) {
    drawMarker(context, first, colors)
    const below = first.marker.side === 'buy' ? 22 : -15
    context.fillStyle = colors.ink
    if (count > 1) context.fillText(String(count), first.x, first.y + below)
  }
}
