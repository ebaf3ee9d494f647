import { expect, it } from 'vitest'
import { assemblePanel, type PanelTables } from './assemble-panel.ts'
import { barTable } from './bar-table.ts'
import { generatePanel } from './generated/generate-panel.ts'
import { barCount } from './hour-grid.ts'
import type { HourPanel, KnownSeries, PanelBars } from './hour-panel.ts'
import type { KnownTable } from './known-table.ts'
import { type TestRow, tableOf } from './test-kit.ts'

/** Rows of bars that are there, of one or more symbols. */
function barsOf(panel: HourPanel, bars: PanelBars, symbols: readonly string[]) {
  const length = barCount(panel.grid)
  const places = [...bars.close.keys()].filter((k) => !Number.isNaN(bars.close[k]!))
  const pick = (column: Float64Array): Float64Array => Float64Array.from(places, (k) => column[k]!)
  return barTable(panel.grid, {
    source: 'bars',
    lagRule: '',
    anchor: panel.grid.anchor,
    symbols,
    columns: {
      symbol: Int32Array.from(places, (k) => Math.floor(k / length)),
      start: Float64Array.from(places, (k) => panel.grid.openTime[k % length]!),
      open: pick(bars.open),
      high: pick(bars.high),
      low: pick(bars.low),
      close: pick(bars.close),
      volume: pick(bars.volume),
    },
    row: Int32Array.from(places),
  })
}

/** A row wherever a column of a panel changes from one bar of a name to the next. */
function changesOf(
  panel: HourPanel,
  kind: KnownTable['kind'],
  column: ArrayLike<number>,
  values: (value: number, openTime: number) => Record<string, number>,
): KnownTable {
  const length = barCount(panel.grid)
  const rows: TestRow[] = []
  for (const [name, symbol] of panel.symbols.entries()) {
    for (let bar = 0; bar < length; bar++) {
      const value = column[name * length + bar]!
      const isSame = bar > 0 && Object.is(column[name * length + bar - 1], value)
      if (isSame || Number.isNaN(value)) continue
      const time = panel.grid.openTime[bar]!
      rows.push({ symbol, event: time, known: time, values: values(value, time) })
    }
  }
  return tableOf(kind, rows)
}

function seriesOf(
  kind: KnownTable['kind'],
  symbols: readonly (string | null)[],
  list: readonly KnownSeries[],
): KnownTable {
  const rows = list.flatMap(({ knownTime, eventTime, fields }, name) =>
    Array.from(knownTime, (known, k) => ({
      symbol: symbols[name]!,
      event: eventTime[k]!,
      known,
      values: Object.fromEntries(Object.entries(fields).map(([f, column]) => [f, column[k]!])),
    })),
  )
  return tableOf(kind, rows)
}

function actionsOf(panel: HourPanel): KnownTable {
  const rows = panel.actions.map(({ name, bar, kind, ratio, amount }) => {
    const time = panel.grid.openTime[bar]!
    const code = ['split', 'dividend', 'spinOff'].indexOf(kind)
    const values = { kind: code, ex_time: time, ratio, amount }
    return { symbol: panel.symbols[name]!, event: time - 1, known: time, values }
  })
  return tableOf('actions', rows)
}

function tablesOf(panel: HourPanel): PanelTables {
  const delistings = panel.delistings.map(({ name, bar, lastPrice }) => {
    const time = panel.grid.openTime[bar]!
    const values = { effective_time: time, last_price: lastPrice }
    return { symbol: panel.symbols[name]!, event: time, known: time, values }
  })
  return {
    bars: [barsOf(panel, panel.bars, panel.symbols)],
    benchmark: { symbol: 'GMKT', bars: barsOf(panel, panel.benchmark!.bars, ['GMKT']) },
    membership: changesOf(panel, 'membership', panel.isMember, (value, time) => ({
      is_member: value,
      effective_time: time,
    })),
    sectors: changesOf(panel, 'sectors', panel.sector, (value) => ({ sector: value })),
    actions: actionsOf(panel),
    delistings: tableOf('delistings', delistings),
    shares: changesOf(panel, 'shares', panel.sharesOutstanding, (value) => ({
      shares_outstanding: value,
    })),
    fundamentals: seriesOf('fundamentals', panel.symbols, panel.fundamentals!),
    sentiment: seriesOf('sentiment', panel.symbols, panel.sentiment!),
    analyst: seriesOf('analyst', panel.symbols, panel.analyst!),
    macro: [seriesOf('macro', [null], [panel.macro!])],
  }
}

it('a generated panel taken apart into tables and assembled again is the same', () => {
  const panel = generatePanel({
    seed: 17,
    names: 24,
    sessions: 130,
    changesPerYear: 2,
    delistingsPerYear: 0.5,
    reserveShare: 0.3,
  })
  const made = assemblePanel(tablesOf(panel), {
    grid: panel.grid,
    dataKind: 'generated',
    sectorNames: panel.sectorNames,
    symbols: panel.symbols,
  })
  if (made.kind === 'refused') throw new Error(JSON.stringify(made.problems))
  expect(panel.actions.length).toBeGreaterThan(15)
  expect(panel.delistings.length).toBeGreaterThan(2)
  const whole = (p: HourPanel): unknown => {
    const { provenance: _, splitFactor, totalReturnFactor, sharesOutstanding, ...rest } = p
    // A name that trades no more keeps its last known count of shares.
    const shares = [...sharesOutstanding].map((x, k) => (Number.isNaN(p.bars.close[k]!) ? null : x))
    const near = (column: Float64Array): number[] => [...column].map((x) => +x.toPrecision(10))
    return { ...rest, shares, split: near(splitFactor), total: near(totalReturnFactor) }
  }
  expect(whole(made.panel)).toEqual(whole(panel))
})
