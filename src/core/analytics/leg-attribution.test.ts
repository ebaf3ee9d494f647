import { describe, expect, it } from 'vitest'
import { attributeLegs } from './leg-attribution.ts'
import type { RunFill, RunRecord } from './run-record.ts'
import { emptyRun, sampleRun } from './sample-run.ts'

const DAY = 86_400_000_000
const sample = (): RunRecord => sampleRun({ seed: 1, bars: 24 * 60, barUs: 3600e6, entryZ: 2 })

/** A run in which fills of one instrument happen at the ends of hours of days. */
function runOf(fills: readonly Partial<RunFill>[], closes: readonly number[]): RunRecord {
  const base = emptyRun()
  const start = base.data.firstTime
  const time = Float64Array.from(closes, (_, i) => start + (i + 1) * DAY)
  return {
    ...base,
    fills: fills.map((fill, i) => ({
      ...(sample().fills[0]! as RunFill),
      ...{ instrument: 0, fee: 0n, intentId: `i${i}` },
      ...fill,
    })),
    bars: [
      {
        ...{ instrument: 0, time, close: Float64Array.from(closes, (close) => 2 * close) },
        z: new Float64Array(closes.length),
        imbalance: new Float64Array(closes.length),
      },
    ],
    equity: { time, value: new Float64Array(closes.length).fill(base.startEquity) },
    mids: [],
  }
}

const at = (base: number, day: number, hour: number): number => base + day * DAY + hour * 3600e6

describe('the result by leg', () => {
  const start = emptyRun().data.firstTime
  // The instrument has prices of a tenth and lots of 0.0001: a price of 10 000 is 1 000.
  const buy = { side: 'buy', quantity: 10_000 } as unknown as Partial<RunFill>
  const sell = { side: 'sell', quantity: 20_000 } as unknown as Partial<RunFill>

  it('is a long until it turns over into a short, at fill prices and marks', () => {
    const run = runOf(
      [
        { ...buy, price: 10_000 as never, time: at(start, 0, 5) },
        { ...sell, price: 10_200 as never, time: at(start, 2, 5), fee: 300_000_000n as never },
      ],
      [10_100, 10_150, 10_300],
    )
    const { long, short, both } = attributeLegs(run, run.equity.time, 365, null)
    expect(long.pricePnl).toBeCloseTo(20, 9)
    expect(short.pricePnl).toBeCloseTo(-10, 9)
    // Half of the fee closed the long, half opened the short.
    expect([long.fees, short.fees]).toEqual([1.5, 1.5])
    expect(both.net).toBeCloseTo(7, 9)
    expect(both.beta).toBeNull()
  })

  it('gives what holding costs to the leg that is held, after a fill too', () => {
    const run = runOf(
      [{ ...sell, price: 10_000 as never, time: at(start, 0, 5) }],
      [10_000, 10_000],
    )
    const paid = { instrument: 0, amount: -500_000_000n as never, time: at(start, 1, 1) }
    const { long, short } = attributeLegs({ ...run, funding: [paid] }, run.equity.time, 365, null)
    expect([long.holding, short.holding, short.net]).toEqual([0, -5, -5])
  })

  it('gives interest to the longs: only they are bought with borrowed money', () => {
    const run = runOf(
      [
        { ...buy, price: 10_000 as never, time: at(start, 0, 5) },
        { ...sell, instrument: 0, price: 10_000 as never, time: at(start, 1, 5) },
      ],
      [10_000, 10_000],
    )
    const interest = [{ amount: -300_000_000n as never, time: at(start, 1, 1) }]
    const { long, short, both } = attributeLegs({ ...run, interest }, run.equity.time, 365, null)
    expect([long.holding, short.holding, both.holding]).toEqual([-3, 0, -3])
  })

  it('is not moved by a split', () => {
    const run = runOf([{ ...buy, price: 10_000 as never, time: at(start, 0, 5) }], [10_000, 5_100])
    const split = { time: at(start, 1, 1), instrument: 0, ratioE9: 2e9, price: 5_000 }
    const { both } = attributeLegs({ ...run, splits: [split] }, run.equity.time, 365, null)
    // Two for one: 2 x 510 against 1 x 1 000.
    expect(both.pricePnl).toBeCloseTo(20, 9)
  })

  it('is of the day of the close, also where rent is paid after it', () => {
    const closes = Array.from({ length: 40 }, (_, i) => 10_000 + 50 * ((i * 7) % 5))
    const run = runOf([{ ...buy, price: 10_000 as never, time: at(start, 0, 1) }], closes)
    const time = run.equity.time.map((end) => end - 3600e6)
    const bars = run.bars.map((own) => ({ ...own, time }))
    const funding = [...time].map((close) => ({
      ...{ instrument: 0, amount: -1n as never, time: close + 60e6 },
    }))
    const value = Float64Array.from(closes)
    // 1 000 of 10 000 moves with the market, as the market is this name.
    const market = { name: 'm', hash: '', time, value }
    const { long } = attributeLegs({ ...run, bars, funding }, run.equity.time, 365, market)
    expect(long.beta).toBeCloseTo(10_000 / 10 / run.startEquity, 2)
  })

  it('adds up over a whole run, and its betas and alphas do', () => {
    const run = sample()
    const first = run.data.firstTime
    const times = Float64Array.from({ length: 59 }, (_, i) => first + (i + 1) * DAY)
    const market = {
      name: 'm',
      hash: '',
      time: times,
      value: times.map((_, i) => 100 + ((i * 7) % 5)),
    }
    const { long, short, both, difference } = attributeLegs(run, times, 365, market)
    const keys = [
      'pricePnl',
      'fees',
      'holding',
      'net',
      'returnAnnual',
      'beta',
      'alphaAnnual',
    ] as const
    for (const key of keys) {
      expect(long[key]! + short[key]!, key).toBeCloseTo(both[key]!, 7)
      expect(Number.isFinite(both[key]), key).toBe(true)
    }
    expect(both.marketAnnual! + both.alphaAnnual!).toBeCloseTo(both.returnAnnual, 9)
    expect(difference).toBeTypeOf('number')
  })
})
