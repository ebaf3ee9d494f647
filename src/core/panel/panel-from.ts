import { barCount, type HourGrid } from './hour-grid.ts'
import type { HourPanel, PanelBars } from './hour-panel.ts'

/** The same panel without the bars before `first`; what became known before stays known. */
export function panelFrom(panel: HourPanel, first: number): HourPanel {
  const bars = barCount(panel.grid)
  const names = panel.symbols.length
  const cut = <Column extends Float64Array | Uint8Array | Int16Array>(column: Column): Column => {
    const size = bars - first
    const result = column.slice(0, names * size) as Column
    for (let name = 0; name < names; name++) {
      result.set(column.subarray(name * bars + first, (name + 1) * bars), name * size)
    }
    return result
  }
  const cutBars = (
    columns: PanelBars,
    of: <C extends Float64Array>(column: C) => C,
  ): PanelBars => ({
    open: of(columns.open),
    high: of(columns.high),
    low: of(columns.low),
    close: of(columns.close),
    volume: of(columns.volume),
  })
  const moved = <Row extends { readonly bar: number }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ bar }) => bar >= first).map((row) => ({ ...row, bar: row.bar - first }))
  const { benchmark } = panel
  return {
    ...panel,
    grid: gridFrom(panel.grid, first),
    bars: cutBars(panel.bars, cut),
    benchmark:
      benchmark === null
        ? null
        : {
            symbol: benchmark.symbol,
            bars: cutBars(benchmark.bars, (column) => column.slice(first) as typeof column),
          },
    isMember: cut(panel.isMember),
    sector: cut(panel.sector),
    splitFactor: cut(panel.splitFactor),
    totalReturnFactor: cut(panel.totalReturnFactor),
    sharesOutstanding: cut(panel.sharesOutstanding),
    actions: moved(panel.actions),
    delistings: moved(panel.delistings),
  }
}

const gridFrom = (grid: HourGrid, first: number): HourGrid => ({
  anchor: grid.anchor,
  openTime: grid.openTime.slice(first),
  closeTime: grid.closeTime.slice(first),
  decisionTime: grid.decisionTime.slice(first),
  sessionDay: grid.sessionDay.slice(first),
  barOfSession: grid.barOfSession.slice(first),
})
