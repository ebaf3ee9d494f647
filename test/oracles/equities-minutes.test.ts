import { beforeAll, describe, expect, it } from 'vitest'
import { loadBarRecording } from '../../src/adapters/mod.ts'
import { parseConfig } from '../../src/app/config/load.ts'
import { runBacktest } from '../../src/app/run/backtest.ts'
import { type RunFill, sessionAt, sessionOn } from '../../src/core/mod.ts'
import { hasSharedData, sharedData, sharedDataNote } from '../data/shared-data.ts'

const hashes = { configurationHash: '', codeHash: '' }
const DAY_US = 86_400_000_000
const { config } = parseConfig(
  `name: minutes
balance: 100000
data: { kind: bars, file: minutes.parquet }
signal: { source: bar, interval: 1m, calendar: us-equities, window: 60, trendWindow: 0, maxGap: 5 }
strategy:
  direction: both
  imbalanceThreshold: off
  costGate: off
  trendGate: false
  revertGate: off
  stopLoss: off
  timeStop: off
  notional: 5000
execution: { takerSlippageMax: 5% }
fills: { barHalfSpread: 1bp, barImpact: 1bp }
risk:
  orderNotionalMax: 20000
  positionNotionalMax: off
  grossNotionalMax: off
  netNotionalMax: off
  positionsMax: off
  ordersPerMinuteMax: off
  dailyLossMax: off
  dailyDrawdownMax: off
  priceBandMax: off
`,
  'minutes.yaml',
)

/** The session that a fill belongs to; its closing auction, at the bell, is the last of it. */
const sessionOf = (time: number) =>
  sessionAt('us-equities', time) ?? sessionAt('us-equities', time - 1)

describe.skipIf(!hasSharedData)(`real minute bars of 2018${sharedDataNote}`, () => {
  let fills: readonly RunFill[] = []
  beforeAll(async () => {
    const file = sharedData('equities_intraday/us_1m_2018_shared60.parquet')
    const recording = await loadBarRecording({ file, symbols: ['AAPL', 'C', 'MSFT'] })
    fills = runBacktest({ config, recording, ...hashes }).collected.fills
  })

  it('are traded in each of their 44 sessions, and outside of none', () => {
    const sessions = fills.map(({ time }) => sessionOf(time))
    expect(fills.length).toBeGreaterThan(1000)
    expect(sessions).not.toContain(null)
    expect(new Set(sessions.map((session) => session!.day)).size).toBe(44)
  })

  it('begin an hour earlier in UTC after the change of clocks, and not on Good Friday', () => {
    const openings = new Map<string, number>()
    for (const { time } of fills) {
      const iso = new Date(time / 1000).toISOString()
      const minute = (time % DAY_US) / 60_000_000
      const day = iso.slice(0, 10)
      openings.set(day, Math.min(minute, openings.get(day) ?? minute))
    }
    const [before, after] = [[...openings], [...openings]].map((days, i) =>
      days.filter(([day]) => day < '2018-03-11' === (i === 0)).map(([, minute]) => minute),
    )
    expect(Math.min(...before!)).toBe(14 * 60 + 30)
    expect(Math.min(...after!)).toBe(13 * 60 + 30)
    expect([openings.has('2018-03-29'), openings.has('2018-03-30')]).toEqual([true, false])
    expect(sessionOn('us-equities', Date.UTC(2018, 2, 30) / 86_400_000)).toBeNull()
  })

  it('are held over the night where nothing has brought them back', () => {
    const held = new Map<number, number>()
    let overnight = 0
    let last = -1
    for (const { time, instrument, side, quantity } of fills) {
      const { day } = sessionOf(time)!
      if (day !== last) overnight += [...held.values()].filter((lots) => lots !== 0).length
      last = day
      held.set(instrument, (held.get(instrument) ?? 0) + (side === 'buy' ? quantity : -quantity))
    }
    expect(overnight).toBeGreaterThan(10)
  })
})
