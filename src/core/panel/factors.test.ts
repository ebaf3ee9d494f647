import { describe, expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil-day.ts'
import { actionFactors, panelActions, panelDelistings } from './factors.ts'
import { barCount, hourGrid } from './hour-grid.ts'
import { emptyBars } from './place-bars.ts'
import { type TestRow, tableOf } from './test-kit.ts'

const firstDay = dayNumber(2018, 2, 15)
const grid = hourGrid({ anchor: 'clockHour', firstDay, endDay: firstDay + 10 })
const open = (bar: number): number => grid.openTime[bar]!
const decision = (bar: number): number => grid.decisionTime[bar]!

const action = (known: number, values: Record<string, number>): TestRow => ({
  ...{ symbol: 'A', event: open(0), known },
  values: { kind: 1, ex_time: open(7), ratio: 1, amount: 0, ...values },
})
const actionsOf = (...rows: TestRow[]) => panelActions(grid, tableOf('actions', rows), () => 0)

const end = (known: number, price: number, effective = open(7)): TestRow => ({
  ...{ symbol: 'A', event: open(5), known },
  values: { effective_time: effective, last_price: price },
})
const delistingsOf = (...rows: TestRow[]) =>
  panelDelistings(grid, tableOf('delistings', rows), () => 0, emptyBars(barCount(grid)))

describe('an action that is revised', () => {
  it('counts once, as it was known before the decision of its first bar', () => {
    const first = action(open(1), { amount: 0.4 })
    const second = action(open(2), { amount: 0.5 })
    const late = action(decision(7), { amount: 0.6 })
    const dividend = { name: 0, bar: 7, kind: 'dividend', ratio: 1 }
    expect(actionsOf(first, second, late)).toEqual({
      actions: [{ ...dividend, amount: 0.5 }],
      problems: [],
    })
    expect(actionsOf(second, first).actions).toEqual([{ ...dividend, amount: 0.5 }])
    expect(actionsOf(late).problems).toMatchObject([{ kind: 'late', rows: [2] }])
  })

  it('is none where it was called off', () => {
    const [first, none] = [action(open(1), { amount: 0.4 }), action(open(2), { amount: 0 })]
    expect(actionsOf(first, none)).toEqual({ actions: [], problems: [] })
  })

  it('is not taken for another one of the same day', () => {
    const special = { ...action(open(1), { amount: 2 }), event: open(1) }
    const { actions } = actionsOf(action(open(1), { amount: 1 }), special)
    expect(actions.map(({ amount }) => amount)).toEqual([1, 2])
    const bars = emptyBars(barCount(grid))
    bars.close.fill(100)
    const { totalReturnFactor } = actionFactors(bars, { names: 1, bars: barCount(grid) }, actions)
    expect(totalReturnFactor[7]).toBeCloseTo(100 / 97, 12)
  })
})

describe('an action within a session', () => {
  it('is refused: shares change between sessions', () => {
    for (const time of [open(7) + 1, open(8), grid.closeTime[13]! - 1]) {
      const { problems } = actionsOf(action(open(1), { ex_time: time, amount: 1 }))
      expect(problems).toMatchObject([{ kind: 'value', text: /has to lie between sessions/ }])
    }
    expect(actionsOf(action(open(1), { ex_time: grid.closeTime[6]!, amount: 1 })).problems).toEqual(
      [],
    )
  })
})

describe('the end of a name', () => {
  it('is paid as it was known in time, and once', () => {
    const revised = delistingsOf(end(open(6), 3), end(decision(7) - 1, 2), end(decision(7), 1))
    expect(revised).toEqual({ delistings: [{ name: 0, bar: 7, lastPrice: 2 }], problems: [] })
  })

  it('is refused where it was known only after it, or where there are two', () => {
    expect(delistingsOf(end(decision(7), 1)).problems).toMatchObject([
      { kind: 'late', rows: [2], text: 'the end of A was known only after it' },
    ])
    expect(delistingsOf(end(open(6), 3), end(open(6), 3, open(14))).problems).toMatchObject([
      { kind: 'value', rows: [3], text: 'A ends its trading twice' },
    ])
  })
})
