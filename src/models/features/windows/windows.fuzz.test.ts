import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateArena } from './state-arena.ts'
import { WindowCovariance } from './window-covariance.ts'
import { WindowMaximum } from './window-maximum.ts'
import { WindowMedian } from './window-median.ts'
import { WindowMoments } from './window-moments.ts'
import { WindowSum } from './window-sum.ts'

const arena = () => new StateArena(new Float64Array(4096))
const length = fc.integer({ min: 1, max: 30 })
/** Far from the smallest numbers there are, whose products vanish. */
const fraction = fc.integer({ min: -1e6, max: 1e6 }).map((millionths) => millionths / 1e6)
/** Values at some level, some missing, some equal, now and then one that is a million times more. */
const values = fc
  .record({
    level: fc.constantFrom(0, 1, -300, 1e9),
    list: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fraction },
        { weight: 3, arbitrary: fc.constantFrom(0, 0.5) },
        { weight: 2, arbitrary: fc.constant(Number.NaN) },
        { weight: 1, arbitrary: fc.constantFrom(1e6, -1e6) },
      ),
      { minLength: 1, maxLength: 120 },
    ),
  })
  .map(({ level, list }) => Float64Array.from(list, (value) => level + value))

const present = (list: Float64Array, end: number, bars: number): number[] =>
  [...list.subarray(Math.max(0, end - bars + 1), end + 1)].filter((value) => !Number.isNaN(value))
const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0)
const mean = (list: readonly number[]) =>
  list[0]! + sum(list.map((v) => v - list[0]!)) / list.length
/** Sum of products of deviations, less what the rounding of the means adds. */
const products = (x: readonly number[], y: readonly number[]) => {
  const offX = x.map((value) => value - mean(x))
  const offY = y.map((value) => value - mean(y))
  return sum(offX.map((value, i) => value * offY[i]!)) - (sum(offX) * sum(offY)) / x.length
}
const squares = (list: readonly number[]) => products(list, list)

/** Runs a window over a list from a bar on, and hands every bar to a check. */
function overBars(
  window: { reset(): void; push(values: Float64Array, slot: number, phase: number): void },
  list: Float64Array,
  bars: number,
  check: (bar: number) => void,
  from = 0,
): void {
  window.reset()
  for (let bar = from; bar < list.length; bar++) {
    window.push(list, bar, bar % bars)
    check(bar)
  }
}

describe('windows of any length over any values', () => {
  it('have the count, mean and deviation of their values, to rounding', () => {
    fc.assert(
      fc.property(values, length, (list, bars) => {
        const window = new WindowMoments(arena(), bars)
        overBars(window, list, bars, (bar) => {
          const all = present(list, bar, bars)
          expect(window.count).toBe(all.length)
          if (all.length === 0) return
          const scale = Math.max(...all.map(Math.abs))
          expect(Math.abs(window.mean - mean(all))).toBeLessThanOrEqual(1e-14 * scale + 1e-300)
          if (all.length < 2) return expect(window.deviation).toBeNaN()
          const deviation = Math.sqrt(squares(all) / (all.length - 1))
          expect(Math.abs(window.deviation - deviation)).toBeLessThanOrEqual(1e-12 * deviation)
          if (new Set(all).size === 1) expect(window.deviation).toBe(0)
        })
      }),
    )
  })

  it('have the sum, the greatest and the median of their values', () => {
    fc.assert(
      fc.property(values, length, (list, bars) => {
        const total = new WindowSum(arena(), bars)
        overBars(total, list, bars, (bar) => {
          const all = present(list, bar, bars)
          const scale = sum(all.map(Math.abs))
          expect(total.count).toBe(all.length)
          expect(Math.abs(total.sum - sum(all))).toBeLessThanOrEqual(1e-14 * scale)
        })
        const greatest = new WindowMaximum(arena(), bars)
        overBars(greatest, list, bars, (bar) => {
          expect(greatest.greatest).toBe(Math.max(...present(list, bar, bars)))
        })
        const middle = new WindowMedian(arena(), bars)
        overBars(middle, list, bars, (bar) => {
          const all = present(list, bar, bars).sort((a, b) => a - b)
          const half = all.length >> 1
          const odd = all.length % 2 === 1
          const median = odd ? all[half] : (all[half - 1]! + all[half]!) / 2
          expect(middle.count).toBe(all.length)
          expect(middle.median).toBe(all.length === 0 ? Number.NaN : median)
        })
      }),
    )
  })

  it('have the slope and correlation of their pairs, to rounding', () => {
    fc.assert(
      fc.property(values, values, length, (first, second, bars) => {
        const count = Math.min(first.length, second.length)
        const window = new WindowCovariance(arena(), bars)
        window.reset()
        const both = new Float64Array(2)
        for (let bar = 0; bar < count; bar++) {
          both[0] = first[bar]!
          both[1] = second[bar]!
          window.push(both, 0, 1, bar % bars)
          const x: number[] = []
          const y: number[] = []
          for (let at = Math.max(0, bar - bars + 1); at <= bar; at++) {
            if (Number.isNaN(first[at]! + second[at]!)) continue
            x.push(first[at]!)
            y.push(second[at]!)
          }
          expect(window.count).toBe(x.length)
          if (x.length < 2 || squares(y) === 0) {
            expect(window.slope).toBeNaN()
            continue
          }
          const product = products(x, y)
          const size = Math.sqrt(squares(x) * squares(y))
          expect(Math.abs(window.slope * squares(y) - product)).toBeLessThanOrEqual(1e-11 * size)
          if (size === 0) expect(window.correlation).toBeNaN()
          else expect(Math.abs(window.correlation - product / size)).toBeLessThanOrEqual(1e-11)
        }
      }),
    )
  })

  it('have the same bits wherever a run began that the window does not reach', () => {
    fc.assert(
      fc.property(values, length, fc.nat(119), (list, bars, start) => {
        const from = start % list.length
        const make = () => [
          new WindowMoments(arena(), bars),
          new WindowSum(arena(), bars),
          new WindowMedian(arena(), bars),
        ]
        for (const [k, whole] of make().entries()) {
          const late = make()[k]!
          const figures = (window: typeof whole) =>
            window instanceof WindowMoments
              ? [window.mean, window.deviation]
              : [window instanceof WindowSum ? window.sum : window.median]
          const known: number[][] = []
          overBars(whole, list, bars, () => known.push(figures(whole)))
          overBars(
            late,
            list,
            bars,
            (bar) => {
              if (bar >= from + bars - 1) expect(figures(late)).toEqual(known[bar])
            },
            from,
          )
        }
      }),
    )
  })
})
