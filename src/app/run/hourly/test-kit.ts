import {
  barCount,
  createRandom,
  type HourPanel,
  hourGridOfSessions,
  type PanelAction,
  type PanelDelisting,
} from '../../../core/mod.ts'
import type { Forecaster } from '../../../strategies/mod.ts'

/** A panel whose parts a test may still write. */
export type DraftPanel = { -readonly [Key in keyof HourPanel]: HourPanel[Key] } & {
  actions: PanelAction[]
  delistings: PanelDelisting[]
}

/** Names that move by a few basis points around 100 dollars and trade 200,000 shares an hour. */
export function calmPanel(names: number, sessions: number, firstDay = 17_898): DraftPanel {
  const grid = hourGridOfSessions({ anchor: 'clockHour', firstDay, sessions })
  const bars = barCount(grid)
  const size = names * bars
  const column = (value: number): Float64Array => new Float64Array(size).fill(value)
  const random = createRandom(11)
  const close = column(100)
  for (let name = 0; name < names; name++) {
    for (let bar = 1; bar < bars; bar++) {
      const at = name * bars + bar
      close[at] = close[at - 1]! * (1 + 0.002 * (random.next() - 0.5))
    }
  }
  const open = close.map((value, at) => (at % bars === 0 ? value : close[at - 1]!))
  const high = close.map((value, at) => Math.max(value, open[at]!))
  const low = close.map((value, at) => Math.min(value, open[at]!))
  return {
    ...{ grid, dataKind: 'generated', provenance: [], tables: [], benchmark: null },
    symbols: Array.from({ length: names }, (_, name) => `N${name}`),
    bars: { open, high, low, close, volume: column(200_000) },
    isMember: new Uint8Array(size).fill(1),
    sector: Int16Array.from({ length: size }, (_, at) => Math.floor(at / bars) % 5),
    sectorNames: ['a', 'b', 'c', 'd', 'e'],
    ...{ splitFactor: column(1), totalReturnFactor: column(1), sharesOutstanding: column(1e9) },
    ...{ actions: [], delistings: [] },
    ...{ fundamentals: null, sentiment: null, analyst: null, macro: null },
  }
}

/** Multiplies the prices of a name from a bar on, and its volume by the inverse. */
export function rescale(panel: DraftPanel, name: number, bar: number, factor: number): void {
  const bars = barCount(panel.grid)
  const { open, high, low, close, volume } = panel.bars
  for (let at = name * bars + bar; at < (name + 1) * bars; at++) {
    for (const prices of [open, high, low, close]) prices[at]! *= factor
    volume[at]! /= factor
  }
}

/** The same forecast in every hour. */
export const steady = (alphaBp: readonly number[]): Forecaster => {
  const forecast = {
    alphaBp: Float64Array.from(alphaBp),
    downside: new Float64Array(alphaBp.length).fill(Number.NaN),
  }
  return { forecast: () => forecast }
}

/** Forecasts that mean nothing and change slowly. */
export function idleTalk(panel: HourPanel, seed: number, size = 8): Forecaster {
  const random = createRandom(seed)
  const names = panel.symbols.length
  const alpha = Float64Array.from({ length: names }, () => size * (random.next() - 0.5))
  const columns = Array.from(panel.grid.openTime, () => {
    for (let i = 0; i < names; i++) alpha[i] = 0.95 * alpha[i]! + size * (random.next() - 0.5)
    return alpha.slice()
  })
  const downside = new Float64Array(names).fill(0.2)
  return { forecast: (bar) => ({ alphaBp: columns[bar]!, downside }) }
}
