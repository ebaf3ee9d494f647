import { describe, expect, it } from 'vitest'
import type { Recording } from '../../src/adapters/mod.ts'
import { parseConfig } from '../../src/app/config/load.ts'
import { type BacktestResult, runBacktest } from '../../src/app/run/backtest.ts'
import {
  createRandom,
  type Instrument,
  isOpen,
  MarketWriter,
  quantity,
  sessionAt,
  sessionsBetween,
} from '../../src/core/mod.ts'

const MINUTE = 60_000_000
const DAY = 24 * 60 * MINUTE
/** Seven weeks with Thanksgiving, its early close and Christmas in them. */
const FROM = Date.UTC(2026, 10, 9) * 1000
const UNTIL = Date.UTC(2026, 11, 29) * 1000

const share = (id: number): Instrument => ({
  ...{ id, venue: 'us-equities', symbol: `S${id}`, kind: 'equity' },
  ...{ quoteCurrency: 'USD', baseCurrency: `S${id}`, priceDecimals: 2, quantityDecimals: 0 },
  priceRule: { kind: 'tick', quanta: 1 },
  ...{ minimumNotional: 0n, minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
  ...{ longOnly: false, maximumLeverage: 2 },
})

/** Quotes every minute of each session, and the session's bar with its close. */
function record(names: number): Recording {
  const writer = new MarketWriter(1 << 12)
  const random = createRandom(5)
  const mids = Array.from({ length: names }, () => 5000)
  for (const { openTime, closeTime } of sessionsBetween('us-equities', FROM, UNTIL)) {
    const opens = [...mids]
    for (let time = openTime; time < closeTime; time += MINUTE) {
      for (let instrument = 0; instrument < names; instrument++) {
        mids[instrument] = Math.round(
          5000 + 0.9995 * (mids[instrument]! - 5000) + 20 * (random.next() - 0.5),
        )
        const mid = mids[instrument]!
        const lots = () => 100 + random.integer(400)
        writer.snapshot(headOf(time, instrument), [mid - 1, lots()], [mid + 1, lots()])
      }
    }
    mids.forEach((close, instrument) => {
      const open = opens[instrument]!
      const [low, high] = [Math.min(open, close), Math.max(open, close)]
      const bar = { open, high, low, close, volume: 1000, openTime }
      writer.bar(headOf(closeTime, instrument), bar)
    })
  }
  const batch = writer.batch()
  return {
    instruments: Array.from({ length: names }, (_, id) => share(id)),
    batch,
    info: {
      ...{ kind: 'generated', licenceClass: 'own', source: 'made here', files: [] },
      ...{ firstTime: batch.f64[0]!, lastTime: batch.f64[(batch.count - 1) * 5]! },
      ...{ timeBasis: 'venue', gaps: [], gapLimitUs: 0, duplicatesDropped: 0, historyDropped: 0 },
      skew: { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0, method: 'none' },
      ...{ quarantined: [], checks: [], levels: 1, cadenceUs: MINUTE },
    },
  }
}

const headOf = (time: number, instrument: number) => ({
  ...{ receivedTime: time, venueTime: time, instrument },
})

function run(equities: string, entry = 'aggressive'): BacktestResult {
  const text = `
name: daily
balance: 100000
signal: { source: bar, prices: book, interval: 390m, calendar: us-equities, window: 10, trendWindow: 0, imbalanceLevels: 1 }
strategy:
  { imbalanceThreshold: off, trendGate: false, revertGate: off, costGate: off, stopLoss: off,
    timeStop: off, notional: 1500, entry: ${entry}, equities: ${equities} }
risk:
  { bookAgeMax: 2m, orderNotionalMax: off, positionNotionalMax: off, grossNotionalMax: off, netNotionalMax: off,
    positionsMax: off, leverageMax: off, ordersPerMinuteMax: off, dailyLossMax: off, dailyDrawdownMax: off }
execution: { makerLifetime: 2h }
fills: { sellFees: off }
heartbeat: 10s
`
  const { config } = parseConfig(text, 'daily.yaml')
  return runBacktest({ config, configurationHash: 'c', codeHash: 'c', recording: record(6) })
}

const times = ({ collected }: BacktestResult): readonly number[] =>
  collected.fills.map(({ time }) => time)

describe('daily bars with quotes beside them', () => {
  it('are traded in the first minutes, on days that have one', () => {
    const result = run('{ decision: open }')
    expect(times(result).length).toBeGreaterThan(10)
    for (const time of times(result)) {
      expect(time - sessionAt('us-equities', time)!.openTime).toBeLessThan(10 * MINUTE)
    }
  })

  it('are traded in the last ten minutes before the close, early ones too', () => {
    const result = run('{ decision: preclose }')
    const early = sessionsBetween('us-equities', FROM, UNTIL).filter((each) => each.closesEarly)
    expect(early).toHaveLength(2)
    expect(times(result).length).toBeGreaterThan(10)
    for (const time of times(result)) {
      const { closeTime } = sessionAt('us-equities', time)!
      expect(closeTime - time).toBeLessThanOrEqual(10 * MINUTE)
    }
  })

  it('hold nothing overnight where everything is left before the close', () => {
    const { collected } = run('{ decision: open, flattenAtClose: 15m }')
    const held = new Map<number, number>()
    let night = -1
    expect(collected.fills.length).toBeGreaterThan(10)
    for (const { time, instrument, side, quantity: lots } of collected.fills) {
      const day = Math.floor(time / DAY)
      if (day !== night) for (const [, left] of held) expect(left).toBe(0)
      night = day
      held.set(instrument, (held.get(instrument) ?? 0) + (side === 'buy' ? lots : -lots))
    }
  })

  it('rest at the best bid for longs and at the best ask for shorts, in sessions only', () => {
    const result = run('{ decision: open }', 'passive')
    const makers = result.collected.fills.filter(({ liquidity }) => liquidity === 'maker')
    expect(makers.length).toBeGreaterThan(3)
    for (const time of times(result)) expect(isOpen('us-equities', time)).toBe(true)
  })
})
