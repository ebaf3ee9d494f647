import {
  type EffectOf,
  formatDecimal,
  type Instrument,
  Ledger,
  MONEY_DECIMALS,
  type NewOrder,
} from '../../../core/mod.ts'
import type { ShadowView } from '../views.ts'

/** What instruments in shadow would have done: orders that were not sent, and their results. */
export class ShadowFold {
  readonly #instruments: readonly Instrument[]
  readonly #ledger: Ledger
  readonly #orders: number[]
  readonly #fills: number[]

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
    this.#ledger = new Ledger(instruments)
    this.#orders = instruments.map(() => 0)
    this.#fills = instruments.map(() => 0)
  }

  onOrder({ instrument }: NewOrder): void {
    this.#orders[instrument]!++
  }

  onExecuted({ execution }: EffectOf<'shadowExecuted'>): void {
    this.#fills[execution.instrument]!++
    this.#ledger.applyExecution(execution)
  }

  /** Signed lots that would be held. */
  lots(instrument: number): number {
    return this.#ledger.position(instrument).quantity
  }

  /** Null for an instrument of which no order was ever held back. */
  view(id: number): ShadowView | null {
    if (this.#orders[id] === 0) return null
    const { quantity, realised, fees } = this.#ledger.position(id)
    return {
      orders: this.#orders[id]!,
      fills: this.#fills[id]!,
      quantity: formatDecimal(quantity, this.#instruments[id]!.quantityDecimals),
      realisedPnl: formatDecimal(realised, MONEY_DECIMALS),
      fees: formatDecimal(fees, MONEY_DECIMALS),
    }
  }
}
