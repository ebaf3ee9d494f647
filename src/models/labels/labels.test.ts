import { describe, expect, it } from 'vitest'
import { roughPanel } from '../../../test/support/rough-panel.ts'
import { computeFeatures, featureColumn } from '../features/feature-columns.ts'
import { perBarDivisor } from '../features/registry.ts'
import { summariseLabels } from './label-summary.ts'
import { computeLabels, DEFAULT_LABELS } from './labels.ts'

const panel = roughPanel(3, 24, 60)
const bars = panel.grid.openTime.length
const names = panel.symbols.length
const labels = computeLabels(panel)

describe('a label', () => {
  it('is the formula, over every cell', () => {
    const { open, low } = panel.bars
    const market = panel.benchmark!.bars.open
    const factor = panel.totalReturnFactor
    let labelled = 0
    for (let n = 0; n < names; n++) {
      const end = panel.delistings.find(({ name }) => name === n)
      for (let t = 0; t < bars; t++) {
        const cell = n * bars + t
        if (end !== undefined && end.bar <= t + 6) continue
        const entry = open[cell + 1]! * factor[cell + 1]!
        const exit = open[cell + 6]! * factor[cell + 6]!
        const excess = Math.log(exit / entry) - Math.log(market[t + 6]! / market[t + 1]!)
        const lows = [1, 2, 3, 4, 5].map((k) => low[cell + k]! * factor[cell + k]!)
        const fall = Math.min(...lows) / entry - 1
        if (t + 6 >= bars || Number.isNaN(excess + fall)) {
          expect(labels.excessReturn[cell]).toBeNaN()
          expect(labels.downsideEvent[cell]).toBeNaN()
          continue
        }
        labelled++
        expect(labels.excessReturn[cell]).toBeCloseTo(excess, 12)
        expect(labels.downsideEvent[cell]).toBe(fall <= -0.015 ? 1 : 0)
      }
    }
    expect(labelled).toBeGreaterThan(1000)
  })

  it('is null, not 0, where the window leaves the panel or misses a price', () => {
    const last = bars - 6
    for (let n = 0; n < names; n++) {
      for (let t = last; t < bars; t++) {
        expect(labels.excessReturn[n * bars + t]).toBeNaN()
        expect(labels.downsideEvent[n * bars + t]).toBeNaN()
      }
    }
    const { counts } = labels
    expect(counts.incomplete).toBe(6 * names)
    expect(counts.missingPrice).toBeGreaterThan(0)
    const { labelled, incomplete, missingPrice, missingVolatility } = counts
    expect(labelled + incomplete + missingPrice + missingVolatility).toBe(names * bars)
  })

  it('ends with the last price of a name that stops trading in the window', () => {
    const cut = panel.delistings.filter(({ bar }) => bar > 10 && bar + 6 < bars)
    expect(cut.length).toBeGreaterThan(0)
    let seen = 0
    for (const { name, bar, lastPrice } of cut) {
      const cell = name * bars + bar - 2
      const entry = panel.bars.open[cell + 1]! * panel.totalReturnFactor[cell + 1]!
      if (Number.isNaN(entry + panel.bars.low[cell + 1]!)) continue
      seen++
      const exit = lastPrice * panel.totalReturnFactor[cell + 1]!
      expect(labels.forwardReturn[cell]).toBeCloseTo(Math.log(exit / entry), 12)
      expect(labels.endsByDelisting[cell]).toBe(1)
      expect(labels.excessReturn[cell + 1]).toBeNaN()
    }
    expect(seen).toBeGreaterThan(0)
    expect(labels.counts.endedByDelisting).toBeGreaterThanOrEqual(seen)
  })

  it('is a number where a name ends worthless: a cent is the least', () => {
    const worth = (lastPrice: number) =>
      computeLabels({
        ...panel,
        delistings: panel.delistings.map((each) => ({ ...each, lastPrice })),
      })
    const nothing = worth(0)
    expect(nothing.counts.endedByDelisting).toBeGreaterThan(0)
    expect([...nothing.excessReturn].filter((value) => Math.abs(value) === Infinity)).toEqual([])
    expect(nothing.excessReturn).toEqual(worth(0.01).excessReturn)
  })

  it('has a window from the bar after the decision to the bar whose open ends it', () => {
    expect([labels.spans.first[0], labels.spans.last[0]]).toEqual([1, 6])
    expect([labels.spans.first[bars - 6], labels.spans.last[bars - 6]]).toEqual([-1, -1])
  })

  it('can be in units of the volatility known at the decision', () => {
    const volatility = featureColumn(computeFeatures(panel), 'rv_20h').map(
      (value) => value / perBarDivisor('rv_20h'),
    )
    const scaling = { perBarVolatility: volatility, downsideMultiple: 1 }
    const scaled = computeLabels(panel, { ...DEFAULT_LABELS, scaling })
    let compared = 0
    for (let cell = 0; cell < names * bars; cell++) {
      if (Number.isNaN(scaled.excessReturn[cell]!)) continue
      compared++
      const unit = volatility[cell]! * Math.sqrt(5)
      expect(scaled.excessReturn[cell]! * unit).toBeCloseTo(labels.excessReturn[cell]!, 12)
    }
    expect(compared).toBeGreaterThan(1000)
    expect(scaled.counts.missingVolatility).toBeGreaterThan(0)
    expect(scaled.counts.labelled + scaled.counts.missingVolatility).toBe(labels.counts.labelled)
  })

  it('can begin and end with the prices at which decisions are executed', () => {
    const next = (column: Float64Array) =>
      column.map((_, cell) => (cell % bars === bars - 1 ? Number.NaN : column[cell + 1]! * 1.001))
    const entries = {
      names: next(panel.bars.open),
      benchmark: next(panel.benchmark!.bars.open),
      basis: 'a minute later',
    }
    const later = computeLabels(panel, { ...DEFAULT_LABELS, entries })
    expect(later.entryBasis).toBe('a minute later')
    expect(labels.entryBasis).toContain('optimistic')
    expect(later.counts).toEqual(labels.counts)
    for (let cell = 0; cell < names * bars; cell++) {
      const value = later.excessReturn[cell]!
      if (Number.isNaN(value)) continue
      const moved = labels.endsByDelisting[cell] === 1 ? Math.log(1.001) : 0
      expect(value).toBeCloseTo(labels.excessReturn[cell]! - moved, 12)
    }
  })

  it('has no excess return without a benchmark', () => {
    const alone = computeLabels({ ...panel, benchmark: null })
    expect(alone.counts.labelled).toBe(0)
  })

  it('does not change when all after its window does', () => {
    const bar = 100
    const until = bar + 6
    const cut = (column: Float64Array) =>
      column.map((value, cell) => (cell % bars > until ? value * 1.7 + 3 : value))
    const { open, high, low, close, volume } = panel.bars
    const changed = computeLabels({
      ...panel,
      bars: { open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume },
      delistings: panel.delistings.map((each) =>
        each.bar > until ? { ...each, lastPrice: each.lastPrice * 9 } : each,
      ),
    })
    for (let n = 0; n < names; n++) {
      for (let t = 0; t <= bar; t++) {
        const cell = n * bars + t
        expect(changed.excessReturn[cell]).toBe(labels.excessReturn[cell])
        expect(changed.downsideEvent[cell]).toBe(labels.downsideEvent[cell])
      }
    }
  })
})

describe('the summary of labels', () => {
  const report = summariseLabels(panel, labels)
  const values = [...labels.excessReturn].filter((value) => !Number.isNaN(value))

  it('adds up over hours and nights', () => {
    const { all, withinSession, overNight, byHour } = report
    expect(all.count).toBe(values.length)
    expect(withinSession.count + overNight.count).toBe(all.count)
    expect(byHour.reduce((sum, { count }) => sum + count, 0)).toBe(all.count)
    expect(byHour.map(({ hour }) => hour)).toEqual([9, 10, 11, 12, 13, 14, 15])
    expect([withinSession.nightShare, overNight.nightShare]).toEqual([0, 1])
  })

  it('has the mean and the deviation of the labels', () => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(report.all.mean).toBeCloseTo(mean, 12)
    expect(report.all.deviation).toBeCloseTo(Math.sqrt(squares / (values.length - 1)), 12)
  })
})
