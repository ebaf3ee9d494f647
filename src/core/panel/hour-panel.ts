import type { HourGrid } from './hour-grid.ts'
import type { TableKind } from './known-table.ts'

/** Bars in raw prices, as traded; NaN where there was no bar, or it was known too late. */
export interface PanelBars {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Shares. */
  readonly volume: Float64Array
}

/** What became known of one name, or of the market, ascending by known time. */
export interface KnownSeries {
  /** Microseconds. */
  readonly knownTime: Float64Array
  /** When it happened; never after it was known. Microseconds. */
  readonly eventTime: Float64Array
  /** One array a field, NaN where the row has no value. */
  readonly fields: Readonly<Record<string, Float64Array>>
}

/** A split, or cash or shares paid to whoever held before the bar. */
export interface PanelAction {
  /** Index of the name. */
  readonly name: number
  /** Index of the first bar that trades without it. */
  readonly bar: number
  readonly kind: 'split' | 'dividend' | 'spinOff'
  /** New shares for one old share, of a split. */
  readonly ratio: number
  /** Dollars a share before the bar: what is paid, or what is split off is worth. */
  readonly amount: number
}

/** The last price of a name that stopped trading. */
export interface PanelDelisting {
  readonly name: number
  /** Index of the first bar that does not trade. */
  readonly bar: number
  /** Dollars a share that holders get. */
  readonly lastPrice: number
}

/** A table that a panel was made of. */
export interface PanelTableNote {
  readonly kind: TableKind
  /** Where its rows came from. */
  readonly source: string
  readonly rows: number
  /** How their known times were found, as a sentence. */
  readonly lagRule: string
}

/**
 * Everything known of many names, hour by hour. Arrays of names and bars are name-major: element
 * `name * bars + bar`. What they hold at a bar was known strictly before its decision time.
 */
export interface HourPanel {
  readonly grid: HourGrid
  readonly dataKind: 'generated' | 'real'
  /** What is to be known before any figure of it is read, in sentences. */
  readonly provenance: readonly string[]
  /** Its tables with their lag rules; empty where it was generated. */
  readonly tables: readonly PanelTableNote[]
  readonly symbols: readonly string[]
  readonly bars: PanelBars
  /** The benchmark's own bars, one element a bar; it is never among the names. */
  readonly benchmark: { readonly symbol: string; readonly bars: PanelBars } | null
  /** 1 where the name is a member of the index. */
  readonly isMember: Uint8Array
  /** Index into `sectorNames`, -1 where it is unknown. */
  readonly sector: Int16Array
  readonly sectorNames: readonly string[]
  /**
   * What raw prices are multiplied by, so that ratios of two bars mean returns: the product of the
   * factors of all actions up to the bar, of splits alone and of dividends too. 1 before the first.
   */
  readonly splitFactor: Float64Array
  readonly totalReturnFactor: Float64Array
  /** Shares, NaN where unknown. */
  readonly sharesOutstanding: Float64Array
  readonly actions: readonly PanelAction[]
  readonly delistings: readonly PanelDelisting[]
  /** By name; null where the panel has no such source. */
  readonly fundamentals: readonly KnownSeries[] | null
  readonly sentiment: readonly KnownSeries[] | null
  readonly analyst: readonly KnownSeries[] | null
  readonly macro: KnownSeries | null
}
