import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BarRun } from './bar-run.ts'
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

/** A window as the test sees it. */
interface Window {
  reset(): void
  push(run: BarRun, slot: number, to: number): void
}

/** What a window gives at each bar of a list, in columns; from a bar on, by runs of a size. */
function figuresOf(
  window: Window,
  list: Float64Array,
  { columns, from = 0, size = 1 }: { columns: number; from?: number; size?: number },
): Float64Array[] {
  const run = new BarRun(1 + columns, size)
  const figures = Array.from({ length: columns }, () => new Float64Array(list.length))
  window.reset()
  for (let first = from; first < list.length; first += size) {
    run.first = first
    run.count = Math.min(size, list.length - first)
    run.values.set(list.subarray(first, first + run.count))
    window.push(run, 0, 1)
    figures.forEach((figure, k) => {
      const start = (1 + k) * size
      figure.set(run.values.subarray(start, start + run.count), first)
    })
  }
  return figures
}

describe('windows of any length over any values', () => {
  it('have the count, mean and deviation of their values, to rounding', () => {
    fc.assert(
      fc.property(values, length, (list, bars) => {
        const window = new WindowMoments(arena(), bars)
        const [counts, means, deviations] = figuresOf(window, list, { columns: 3 })
        for (let bar = 0; bar < list.length; bar++) {
          const all = present(list, bar, bars)
          expect(counts![bar]).toBe(all.length)
          if (all.length === 0) continue
          const scale = Math.max(...all.map(Math.abs))
          expect(Math.abs(means![bar]! - mean(all))).toBeLessThanOrEqual(1e-14 * scale + 1e-300)
          if (all.length < 2) {
            expect(deviations![bar]).toBeNaN()
            continue
          }
          const deviation = Math.sqrt(squares(all) / (all.length - 1))
          expect(Math.abs(deviations![bar]! - deviation)).toBeLessThanOrEqual(1e-12 * deviation)
          if (new Set(all).size === 1) expect(deviations![bar]).toBe(0)
        }
      }),
    )
  })

  it('have the sum, the greatest and the median of their values', () => {
    fc.assert(
      fc.property(values, length, (list, bars) => {
        const [counts, sums] = figuresOf(new WindowSum(arena(), bars), list, { columns: 2 })
        const [greatest] = figuresOf(new WindowMaximum(arena(), bars), list, { columns: 1 })
        const [sizes, medians] = figuresOf(new WindowMedian(arena(), bars), list, { columns: 2 })
        for (let bar = 0; bar < list.length; bar++) {
          const all = present(list, bar, bars).sort((a, b) => a - b)
          const scale = sum(all.map(Math.abs))
          expect(counts![bar]).toBe(all.length)
          expect(Math.abs(sums![bar]! - sum(all))).toBeLessThanOrEqual(1e-14 * scale)
          expect(greatest![bar]).toBe(Math.max(...all))
          const half = all.length >> 1
          const odd = all.length % 2 === 1
          const median = odd ? all[half] : (all[half - 1]! + all[half]!) / 2
          expect(sizes![bar]).toBe(all.length)
          expect(medians![bar]).toBe(all.length === 0 ? Number.NaN : median)
        }
      }),
    )
  })

  it('have the slope and correlation of their pairs, to rounding', () => {
    fc.assert(
      fc.property(values, values, length, (first, second, bars) => {
        const count = Math.min(first.length, second.length)
        const window = new WindowCovariance(arena(), bars)
        window.reset()
        const run = new BarRun(5, 1)
        run.count = 1
        for (let bar = 0; bar < count; bar++) {
          run.first = bar
          run.values[0] = first[bar]!
          run.values[1] = second[bar]!
          window.push(run, 0, 1, 2)
          const [, , pairs, slope, correlation] = run.values
          const x: number[] = []
          const y: number[] = []
          for (let at = Math.max(0, bar - bars + 1); at <= bar; at++) {
            if (Number.isNaN(first[at]! + second[at]!)) continue
            x.push(first[at]!)
            y.push(second[at]!)
          }
          expect(pairs).toBe(x.length)
          if (x.length < 2 || squares(y) === 0) {
            expect(slope).toBeNaN()
            continue
          }
          const product = products(x, y)
          const size = Math.sqrt(squares(x) * squares(y))
          expect(Math.abs(slope! * squares(y) - product)).toBeLessThanOrEqual(1e-11 * size)
          if (size === 0) expect(correlation).toBeNaN()
          else expect(Math.abs(correlation! - product / size)).toBeLessThanOrEqual(1e-11)
        }
      }),
    )
  })

  it('have the same bits by runs of any size, wherever one began that they do not reach', () => {
    const size = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(values, length, fc.nat(119), size, (list, bars, start, size) => {
        const from = start % list.length
        const kinds = [
          { columns: 3, make: () => new WindowMoments(arena(), bars) },
          { columns: 2, make: () => new WindowSum(arena(), bars) },
          { columns: 1, make: () => new WindowMaximum(arena(), bars) },
          { columns: 2, make: () => new WindowMedian(arena(), bars) },
        ]
        for (const { columns, make } of kinds) {
          const whole = figuresOf(make(), list, { columns })
          const late = figuresOf(make(), list, { columns, from, size })
          const reached = from + bars - 1
          late.forEach((figure, k) => {
            expect(figure.subarray(reached)).toEqual(whole[k]!.subarray(reached))
          })
        }
      }),
    )
  })
})
