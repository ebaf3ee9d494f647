import { assert, type HourPanel } from '../../core/mod.ts'
import { SEED_FEATURE_OPTIONS } from './feature-columns.ts'
import type { FeatureTarget } from './machines/bar-values.ts'
import { CrossSectionMachine } from './machines/cross-section.ts'
import { MarketMachine, marketColumnsOf } from './machines/market-machine.ts'
import { type FeatureOptions, NameMachine } from './machines/name-machine.ts'
import { featuresOfSet, LOOK_BACK_BARS } from './registry.ts'

/** Larger than the state of a name, which is measured first. */
const STATE_SIZE = 4096

/** All an engine remembers between two bars. */
export interface FeatureState {
  /** The bar that comes next. */
  readonly nextBar: number
  readonly market: Float64Array
  /** One piece of equal length for each name. */
  readonly names: Float64Array
}

/** Makes the features of one bar after another, with the code that makes whole columns. */
export class FeatureEngine {
  readonly #panel: HourPanel
  readonly #market: MarketMachine
  readonly #marketColumns: readonly number[]
  readonly #names: readonly NameMachine[]
  readonly #state: Float64Array
  readonly #crossSection: CrossSectionMachine
  readonly #rows: Float32Array
  readonly #target: FeatureTarget
  readonly #isMember: Uint8Array
  readonly #sector: Int16Array
  #nextBar: number

  /** Begins at a bar, remembering nothing. */
  constructor(panel: HourPanel, options: FeatureOptions = SEED_FEATURE_OPTIONS, firstBar = 0) {
    const count = panel.symbols.length
    const length = new NameMachine(panel, options, new Float64Array(STATE_SIZE), 1).stateLength
    this.#panel = panel
    this.#market = new MarketMachine(panel)
    this.#marketColumns = marketColumnsOf(options.set)
    this.#state = new Float64Array(length * count)
    this.#names = panel.symbols.map((_, name) => {
      const state = this.#state.subarray(name * length, (name + 1) * length)
      const machine = new NameMachine(panel, options, state, 1)
      machine.bind(name)
      machine.reset()
      return machine
    })
    this.#crossSection = new CrossSectionMachine(options.set, count, panel.sectorNames.length)
    this.#rows = new Float32Array(featuresOfSet(options.set).length * count)
    const hasAdded = options.set === 'all'
    this.#target = { values: this.#rows, stride: count, hasAdded, at: 0 }
    this.#isMember = new Uint8Array(count)
    this.#sector = new Int16Array(count)
    this.#nextBar = firstBar
  }

  /** The bar that comes next. */
  get nextBar(): number {
    return this.#nextBar
  }

  /**
   * Features of the bar, which has to be the next: feature f of name n at `[f * names + n]`. The
   * array is used again for the next bar.
   */
  next(bar: number): Float32Array {
    assert(bar === this.#nextBar, `bar ${bar} is the next, ${this.#nextBar}`)
    const { isMember, sector, grid } = this.#panel
    const count = this.#names.length
    const bars = grid.openTime.length
    assert(bar < bars, `bar ${bar} is one of ${bars}`)
    const rows = this.#rows
    const market = this.#market
    const columns = this.#marketColumns
    market.advance(bar)
    for (let i = 0; i < columns.length; i++) {
      const start = columns[i]! * count
      rows.fill(market.values[i]!, start, start + count)
    }
    for (let name = 0; name < count; name++) {
      this.#target.at = name
      this.#names[name]!.advance(bar, bar + 1, market.benchmark, 0, this.#target)
      this.#isMember[name] = isMember[name * bars + bar]!
      this.#sector[name] = sector[name * bars + bar]!
    }
    this.#crossSection.advance(rows, 0, count, this.#isMember, this.#sector)
    this.#nextBar = bar + 1
    return rows
  }

  /** A copy of all that is remembered. */
  save(): FeatureState {
    return {
      nextBar: this.#nextBar,
      market: this.#market.state.slice(),
      names: this.#state.slice(),
    }
  }

  /** Goes on from what an engine of the same panel, or a longer one of the same bars, remembered. */
  restore(state: FeatureState): void {
    assert(state.names.length === this.#state.length, 'the state is of as many names')
    this.#market.state.set(state.market)
    this.#state.set(state.names)
    this.#nextBar = state.nextBar
  }
}

/** An engine whose next bar is `bar`, rebuilt from the bars of the look-back alone. */
export function resumeFeatures(
  panel: HourPanel,
  bar: number,
  options: FeatureOptions = SEED_FEATURE_OPTIONS,
): FeatureEngine {
  const engine = new FeatureEngine(panel, options, Math.max(0, bar - LOOK_BACK_BARS + 1))
  while (engine.nextBar < bar) engine.next(engine.nextBar)
  return engine
}
