import type { BarView, SeedBar } from '../../core/mod.ts'

/** The last closes of an instrument, oldest first, as plain data. */
export interface CloseWindow {
  /** Half price quanta. */
  closes: number[]
  /** Open times of the same bars, us. */
  openTimes: number[]
  /** Count of the last bar that was taken, 0 before the first. */
  count: number
}

/** How a window is kept. */
export interface WindowRules {
  /** Closes kept. */
  readonly size: number
  /** Longest run of empty bars that does not restart the window, as the signal's own. */
  readonly maxGap: number
}

/** A window before its first bar. */
export const emptyWindow = (): CloseWindow => ({ closes: [], openTimes: [], count: 0 })

/**
 * Takes the bar that closed last. Bars that closed at the same instant before it (a silence that
 * ended) repeat its close, as in the signal; a gap longer than `maxGap` restarts the window.
 */
export function takeBar(window: CloseWindow, bar: BarView, { size, maxGap }: WindowRules): void {
  const interval = bar.closeTime - bar.openTime
  const last = window.openTimes.at(-1)
  const rows = bar.count - window.count
  if (rows <= 0) return
  if (bar.gapBars > maxGap) clear(window)
  // Several bars at once are one with values and the empty ones after it.
  const isRun = last !== undefined && last + rows * interval === bar.openTime
  const taken = isRun ? Math.min(rows, size) : 1
  for (let i = taken - 1; i >= 0; i--) push(window, bar.openTime - i * interval, bar.close)
  trim(window, size)
  window.count = bar.count
}

/**
 * Replaces the window by history (prices in quanta, oldest first) up to `last`, the last bar the
 * signal made of it; null where it made none.
 */
export function seedWindow(
  window: CloseWindow,
  bars: readonly SeedBar[],
  last: BarView | null,
  { size, maxGap }: WindowRules,
): void {
  clear(window)
  if (last === null) return
  const interval = last.closeTime - last.openTime
  for (const { openTime, close } of bars) {
    const previous = window.openTimes.at(-1)
    const isAligned = (last.openTime - openTime) % interval === 0
    if (openTime > last.openTime || !isAligned || !(close > 0)) continue
    if (previous !== undefined) {
      if (openTime <= previous) continue
      if ((openTime - previous) / interval - 1 > maxGap) clear(window)
    }
    push(window, openTime, 2 * close)
  }
  trim(window, size)
  window.count = last.count
}

function push(window: CloseWindow, openTime: number, close: number): void {
  window.closes.push(close)
  window.openTimes.push(openTime)
}

function clear(window: CloseWindow): void {
  window.closes.length = 0
  window.openTimes.length = 0
}

function trim({ closes, openTimes }: CloseWindow, size: number): void {
  if (closes.length <= size) return
  closes.splice(0, closes.length - size)
  openTimes.splice(0, openTimes.length - size)
}
