import { createRandom } from '../../core/mod.ts'
import type { ValidationData } from './held-out.ts'
import type { PanelHours } from './score-report.ts'

/** A small panel of random prices for tests, with the arrays that leaks are planted from. */
export interface ToyPanel {
  readonly data: ValidationData
  readonly hours: PanelHours
  readonly isMember: Uint8Array
  /** Log prices at the opens and closes of bars, name-major. */
  readonly open: Float64Array
  readonly close: Float64Array
  readonly nextBarReturn: Float64Array
}

/** Settings of a {@link ToyPanel}. */
export interface ToyOptions {
  readonly seed: number
  readonly names?: number
  readonly bars?: number
  /** Drift of the bar after the decision for one deviation of the feature `signal`; 0: no edge. */
  readonly edge?: number
}

/** Deviation of a bar's return in a toy panel. */
export const TOY_DEVIATION = 0.01
const SESSION_BARS = 7
const HORIZON = 5

/**
 * Random walks with labels from the next open over five bars. Features: `signal`, new in each bar;
 * `slow`, an autoregression that means nothing; `momentum` of ten bars, missing before; `range` of
 * the bar. Members change: each name but the first three joins late or leaves early.
 */
export function toyPanel({ seed, names = 24, bars = 420, edge = 0 }: ToyOptions): ToyPanel {
  const random = createRandom(seed)
  const size = names * bars
  const make = (): Float32Array => new Float32Array(size).fill(Number.NaN)
  const [signal, slow, momentum, range] = [make(), make(), make(), make()]
  const [open, close] = [new Float64Array(size), new Float64Array(size)]
  const isMember = new Uint8Array(size)
  for (let name = 0; name < names; name++) {
    const join = name < 3 || random.next() < 0.5 ? 0 : random.integer(bars >> 1)
    const leave = name < 3 || join > 0 ? bars : bars - random.integer(bars >> 1)
    let price = 4
    let level = random.normal()
    for (let bar = 0; bar < bars; bar++) {
      const row = name * bars + bar
      signal[row] = random.normal()
      level = 0.95 * level + Math.sqrt(1 - 0.95 ** 2) * random.normal()
      slow[row] = level
      open[row] = price
      const drift = bar > 0 ? edge * signal[row - 1]! : 0
      close[row] = price + drift + TOY_DEVIATION * random.normal()
      price = close[row]!
      range[row] = Math.abs(close[row]! - open[row]!)
      if (bar >= 10) momentum[row] = close[row]! - close[row - 10]!
      isMember[row] = bar >= join && bar < leave ? 1 : 0
    }
  }
  const columns = [signal, slow, momentum, range]
  const features = { names: ['signal', 'slow', 'momentum', 'range'], columns, bars }
  const { labels, spans, nextBarReturn } = toyLabels(open, close, names, bars)
  const session = (bar: number): number => Math.floor(bar / SESSION_BARS)
  return {
    data: { names, features, labels, spans, isUsed: isMember.slice() },
    hours: {
      sessionDay: Int32Array.from({ length: bars }, (_, bar) => 17_000 + session(bar)),
      barOfSession: Uint8Array.from({ length: bars }, (_, bar) => bar % SESSION_BARS),
      horizonBars: HORIZON,
    },
    isMember,
    open,
    close,
    nextBarReturn,
  }
}

function toyLabels(open: Float64Array, close: Float64Array, names: number, bars: number) {
  const excessReturn = new Float64Array(open.length).fill(Number.NaN)
  const downsideEvent = new Float64Array(open.length).fill(Number.NaN)
  const nextBarReturn = new Float64Array(open.length).fill(Number.NaN)
  for (let name = 0; name < names; name++) {
    for (let bar = 0; bar + 1 < bars; bar++) {
      const row = name * bars + bar
      nextBarReturn[row] = close[row + 1]! - open[row + 1]!
      if (bar + 1 + HORIZON >= bars) continue
      excessReturn[row] = open[row + 1 + HORIZON]! - open[row + 1]!
      let lowest = 0
      for (let k = 1; k <= HORIZON; k++) lowest = Math.min(lowest, close[row + k]! - open[row + 1]!)
      downsideEvent[row] = lowest <= -0.015 ? 1 : 0
    }
  }
  const at = (bar: number, offset: number): number => (bar + 1 + HORIZON < bars ? bar + offset : -1)
  const spans = {
    first: Int32Array.from({ length: bars }, (_, bar) => at(bar, 1)),
    last: Int32Array.from({ length: bars }, (_, bar) => at(bar, 1 + HORIZON)),
  }
  return { labels: { excessReturn, downsideEvent }, spans, nextBarReturn }
}
