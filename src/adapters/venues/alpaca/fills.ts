import {
  type AssetUnits,
  assetValue,
  type Execution,
  formatTrimmed,
  type InstrumentId,
  MONEY_DECIMALS,
  notional,
  price,
  quantity,
  type TimeUs,
} from '../../../core/mod.ts'
import { BoundedTable } from './bounded-table.ts'
import type { KnownOrder } from './context.ts'
import { feeOn } from './fees.ts'
import type { Asset } from './instruments.ts'
import { floorDivide, NANO, NANO_DECIMALS, type Nano } from './numbers.ts'
import { SaleFees } from './sale-fees.ts'

/** One fill, from the stream or out of the account's history. */
export interface Fill {
  readonly asset: Asset
  readonly order: KnownOrder
  readonly side: 'buy' | 'sell'
  readonly price: Nano
  readonly qty: Nano
  /** Filled of the order so far, this fill included: with the order's id it names the fill. */
  readonly cumulative: Nano
  readonly time: TimeUs
  /** What is held after it; null when it is not told. */
  readonly held: Nano | null
}

/** A fill so soon after the order was taken in found the book: it is a taker's. */
const TAKER_WITHIN_US = 100_000
/** Money has one digit less than the venue's dollars. */
const MONEY_UNIT_NANO = 10n ** BigInt(NANO_DECIMALS - MONEY_DECIMALS)

/**
 * Turns fills into executions, each once, and keeps count of what is held to the venue's last
 * digit.
 *
 * The venue takes the fee of a buy in the coin that was bought: it is the execution's asset fee, and
 * its value at the fill's price part of the fee. Lots are counted by what the order has filled in
 * all, so that parts of a lot add up; what a fill brought beside its lots is in the asset fee too.
 * An order that took the place of one filled in part may be for a part of a lot: the rest of that
 * lot is counted with it.
 * So cash moves by exactly what was paid and the position by exactly what came.
 */
export class FillBook {
  readonly #known = new BoundedTable<string, readonly Execution[]>()
  readonly #held = new Map<InstrumentId, Nano>()
  readonly #atStart = new Map<InstrumentId, Nano>()
  /** Bought at fees that nobody told, since what is held was last read. */
  readonly #assumed = new Map<InstrumentId, { readonly fill: Fill; readonly qty: Nano }>()
  readonly #saleFees = new SaleFees()

  /** What was held when the session began. */
  begin(instrument: InstrumentId, held: Nano): void {
    this.#atStart.set(instrument, held)
    this.#held.set(instrument, held)
  }

  /** What is held as far as executions were made. */
  heldOf(instrument: InstrumentId): Nano {
    return this.#held.get(instrument) ?? 0n
  }

  /** The executions of a fill; those of one known before are the same ones. */
  executionsOf(fill: Fill): { readonly executions: readonly Execution[]; readonly isNew: boolean } {
    const id = executionIdOf(fill)
    const known = this.#known.get(id)
    if (known !== undefined) return { executions: known, isNew: false }
    const { instrument } = fill.asset
    const before = this.#held.get(instrument.id) ?? 0n
    const { after, execution, charge, paid } = readFill(fill, before)
    const executions = [execution]
    this.#held.set(instrument.id, after)
    this.#known.set(id, executions)
    this.#saleFees.moved(-paid)
    if (isUncertainSale(fill)) this.#doubt(fill, execution, charge)
    if (fill.held === null && fill.side === 'buy' && instrument.kind === 'spot') {
      const qty = (this.#assumed.get(instrument.id)?.qty ?? 0n) + fill.qty
      this.#assumed.set(instrument.id, { fill, qty })
    }
    return { executions, isNew: true }
  }

  /**
   * What is held as the venue states it. A fee that was assumed and was another one is corrected by
   * an execution of nothing that moves no cash; anything more is not a fee, and left for others to
   * find. Null when nothing is to be corrected.
   */
  settle(instrument: InstrumentId, held: Nano): Execution | null {
    const assumed = this.#assumed.get(instrument)
    this.#assumed.delete(instrument)
    const ours = this.heldOf(instrument)
    const error = held > ours ? held - ours : ours - held
    if (assumed === undefined || error > assumed.qty / FEE_PART) return null
    this.#held.set(instrument, held)
    const { fill } = assumed
    const id = executionIdOf(fill)
    const executions = this.#known.get(id) ?? []
    const last = executions.at(-1)
    if (error === 0n || last === undefined) return null
    const assetFee = ours - held
    const correction: Execution = {
      ...last,
      executionId: `${id}/correction`,
      quantity: quantity(0),
      fee: assetValue(fill.asset.instrument, last.price, assetFee),
      assetFee,
    }
    this.#known.set(id, [...executions, correction])
    return correction
  }

  /** Cash moved without a fill, 10^-9 dollars. */
  transferred(amount: Nano): void {
    this.#saleFees.moved(amount)
  }

  /**
   * Cash as the venue states it. A sale that was taken for a taker's and was a maker's, or the other
   * way about, is corrected by an execution of nothing with the rest of its fee.
   */
  settleCash(cash: Nano): readonly Execution[] {
    return this.#saleFees.settle(cash).map(({ execution, correction }) => {
      const { executionId } = execution
      this.#known.set(executionId, [...(this.#known.get(executionId) ?? [execution]), correction])
      return correction
    })
  }

  #doubt(fill: Fill, execution: Execution, charge: Charged): void {
    const liquidity = charge.liquidity === 'maker' ? 'taker' : 'maker'
    const other = charged(fill, liquidity, fill.asset)
    const dollars = dollarsOf(fill)
    const { assetFee: _, ...rest } = execution
    const correction: Execution = {
      ...rest,
      executionId: `${execution.executionId}/correction`,
      quantity: quantity(0),
      liquidity,
      fee: moneyOf(dollars - charge.fee) - moneyOf(dollars - other.fee),
    }
    this.#saleFees.uncertain({ execution, correction, difference: charge.fee - other.fee })
  }

  /** Executions of fills before the session, oldest first: they lead up to what was held then. */
  executionsBefore(fills: readonly Fill[]): readonly Execution[] {
    const held = new Map<InstrumentId, Nano>()
    for (const fill of fills.toReversed()) {
      const { id } = fill.asset.instrument
      const after = held.get(id) ?? this.#atStart.get(id) ?? 0n
      held.set(id, after - changeOf(fill, ratesOf(fill).fee))
    }
    return fills.map((fill) => {
      const { id } = fill.asset.instrument
      const { after, execution } = readFill({ ...fill, held: null }, held.get(id) ?? 0n)
      held.set(id, after)
      return execution
    })
  }
}

/** What a fill changes of what is held, by the rates. */
export const heldChange = (fill: Fill): Nano => changeOf(fill, ratesOf(fill).fee)

/** Unique in the account, and the same on the stream and in the history. */
const executionIdOf = ({ order, cumulative }: Fill): string =>
  `${order.venueOrderId}@${formatTrimmed(cumulative, NANO_DECIMALS)}`

interface Charged {
  readonly liquidity: 'maker' | 'taker'
  /** Of the coin for buys, of dollars for sells. */
  readonly fee: Nano
}

const dollarsOf = ({ price: paid, qty }: Fill): Nano => (paid * qty) / NANO
const changeOf = (fill: Fill, fee: Nano): Nano => (fill.side === 'buy' ? fill.qty - fee : -fill.qty)

/** True when an order cannot have waited for its fill. */
const isTakerSurely = ({ order, price: paid }: Fill): boolean =>
  order.isImmediate || (order.limitPrice !== null && order.limitPrice !== paid)

/** True for a sale of coins at its own price: it waited, or met a price that was there. */
const isUncertainSale = (fill: Fill): boolean =>
  fill.side === 'sell' && fill.asset.instrument.kind === 'spot' && !isTakerSurely(fill)

/** What an account of the tier pays; the venue does not say on which side of the trade it was. */
function ratesOf(fill: Fill): Charged {
  const { order, asset, time } = fill
  const isTaker = isTakerSurely(fill) || time - order.submittedTime < TAKER_WITHIN_US
  return charged(fill, isTaker ? 'taker' : 'maker', asset)
}

function charged(fill: Fill, liquidity: 'maker' | 'taker', { fees }: Asset): Charged {
  const rate = liquidity === 'taker' ? fees.takerE9 : fees.makerE9
  return { liquidity, fee: feeOn(fill.side === 'buy' ? fill.qty : dollarsOf(fill), rate) }
}

/** Most that a fee may be, as one part of so many, to be believed. */
const FEE_PART = 200n

/** What was taken indeed, when what is held after it tells; else by the rates. */
function chargeOf(fill: Fill, before: Nano): Charged {
  const usual = ratesOf(fill)
  const isCoin = fill.asset.instrument.kind === 'spot'
  if (fill.held === null || fill.side === 'sell' || !isCoin) return usual
  const fee = before + fill.qty - fill.held
  if (fee < 0n || fee > fill.qty / FEE_PART) return usual
  const [maker, taker] = [charged(fill, 'maker', fill.asset), charged(fill, 'taker', fill.asset)]
  const distance = (each: Charged): Nano => (each.fee > fee ? each.fee - fee : fee - each.fee)
  const nearest = distance(maker) < distance(taker) ? maker : taker
  return distance(maker) === distance(taker) ? { ...usual, fee } : { ...nearest, fee }
}

/** What an order lacks to be for whole lots: that much of the one it replaced has filled before. */
export const missingOfLot = ({ qty }: KnownOrder, { lot }: Asset): Nano =>
  qty === null ? 0n : (lot - (qty % lot)) % lot

/** Dollars of the venue as money, to the nearest unit. */
const moneyOf = (dollars: Nano): bigint =>
  floorDivide(dollars + MONEY_UNIT_NANO / 2n, MONEY_UNIT_NANO)

interface ReadFill {
  readonly after: Nano
  readonly execution: Execution
  readonly charge: Charged
  /** What it took of cash, 10^-9 dollars. */
  readonly paid: Nano
}

function readFill(fill: Fill, before: Nano): ReadFill {
  const { asset, side, order, cumulative } = fill
  const { lot, quantum, instrument } = asset
  const charged = chargeOf(fill, before)
  const { liquidity, fee: charge } = charged
  const change = changeOf(fill, charge)
  const filled = cumulative + missingOfLot(order, asset)
  const signedLots =
    (side === 'buy' ? 1 : -1) *
    Number(floorDivide(filled, lot) - floorDivide(filled - fill.qty, lot))
  const assetFee: AssetUnits = BigInt(signedLots) * lot - change
  // The nearest price the core can count; what it is off by is in the fee.
  const quanta = Number((fill.price + quantum / 2n) / quantum)
  const paid = side === 'buy' ? dollarsOf(fill) : -(dollarsOf(fill) - charge)
  const fee =
    moneyOf(paid) -
    notional(instrument, quanta, signedLots) +
    assetValue(instrument, quanta, assetFee)
  const execution: Execution = {
    executionId: executionIdOf(fill),
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    instrument: instrument.id,
    side,
    price: price(quanta),
    quantity: quantity(Math.abs(signedLots)),
    liquidity,
    fee,
    ...(assetFee === 0n ? {} : { assetFee }),
    venueTime: fill.time,
  }
  return { after: before + change, execution, charge: charged, paid }
}
