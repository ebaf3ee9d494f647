import type { Random } from '../../lib/random.ts'
import type { PanelBars } from '../hour-panel.ts'

/**
 * Writes a bar whose log price moves by `move` at volatility `sd`, and returns its close. High and
 * low are the extremes of a Brownian bridge between open and close (L. Devroye, "Non-Uniform Random
 * Variate Generation", chapter XIV), each drawn by itself.
 */
export function drawBar(
  bars: PanelBars,
  at: number,
  open: number,
  move: number,
  sd: number,
  random: Random,
): number {
  const square = move * move
  const twice = 2 * sd * sd
  const up = (move + Math.sqrt(square - twice * Math.log(1 - random.next()))) / 2
  const down = (move - Math.sqrt(square - twice * Math.log(1 - random.next()))) / 2
  const close = open * Math.exp(move)
  bars.open[at] = open
  bars.close[at] = close
  bars.high[at] = Math.max(open, close, open * Math.exp(up))
  bars.low[at] = Math.min(open, close, open * Math.exp(down))
  return close
}
