import { describe, expect, it } from 'vitest'
import { loadClockHourPanel2018 } from '../../src/adapters/mod.ts'
import { computeLabels, DEFAULT_LABELS, summariseLabels } from '../../src/models/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'

interface LabelOracle {
  readonly labels: readonly {
    readonly n: number
    readonly mean: number
    readonly sd: number
    readonly downside_rate: number
    readonly share_spanning_a_night: number
  }[]
  readonly by_overnight: readonly {
    readonly ov: boolean
    readonly n: number
    readonly sd: number
  }[]
  readonly aapl_first: readonly {
    readonly f: number
    readonly g: number
    readonly excess: number
  }[]
}

describe.skipIf(!hasSharedData)(`labels of the hours of 2018${sharedDataNote}`, () => {
  const oracle = readOracle<LabelOracle>('hourly_labels_clock_hour_2018')

  it('are what an independent computation from the minutes gives', async () => {
    const { panel } = await loadClockHourPanel2018(sharedData(''), { withActions: false })
    const labels = computeLabels(panel, { ...DEFAULT_LABELS, adjustment: 'split' })
    const { all, withinSession, overNight, byHour } = summariseLabels(panel, labels)
    const figures = oracle.labels[0]!
    expect(all.count).toBe(figures.n)
    expect(all.mean).toBeCloseTo(figures.mean, 14)
    expect(all.deviation).toBeCloseTo(figures.sd, 14)
    expect(all.downsideRate).toBeCloseTo(figures.downside_rate, 14)
    expect(all.nightShare).toBeCloseTo(figures.share_spanning_a_night, 14)
    for (const { ov, n, sd } of oracle.by_overnight) {
      const part = ov ? overNight : withinSession
      expect(part.count).toBe(n)
      expect(part.deviation).toBeCloseTo(sd, 14)
    }
    const bars = panel.grid.openTime.length
    const apple = panel.symbols.indexOf('AAPL') * bars
    for (const [bar, { f, g, excess }] of oracle.aapl_first.entries()) {
      expect(labels.forwardReturn[apple + bar]).toBeCloseTo(f, 14)
      expect(labels.benchmarkReturn[bar]).toBeCloseTo(g, 14)
      expect(labels.excessReturn[apple + bar]).toBeCloseTo(excess, 14)
    }
    expect(labels.counts).toMatchObject({ missingPrice: 0, endedByDelisting: 0 })
    // Only labels of a session's first two decisions end within it, and those of the night before.
    expect(byHour.map(({ hour, nightShare }) => [hour, nightShare === 1])).toEqual([
      [9, false],
      [10, true],
      [11, true],
      [12, true],
      [13, true],
      [14, true],
      [15, false],
    ])
  })
})
