import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toNewYork } from '../calendar/new-york.ts'
import { sessionOn } from '../calendar/sessions.ts'
import { testConfig } from '../engine/test-kit.ts'
import { updateBreakers } from './breakers.ts'
import { freshRiskState, type RiskLimits } from './limits.ts'
import { breakerPolicy } from './policy.ts'

const parameters = { numRuns: 400, seed: 20_261_121 }
const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000
/** 2026-02-27T12:00:00Z: a weekend, a change of clocks and a holiday lie ahead. */
const START = 1_772_193_600_000_000
const LOSS = 100
const DRAWDOWN = 0.02

/** The day an instant counts to, looked up from the calendar alone. */
function dayOf(calendar: RiskLimits['tradingDayCalendar'], time: number): number {
  if (calendar !== 'us-equities') return Math.floor(time / DAY_US)
  let day = Math.floor(toNewYork(time) / DAY_US)
  while (sessionOn('us-equities', day) === null) day--
  return day
}

const path = fc.array(
  fc.record({
    afterUs: fc.integer({ min: 1, max: 30 * HOUR_US }),
    change: fc.integer({ min: -140, max: 140 }),
  }),
  { minLength: 1, maxLength: 60 },
)

for (const calendar of ['always', 'us-equities'] as const) {
  it(`a day’s loss and drawdown trip at their limits and let go with the next day: ${calendar}`, () => {
    const breakers = [breakerPolicy('dailyLoss', LOSS), breakerPolicy('dailyDrawdown', DRAWDOWN)]
    const { limits: plain } = testConfig({ id: 'none', init: () => null, on: () => {} })
    const limits: RiskLimits = { ...plain, breakers, tradingDayCalendar: calendar }
    let trips = 0
    fc.assert(
      fc.property(path, (steps) => {
        const state = freshRiskState(limits)
        let [time, equity, day, first, high] = [START, 10_000, -1, 0, 0]
        let [lossTripped, fallTripped] = [false, false]
        for (const { afterUs, change } of steps) {
          time += afterUs
          equity += change
          const today = dayOf(calendar, time)
          if (today !== day) {
            // Whatever was lost before: a day begins with what there is.
            ;[day, first, high, lossTripped, fallTripped] = [today, equity, equity, false, false]
          }
          high = Math.max(high, equity)
          lossTripped ||= first - equity >= LOSS
          fallTripped ||= 1 - equity / high >= DRAWDOWN
          updateBreakers(state, limits, { equity, gross: 0, net: 0 }, time)
          const tripped = state.trips.map(({ breaker }) => breaker)
          expect(tripped.includes('dailyLoss')).toBe(lossTripped)
          expect(tripped.includes('dailyDrawdown')).toBe(fallTripped)
          trips += tripped.length
        }
      }),
      parameters,
    )
    expect(trips).toBeGreaterThan(100)
  })
}
