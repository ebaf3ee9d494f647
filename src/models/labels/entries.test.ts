import { describe, expect, it } from 'vitest'
import { generatePanel, type HourPanel } from '../../core/mod.ts'
import { entriesOfMinutes } from './entries.ts'
import type { MinutePrices } from './execution-price.ts'
import { computeLabels, DEFAULT_LABELS } from './labels.ts'

const MINUTE = 60_000_000
const panel = generatePanel({ seed: 4, names: 3, sessions: 30 })
const bars = panel.grid.openTime.length

/** A price for each minute of the sessions that says its time: cents are minutes since 1970. */
function minutesOf({ grid }: HourPanel): MinutePrices {
  const openTime: number[] = []
  for (let bar = 0; bar < bars; bar++) {
    for (let time = grid.openTime[bar]!; time < grid.closeTime[bar]!; time += MINUTE) {
      openTime.push(time)
    }
  }
  return {
    openTime: Float64Array.from(openTime),
    open: Float64Array.from(openTime, (time) => time / MINUTE),
  }
}

describe('entries of minutes', () => {
  const entries = entriesOfMinutes(panel, [minutesOf(panel), null, null], 250_000)

  it('begin after the decision and the latency, within the next bar', () => {
    const { grid } = panel
    for (let bar = 0; bar + 1 < bars; bar++) {
      const at = entries.names[bar]! * MINUTE
      expect(at).toBeGreaterThan(Math.max(grid.decisionTime[bar]!, grid.openTime[bar + 1]!))
      expect(at).toBeLessThan(grid.closeTime[bar + 1]!)
      expect(at - Math.max(grid.decisionTime[bar]!, grid.openTime[bar + 1]!)).toBeLessThanOrEqual(
        MINUTE,
      )
    }
    expect(entries.names[bars - 1]).toBeNaN()
  })

  it('are the next open of a name without minutes, and the benchmark’s, called optimistic', () => {
    for (let bar = 0; bar + 1 < bars; bar++) {
      expect(entries.names[bars + bar]).toBe(panel.bars.open[bars + bar + 1])
      expect(entries.benchmark[bar]).toBe(panel.benchmark!.bars.open[bar + 1])
    }
    expect(entries.basis).toMatch(/^33\.3 % of \d+ prices .* 66\.7 % the next open .*optimistic/)
    expect(entries.basis).toContain('has no minutes')
  })

  it('are both ends of labels', () => {
    const { forwardReturn, entryBasis } = computeLabels(panel, {
      ...DEFAULT_LABELS,
      ...{ adjustment: 'split', entries },
    })
    const at = (bar: number): number => entries.names[bar]!
    expect(forwardReturn[20]).toBeCloseTo(Math.log(at(25) / at(20)), 12)
    expect(entryBasis).toBe(entries.basis)
  })
})
