import type { Instrument } from '../domain/instrument.ts'
import { moneyToNumber, notional } from '../domain/money.ts'
import type { Execution } from '../domain/order.ts'
import { type Currency, type Money, sign } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { Accounts, type Posting } from './journal-entry.ts'
import { applyFill, averageEntryPrice, emptyPosition, type Position } from './position.ts'

/** The ledger's state as plain data. Money as decimal text of its integer count. */
export interface LedgerSnapshot {
  readonly accounts: readonly (readonly [string, string])[]
  readonly positions: readonly {
    readonly quantity: number
    readonly cost: string
    readonly realised: string
    readonly fees: string
    readonly funding: string
    readonly entryTime: number | null
  }[]
}

/**
 * Double-entry books of one account at one venue: cash per currency, positions at average cost,
 * realised PnL, fees and funding. Moves only on fills, fees, funding, transfers and explicit
 * adoptions; every transaction sums to zero in each currency.
 */
export class Ledger {
  readonly #instruments: readonly Instrument[]
  readonly #accounts = new Accounts()
  readonly #positions: Position[]

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
    this.#positions = instruments.map(emptyPosition)
  }

  position(instrument: number): Readonly<Position> {
    return this.#at(instrument)
  }

  averageEntryPrice(instrument: number): number | null {
    return averageEntryPrice(this.#at(instrument), this.#instruments[instrument]!)
  }

  cash(currency: Currency): Money {
    return this.#accounts.balance('cash', currency)
  }

  balance(account: string, currency: Currency): Money {
    return this.#accounts.balance(account, currency)
  }

  /** Always zero; exposed so that tests and audits can see it. */
  imbalanceOfBooks(currency: Currency): Money {
    return this.#accounts.total(currency)
  }

  /** Books one execution with its fee. Deduplication is the caller's. */
  applyExecution(execution: Execution): { readonly realised: Money } {
    const instrument = this.#instruments[execution.instrument]!
    const position = this.#at(execution.instrument)
    const signedLots = sign(execution.side) * execution.quantity
    const { price, venueTime, fee } = execution
    const change = applyFill(position, instrument, { signedLots, price, venueTime })
    position.fees += fee
    const currency = instrument.quoteCurrency
    const postings: Posting[] = []
    const add = (account: string, amount: Money, unit: Currency = currency) => {
      if (amount !== 0n) postings.push({ account, currency: unit, amount })
    }
    if (instrument.kind === 'perpetual') {
      add('cash', change.realised)
    } else {
      add('cash', -notional(instrument, price, signedLots))
      add(`inventory:${instrument.symbol}`, change.addedCost - change.releasedCost)
      const units = notional({ ...instrument, priceDecimals: 0 }, 1, signedLots)
      add(`asset:${instrument.symbol}`, units, instrument.baseCurrency)
      add('exchange', -units, instrument.baseCurrency)
    }
    add('income:pnl', -change.realised)
    add('cash', -fee)
    add('expense:fees', fee)
    this.#accounts.post(postings)
    return { realised: change.realised }
  }

  /** Funding received (positive) or paid (negative). */
  applyFunding(instrument: number, amount: Money): void {
    const currency = this.#instruments[instrument]!.quoteCurrency
    this.#at(instrument).funding += amount
    this.#accounts.post([
      { account: 'cash', currency, amount },
      { account: 'income:funding', currency, amount: -amount },
    ])
  }

  /** Deposit (positive) or withdrawal (negative). */
  applyTransfer(currency: Currency, amount: Money): void {
    this.#accounts.post([
      { account: 'cash', currency, amount },
      { account: 'equity:contributed', currency, amount: -amount },
    ])
  }

  /**
   * Replaces our view of a position by the venue's (an explicit, recorded difference). The price is
   * in quanta, possibly a fraction; cost is rounded to the money unit. PnL of the past is
   * untouched.
   */
  adoptPosition(
    instrument: number,
    adopted: { readonly quantity: number; readonly price: number; readonly time: number },
  ): void {
    const position = this.#at(instrument)
    const scale = Number(notional(this.#instruments[instrument]!, 1, 1))
    const wasSameSide =
      position.quantity !== 0 && Math.sign(position.quantity) === Math.sign(adopted.quantity)
    position.quantity = adopted.quantity
    position.cost = BigInt(Math.round(adopted.price * scale * adopted.quantity))
    if (adopted.quantity === 0) position.entryTime = null
    else if (!wasSameSide || position.entryTime === null) position.entryTime = adopted.time
  }

  /** Unrealised PnL at a mark given in half quanta. Exact to the money unit below half a unit. */
  unrealised(instrument: number, halfMark: number): Money {
    const position = this.#at(instrument)
    if (position.quantity === 0) return 0n
    return (
      notional(this.#instruments[instrument]!, halfMark, position.quantity) / 2n - position.cost
    )
  }

  /**
   * Equity of a quote currency as a plain number: cash, plus unrealised PnL (perpetuals) or market
   * value (spot, equities). `halfMarks[i] < 0` means no mark: the position counts at cost.
   */
  equity(currency: Currency, halfMarks: ArrayLike<number>): number {
    let total = moneyToNumber(this.cash(currency))
    for (const instrument of this.#instruments) {
      const position = this.#at(instrument.id)
      if (position.quantity === 0 || instrument.quoteCurrency !== currency) continue
      const mark = halfMarks[instrument.id]!
      if (mark >= 0) total += moneyToNumber(this.unrealised(instrument.id, mark))
      if (instrument.kind !== 'perpetual') total += moneyToNumber(position.cost)
    }
    return total
  }

  /** Sums over all positions, in the quote currency's money. */
  totals(): { readonly realised: Money; readonly fees: Money; readonly funding: Money } {
    let realised = 0n
    let fees = 0n
    let funding = 0n
    for (const p of this.#positions) {
      realised += p.realised
      fees += p.fees
      funding += p.funding
    }
    return { realised, fees, funding }
  }

  snapshot(): LedgerSnapshot {
    return {
      accounts: this.#accounts.entries().map(([key, amount]) => [key, amount.toString()]),
      positions: this.#positions.map((p) => ({
        quantity: p.quantity,
        cost: p.cost.toString(),
        realised: p.realised.toString(),
        fees: p.fees.toString(),
        funding: p.funding.toString(),
        entryTime: p.entryTime,
      })),
    }
  }

  restore(snapshot: LedgerSnapshot): void {
    assert(snapshot.positions.length === this.#positions.length, 'ledger of another universe')
    this.#accounts.restore(snapshot.accounts.map(([key, text]) => [key, BigInt(text)]))
    snapshot.positions.forEach((p, i) => {
      this.#positions[i] = {
        quantity: p.quantity,
        cost: BigInt(p.cost),
        realised: BigInt(p.realised),
        fees: BigInt(p.fees),
        funding: BigInt(p.funding),
        entryTime: p.entryTime,
      }
    })
  }

  #at(instrument: number): Position {
    const position = this.#positions[instrument]
    if (position === undefined) assert(false, `no instrument ${instrument}`)
    return position
  }
}
