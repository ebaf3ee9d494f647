/** Rows by the hour they are in. */
export interface HourRows {
  /** Ascending, each once. */
  readonly bars: Int32Array
  /** Hour h's rows begin at `starts[h]`; one element more than there are hours. */
  readonly starts: Int32Array
  /** Rows hour by hour, each hour's in the order given. */
  readonly rows: Int32Array
  /** Where each of `rows` was among those given. */
  readonly places: Int32Array
}

/** Brings rows of a panel of so many bars together by hour. */
export function groupByHour(rows: Int32Array, bars: number): HourRows {
  const counts = new Int32Array(bars)
  for (const row of rows) counts[row % bars]!++
  const hours = Int32Array.from(counts.keys()).filter((bar) => counts[bar]! > 0)
  const starts = new Int32Array(hours.length + 1)
  const next = new Int32Array(bars)
  hours.forEach((bar, h) => {
    next[bar] = starts[h]!
    starts[h + 1] = starts[h]! + counts[bar]!
  })
  const sorted = new Int32Array(rows.length)
  const places = new Int32Array(rows.length)
  rows.forEach((row, place) => {
    const at = next[row % bars]!++
    sorted[at] = row
    places[at] = place
  })
  return { bars: hours, starts, rows: sorted, places }
}

/** Most members of an hour. */
export function membersMax({ starts }: HourRows): number {
  let most = 0
  for (let h = 1; h < starts.length; h++) most = Math.max(most, starts[h]! - starts[h - 1]!)
  return most
}
