import { createRandom, type HourPanel, type KnownSeries } from '../../core/mod.ts'

/**
 * The panel with noise in place of everything that was not known at the decision of a bar: what was
 * made from it up to that bar must not change.
 */
export function scrambledAfter(panel: HourPanel, bar: number, seed: number): HourPanel {
  const bars = panel.grid.openTime.length
  const random = createRandom(seed)
  const decision = panel.grid.decisionTime[bar]!
  const noise = <Values extends Float64Array | Uint8Array | Int16Array>(
    column: Values,
    draw: () => number,
  ): Values => {
    const copy = column.slice() as Values
    for (let cell = 0; cell < copy.length; cell++) if (cell % bars > bar) copy[cell] = draw()
    return copy
  }
  const price = () => (random.next() < 0.1 ? Number.NaN : 1 + 500 * random.next())
  const series = (known: KnownSeries): KnownSeries => {
    const change = (column: Float64Array, draw: () => number) =>
      column.map((value, row) => (known.knownTime[row]! < decision ? value : draw()))
    return {
      knownTime: known.knownTime,
      eventTime: change(known.eventTime, () => decision * (0.5 + random.next())),
      fields: Object.fromEntries(
        Object.entries(known.fields).map(([field, column]) => [field, change(column, price)]),
      ),
    }
  }
  const of = (columns: HourPanel['bars']) => ({
    open: noise(columns.open, price),
    high: noise(columns.high, price),
    low: noise(columns.low, price),
    close: noise(columns.close, price),
    volume: noise(columns.volume, () => 1e6 * random.next()),
  })
  const { benchmark, macro } = panel
  return {
    ...panel,
    bars: of(panel.bars),
    benchmark: benchmark === null ? null : { ...benchmark, bars: of(benchmark.bars) },
    isMember: noise(panel.isMember, () => random.integer(2)),
    sector: noise(panel.sector, () => random.integer(panel.sectorNames.length)),
    splitFactor: noise(panel.splitFactor, () => 1 + random.next()),
    totalReturnFactor: noise(panel.totalReturnFactor, () => 1 + random.next()),
    sharesOutstanding: noise(panel.sharesOutstanding, () => 1e9 * random.next()),
    actions: [],
    delistings: [],
    fundamentals: panel.fundamentals?.map(series) ?? null,
    sentiment: panel.sentiment?.map(series) ?? null,
    analyst: panel.analyst?.map(series) ?? null,
    macro: macro === null ? null : series(macro),
  }
}
