import { describe, expect, it } from 'vitest'
import { AssertionFailure } from '../lib/assert.ts'
import { type Bar, BarBuilder } from './bar-builder.ts'

const MINUTE = 60_000_000
const T0 = 1_000 * MINUTE

/** Closes everything due and lists what happened. */
function drain(builder: BarBuilder, now: number): (Bar | 'gap')[] {
  const steps: (Bar | 'gap')[] = []
  for (;;) {
    const step = builder.closeNext(now)
    if (step === 'none') return steps
    steps.push(step === 'gap' ? 'gap' : builder.bar!)
  }
}

describe('BarBuilder', () => {
  it('builds nothing before the first value', () => {
    const builder = new BarBuilder(MINUTE, 5)
    expect(builder.end).toBe(Number.POSITIVE_INFINITY)
    expect(drain(builder, T0 * 2)).toEqual([])
    expect(builder.bar).toBeNull()
  })

  it('cuts on multiples of the interval and counts the first, partial bar', () => {
    const builder = new BarBuilder(MINUTE, 5)
    builder.onValue(T0 + 40_000_000, 200, 3)
    builder.onValue(T0 + 41_000_000, 206, 1)
    builder.onValue(T0 + 42_000_000, 198, 2)
    builder.onValue(T0 + 59_999_999, 202)
    expect(builder.end).toBe(T0 + MINUTE)
    expect(builder.closeNext(T0 + MINUTE - 1)).toBe('none')
    expect(drain(builder, T0 + MINUTE + 7)).toEqual([
      {
        count: 1,
        openTime: T0,
        closeTime: T0 + MINUTE,
        knownTime: T0 + MINUTE + 7,
        open: 200,
        high: 206,
        low: 198,
        close: 202,
        volume: 6,
        updates: 4,
        gapBars: 0,
      },
    ])
  })

  it('gives a value of exactly the end to the next bar', () => {
    const builder = new BarBuilder(MINUTE, 5)
    builder.onValue(T0, 10)
    expect(drain(builder, T0 + MINUTE)).toHaveLength(1)
    builder.onValue(T0 + MINUTE, 20)
    const [bar] = drain(builder, T0 + 2 * MINUTE) as Bar[]
    expect([bar!.openTime, bar!.open, bar!.close]).toEqual([T0 + MINUTE, 20, 20])
  })

  it('repeats the last close in an empty bar and counts the run of them', () => {
    const builder = new BarBuilder(MINUTE, 5)
    builder.onValue(T0, 10, 4)
    builder.onValue(T0 + 1, 14)
    const bars = drain(builder, T0 + 3 * MINUTE) as Bar[]
    expect(
      bars.map((b) => [b.open, b.high, b.low, b.close, b.volume, b.updates, b.gapBars]),
    ).toEqual([
      [10, 14, 10, 14, 4, 2, 0],
      [14, 14, 14, 14, 0, 0, 0],
      [14, 14, 14, 14, 0, 0, 1],
    ])
    builder.onValue(T0 + 3 * MINUTE, 15)
    const [next] = drain(builder, T0 + 4 * MINUTE) as Bar[]
    expect([next!.gapBars, next!.count, next!.updates]).toEqual([2, 4, 1])
    builder.onValue(T0 + 4 * MINUTE, 15)
    expect((drain(builder, T0 + 5 * MINUTE)[0] as Bar).gapBars).toBe(0)
  })

  it('stops after maxGap empty bars, however late it is asked, and says so once', () => {
    for (const asked of [1, 100, 1_000_000_000]) {
      const builder = new BarBuilder(MINUTE, 2)
      builder.onValue(T0, 10)
      const steps: (Bar | 'gap')[] = []
      if (asked === 1) for (let i = 1; i < 9; i++) steps.push(...drain(builder, T0 + i * MINUTE))
      else steps.push(...drain(builder, T0 + asked * MINUTE))
      expect(steps.map((s) => (s === 'gap' ? s : s.updates))).toEqual([1, 0, 0, 'gap'])
      expect(builder.end).toBe(Number.POSITIVE_INFINITY)
      const back = Math.max(asked, 9)
      builder.onValue(T0 + back * MINUTE + 5, 11)
      const [bar] = drain(builder, T0 + (back + 1) * MINUTE) as Bar[]
      expect([bar!.open, bar!.gapBars]).toEqual([11, back - 1])
      expect(builder.skipped).toBe(back - 3)
      expect(builder.count).toBe(4)
    }
  })

  it('tolerates no empty bar when maxGap is 0', () => {
    const builder = new BarBuilder(MINUTE, 0)
    builder.onValue(T0, 10)
    expect(drain(builder, T0 + 2 * MINUTE)).toEqual([expect.anything(), 'gap'])
  })

  it('asserts that bars are closed before values that follow them', () => {
    const builder = new BarBuilder(MINUTE, 5)
    builder.onValue(T0 + 10, 10)
    expect(() => builder.onValue(T0 + MINUTE, 10)).toThrow(AssertionFailure)
    expect(() => builder.onValue(T0 - 1, 10)).toThrow(/outside the bar/)
    expect(() => new BarBuilder(0, 1)).toThrow(/interval/)
    expect(() => new BarBuilder(1.5, 1)).toThrow(/interval/)
    expect(() => new BarBuilder(1, -1)).toThrow(/gap/)
  })

  it('goes on from its state through JSON as if never stopped', () => {
    const times = [5, 61, 62, 180, 181, 250, 900, 905, 1000].map((s) => T0 + s * 1_000_000)
    for (let cut = 0; cut <= times.length; cut++) {
      const whole = new BarBuilder(MINUTE, 3)
      let resumed = new BarBuilder(MINUTE, 3)
      times.forEach((time, i) => {
        if (i === cut) {
          const state = JSON.parse(JSON.stringify(resumed.snapshot()))
          resumed = new BarBuilder(MINUTE, 3)
          resumed.restore(state)
        }
        expect(drain(resumed, time)).toEqual(drain(whole, time))
        whole.onValue(time, i, i)
        resumed.onValue(time, i, i)
      })
      expect(drain(resumed, T0 * 2)).toEqual(drain(whole, T0 * 2))
      expect(resumed.snapshot()).toEqual(whole.snapshot())
    }
  })
})
