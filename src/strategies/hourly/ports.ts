import { barCount, type HourPanel } from '../../core/mod.ts'

/** What is expected of each name at a decision; NaN where nothing is. */
export interface Forecast {
  /** Basis points beyond the benchmark over the horizon of the labels. */
  readonly alphaBp: Float64Array
  /** Probability of the downside event; NaN counts as none. */
  readonly downside: Float64Array
}

/** Whatever makes forecasts: of a bar that is decided on, from what was known before. */
export interface Forecaster {
  forecast(bar: number): Forecast
}

/** What a bar told of each name, one element a name; all of it known before the bar's decision. */
export interface HourFacts {
  /** Simple return since the bar before with what was paid out; NaN where one of them is missing. */
  readonly totalReturn: Float64Array
  /** Raw, dollars; NaN where there was no bar. */
  readonly close: Float64Array
  /** Shares. */
  readonly volume: Float64Array
  /** Split factor: its change is what volumes and closes are multiplied and divided by. */
  readonly splitFactor: Float64Array
  readonly isMember: Uint8Array
  /** -1 where unknown. */
  readonly sector: Int16Array
}

/** The hours as the strategy may see them. */
export interface HourSource {
  readonly names: number
  readonly sectors: number
  /** Bars of a year of the exchange. */
  readonly barsPerYear: number
  /** The newest bar that is decided on at an instant; -1 before the first. */
  newest(now: number): number
  openTime(bar: number): number
  /** The same arrays are written anew at every call. */
  facts(bar: number): HourFacts
}

/** A panel as a source of hours. */
export function panelHours(panel: HourPanel, barsPerYear: number): HourSource {
  const { grid, symbols, sectorNames } = panel
  const names = symbols.length
  const length = barCount(grid)
  const facts = {
    totalReturn: new Float64Array(names),
    close: new Float64Array(names),
    volume: new Float64Array(names),
    splitFactor: new Float64Array(names),
    isMember: new Uint8Array(names),
    sector: new Int16Array(names),
  }
  let at = -1
  return {
    names,
    sectors: sectorNames.length,
    barsPerYear,
    newest(now) {
      while (at + 1 < length && grid.decisionTime[at + 1]! <= now) at++
      while (at >= 0 && grid.decisionTime[at]! > now) at--
      return at
    },
    openTime: (bar) => grid.openTime[bar]!,
    facts(bar) {
      for (let name = 0; name < names; name++) {
        const i = name * length + bar
        const close = panel.bars.close[i]!
        facts.close[name] = close
        facts.volume[name] = panel.bars.volume[i]!
        facts.splitFactor[name] = panel.splitFactor[i]!
        facts.isMember[name] = panel.isMember[i]!
        facts.sector[name] = panel.sector[i]!
        const value = close * panel.totalReturnFactor[i]!
        const before = panel.bars.close[i - 1]! * panel.totalReturnFactor[i - 1]!
        facts.totalReturn[name] = bar === 0 ? Number.NaN : value / before - 1
      }
      return facts
    },
  }
}
