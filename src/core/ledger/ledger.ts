import type { ChargeCause, HoldingCause } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { assetLot, assetValue, moneyToNumber, notional } from '../domain/money.ts'
import type { Execution } from '../domain/order.ts'
import { type AssetUnits, type Currency, type Money, sign } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { Accounts, type Posting } from './journal-entry.ts'
import {
  applyFill,
  averageEntryPrice,
  emptyPosition,
  heldUnits,
  isEmpty,
  type Position,
  type PositionSnapshot,
  restorePosition,
  snapshotPosition,
  valueAtHalf,
} from './position.ts'
import { applySplit, type PositionSplit, type Split } from './split.ts'

/** Where what holding an instrument earns or costs is booked. */
const holdingAccounts = {
  funding: 'income:funding',
  borrow: 'expense:borrow',
  dividend: 'income:dividends',
} as const

const chargeAccounts = { fee: 'expense:charges', interest: 'expense:interest' } as const

/** The ledger's state as plain data. Money as decimal text of its integer count. */
export interface LedgerSnapshot {
  readonly accounts: readonly (readonly [string, string])[]
  readonly positions: readonly PositionSnapshot[]
}

/**
 * Double-entry books of one account at one venue: cash per currency, positions at average cost,
 * realised PnL, fees and funding. Moves only on fills, fees, funding, transfers and explicit
 * adoptions; every transaction sums to zero in each currency. What is owned outright (spot,
 * equities) is counted in units of the asset, 10^-9, in the account `asset:<symbol>`.
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

  /**
   * Books one execution with its fee. A fee taken in the asset leaves the position, and what it was
   * worth at the fill's price is a cost; the cash that moves is what was paid. Deduplication is the
   * caller's.
   */
  applyExecution(execution: Execution): { readonly realised: Money } {
    const instrument = this.#instruments[execution.instrument]!
    const position = this.#at(execution.instrument)
    const signedLots = sign(execution.side) * execution.quantity
    const { price, venueTime, fee, assetFee = 0n } = execution
    const change = applyFill(position, instrument, { signedLots, price, venueTime, assetFee })
    position.fees += fee
    const currency = instrument.quoteCurrency
    const postings: Posting[] = []
    const add = (account: string, amount: Money, unit: Currency = currency) => {
      if (amount !== 0n) postings.push({ account, currency: unit, amount })
    }
    if (instrument.kind === 'perpetual') {
      add('cash', change.realised)
    } else {
      const taken = assetFee === 0n ? 0n : assetValue(instrument, price, assetFee)
      add('cash', taken - notional(instrument, price, signedLots))
      add(`inventory:${instrument.symbol}`, change.addedCost - change.releasedCost)
      const units = BigInt(signedLots) * assetLot(instrument) - assetFee
      add(`asset:${instrument.symbol}`, units, instrument.baseCurrency)
      add('exchange', -units, instrument.baseCurrency)
    }
    add('income:pnl', -change.realised)
    add('cash', -fee)
    add('expense:fees', fee)
    this.#accounts.post(postings)
    return { realised: change.realised }
  }

  /**
   * What holding the instrument earned (positive) or cost (negative): funding, or with a cause the
   * rent of borrowed shares or a dividend, each on an account of its own.
   */
  applyFunding(
    instrument: number,
    amount: Money,
    cause: HoldingCause | 'funding' = 'funding',
  ): void {
    const currency = this.#instruments[instrument]!.quoteCurrency
    this.#at(instrument).funding += amount
    this.#accounts.post([
      { account: 'cash', currency, amount },
      { account: holdingAccounts[cause], currency, amount: -amount },
    ])
  }

  /** Splits or joins the shares of an instrument; the fraction of a lot becomes cash. */
  applySplit(instrument: number, split: Split): PositionSplit {
    const each = this.#instruments[instrument]!
    const { quoteCurrency: currency, symbol, baseCurrency } = each
    const change = applySplit(this.#at(instrument), each, split)
    const { addedLots, cashInLieu, releasedCost } = change
    if (addedLots === 0 && cashInLieu === 0n && releasedCost === 0n) return change
    const units = BigInt(addedLots) * assetLot(each)
    this.#accounts.post([
      { account: 'cash', currency, amount: cashInLieu },
      { account: `inventory:${symbol}`, currency, amount: -releasedCost },
      { account: 'income:pnl', currency, amount: releasedCost - cashInLieu },
      { account: `asset:${symbol}`, currency: baseCurrency, amount: units },
      { account: 'exchange', currency: baseCurrency, amount: -units },
    ])
    return change
  }

  /** Deposit (positive) or withdrawal (negative); with a cause a credit or a charge of the venue. */
  applyTransfer(currency: Currency, amount: Money, cause?: ChargeCause): void {
    const account = cause === undefined ? 'equity:contributed' : chargeAccounts[cause]
    this.#accounts.post([
      { account: 'cash', currency, amount },
      { account, currency, amount: -amount },
    ])
  }

  /**
   * Replaces our view of a position by the venue's (an explicit, recorded difference). The price is
   * in quanta, possibly a fraction; cost is rounded to the money unit. PnL of the past is
   * untouched.
   */
  adoptPosition(
    instrument: number,
    adopted: {
      readonly quantity: number
      readonly dust?: AssetUnits
      readonly price: number
      readonly time: number
    },
  ): void {
    const position = this.#at(instrument)
    const held = this.#instruments[instrument]!
    const scale = Number(notional(held, 1, 1))
    const { quantity, dust = 0n } = adopted
    const lots = dust === 0n ? quantity : quantity + Number(dust) / Number(assetLot(held))
    const before = { units: heldUnits(position, held), cost: position.cost }
    const wasSameSide =
      position.quantity !== 0 && Math.sign(position.quantity) === Math.sign(adopted.quantity)
    position.quantity = quantity
    position.dust = dust
    position.cost = BigInt(Math.round(adopted.price * scale * lots))
    if (adopted.quantity === 0) position.entryTime = null
    else if (!wasSameSide || position.entryTime === null) position.entryTime = adopted.time
    this.#postAdoption(held, before)
  }

  /** Takes over what the venue holds beyond whole lots: its cost stays with the rest. */
  adoptDust(instrument: number, dust: AssetUnits): void {
    const position = this.#at(instrument)
    const held = this.#instruments[instrument]!
    const before = { units: heldUnits(position, held), cost: position.cost }
    position.dust = dust
    if (isEmpty(position)) position.cost = 0n
    this.#postAdoption(held, before)
  }

  /**
   * What is owned outright was added to, or lost, without a trade. Of a perpetual only its open
   * cost changed, which is on no account: it is noted.
   */
  #postAdoption(
    { id, symbol, kind, quoteCurrency, baseCurrency }: Instrument,
    before: { readonly units: AssetUnits; readonly cost: Money },
  ): void {
    const position = this.#at(id)
    const cost = position.cost - before.cost
    if (kind === 'perpetual') {
      return this.#accounts.post([
        { account: 'memo:adopted', currency: quoteCurrency, amount: cost },
        { account: 'memo:contra', currency: quoteCurrency, amount: -cost },
      ])
    }
    const units = heldUnits(position, this.#instruments[id]!) - before.units
    this.#accounts.post([
      { account: `inventory:${symbol}`, currency: quoteCurrency, amount: cost },
      { account: 'equity:adopted', currency: quoteCurrency, amount: -cost },
      { account: `asset:${symbol}`, currency: baseCurrency, amount: units },
      { account: 'exchange', currency: baseCurrency, amount: -units },
    ])
  }

  /** The present position counts as entered now: what was held before was too little to trade. */
  markEntry(instrument: number, time: number): void {
    const position = this.#at(instrument)
    if (position.quantity !== 0) position.entryTime = time
  }

  /** Unrealised PnL at a mark given in half quanta. Exact to the money unit below half a unit. */
  unrealised(instrument: number, halfMark: number): Money {
    const position = this.#at(instrument)
    if (isEmpty(position)) return 0n
    return valueAtHalf(position, this.#instruments[instrument]!, halfMark) - position.cost
  }

  /**
   * Equity of a quote currency as a plain number: cash, plus unrealised PnL (perpetuals) or market
   * value (spot, equities). `halfMarks[i] < 0` means no mark: the position counts at cost.
   */
  equity(currency: Currency, halfMarks: ArrayLike<number>): number {
    let total = moneyToNumber(this.cash(currency))
    for (const instrument of this.#instruments) {
      const position = this.#at(instrument.id)
      if (isEmpty(position) || instrument.quoteCurrency !== currency) continue
      const mark = halfMarks[instrument.id]!
      if (mark >= 0) total += moneyToNumber(this.unrealised(instrument.id, mark))
      if (instrument.kind !== 'perpetual') total += moneyToNumber(position.cost)
    }
    return total
  }

  /** Sums over all positions and, as fees, what the account was charged; in quote currencies' money. */
  totals(): { readonly realised: Money; readonly fees: Money; readonly funding: Money } {
    let realised = 0n
    let fees = 0n
    let funding = 0n
    for (const p of this.#positions) {
      realised += p.realised
      fees += p.fees
      funding += p.funding
    }
    for (const currency of new Set(this.#instruments.map((each) => each.quoteCurrency))) {
      for (const account of Object.values(chargeAccounts)) fees += this.balance(account, currency)
    }
    return { realised, fees, funding }
  }

  snapshot(): LedgerSnapshot {
    return {
      accounts: this.#accounts.entries().map(([key, amount]) => [key, amount.toString()]),
      positions: this.#positions.map(snapshotPosition),
    }
  }

  restore(snapshot: LedgerSnapshot): void {
    assert(snapshot.positions.length === this.#positions.length, 'ledger of another universe')
    this.#accounts.restore(snapshot.accounts.map(([key, text]) => [key, BigInt(text)]))
    snapshot.positions.forEach((p, i) => {
      this.#positions[i] = restorePosition(p)
    })
  }

  #at(instrument: number): Position {
    const position = this.#positions[instrument]
    if (position === undefined) assert(false, `no instrument ${instrument}`)
    return position
  }
}
