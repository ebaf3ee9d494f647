import { type Fee, feeOfFill } from '../domain/fee.ts'
import type { Instrument } from '../domain/instrument.ts'
import { assetValue, notional } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Money, TimeUs } from '../domain/units.ts'
import {
  applyFill,
  emptyPosition,
  type Position,
  type PositionSnapshot,
  restorePosition,
  snapshotPosition,
} from '../ledger/position.ts'
import { sellFeesAt } from '../rules/sell-fees.ts'
import type { VenueOrder } from './venue-order.ts'

/** An account as plain data; money as decimal text of its integer count. */
export interface VenueAccountSnapshot {
  readonly balance: string
  readonly positions: readonly PositionSnapshot[]
}

/** A fill as an account sees it. */
export interface AccountFill {
  /** Positive buys. */
  readonly signedLots: number
  readonly price: number
  readonly liquidity: 'maker' | 'taker'
  readonly venueTime: TimeUs
  /** True where nothing is charged: no trade. */
  readonly isFree?: boolean
}

/**
 * One customer of the venue: cash in the quote currency, positions at exact average cost, live
 * orders. Spot and equity fills move cash by their notional; perpetual fills by realised PnL only.
 */
export class VenueAccount {
  /** Cash, after fees and funding. */
  balance: Money
  readonly positions: Position[]
  /** Orders that arrived and are not closed, oldest first. */
  readonly orders = new Map<ClientOrderId, VenueOrder>()
  readonly #moneyDecimals: number
  readonly #hasSellFees: boolean

  constructor(
    balance: Money,
    instruments: readonly Instrument[],
    moneyDecimals: number,
    hasSellFees = false,
  ) {
    this.balance = balance
    this.positions = instruments.map(emptyPosition)
    this.#moneyDecimals = moneyDecimals
    this.#hasSellFees = hasSellFees
  }

  /** Books a fill; returns its fee. */
  fill(instrument: Instrument, fill: AccountFill): Fee {
    const position = this.positions[instrument.id]!
    const { signedLots, price } = fill
    const value = notional(instrument, price, signedLots)
    const rated = fill.isFree === true ? NO_FEE : feeOfFill(instrument, fill, this.#moneyDecimals)
    const addsLaw = signedLots < 0 && this.#hasSellFees && fill.isFree !== true
    const fee = addsLaw ? rated.fee + sellFee(instrument, fill, -value) : rated.fee
    const { assetFee = 0n } = rated
    const { realised } = applyFill(position, instrument, { ...fill, assetFee })
    position.fees += fee
    const taken = assetFee === 0n ? 0n : assetValue(instrument, price, assetFee)
    this.balance += (instrument.kind === 'perpetual' ? realised : taken - value) - fee
    return { ...rated, fee }
  }

  /** Books funding received (positive) or paid. */
  fund(instrument: number, amount: Money): void {
    this.positions[instrument]!.funding += amount
    this.balance += amount
  }

  /** A sum over all positions. */
  total(what: 'realised' | 'fees' | 'funding'): Money {
    return this.positions.reduce((sum, position) => sum + position[what], 0n)
  }

  snapshot(): VenueAccountSnapshot {
    return {
      balance: this.balance.toString(),
      positions: this.positions.map(snapshotPosition),
    }
  }

  restore(snapshot: VenueAccountSnapshot): void {
    this.balance = BigInt(snapshot.balance)
    snapshot.positions.forEach((p, i) => {
      this.positions[i] = restorePosition(p)
    })
  }
}

const NO_FEE: Fee = { fee: 0n }

/** What the law adds to a sale of an equity; a fill is a trade of its own. */
function sellFee(instrument: Instrument, fill: AccountFill, value: Money): Money {
  if (instrument.kind !== 'equity') return 0n
  const { quantityDecimals } = instrument
  const sale = { value, lots: -fill.signedLots, quantityDecimals }
  const { sec, activity } = sellFeesAt(fill.venueTime, sale)
  return sec + activity
}
