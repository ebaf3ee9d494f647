import {
  type AutoscaleInfo,
  BaselineSeries,
  type CandlestickData,
  CandlestickSeries,
  CrosshairMode,
  createChart,
  createTextWatermark,
  type HistogramData,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ITextWatermarkPluginApi,
  type LineData,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  type Time,
  type UTCTimestamp,
  type WhitespaceData,
} from 'lightweight-charts'
import { numberText } from '../lib/format.ts'
import type { BarsView, InstrumentView } from '../lib/protocol.ts'
import { shiftedSeconds, type Zone, zoneName } from '../lib/time.ts'
import type { ChartColors } from './colors.ts'
import { MarkerLayer } from './marker-layer.ts'
import type { Holding, Marker } from './markers.ts'

/** Everything a chart shows. */
export interface ChartScene {
  readonly bars: BarsView
  readonly instrument: InstrumentView
  readonly markers: readonly Marker[]
  readonly holdings: readonly Holding[]
  readonly zone: Zone
  readonly colors: ChartColors
}

/** What the pointer or the arrow keys are at: index of the bar, and a marker if one is near. */
export interface ChartFocus {
  readonly index: number | null
  readonly marker: Marker | null
  readonly x: number
  readonly y: number
}

type Point<Data> = Data | WhitespaceData<UTCTimestamp>

/** Price with mean and entry bands, z and imbalance under it, and our orders and fills over it. */
export class PriceChart {
  readonly #chart: IChartApi
  readonly #candles: ISeriesApi<'Candlestick'>
  readonly #mean: ISeriesApi<'Line'>
  readonly #upper: ISeriesApi<'Line'>
  readonly #lower: ISeriesApi<'Line'>
  readonly #z: ISeriesApi<'Baseline'>
  readonly #imbalance: ISeriesApi<'Histogram'>
  readonly #layer = new MarkerLayer()
  readonly #labels: readonly ITextWatermarkPluginApi<Time>[]
  #lines: { readonly series: ISeriesApi<'Baseline' | 'Histogram'>; readonly line: IPriceLine }[] =
    []
  #scene: ChartScene | null = null
  #styled = ''
  #keyIndex: number | null = null

  constructor(container: HTMLElement, onFocus: (focus: ChartFocus) => void) {
    this.#chart = createChart(container, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 11 },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, minimumWidth: 66 },
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, rightOffset: 4 },
    })
    const band = { lineWidth: 1, lastValueVisible: false, priceLineVisible: false } as const
    const quiet = { ...band, crosshairMarkerVisible: false } as const
    const bands = { ...quiet, lineStyle: LineStyle.Dotted }
    this.#upper = this.#chart.addSeries(LineSeries, bands, 0)
    this.#lower = this.#chart.addSeries(LineSeries, bands, 0)
    this.#mean = this.#chart.addSeries(LineSeries, { ...quiet, lineStyle: LineStyle.Dashed }, 0)
    this.#candles = this.#chart.addSeries(
      CandlestickSeries,
      { priceLineStyle: LineStyle.Dotted },
      0,
    )
    this.#candles.attachPrimitive(this.#layer)
    this.#z = this.#chart.addSeries(
      BaselineSeries,
      {
        ...band,
        lastValueVisible: true,
        baseValue: { type: 'price', price: 0 },
        autoscaleInfoProvider: aroundZero(2),
      },
      1,
    )
    this.#imbalance = this.#chart.addSeries(
      HistogramSeries,
      { ...band, lastValueVisible: true, autoscaleInfoProvider: aroundZero(0.5) },
      2,
    )
    for (const series of [this.#z, this.#imbalance]) {
      const margins = { top: 0.16, bottom: 0.08 }
      series.priceScale().applyOptions({ scaleMargins: margins, entireTextOnly: true })
    }
    const margins = { top: 0.06, bottom: 0.06 }
    this.#candles.priceScale().applyOptions({ scaleMargins: margins, entireTextOnly: true })
    const panes = this.#chart.panes()
    ;[0.62, 0.2, 0.18].forEach((share, i) => {
      panes[i]?.setStretchFactor(share)
    })
    this.#labels = [1, 2].map((i) => createTextWatermark(panes[i]!, { lines: [] }))
    this.#chart.subscribeCrosshairMove((event) => onFocus(this.#focusOf(event)))
  }

  /** Draws a scene; styles are only touched when they changed. */
  show(scene: ChartScene): void {
    const styled = JSON.stringify([scene.colors, scene.instrument, scene.zone])
    if (styled !== this.#styled) this.#style(scene)
    this.#styled = styled
    this.#scene = scene
    const { bars } = scene
    const times = bars.openSeconds.map((s) => shiftedSeconds(s, scene.zone) as UTCTimestamp)
    this.#candles.setData(times.map((time, i) => candle(bars, time, i)))
    this.#mean.setData(times.map((time, i) => point(time, bars.mean[i] ?? null)))
    this.#setBands(scene, times)
    this.#z.setData(times.map((time, i) => point(time, bars.z[i] ?? null)))
    this.#imbalance.setData(times.map((time, i) => bar(time, bars.imbalance[i] ?? null, scene)))
    this.#layer.show({
      markers: scene.markers,
      holdings: scene.holdings,
      colors: scene.colors,
      toChart: (seconds) => shiftedSeconds(seconds, scene.zone),
      intervalSeconds: bars.intervalSeconds,
      firstSeconds: bars.openSeconds[0] ?? 0,
      lastSeconds: bars.openSeconds.at(-1) ?? 0,
    })
  }

  /** Shows the last `seconds` of the bars, or all of them for null. */
  showRange(seconds: number | null): void {
    const bars = this.#scene?.bars
    if (bars === undefined) return
    const count = bars.openSeconds.length
    const wanted = seconds === null ? count : seconds / bars.intervalSeconds
    const from = Math.max(-0.5, count - wanted - 0.5)
    this.#chart.timeScale().setVisibleLogicalRange({ from, to: count + 3 })
  }

  /** Moves the crosshair by bars; returns the index it stands at. */
  moveCrosshair(by: number): number | null {
    const scene = this.#scene
    const count = scene?.bars.openSeconds.length ?? 0
    if (scene === null || count === 0) return null
    const index = Math.min(count - 1, Math.max(0, (this.#keyIndex ?? count) + by))
    this.#keyIndex = index
    const time = shiftedSeconds(scene.bars.openSeconds[index]!, scene.zone) as UTCTimestamp
    this.#chart.setCrosshairPosition(scene.bars.close[index]!, time, this.#candles)
    return index
  }

  destroy(): void {
    this.#chart.remove()
  }

  #focusOf(event: MouseEventParams): ChartFocus {
    const { point: at, logical, paneIndex } = event
    if (at === undefined || logical === undefined) return { index: null, marker: null, x: 0, y: 0 }
    const index = Math.round(logical)
    const known = index >= 0 && index < (this.#scene?.bars.openSeconds.length ?? 0)
    const marker = (paneIndex ?? 0) === 0 ? this.#layer.markerAt(at.x, at.y) : null
    return { index: known ? index : null, marker, x: at.x, y: at.y }
  }

  #setBands(scene: ChartScene, times: readonly UTCTimestamp[]): void {
    const { bars, instrument } = scene
    const level = (k: number | null | undefined) =>
      times.map((time, i) => {
        const mean = bars.mean[i] ?? null
        const deviation = bars.deviation[i] ?? null
        const isKnown = mean !== null && deviation !== null && k != null
        return point(time, isKnown ? mean + k * deviation : null)
      })
    this.#upper.setData(level(instrument.thresholds?.zShortEntry))
    this.#lower.setData(level(instrument.thresholds?.zLongEntry))
  }

  #style(scene: ChartScene): void {
    const { colors, instrument, zone } = scene
    const { priceDecimals } = instrument
    this.#chart.applyOptions({
      layout: {
        background: { color: 'transparent' },
        textColor: colors.muted,
        fontFamily: getComputedStyle(document.body).fontFamily,
        panes: { separatorColor: colors.line, separatorHoverColor: colors.line },
      },
      grid: { vertLines: { color: colors.line }, horzLines: { color: colors.line } },
      crosshair: {
        vertLine: { color: colors.muted, labelBackgroundColor: colors.muted },
        horzLine: { color: colors.muted, labelBackgroundColor: colors.muted },
      },
      localization: { timeFormatter: (time: number) => axisTime(time, zone) },
    })
    const price = (value: number) => numberText(value, priceDecimals)
    const priceFormat = { type: 'custom', minMove: 10 ** -priceDecimals, formatter: price } as const
    this.#candles.applyOptions({
      priceFormat,
      upColor: colors.ground,
      downColor: colors.muted,
      borderUpColor: colors.muted,
      borderDownColor: colors.muted,
      wickUpColor: colors.muted,
      wickDownColor: colors.muted,
      priceLineColor: colors.ink,
    })
    this.#mean.applyOptions({ color: colors.ink, priceFormat })
    this.#upper.applyOptions({ color: colors.sell, priceFormat })
    this.#lower.applyOptions({ color: colors.buy, priceFormat })
    const plain = (value: number) => numberText(value, 2, true)
    const plainFormat = { type: 'custom', minMove: 0.01, formatter: plain } as const
    this.#z.applyOptions({
      priceFormat: plainFormat,
      topLineColor: colors.sell,
      topFillColor1: colors.sellWash,
      topFillColor2: 'transparent',
      bottomLineColor: colors.buy,
      bottomFillColor1: 'transparent',
      bottomFillColor2: colors.buyWash,
    })
    this.#imbalance.applyOptions({ priceFormat: plainFormat })
    this.#drawThresholds(scene)
    const titles = ['z-score', 'imbalance']
    this.#labels.forEach((label, i) => {
      const line = { text: titles[i]!, color: colors.muted, fontSize: 11 }
      label.applyOptions({ horzAlign: 'left', vertAlign: 'top', lines: [line] })
    })
  }

  #drawThresholds(scene: ChartScene): void {
    for (const { series, line } of this.#lines) series.removePriceLine(line)
    this.#lines = []
    const { colors, instrument } = scene
    const limits = instrument.thresholds
    if (limits === null) return
    const add = (
      series: ISeriesApi<'Baseline'> | ISeriesApi<'Histogram'>,
      price: number | null,
      color: string,
      lineStyle: LineStyle,
    ) => {
      if (price === null) return
      const options = { price, color, lineStyle, lineWidth: 1, axisLabelVisible: false } as const
      const line = series.createPriceLine(options)
      this.#lines.push({ series: series as ISeriesApi<'Baseline' | 'Histogram'>, line })
    }
    add(this.#z, limits.zLongEntry, colors.buy, LineStyle.Dashed)
    add(this.#z, limits.zLongExit, colors.buy, LineStyle.Dotted)
    add(this.#z, limits.zShortEntry, colors.sell, LineStyle.Dashed)
    add(this.#z, limits.zShortExit, colors.sell, LineStyle.Dotted)
    if (limits.imbalance === null) return
    add(this.#imbalance, limits.imbalance, colors.buy, LineStyle.Dashed)
    add(this.#imbalance, -limits.imbalance, colors.sell, LineStyle.Dashed)
  }
}

/** A scale with zero in its middle that reaches at least to `least`. */
const aroundZero = (least: number) => (original: () => AutoscaleInfo | null) => {
  const range = original()?.priceRange ?? null
  const reach = Math.max(least, Math.abs(range?.minValue ?? 0), Math.abs(range?.maxValue ?? 0))
  return { priceRange: { minValue: -reach, maxValue: reach } }
}

function candle(bars: BarsView, time: UTCTimestamp, i: number): CandlestickData<UTCTimestamp> {
  return {
    time,
    open: bars.open[i]!,
    high: bars.high[i]!,
    low: bars.low[i]!,
    close: bars.close[i]!,
  }
}

const point = (time: UTCTimestamp, value: number | null): Point<LineData<UTCTimestamp>> =>
  value === null ? { time } : { time, value }

function bar(
  time: UTCTimestamp,
  value: number | null,
  scene: ChartScene,
): Point<HistogramData<UTCTimestamp>> {
  if (value === null) return { time }
  return { time, value, color: value >= 0 ? scene.colors.buy : scene.colors.sell }
}

/** The chart's times are shifted into the zone already, so they are read as if they were UTC. */
function axisTime(seconds: number, zone: Zone): string {
  const text = new Date(seconds * 1000).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 16)} ${zoneName(zone)}`
}
