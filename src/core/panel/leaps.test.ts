import { expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil-day.ts'
import { barCount, hourGrid } from './hour-grid.ts'
import { leapNotes } from './leaps.ts'
import { emptyBars } from './place-bars.ts'

const firstDay = dayNumber(2018, 2, 15)
const grid = hourGrid({ anchor: 'clockHour', firstDay, endDay: firstDay + 10 })
const length = barCount(grid)

it('tells of prices that leap without an action, over missing bars too, and of no split', () => {
  const bars = emptyBars(2 * length)
  bars.close.fill(100)
  bars.close.fill(25, 7, length)
  bars.close.fill(Number.NaN, 5, 7)
  bars.close.fill(20, length + 7)
  const factor = new Float64Array(2 * length).fill(1)
  factor.fill(5, length + 7)
  const about = { grid, symbols: ['A', 'B'], bars, totalReturnFactor: factor }
  expect(leapNotes(about)).toEqual([
    'Prices leap from one bar to the next, and no action says why: A by 0.25 on 2018-02-16; ' +
      'splits that are missing look so.',
  ])
  factor.fill(1)
  expect(leapNotes(about)[0]).toContain('B by 0.20 on 2018-02-16')
  bars.close.fill(100)
  expect(leapNotes(about)).toEqual([])
})
