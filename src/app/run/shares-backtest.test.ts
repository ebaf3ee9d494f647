import { describe, expect, it } from 'vitest'
import type { Recording } from '../../adapters/mod.ts'
import {
  type CorporateAction,
  costReport,
  type Instrument,
  MarketWriter,
  moneyToNumber,
  quantity,
  roundTrips,
  type Side,
  type Strategy,
  sessionsBetween,
} from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { runBacktest } from './backtest.ts'
import { toRunRecord } from './run-record.ts'

const share = (id: number): Instrument => ({
  ...{ id, venue: 'us-equities', symbol: `S${id}`, kind: 'equity' },
  ...{ quoteCurrency: 'USD', baseCurrency: `S${id}`, priceDecimals: 2, quantityDecimals: 0 },
  priceRule: { kind: 'tick', quanta: 1 },
  ...{ minimumNotional: 0n, minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
  ...{ longOnly: false, maximumLeverage: 2 },
})

const sessions = sessionsBetween(
  'us-equities',
  Date.UTC(2018, 2, 1) * 1000,
  Date.UTC(2018, 2, 20) * 1000,
)

/** Daily bars of names by their closes, dollars, each opening where the one before closed. */
function record(closes: readonly (readonly number[])[], actions?: CorporateAction[]): Recording {
  const writer = new MarketWriter(256)
  sessions.slice(0, closes[0]!.length).forEach(({ openTime, closeTime }, day) => {
    closes.forEach((own, instrument) => {
      const [open, close] = [own[Math.max(0, day - 1)]! * 100, own[day]! * 100]
      const [low, high] = [Math.min(open, close), Math.max(open, close)]
      const head = { receivedTime: closeTime, venueTime: closeTime, instrument }
      writer.bar(head, { open, high, low, close, volume: 1000, openTime })
    })
  })
  const batch = writer.batch()
  return {
    instruments: closes.map((_, id) => share(id)),
    batch,
    ...(actions === undefined ? {} : { actions }),
    info: {
      ...{ kind: 'generated', licenceClass: 'own', source: 'made here', files: [] },
      ...{ firstTime: batch.f64[0]!, lastTime: batch.f64[(batch.count - 1) * 5]! },
      ...{ timeBasis: 'venue', gaps: [], gapLimitUs: 0, duplicatesDropped: 0, historyDropped: 0 },
      skew: { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0, method: 'none' },
      ...{ quarantined: [], checks: [], levels: 0, cadenceUs: 23_400_000_000 },
    },
  }
}

/** Enters each name once with its first bar, so many shares (negative: short). */
const holder = (lots: readonly number[]): Strategy<unknown> => ({
  id: 'holder',
  init: () => ({ done: lots.map(() => false) }),
  on(trigger, view, state, output) {
    const { done } = state as { done: boolean[] }
    if (trigger.kind !== 'heartbeat') return
    lots.forEach((own, instrument) => {
      if (done[instrument] || view.bar(instrument) === null) return
      done[instrument] = true
      const side: Side = own > 0 ? 'buy' : 'sell'
      const size = quantity(Math.abs(own))
      const how = { urgency: 'aggressive', reason: 'test' } as const
      output.intent({ kind: 'enter', instrument, side, quantity: size, ...how })
    })
  },
})

function run(recording: Recording, lots: readonly number[], shares = '{}') {
  const text = `
name: shares
balance: 10000
signal: { source: bar, interval: 390m, calendar: us-equities, window: 2, trendWindow: 0 }
strategy: { trendGate: false }
risk:
  { orderNotionalMax: off, positionNotionalMax: off, grossNotionalMax: off, netNotionalMax: off,
    positionsMax: off, leverageMax: off, ordersPerMinuteMax: off, dailyLossMax: off, dailyDrawdownMax: off,
    priceBandMax: off }
fills: { sellFees: off, barHalfSpread: 0bp, barImpact: 0bp }
shares: ${shares}
`
  const { config } = parseConfig(text, 'shares.yaml')
  const request = { config, configurationHash: 'c', codeHash: 'c', recording }
  const result = runBacktest({ ...request, strategy: holder(lots) })
  const made = toRunRecord(result, { ...request, commit: '', command: '', trials: null })
  const costs = costReport(made, roundTrips(made))
  expect(moneyToNumber(costs.net)).toBeCloseTo(result.engine.world.equity - 10_000, 6)
  const acted = (name: string) => made.shareRules!.find((rule) => rule.name.startsWith(name))?.acted
  return { result, made, costs, acted }
}

describe('a backtest of shares on bars', () => {
  it('reduces at the next open what a margin call asks for, the largest position first', () => {
    const falling = [100, 100, 100, 54, 54, 54, 54]
    const { made, acted } = run(record([falling, falling]), [60, 110], '{ dayTrades: off }')
    const sells = made.fills.filter(({ side }) => side === 'sell')
    expect(sells).toHaveLength(1)
    // 170 shares at $54 need $2295; the equity is $10,000 - 170 x $46 = $2180.
    expect(sells[0]).toMatchObject({ instrument: 1, quantity: 110, reason: 'margin call' })
    expect(sells[0]!.time).toBe(sessions[4]!.openTime)
    expect(acted('Margin')?.what).toContain('1 margin calls')
  })

  it('charges a short for every night and owes its dividend; a long receives it', () => {
    const flat = [100, 100, 100, 100, 100, 100]
    const dividend = (instrument: number): CorporateAction => ({
      ...{ instrument, day: sessions[3]!.day, dividendE8: 25_000_000, ratioE9: 1_000_000_000 },
    })
    const recording = record([flat, flat], [dividend(0), dividend(1)])
    const { costs, acted } = run(recording, [-40, 80], '{ borrow: { rate: 3.6% } }')
    // Sold on 2018-03-02, a Friday; the last bar is known on Thursday: six nights of $0.40.
    expect(moneyToNumber(costs.borrow)).toBeCloseTo(2.4, 9)
    expect(moneyToNumber(costs.dividends)).toBeCloseTo(0.25 * (80 - 40), 9)
    expect(acted('Dividends')).toEqual({ count: 2, what: 'dividends; 0 splits' })
    const off = run(recording, [-40, 80], 'off')
    expect([off.costs.borrow, off.costs.dividends]).toEqual([0n, 0n])
    expect(off.made.shareRules!.every(({ isOn }) => !isOn)).toBe(true)
  })

  it('charges interest for every night on what longs are bought with beyond the equity', () => {
    const flat = [100, 100, 100, 100, 100, 100]
    const recording = record([flat, flat])
    const { costs, acted } = run(recording, [-40, 140], '{ interest: { rate: 9% }, borrow: off }')
    // $14,000 of longs on $10,000: what the short brought pays for nothing. Six nights of $1, and on it.
    expect(moneyToNumber(costs.interest)).toBeCloseTo(6.00375, 5)
    expect(acted('Interest')).toEqual({ count: 6, what: 'daily charges' })
    // The prime rate of 2018-03 is 4.5 %, and 4.75 % from 2018-03-22 on.
    expect(moneyToNumber(run(recording, [0, 140], '{}').costs.interest)).toBeCloseTo(3.00094, 5)
    expect(run(recording, [0, 140], '{ interest: off }').costs.interest).toBe(0n)
    expect(run(recording, [0, 90], '{}').costs.interest).toBe(0n)
  })

  it('neither gains nor loses by a split, and refuses no short because of one', () => {
    const split = [100, 100, 100, 50, 50, 50]
    const action = { instrument: 0, day: sessions[3]!.day, dividendE8: 0, ratioE9: 2_000_000_000 }
    const { result, made } = run(record([split], [action]), [30], '{ borrow: off }')
    expect(result.engine.world.ledger.position(0).quantity).toBe(60)
    expect(result.engine.world.equity).toBe(10_000)
    expect(result.engine.world.shares!.priceTests).toBe(0)
    expect(made.splits).toHaveLength(1)
    const blind = run(record([split], [action]), [30], '{ exDates: false }')
    expect(blind.result.engine.world.equity).toBe(8_500)
    expect(blind.result.engine.world.shares!.priceTests).toBe(1)
  })

  it('borrows nothing in a cash account', () => {
    const flat = [100, 100, 100]
    const { made } = run(record([flat, flat]), [90, 20], '{ account: cash }')
    expect(made.counts.denials).toEqual({ BUYING_POWER: 1 })
    expect(run(record([flat]), [-1], '{ account: cash }').made.counts.denials).toEqual({
      NOT_SHORTABLE: 1,
    })
  })
})
