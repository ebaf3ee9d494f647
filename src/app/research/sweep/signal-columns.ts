import {
  type CurrentValue,
  deviationColumn,
  restartRows,
  trendColumn,
  zColumnWithRestarts,
} from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'
import { type BarMarket, sharedColumn } from './bar-market.ts'

/** What a signal column holds and how it is made; equal texts are one column. */
interface SignalSpec {
  readonly kind: 'z' | 'deviation' | 'trend'
  readonly window: number
  readonly current: CurrentValue
  readonly maxGap: number
  readonly intervalUs: number
}

/** Signal columns over all rows of a market, in memory that threads share. */
export interface SignalColumns {
  readonly specs: readonly SignalSpec[]
  readonly values: readonly Float64Array[]
  /** By column: 0 not made, 1 being made, 2 made. */
  readonly states: Int32Array
}

const MADE = 2

/** Collects the distinct columns that a grid's trials need. */
export class SignalPlan {
  readonly #specs: SignalSpec[] = []
  readonly #byText = new Map<string, number>()

  /** Number of the z column of a configuration. */
  z({ signal }: Config): number {
    return this.#add({ ...common(signal), kind: 'z', window: signal.window })
  }

  /** Number of its deviations. */
  deviation({ signal }: Config): number {
    return this.#add({ ...common(signal), kind: 'deviation', window: signal.window })
  }

  /** Number of its distances from the trend average. */
  trend({ signal }: Config): number {
    const spec = { ...common(signal), current: 'include', kind: 'trend' } as const
    return this.#add({ ...spec, window: signal.trendWindow })
  }

  get count(): number {
    return this.#specs.length
  }

  /** The columns with room for every row, not made yet. */
  allocate(rows: number): SignalColumns {
    return {
      specs: this.#specs,
      values: this.#specs.map(() => sharedColumn(rows)),
      states: new Int32Array(new SharedArrayBuffer(4 * this.#specs.length)),
    }
  }

  #add(spec: SignalSpec): number {
    const text = JSON.stringify(spec)
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    this.#byText.set(text, this.#specs.length)
    return this.#specs.push(spec) - 1
  }
}

const common = ({ current, maxGap, interval }: Config['signal']) => ({
  current,
  maxGap,
  intervalUs: interval,
})

/**
 * A signal column, made by whichever thread needs it first; the others wait for it. Only for
 * threads that may block.
 */
export function signalColumn(market: BarMarket, columns: SignalColumns, number: number) {
  const { states } = columns
  const values = columns.values[number]!
  for (;;) {
    const state = Atomics.compareExchange(states, number, 0, 1)
    if (state === MADE) return values
    if (state === 0) {
      let outcome = 0
      try {
        makeColumn(market, columns.specs[number]!, values)
        outcome = MADE
      } finally {
        // After a failure whoever waits tries itself, and reports it as its own.
        Atomics.store(states, number, outcome)
        Atomics.notify(states, number)
      }
      return values
    }
    Atomics.wait(states, number, 1)
  }
}

function makeColumn(market: BarMarket, spec: SignalSpec, values: Float64Array): void {
  const { window, current } = spec
  market.instruments.forEach((_, id) => {
    const [from, to] = [market.offsets[id]!, market.offsets[id + 1]!]
    const closes = market.closes.subarray(from, to)
    const out = values.subarray(from, to)
    const openTimes = market.openTimes.subarray(from, to)
    const starts = restartRows(openTimes, spec.intervalUs, spec.maxGap)
    if (spec.kind === 'z') zColumnWithRestarts(closes, starts, window, current, out)
    else if (spec.kind === 'deviation') deviationColumn(closes, starts, window, current, out)
    else trendColumn(closes, starts, window, out)
  })
}
