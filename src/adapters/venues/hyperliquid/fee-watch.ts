import type { FeeRates, InstrumentId } from '../../../core/mod.ts'
import { operational } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import type { Context } from './context.ts'
import { loadUniverse } from './universe.ts'

const DAY_MS = 86_400_000

/**
 * Asks once a day what the account pays: volume tiers, a builder's scale and growth mode move. The
 * instruments of a session keep the rates they were loaded with; a change is a notice and shows in
 * {@link FeeWatch.feesOf}.
 */
export class FeeWatch {
  readonly #context: Context
  #fees: readonly FeeRates[] = []
  #timer: TimerHandle | null = null

  constructor(context: Context) {
    this.#context = context
  }

  /** Rates of an instrument as the venue told them last. */
  feesOf(instrument: InstrumentId): FeeRates {
    return this.#fees[instrument] ?? this.#context.universe.assets[instrument]!.instrument.fees
  }

  start(): void {
    this.#fees = this.#context.universe.assets.map(({ instrument }) => instrument.fees)
    this.#again()
  }

  stop(): void {
    if (this.#timer !== null) this.#context.environment.clearTimer(this.#timer)
    this.#timer = null
  }

  #again(): void {
    this.#timer = this.#context.environment.setTimer(() => {
      this.#again()
      void this.#refresh().catch((error: unknown) => {
        this.#context.notice('feesUnknown', operational(error).message)
      })
    }, DAY_MS)
  }

  async #refresh(): Promise<void> {
    const { post, options, universe, notice } = this.#context
    const symbols = universe.assets.map(({ instrument }) => instrument.symbol)
    const feesOf = options.userAddress ?? options.feeAddress ?? null
    const { assets } = await loadUniverse({ post, feesOf, symbols })
    for (const { instrument } of assets) {
      const before = this.feesOf(instrument.id)
      const now = instrument.fees
      if (before.makerE9 === now.makerE9 && before.takerE9 === now.takerE9) continue
      notice('feesChanged', `${instrument.symbol}: ${inBp(now)}, before ${inBp(before)}`)
    }
    this.#fees = assets.map(({ instrument }) => instrument.fees)
  }
}

const inBp = ({ makerE9, takerE9 }: FeeRates): string =>
  `maker ${makerE9 / 1e5} bp, taker ${takerE9 / 1e5} bp`
