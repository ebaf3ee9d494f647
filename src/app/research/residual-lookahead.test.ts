import { describe, expect, it } from 'vitest'
import type { Recording } from '../../adapters/mod.ts'
import {
  createRandom,
  type Instrument,
  MarketCursor,
  MarketWriter,
  newYorkDay,
  quantity,
  type Strategy,
  type StrategyView,
  sessionsBetween,
} from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { backtestParts } from '../run/backtest.ts'
import { type LookaheadSubject, verifyLookahead } from './verify-lookahead.ts'

const NAMES = 8

const { config, hash } = parseConfig(
  `
name: residual
balance: 100000
data: { kind: bars, file: made-here.parquet }
signal: { source: bar, interval: 390m, calendar: us-equities, trendWindow: 0 }
strategy:
  imbalanceThreshold: off
  trendGate: false
  revertGate: off
  costGate: off
  stopLoss: off
  timeStop: off
  equities:
    signal: residual
    residual: { window: 20, tests: off, neutral: { tolerance: 20% } }
    sectors: { cap: off, of: { A: { symbols: [S0, S1, S2, S3] }, B: { symbols: [S4, S5, S6, S7] } } }
risk: { orderNotionalMax: off, positionNotionalMax: off, leverageMax: off, dailyLossMax: off, dailyDrawdownMax: off }
`,
  'residual.yaml',
)

const shareOf = (id: number): Instrument => ({
  ...{ id, venue: 'us-equities', symbol: `S${id}`, kind: 'equity' },
  ...{ quoteCurrency: 'USD', baseCurrency: `S${id}`, priceDecimals: 2, quantityDecimals: 2 },
  priceRule: { kind: 'tick', quanta: 1 },
  ...{ minimumNotional: 0n, minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
  ...{ longOnly: false, maximumLeverage: 2 },
})

/** Three months of daily bars of names that follow two sectors. */
function record(): Recording {
  const writer = new MarketWriter(1 << 10)
  const random = createRandom(7)
  const levels = new Float64Array(NAMES)
  const common = new Float64Array(2)
  const [from, until] = [Date.UTC(2017, 0, 3) * 1000, Date.UTC(2017, 3, 3) * 1000]
  for (const { openTime } of sessionsBetween('us-equities', from, until)) {
    for (let k = 0; k < 2; k++) common[k]! += 0.01 * random.normal()
    for (let id = 0; id < NAMES; id++) {
      levels[id] = 0.8 * levels[id]! + 0.01 * random.normal()
      const close = Math.round(5000 * Math.exp(common[id < 4 ? 0 : 1]! + levels[id]!))
      const head = { receivedTime: openTime + 390 * 60e6, venueTime: openTime, instrument: id }
      const prices = { open: close, high: close + 5, low: close - 5, close }
      writer.bar(head, { ...prices, volume: 1000, openTime })
    }
  }
  const batch = writer.batch()
  return {
    instruments: Array.from({ length: NAMES }, (_, id) => shareOf(id)),
    batch,
    info: {
      ...{ kind: 'generated', licenceClass: 'own', source: 'made here', files: [] },
      ...{ firstTime: batch.f64[0]!, lastTime: batch.f64[(batch.count - 1) * 5]! },
      ...{ timeBasis: 'venue', gaps: [], gapLimitUs: 0, duplicatesDropped: 0, historyDropped: 0 },
      skew: { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0, method: 'none' },
      ...{ quarantined: [], checks: [], levels: 1, cadenceUs: 390 * 60e6 },
    },
  }
}

const subjectOf = (recording: Recording): LookaheadSubject =>
  backtestParts({ config, configurationHash: hash, codeHash: '', recording })

/** The same strategy, whose factors are made of the closes of the session after. */
function peeking(recording: Recording): LookaheadSubject {
  const closes = new Map<string, number>()
  const days: number[] = []
  const cursor = new MarketCursor()
  for (let i = 0; i < recording.batch.count; i++) {
    cursor.load(recording.batch, i)
    const day = newYorkDay(cursor.pool[cursor.aux + 5]!)
    if (days.at(-1) !== day) days.push(day)
    closes.set(`${cursor.instrument} ${day}`, 2 * cursor.pool[cursor.aux + 3]!)
  }
  const parts = subjectOf(recording)
  const { strategy } = parts.engine
  const ahead = (view: StrategyView): StrategyView =>
    Object.create(view, {
      bar: {
        value: (id: number) => {
          const bar = view.bar(id)
          if (bar === null) return null
          const next = days[days.indexOf(newYorkDay(bar.openTime)) + 1]
          return { ...bar, close: closes.get(`${id} ${next}`) ?? bar.close }
        },
      },
    }) as StrategyView
  const planted: Strategy<unknown> = {
    ...strategy,
    on: (trigger, view, state, output) =>
      strategy.on(trigger, trigger.kind === 'barClosed' ? ahead(view) : view, state, output),
  }
  return { ...parts, engine: { ...parts.engine, strategy: planted } }
}

describe('residual returns', () => {
  const recording = record()

  it('are made of what was known: scrambling the future changes no decision', () => {
    const result = verifyLookahead(subjectOf, recording, { cuts: 3, seed: 5 })
    expect(result.decisions).toBeGreaterThan(50)
    expect(result.cuts.map((cut) => cut.difference)).toEqual(Array(3).fill(null))
  })

  it('are caught when a factor is made of closes that are not known yet', () => {
    const result = verifyLookahead(peeking, recording, { cuts: 3, seed: 5 })
    expect(result.passed).toBe(false)
  })
})
