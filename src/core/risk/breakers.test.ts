import { describe, expect, it } from 'vitest'
import { fromNewYork } from '../calendar/new-york.ts'
import { parseDay } from '../rules/dated-rule.ts'
import { moveAnchorsBy, rearmAll, updateBreakers } from './breakers.ts'
import { freshRiskState, type RiskLimits } from './limits.ts'
import { type BreakerPolicy, breakerPolicy } from './policy.ts'
import { noteClose } from './regime.ts'

const DAY = 86_400_000_000
const HOUR = 3_600_000_000
const MINUTE = 60_000_000

const limits = (
  breakers: readonly BreakerPolicy[],
  change: Partial<RiskLimits> = {},
): RiskLimits => ({
  orderNotionalMax: null,
  positionNotionalMax: null,
  grossNotionalMax: null,
  netNotionalMax: null,
  positionsMax: null,
  leverageMax: null,
  ordersPerMinuteMax: null,
  priceBandMax: null,
  bookAgeMaxUs: MINUTE,
  accountAgeMaxUs: null,
  breakers,
  ...change,
})

/** Breakers fed with equity (and held values) at times; answers what changed. */
function stage(given: RiskLimits) {
  const state = freshRiskState(given)
  const at = (now: number, equity: number, held = { gross: 0, net: 0 }) =>
    updateBreakers(state, given, { equity, ...held }, now).map((change) =>
      change.kind === 'tripped' ? change.breaker : `${change.breaker} ${change.by}`,
    )
  return { state, at }
}

describe('a loss breaker', () => {
  it('measures from the trading day and lets go with the next', () => {
    const { state, at } = stage(limits([breakerPolicy('dailyLoss', 100)]))
    expect(at(0, 10_000)).toEqual([])
    expect(at(1, 9_900)).toEqual(['dailyLoss'])
    expect(state.trips).toEqual([{ breaker: 'dailyLoss', value: 100, limit: 100, time: 1 }])
    expect(at(DAY - 1, 9_000)).toEqual([])
    expect(at(DAY, 9_000)).toEqual(['dailyLoss nextDay'])
    expect(at(DAY + 1, 8_901)).toEqual([])
  })

  it('knows a trading day that does not begin at midnight', () => {
    const given = limits([breakerPolicy('dailyLoss', 100)], { tradingDayStartUs: 22 * HOUR })
    const { at } = stage(given)
    at(21 * HOUR, 10_000)
    expect(at(22 * HOUR, 9_900)).toEqual([])
    expect(at(24 * HOUR, 9_800)).toEqual(['dailyLoss'])
    expect(at(45 * HOUR, 9_800)).toEqual([])
    expect(at(46 * HOUR, 9_800)).toEqual(['dailyLoss nextDay'])
  })

  it('measures drawdown from the day’s highest, and another from the highest of all days', () => {
    const { at } = stage(
      limits([breakerPolicy('dailyDrawdown', 0.05), breakerPolicy('drawdown', 0.1)]),
    )
    at(0, 12_000)
    expect(at(1, 11_401)).toEqual([])
    expect(at(2, 11_400)).toEqual(['dailyDrawdown'])
    expect(at(DAY, 11_400)).toEqual(['dailyDrawdown nextDay'])
    expect(at(DAY + 1, 10_831)).toEqual([])
    expect(at(DAY + 2, 10_799)).toEqual(['dailyDrawdown', 'drawdown'])
  })

  it('of the session stays tripped over days until an operator lets it go, and then starts anew', () => {
    const { state, at } = stage(limits([breakerPolicy('sessionLoss', 100)]))
    at(0, 10_000)
    expect(at(1, 9_900)).toEqual(['sessionLoss'])
    expect(at(3 * DAY, 9_900)).toEqual([])
    expect(state.trips).toHaveLength(1)
    expect(rearmAll(state, 9_900)).toEqual(['sessionLoss'])
    expect(at(3 * DAY + 1, 9_801)).toEqual([])
    expect(at(3 * DAY + 2, 9_800)).toEqual(['sessionLoss'])
  })

  it('that lets go after a time measures anew from then', () => {
    const { at } = stage(limits([breakerPolicy('dailyLoss', 100, { rearm: { afterUs: HOUR } })]))
    at(0, 10_000)
    expect(at(1, 9_900)).toEqual(['dailyLoss'])
    expect(at(HOUR, 9_850)).toEqual([])
    expect(at(HOUR + 1, 9_850)).toEqual(['dailyLoss time'])
    expect(at(HOUR + 2, 9_751)).toEqual([])
    expect(at(HOUR + 3, 9_750)).toEqual(['dailyLoss'])
  })

  it('takes a withdrawal for no loss and a deposit for no gain', () => {
    const { state, at } = stage(
      limits([breakerPolicy('dailyLoss', 100), breakerPolicy('drawdown', 0.05)]),
    )
    at(0, 10_000)
    moveAnchorsBy(state, -5_000)
    expect(at(1, 5_000)).toEqual([])
    moveAnchorsBy(state, 5_000)
    expect(at(2, 9_901)).toEqual([])
    expect(at(3, 9_900)).toEqual(['dailyLoss'])
  })
})

describe('the lines of a cap', () => {
  it('hold between the upper and the lower one once the upper was reached', () => {
    const { at } = stage(limits([breakerPolicy('netCap', 300, { release: 250 })]))
    const net = (now: number, value: number) => at(now, 10_000, { gross: value, net: value })
    expect(net(0, 299)).toEqual([])
    expect(net(1, 300)).toEqual(['netCap'])
    expect(net(2, 251)).toEqual([])
    expect(net(3, 250)).toEqual(['netCap over'])
    expect(net(4, 299)).toEqual([])
  })
})

describe('the regime', () => {
  const rule = { instruments: [3], spanUs: 60 * MINUTE }
  const given = limits([breakerPolicy('regime', 0.01)], { regime: rule })

  it('pauses for three hours from the last large return, over exactly the span', () => {
    const { state, at } = stage(given)
    const close = (minute: number, value: number) =>
      noteClose(state, rule, { instrument: 3, closeTime: minute * MINUTE, close: value })
    for (let minute = 0; minute < 60; minute++) close(minute, 10_000)
    close(59.5, 20_000)
    expect(at(59 * MINUTE, 1)).toEqual([])
    close(60, 10_099)
    expect(at(60 * MINUTE, 1)).toEqual([])
    close(61, 9_900)
    expect(at(61 * MINUTE, 1)).toEqual(['regime'])
    expect(state.regimeCloses[0]).toHaveLength(62)
    for (let minute = 62; minute < 122; minute++) close(minute, 9_900)
    expect(at(121 * MINUTE, 1)).toEqual([])
    close(122, 9_900)
    expect(at(241 * MINUTE, 1)).toEqual(['regime time'])
  })

  it('extends a pause while the return stays large', () => {
    const { state, at } = stage(given)
    const note = (minute: number, close: number) =>
      noteClose(state, rule, { instrument: 3, closeTime: minute * MINUTE, close })
    note(0, 100)
    note(60, 102)
    expect(at(60 * MINUTE, 1)).toEqual(['regime'])
    note(120, 104.1)
    expect(at(120 * MINUTE, 1)).toEqual([])
    note(180, 104.1)
    expect(at(299 * MINUTE, 1)).toEqual([])
    expect(at(300 * MINUTE, 1)).toEqual(['regime time'])
  })

  it('ignores other instruments and bars that are not newer', () => {
    const { state } = stage(given)
    noteClose(state, rule, { instrument: 0, closeTime: 1, close: 1 })
    noteClose(state, rule, { instrument: 3, closeTime: 2, close: 1 })
    noteClose(state, rule, { instrument: 3, closeTime: 2, close: 9 })
    expect(state.regimeCloses).toEqual([[[2, 1]]])
  })
})

describe('a halt', () => {
  const window = { name: 'CPI', fromTime: 10 * MINUTE, untilTime: 40 * MINUTE }

  it('holds in its window, its end excluded, and says how long it still lasts', () => {
    const { state, at } = stage(limits([], { haltWindows: [window] }))
    expect(at(10 * MINUTE - 1, 1)).toEqual([])
    expect(at(10 * MINUTE, 1)).toEqual(['macro'])
    expect(state.trips).toMatchObject([{ breaker: 'macro', value: 1800 }])
    expect(at(40 * MINUTE - 1, 1)).toEqual([])
    expect(at(40 * MINUTE, 1)).toEqual(['macro over'])
  })

  it('of an operator holds until its time, whatever policies there are', () => {
    const { state, at } = stage(limits([]))
    state.haltedUntil = 5 * MINUTE
    expect(at(1, 1)).toEqual(['macro'])
    expect(at(5 * MINUTE, 1)).toEqual(['macro over'])
  })
})

describe('a trading day of US stock exchanges', () => {
  const at = (day: string, hours: number): number => fromNewYork(parseDay(day) * DAY + hours * HOUR)
  const shares = limits([breakerPolicy('dailyLoss', 100)], { tradingDayCalendar: 'us-equities' })

  it('begins at midnight of New York, so that the night is of the session it opens', () => {
    const { state, at: feed } = stage(shares)
    feed(at('2018-03-08', 16), 10_000)
    // The evening still belongs to the session that closed, whatever day it is in UTC.
    expect(feed(at('2018-03-08', 23), 9_950)).toEqual([])
    expect(state.dayStartEquity).toBe(10_000)
    feed(at('2018-03-09', 0), 9_950)
    expect(state.dayStartEquity).toBe(9_950)
    expect(feed(at('2018-03-09', 9.5), 9_850)).toEqual(['dailyLoss'])
  })

  it('lasts over weekends and holidays, and lets go with the next session', () => {
    const { at: feed } = stage(shares)
    feed(at('2018-03-29', 10), 10_000)
    expect(feed(at('2018-03-29', 11), 9_900)).toEqual(['dailyLoss'])
    // Good Friday, then a weekend.
    expect(feed(at('2018-03-30', 10), 9_900)).toEqual([])
    expect(feed(at('2018-04-01', 10), 9_900)).toEqual([])
    expect(feed(at('2018-04-02', 0), 9_900)).toEqual(['dailyLoss nextDay'])
  })

  it('has the length of the clocks of New York when they change', () => {
    const { state, at: feed } = stage(shares)
    feed(at('2018-03-09', 12), 10_000)
    feed(at('2018-03-12', 0) - 1, 9_990)
    expect(state.dayStartEquity).toBe(10_000)
    feed(at('2018-03-12', 0), 9_990)
    expect(state.dayStartEquity).toBe(9_990)
  })
})
