import { describe, expect, it } from 'vitest'
import { barCount } from '../../../core/mod.ts'
import type { MinutePrices } from '../../../models/mod.ts'
import { HOURLY_PRESETS, type HourlyState } from '../../../strategies/mod.ts'
import { fillCosts } from './fill-costs.ts'
import { runHourlyBacktest } from './hourly-backtest.ts'
import { calmPanel, idleTalk, steady } from './test-kit.ts'

const MINUTE = 60_000_000
const NAMES = 12
const settings = {
  ...HOURLY_PRESETS.corrected,
  limits: { nameMax: 0.1, sectorMax: 0.5, exposureMax: 1, turnoverMax: 0.5 },
}

describe('minutes beside the hours', () => {
  const panel = calmPanel(NAMES, 14)
  const bars = barCount(panel.grid)

  /** A minute's price says its time: 100 dollars and a cent for each minute of the bar. */
  const minutesOf = (lost: number): MinutePrices => {
    const openTime: number[] = []
    for (let bar = 0; bar < bars; bar++) {
      const end = panel.grid.closeTime[bar]!
      for (let time = panel.grid.openTime[bar]!; time < end; time += MINUTE) {
        if ((time / MINUTE) % 60 !== lost) openTime.push(time)
      }
    }
    const open = openTime.map((time) => 100 + ((time / MINUTE) % 60) / 100)
    return { openTime: Float64Array.from(openTime), open: Float64Array.from(open) }
  }

  it('are traded at: the first that begins after the order, sales before purchases', () => {
    const minutes = Array.from({ length: NAMES }, () => minutesOf(3))
    const done = runHourlyBacktest({ panel, settings, forecaster: idleTalk(panel, 2, 90), minutes })
    expect(done.fills.length).toBeGreaterThan(50)
    for (const fill of done.fills) {
      expect(fill).toMatchObject({ basis: 'first minute after the decision', isOptimistic: false })
      const minute = Math.round((fill.basePrice - 100) * 100)
      const decided = panel.grid.decisionTime[fill.bar]!
      expect(fill.time).toBeGreaterThan(decided)
      // Orders of minute 2, and 30 of a session's begin; minute 3 is lost. Purchases after sales.
      const isFirst = panel.grid.barOfSession[fill.bar + 1] === 0
      const allowed = isFirst ? [31, 33] : [4, 5]
      expect(allowed).toContain(minute)
    }
    expect(done.fills.some(({ side }) => side === 'sell')).toBe(true)
    for (const [i, cost] of fillCosts(panel, done).entries()) {
      expect(Math.abs(cost!.rounding) / done.fills[i]!.shares).toBeLessThanOrEqual(1.5e-4)
    }
  })

  it('are not invented: a name without any in its hour is not traded, and nothing waits', () => {
    const empty = { openTime: new Float64Array(0), open: new Float64Array(0) }
    const minutes = Array.from({ length: NAMES }, (_, name) => (name === 0 ? empty : minutesOf(3)))
    const forecaster = steady(Array.from({ length: NAMES }, (_, name) => 40 - name))
    const done = runHourlyBacktest({ panel, settings, forecaster, minutes })
    expect(done.fills.filter(({ instrument }) => instrument === 0)).toEqual([])
    expect(done.fills.length).toBeGreaterThan(5)
    for (const { id } of done.instruments) {
      expect(done.engine.world.orders.active(id).size).toBe(0)
    }
  })
})

it('an hourly run goes on from its snapshot: what it learnt is learnt again', () => {
  const panel = calmPanel(NAMES, 20)
  const forecaster = idleTalk(panel, 2, 90)
  const stop = 70
  const request = { panel, settings, forecaster }
  const whole = runHourlyBacktest(request)
  const half = runHourlyBacktest({ ...request, progress: (bar) => bar === stop })
  const other = runHourlyBacktest({ ...request, progress: (bar) => bar === 0 })
  const snapshot = JSON.parse(JSON.stringify(half.engine.snapshot()))
  other.engine.restore(snapshot)
  const receivedTime = panel.grid.decisionTime[stop + 1]!
  other.engine.step({ kind: 'heartbeat', receivedTime })
  half.engine.step({ kind: 'heartbeat', receivedTime })
  const [again, went] = [other, half].map(({ engine }) => engine.world.strategyState as HourlyState)
  expect(again).toEqual(went)
  expect(again!.decision!.bar).toBe(stop + 1)
  expect(whole.decisions[stop]).toEqual(half.decisions[stop])
})
