import type { BarTable } from './bar-table.ts'
import { barAt, barCount, type HourGrid } from './hour-grid.ts'
import type { PanelBars } from './hour-panel.ts'
import { rowCount } from './known-table.ts'

/** Bars without a value. */
export function emptyBars(length: number): PanelBars {
  const column = (): Float64Array => new Float64Array(length).fill(Number.NaN)
  return { open: column(), high: column(), low: column(), close: column(), volume: column() }
}

/** Where {@link placeBars} writes: name-major columns. */
export interface BarPlaces {
  readonly bars: PanelBars
  /** When what stands there was known, us; 0 where nothing does. */
  readonly knownTime: Float64Array
}

/** Empty places for a number of bars. */
export const barPlaces = (length: number): BarPlaces => ({
  bars: emptyBars(length),
  knownTime: new Float64Array(length),
})

/**
 * Writes a table's bars into a panel's: of each bar the newest vintage known strictly before the
 * bar's decision. Later ones, and bars known too late, leave no trace. `nameOf` is the panel's index
 * of a symbol of the table, -1 to leave it out.
 */
export function placeBars(
  grid: HourGrid,
  table: BarTable,
  nameOf: (symbol: number) => number,
  places: BarPlaces,
): void {
  const length = barCount(grid)
  const { start, open, high, low, close, volume } = table.fields
  const { bars } = places
  for (let place = 0; place < rowCount(table); place++) {
    const name = nameOf(table.symbol[place]!)
    const bar = name < 0 ? -1 : barAt(grid, start![place]!)
    const known = table.knownTime[place]!
    if (bar < 0 || !(known < grid.decisionTime[bar]!)) continue
    const at = name * length + bar
    if (places.knownTime[at]! > known) continue
    places.knownTime[at] = known
    bars.open[at] = open![place]!
    bars.high[at] = high![place]!
    bars.low[at] = low![place]!
    bars.close[at] = close![place]!
    bars.volume[at] = volume![place]!
  }
}
