import {
  applyRate,
  type Execution,
  type Instrument,
  Ledger,
  type Money,
  notional,
} from '../../../core/mod.ts'

/** What an instrument earned: price PnL (open positions at the common mark), fees, funding. */
export interface Booked {
  readonly price: Money
  /** Positive is a cost. */
  readonly fees: Money
  /** Positive was received. */
  readonly funding: Money
}

/** Result after fees and funding. */
export const netOf = ({ price, fees, funding }: Booked): Money => price - fees + funding

/** Sum over instruments. */
export const sumOf = (values: readonly Money[]): Money => values.reduce((a, b) => a + b, 0n)

/**
 * A ledger's positions, with what is open valued at `halfMarks` (half quanta); at cost where that
 * is negative.
 */
export function readBooks(
  ledger: Ledger,
  instruments: readonly Instrument[],
  halfMarks: ArrayLike<number>,
): Booked[] {
  return instruments.map(({ id }) => {
    const { realised, fees, funding } = ledger.position(id)
    const mark = halfMarks[id]!
    const open = mark >= 0 ? ledger.unrealised(id, mark) : 0n
    return { price: realised + open, fees, funding }
  })
}

/** Executions and funding payments as books. */
export function bookAll(
  instruments: readonly Instrument[],
  executions: readonly Execution[],
  funding: readonly { readonly instrument: number; readonly amount: Money }[],
): Ledger {
  const ledger = new Ledger(instruments)
  for (const execution of executions) ledger.applyExecution(execution)
  for (const { instrument, amount } of funding) ledger.applyFunding(instrument, amount)
  return ledger
}

/** Fee of a fill by an instrument's rates, rounded as the simulated venue does. */
export function modelFee(instrument: Instrument, execution: Execution, decimals: number): Money {
  const { makerE9, takerE9 } = instrument.fees
  const value = notional(instrument, execution.price, execution.quantity)
  return applyRate(value, execution.liquidity === 'maker' ? makerE9 : takerE9, decimals)
}
