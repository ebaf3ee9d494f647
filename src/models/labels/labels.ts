import { assert, type HourPanel, type PanelDelisting } from '../../core/mod.ts'
import type { LabelColumns, LabelSpans } from '../learner.ts'

/** What is forecast, and over how long. */
export interface LabelOptions {
  /** Bars from the open after the decision to the open that ends the window. */
  readonly horizonBars: number
  /** The fall that counts as a downside event, a positive share of the entry price. */
  readonly downsideThreshold: number
  /**
   * `total`: what a holder gets, with dividends and spin-offs. `split`: prices, as the earlier
   * system did. The benchmark is always by price: panels have no dividends of it.
   */
  readonly adjustment: 'split' | 'total'
  /** Null: plain labels. */
  readonly scaling: VolatilityScaling | null
  /** Null: the open of the next bar. */
  readonly entries: LabelEntries | null
}

/** Prices at which the decision of each bar could be executed; a window ends with the one of its end. */
export interface LabelEntries {
  /** Raw price of the name within the bar after the decision's; name-major by the decision's bar. */
  readonly names: Float64Array
  /** Of the benchmark, one element a bar. */
  readonly benchmark: Float64Array
  /** How the prices were found, for reports. */
  readonly basis: string
}

/** Labels in units of each name's own volatility as it was known at the decision. */
export interface VolatilityScaling {
  /** Volatility a bar, name-major like a feature; a label is null where it is NaN or 0. */
  readonly perBarVolatility: Float32Array | Float64Array
  /** A downside event is a fall by so many volatilities of the horizon. */
  readonly downsideMultiple: number
}

/** Five bars and 1.5 percent, as the earlier system, of what holders get. */
export const DEFAULT_LABELS: LabelOptions = {
  horizonBars: 5,
  downsideThreshold: 0.015,
  adjustment: 'total',
  scaling: null,
  entries: null,
}

/** How many cells have a label, and why others have none. */
export interface LabelCounts {
  readonly labelled: number
  /** The window leaves the panel. */
  readonly incomplete: number
  /** A price in the window is missing. */
  readonly missingPrice: number
  /** Of scaled labels: no volatility was known. */
  readonly missingVolatility: number
  /** Among the labelled: the name stopped trading in the window, its last price ends it. */
  readonly endedByDelisting: number
}

/** Labels of a panel: element `name * bars + bar`, NaN where the window is not complete. */
export interface PanelLabels extends LabelColumns {
  readonly excessReturn: Float64Array
  /** Log return of the name itself. */
  readonly forwardReturn: Float64Array
  readonly downsideEvent: Float32Array
  /** Log return of the benchmark; one element a bar. */
  readonly benchmarkReturn: Float64Array
  readonly spans: LabelSpans
  /** 1 where the entry and the end of the window are of different sessions; one element a bar. */
  readonly spansNight: Uint8Array
  /** 1 where the name's last price ended the window. */
  readonly endsByDelisting: Uint8Array
  readonly counts: LabelCounts
  /** How the entry price is known, for reports. */
  readonly entryBasis: string
}

const ENTRY_BASIS =
  'the next open; optimistic: where bars follow at once it comes before the decision'

/** Dollars a share that a last price counts as at least: a log return knows no loss of everything. */
const LAST_PRICE_LEAST = 0.01

interface Work {
  readonly panel: HourPanel
  readonly options: LabelOptions
  readonly bars: number
  readonly factor: Float64Array
  readonly out: PanelLabels
}

/**
 * Labels of every bar t: the log return from the open of bar t + 1 to the open of bar
 * t + 1 + horizon, less that of the benchmark; and whether the lowest low of the bars t + 1 to
 * t + horizon is at least the threshold below the entry. Bars are those of the grid: a missing one
 * counts. A name that stops trading in the window ends with its last price, a cent at least, which
 * is a low too.
 * With entries of its own, both ends of the window are those; the lows are still of whole bars.
 */
export function computeLabels(
  panel: HourPanel,
  options: LabelOptions = DEFAULT_LABELS,
): PanelLabels {
  const { horizonBars, downsideThreshold } = options
  assert(Number.isInteger(horizonBars) && horizonBars >= 1, 'the horizon is at least 1 bar')
  assert(downsideThreshold > 0, 'the downside threshold is a positive share')
  const bars = panel.grid.openTime.length
  const cells = panel.symbols.length * bars
  const nan = Number.NaN
  const counts = {
    labelled: 0,
    incomplete: 0,
    missingPrice: 0,
    missingVolatility: 0,
    endedByDelisting: 0,
  }
  const out: PanelLabels = {
    excessReturn: new Float64Array(cells).fill(nan),
    forwardReturn: new Float64Array(cells).fill(nan),
    downsideEvent: new Float32Array(cells).fill(nan),
    benchmarkReturn: benchmarkReturns(panel, options),
    spans: labelSpans(bars, horizonBars),
    spansNight: nightSpans(panel, horizonBars),
    endsByDelisting: new Uint8Array(cells),
    counts,
    entryBasis: options.entries?.basis ?? ENTRY_BASIS,
  }
  const factor = options.adjustment === 'total' ? panel.totalReturnFactor : panel.splitFactor
  const work = { panel, options, bars, factor, out }
  for (let name = 0; name < panel.symbols.length; name++) {
    const end = panel.delistings.find((delisting) => delisting.name === name) ?? null
    for (let bar = 0; bar < bars; bar++) {
      const kind = bar + 1 + horizonBars < bars ? labelCell(work, name, bar, end) : 'incomplete'
      counts[kind]++
      if (kind === 'labelled') counts.endedByDelisting += out.endsByDelisting[name * bars + bar]!
    }
  }
  return out
}

/** First and last bar of the window of each bar's label: both -1 where it leaves the panel. */
export function labelSpans(bars: number, horizonBars: number): LabelSpans {
  const first = new Int32Array(bars).fill(-1)
  const last = new Int32Array(bars).fill(-1)
  for (let bar = 0; bar + 1 + horizonBars < bars; bar++) {
    first[bar] = bar + 1
    last[bar] = bar + 1 + horizonBars
  }
  return { first, last }
}

function nightSpans(panel: HourPanel, horizonBars: number): Uint8Array {
  const { sessionDay } = panel.grid
  const out = new Uint8Array(sessionDay.length)
  for (let bar = 0; bar + 1 + horizonBars < out.length; bar++) {
    if (sessionDay[bar + 1] !== sessionDay[bar + 1 + horizonBars]) out[bar] = 1
  }
  return out
}

function benchmarkReturns(panel: HourPanel, options: LabelOptions): Float64Array {
  const { entries, horizonBars } = options
  const bars = panel.grid.openTime.length
  const out = new Float64Array(bars).fill(Number.NaN)
  // The open of the next bar is the price of the bar before it.
  const prices = entries === null ? panel.benchmark?.bars.open.subarray(1) : entries.benchmark
  if (prices === undefined) return out
  for (let bar = 0; bar + 1 + horizonBars < bars; bar++) {
    out[bar] = Math.log(prices[bar + horizonBars]! / prices[bar]!)
  }
  return out
}

/** Writes the labels of one cell whose window lies within the panel. */
function labelCell(
  work: Work,
  name: number,
  bar: number,
  end: PanelDelisting | null,
): 'labelled' | 'missingPrice' | 'missingVolatility' {
  const { options, factor, out } = work
  const { horizonBars } = options
  const cell = name * work.bars + bar
  const isCut = end !== null && end.bar > bar + 1 && end.bar <= bar + 1 + horizonBars
  const entry = priceAfter(work, cell)
  const exit = isCut
    ? Math.max(LAST_PRICE_LEAST, end.lastPrice) * factor[cell + (end.bar - bar) - 1]!
    : priceAfter(work, cell + horizonBars)
  const bars = isCut ? end.bar - bar - 1 : horizonBars
  const lowest = lowestLow(work, cell + 1, bars, isCut ? exit : Number.POSITIVE_INFINITY)
  const forward = Math.log(exit / entry)
  const excess = forward - out.benchmarkReturn[bar]!
  if (Number.isNaN(excess + lowest)) return 'missingPrice'
  const { scaling } = options
  const unit = scaling === null ? 1 : scaling.perBarVolatility[cell]! * Math.sqrt(horizonBars)
  if (!(unit > 0)) return 'missingVolatility'
  const threshold = scaling === null ? options.downsideThreshold : scaling.downsideMultiple * unit
  out.forwardReturn[cell] = forward
  out.excessReturn[cell] = excess / unit
  out.downsideEvent[cell] = lowest / entry - 1 <= -threshold ? 1 : 0
  if (isCut) out.endsByDelisting[cell] = 1
  return 'labelled'
}

/** Adjusted price at which the decision of a cell is executed. */
function priceAfter({ panel, options, factor }: Work, cell: number): number {
  const raw = options.entries === null ? panel.bars.open[cell + 1]! : options.entries.names[cell]!
  return raw * factor[cell + 1]!
}

/** Lowest adjusted low of so many bars and of `start`; NaN where one is missing. */
function lowestLow(work: Work, first: number, bars: number, start: number): number {
  const { panel, factor } = work
  let lowest = start
  for (let cell = first; cell < first + bars; cell++) {
    lowest = Math.min(lowest, panel.bars.low[cell]! * factor[cell]!)
  }
  return lowest
}
