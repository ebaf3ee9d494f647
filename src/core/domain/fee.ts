import type { Instrument } from './instrument.ts'
import { applyRate, assetLot, assetValue, notional } from './money.ts'
import { type AssetUnits, MONEY_DECIMALS, type Money } from './units.ts'

/** What a fill costs by the instrument's rates. */
export interface Fee {
  /** In the quote currency, positive is a cost; what is taken in the asset at the fill's price. */
  readonly fee: Money
  /** What is taken of the asset itself; absent where the fee is cash. */
  readonly assetFee?: AssetUnits
}

/** Parts of a rate. */
const E9 = 1_000_000_000n

/**
 * Fee of a fill: cash, rounded half to even to `decimals` digits, or, of a buy where the venue takes
 * it of what was received, coins, rounded up to their unit. `signedLots` positive buys.
 */
export function feeOfFill(
  instrument: Instrument,
  fill: {
    readonly signedLots: number
    readonly price: number
    readonly liquidity: 'maker' | 'taker'
  },
  decimals: number = MONEY_DECIMALS,
): Fee {
  const { signedLots, price, liquidity } = fill
  const rateE9 = liquidity === 'maker' ? instrument.fees.makerE9 : instrument.fees.takerE9
  if (instrument.feeIn === 'received' && signedLots > 0) {
    const units = BigInt(signedLots) * assetLot(instrument)
    const assetFee = (units * BigInt(rateE9) + E9 - 1n) / E9
    return { fee: assetValue(instrument, price, assetFee), assetFee }
  }
  return { fee: applyRate(notional(instrument, price, Math.abs(signedLots)), rateE9, decimals) }
}
