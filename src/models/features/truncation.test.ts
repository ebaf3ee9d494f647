import { describe, expect, it } from 'vitest'
import { roughPanel } from '../../../test/support/rough-panel.ts'
import { createRandom, type HourPanel, type KnownSeries } from '../../core/mod.ts'
import { computeFeatures } from './feature-columns.ts'
import { features } from './registry.ts'

const panel = roughPanel(21, 8, 40)
const bars = panel.grid.openTime.length
const names = panel.symbols.length
const whole = computeFeatures(panel)

/** The panel with all that was not known at the decision of a bar replaced by noise. */
function scrambled(at: number, seed: number): HourPanel {
  const random = createRandom(seed)
  const decision = panel.grid.decisionTime[at]!
  const noise = <Values extends Float64Array | Uint8Array | Int16Array>(
    column: Values,
    draw: () => number,
  ): Values => {
    const copy = column.slice() as Values
    for (let cell = 0; cell < copy.length; cell++) if (cell % bars > at) copy[cell] = draw()
    return copy
  }
  const price = () => (random.next() < 0.1 ? Number.NaN : 1 + 500 * random.next())
  const series = (known: KnownSeries): KnownSeries => {
    const isKnown = (row: number) => known.knownTime[row]! < decision
    const change = (column: Float64Array, draw: () => number) =>
      column.map((value, row) => (isKnown(row) ? value : draw()))
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
  return {
    ...panel,
    bars: of(panel.bars),
    benchmark: { symbol: 'B', bars: of(panel.benchmark!.bars) },
    isMember: noise(panel.isMember, () => random.integer(2)),
    sector: noise(panel.sector, () => random.integer(panel.sectorNames.length)),
    splitFactor: noise(panel.splitFactor, () => 1 + random.next()),
    totalReturnFactor: noise(panel.totalReturnFactor, () => 1 + random.next()),
    sharesOutstanding: noise(panel.sharesOutstanding, () => 1e9 * random.next()),
    actions: [],
    delistings: [],
    fundamentals: panel.fundamentals!.map(series),
    sentiment: panel.sentiment!.map(series),
    analyst: panel.analyst!.map(series),
    macro: series(panel.macro!),
  }
}

describe('what was not known at the decision', () => {
  it.each([30, 77, 150, 215])('changes no feature up to bar %i', (at) => {
    const changed = computeFeatures(scrambled(at, at))
    for (const [index, { name }] of features.entries()) {
      for (let n = 0; n < names; n++) {
        const from = n * bars
        const before = whole.columns[index]!.subarray(from, from + at + 1)
        const after = changed.columns[index]!.subarray(from, from + at + 1)
        if (!sameBits(before, after)) expect([name, n, after]).toEqual([name, n, before])
      }
    }
  })

  it('would be seen: features after the bar do change', () => {
    const changed = computeFeatures(scrambled(30, 1))
    for (const [index, { name, group }] of features.entries()) {
      if (group === 'time' || name === 'missing_macro') continue
      if (name.startsWith('missing_') && name !== 'missing_bar') continue
      expect(sameBits(whole.columns[index]!, changed.columns[index]!), name).toBe(false)
    }
  })
})

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return (
    Buffer.compare(
      Buffer.from(a.buffer, a.byteOffset, a.byteLength),
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    ) === 0
  )
}
