import { describe, expect, it } from 'vitest'
import { type BarFills, type BarRules, BarTrades, findBarTrades } from './bar-trades.ts'

const MINUTE = 60_000_000

const rules: BarRules = {
  longEntry: -1,
  longExit: 0,
  shortEntry: 1,
  shortExit: 0,
  direction: 'both',
  notional: 1000,
  latencyUs: 0,
  heartbeatUs: MINUTE,
  stopLossBp: null,
  timeStopUs: null,
  revertGate: null,
  costGate: null,
}

/** Bars of a minute that open at the close before; orders fill at the next open, without costs. */
function market(closes: readonly number[], slippage = 1) {
  const opens = closes.map((_, row) => closes[Math.max(0, row - 1)]!)
  const rows = closes.length
  const fills: BarFills = {
    fillRows: Int32Array.from(closes, (_, row) => Math.min(row + 1, rows)),
    openBuy: Float64Array.from(opens),
    openSell: Float64Array.from(opens),
    limitBuy: Float64Array.from(closes, (close) => close * (1 + slippage)),
    limitSell: Float64Array.from(closes, (close) => close * (1 - slippage)),
  }
  const bars = {
    openTimes: Float64Array.from(closes, (_, row) => row * MINUTE),
    closeTimes: Float64Array.from(closes, (_, row) => (row + 1) * MINUTE),
    closes: Float64Array.from(closes),
  }
  return { bars, fills }
}

interface Given {
  readonly closes?: readonly number[]
  readonly gate?: readonly number[]
  readonly deviation?: readonly number[]
  readonly change?: Partial<BarRules>
  /** Rows of `openBuy` and `openSell` that no limit reaches. */
  readonly dear?: readonly number[]
}

/** Direction, entry row, exit row, lots of every trade. */
function tradesOf(z: readonly number[], given: Given = {}) {
  const { bars, fills } = market(given.closes ?? z.map(() => 100))
  for (const row of given.dear ?? []) {
    fills.openBuy[row] = 1e9
    fills.openSell[row] = -1
  }
  const column = (values?: readonly number[]) => (values ? Float64Array.from(values) : null)
  const signals = {
    z: Float64Array.from(z),
    gate: column(given.gate),
    deviation: column(given.deviation),
  }
  const trades = new BarTrades(z.length)
  findBarTrades(bars, fills, signals, { ...rules, ...given.change }, trades)
  return Array.from({ length: trades.count }, (_, i) => [
    trades.directions[i],
    trades.entryRows[i],
    trades.exitRows[i],
    trades.lots[i],
  ])
}

describe('findBarTrades', () => {
  it('decides at closes, strictly, and fills at the next open', () => {
    expect(tradesOf([-1, -1.1, -1, 0, 0.1, 0])).toEqual([[1, 2, 5, 10]])
    expect(tradesOf([1.1, 0.5, -0.1, 0])).toEqual([[-1, 1, 3, 10]])
  })

  it('leaves at the close of the bar of its entry, and enters again at that of its exit', () => {
    expect(tradesOf([-2, 1, -2, 1, 0])).toEqual([
      [1, 1, 2, 10],
      [1, 3, 4, 10],
    ])
  })

  it('makes no trade of what nothing fills any more, and holds what nothing closes', () => {
    expect(tradesOf([0, 0, -2])).toEqual([])
    expect(tradesOf([-2, -2, 0.5])).toEqual([[1, 1, -1, 10]])
  })

  it('forgets an entry whose limit is missed and decides anew at that bar', () => {
    expect(tradesOf([-2, 0, 0, 0], { dear: [1] })).toEqual([])
    expect(tradesOf([-2, -2, 0, 1, 0], { dear: [1] })).toEqual([[1, 2, 4, 10]])
  })

  it('sends an exit again until its limit is met, whatever the score says since', () => {
    expect(tradesOf([-2, 1, -2, -2, -2, -2], { dear: [2, 3] })).toEqual([
      [1, 1, 4, 10],
      [1, 5, -1, 10],
    ])
  })

  it('gates entries by the sign that the side needs', () => {
    expect(tradesOf([-2, -2, 1, 0], { gate: [-1, 1, 0, 0] })).toEqual([[1, 2, 3, 10]])
    expect(tradesOf([-2, 2, 0, 0], { gate: [Number.NaN, 0, 0, 0] })).toEqual([])
  })

  it('asks a way to the exit that covers the costs', () => {
    const costGate = { feeBp: 9, marginBp: 0 }
    const deviation = [0.04, 0.05, 0, 0]
    // 2 x 0.04 / 100 = 8 bp, 2 x 0.05 / 100 = 10 bp.
    const change = { costGate }
    expect(tradesOf([-2, -2, 1, 0], { deviation, change })).toEqual([[1, 2, 3, 10]])
  })

  it('stops a loss at the close that reaches it', () => {
    const closes = [100, 100, 99.6, 99.5, 99.5]
    const given = { closes, change: { stopLossBp: 50 } }
    expect(tradesOf([-2, -2, -2, -2, -0.5], given)).toEqual([[1, 1, 4, 10]])
  })

  it('stops by time at the heartbeat before the close; that bar does not enter again', () => {
    const change = { timeStopUs: 2 * MINUTE }
    // Filled at 1:00, due at 3:00, which is the close of row 2: filled at the open of row 3.
    expect(tradesOf([-2, -2, -2, -2, -2, -2], { change })).toEqual([
      [1, 1, 3, 10],
      [1, 4, -1, 10],
    ])
    // Between two closes it meets the open of a bar that opens later.
    const late = { ...change, heartbeatUs: 30_000_000, timeStopUs: 90_000_000 }
    expect(tradesOf([-2, -2, -2, -2, -2, 0], { change: late })[0]).toEqual([1, 1, 3, 10])
  })

  it('lets a z exit wait until the position is old and ahead enough', () => {
    const closes = [100, 100, 100.1, 100.2, 100.2, 100.2]
    const change = { revertGate: { holdUs: MINUTE, favourableBp: 15 } }
    expect(tradesOf([-2, 1, 1, 1, 0, 0], { closes, change })).toEqual([[1, 1, 4, 10]])
  })

  it('refuses plain arrays and a cost gate without deviations', () => {
    const { bars, fills } = market([100])
    const signals = { z: [0] as never, gate: null, deviation: null }
    const room = new BarTrades(1)
    expect(() => findBarTrades(bars, fills, signals, rules, room)).toThrow('Float64Array')
    const gated = { ...rules, costGate: { feeBp: 0, marginBp: 0 } }
    const known = { ...signals, z: Float64Array.of(0) }
    expect(() => findBarTrades(bars, fills, known, gated, room)).toThrow('deviations')
  })
})
