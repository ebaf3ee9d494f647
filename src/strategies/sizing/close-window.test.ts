import { describe, expect, it } from 'vitest'
import type { BarView } from '../../core/mod.ts'
import { emptyWindow, seedWindow, takeBar } from './close-window.ts'

const MINUTE = 60_000_000
const rules = { size: 5, maxGap: 2 }

const bar = (count: number, at: number, close: number, gapBars = 0): BarView => ({
  count,
  openTime: at * MINUTE,
  closeTime: (at + 1) * MINUTE,
  knownTime: (at + 1) * MINUTE,
  close,
  gapBars,
})

const seed = (at: number, close: number) => ({
  openTime: at * MINUTE,
  closeTime: (at + 1) * MINUTE,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
})

describe('a window of closes', () => {
  it('keeps the last ones, each bar once', () => {
    const window = emptyWindow()
    for (let i = 1; i <= 7; i++) takeBar(window, bar(i, i, 10 * i), rules)
    takeBar(window, bar(7, 7, 999), rules)
    expect(window.closes).toEqual([30, 40, 50, 60, 70])
    expect(window.openTimes.map((time) => time / MINUTE)).toEqual([3, 4, 5, 6, 7])
  })

  it('repeats a close for the empty bars that ended at the same instant', () => {
    const window = emptyWindow()
    takeBar(window, bar(1, 1, 10), rules)
    takeBar(window, bar(4, 4, 20, 2), rules)
    expect(window.closes).toEqual([10, 20, 20, 20])
  })

  it('restarts after a gap that is too long, as the signal does', () => {
    const window = emptyWindow()
    takeBar(window, bar(1, 1, 10), rules)
    takeBar(window, bar(2, 5, 20, 3), rules)
    expect(window.closes).toEqual([20])
  })

  it('takes history up to the last bar of the signal, in its unit', () => {
    const window = emptyWindow()
    takeBar(window, bar(1, 1, 10), rules)
    const history = [seed(2, 5), seed(8, 6), seed(9, 7), seed(9, 8), seed(10, 9), seed(12, 1)]
    seedWindow(window, history, bar(9, 10, 18), rules)
    expect(window.closes).toEqual([12, 14, 18])
    expect(window.count).toBe(9)
    takeBar(window, bar(10, 11, 20), rules)
    expect(window.closes).toEqual([12, 14, 18, 20])
  })

  it('is empty where the signal took nothing of the history', () => {
    const window = emptyWindow()
    takeBar(window, bar(1, 1, 10), rules)
    seedWindow(window, [seed(2, 5)], null, rules)
    expect(window.closes).toEqual([])
  })
})
