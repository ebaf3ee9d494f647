import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, BarBuilder } from './bar-builder.ts'

const INTERVAL = 10

interface Update {
  readonly time: number
  readonly value: number
}

const updates: fc.Arbitrary<Update[]> = fc
  .array(
    fc.record({
      step: fc.oneof({ weight: 5, arbitrary: fc.nat(6) }, fc.nat(120)),
      value: fc.integer({ min: 1, max: 1000 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let time = 12_345
    return steps.map(({ step, value }) => {
      time += step
      return { time, value }
    })
  })

type Row = Pick<Bar, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'updates' | 'gapBars'>

/** The bars the definition gives, from the whole list at once. */
function definedBars(list: readonly Update[], end: number, maxGap: number): Row[] {
  const rows: Row[] = []
  const slot = (time: number): number => Math.floor(time / INTERVAL)
  let lastUpdated = Number.NaN
  let close = 0
  for (let k = slot(list[0]!.time); (k + 1) * INTERVAL <= end; k++) {
    const values = list.filter(({ time }) => slot(time) === k).map(({ value }) => value)
    const gapBars = Number.isNaN(lastUpdated) ? 0 : k - lastUpdated - 1
    if (values.length === 0 && gapBars >= maxGap) continue
    const inside = values.length === 0 ? [close] : values
    close = inside.at(-1)!
    rows.push({
      openTime: k * INTERVAL,
      open: inside[0]!,
      high: Math.max(...inside),
      low: Math.min(...inside),
      close,
      updates: values.length,
      gapBars,
    })
    if (values.length > 0) lastUpdated = k
  }
  return rows
}

/** Bars built live, asked for closed bars every `pulse` us besides before each update. */
function builtBars(list: readonly Update[], end: number, maxGap: number, pulse: number): Row[] {
  const builder = new BarBuilder(INTERVAL, maxGap)
  const rows: Row[] = []
  const advance = (now: number): void => {
    for (;;) {
      const step = builder.closeNext(now)
      if (step === 'none') return
      if (step === 'gap') continue
      const { openTime, open, high, low, close, updates, gapBars, knownTime, closeTime } =
        builder.bar!
      expect(knownTime).toBeGreaterThanOrEqual(closeTime)
      rows.push({ openTime, open, high, low, close, updates, gapBars })
    }
  }
  let now = list[0]!.time
  for (const { time, value } of list) {
    for (; now < time; now += pulse) advance(now)
    advance(time)
    builder.onValue(time, value)
    now = Math.max(now, time)
  }
  for (; now < end; now += pulse) advance(now)
  advance(end)
  return rows
}

describe('bars of arbitrary updates', () => {
  it('are the defined ones, however often the clock is looked at', () => {
    fc.assert(
      fc.property(
        updates,
        fc.nat(6),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(150),
        (list, maxGap, pulse, tail) => {
          const end = list.at(-1)!.time + tail
          expect(builtBars(list, end, maxGap, pulse)).toEqual(definedBars(list, end, maxGap))
        },
      ),
      { numRuns: 500 },
    )
  })
})
