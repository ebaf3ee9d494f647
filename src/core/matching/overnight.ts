import type { DayNumber } from '../calendar/civil-day.ts'
import { fromNewYork } from '../calendar/new-york.ts'
import { notional } from '../domain/money.ts'
import { MONEY_DECIMALS, type Money, type Price, type TimeUs } from '../domain/units.ts'
import { applySplit } from '../ledger/split.ts'
import { borrowFee, borrowOn } from '../rules/borrow.ts'
import { type CorporateAction, NO_SPLIT_E9 } from '../rules/corporate-action.ts'
import { formatDay } from '../rules/dated-rule.ts'
import { interestOn, interestRateOn } from '../rules/interest.ts'
import { newYorkDay } from '../rules/sell-fees.ts'
import type { VenueAccount } from './account.ts'
import type { Clearing } from './clearing.ts'
import type { ShareCosts } from './options.ts'
import { markPrice, type VenueMarket } from './venue-market.ts'

const DAY_US = 86_400_000_000

/** First instant of a day of New York. */
const midnightOf = (day: DayNumber): TimeUs => fromNewYork(day * DAY_US)

/**
 * At every midnight of New York: shorts pay the rent of the day that ends, at the marks of then,
 * borrowed money its interest, and cash earns its own; then what goes ex on the day that begins is
 * booked on whoever holds it. A split cancels the orders of its instrument: they were made for the
 * old shares.
 */
export class OvernightSchedule {
  readonly #costs: ShareCosts | null
  readonly #moneyDecimals: number
  readonly #actions = new Map<DayNumber, CorporateAction[]>()
  /** The day whose first instant is next; Infinity before the start and where nothing is owed. */
  #day: DayNumber = Number.POSITIVE_INFINITY
  #time: TimeUs = Number.POSITIVE_INFINITY
  #hasStarted = false

  constructor(costs: ShareCosts | null, moneyDecimals: number) {
    this.#costs = costs
    this.#moneyDecimals = moneyDecimals
    for (const action of costs?.actions ?? []) {
      const own = this.#actions.get(action.day)
      if (own === undefined) this.#actions.set(action.day, [action])
      else own.push(action)
    }
  }

  /** The first instant the venue sees: midnights up to it are none of ours. */
  start(time: TimeUs): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    if (this.#costs !== null) this.#waitFor(newYorkDay(time) + 1)
  }

  nextTime(): TimeUs {
    return this.#time
  }

  /**
   * Books the midnight that is due. `countAnew` ends every order of a market whose shares are new
   * ones for an old one, by the ratio, or are no more: 0.
   */
  run(
    markets: readonly VenueMarket[],
    clearing: Clearing,
    countAnew: (market: VenueMarket, ratio: number) => void,
  ): void {
    const day = this.#day
    for (const market of markets) {
      if (market.instrument.kind === 'equity') this.#payRent(market, clearing, day - 1)
    }
    this.#payInterest(markets, clearing, day - 1)
    for (const action of this.#actions.get(day) ?? []) {
      const market = markets[action.instrument]!
      if (action.ratioE9 !== NO_SPLIT_E9) {
        countAnew(market, action.ratioE9 / NO_SPLIT_E9)
        split(market, clearing, action)
      }
      if (action.dividendE8 !== 0) this.#payDividend(market, clearing, action)
      if (action.payoutE8 !== undefined) {
        countAnew(market, 0)
        payOut(market, clearing, action.payoutE8)
      }
    }
    this.#waitFor(day + 1)
  }

  #waitFor(day: DayNumber): void {
    this.#day = day
    this.#time = midnightOf(day)
  }

  #payRent(market: VenueMarket, clearing: Clearing, day: DayNumber): void {
    const { instrument } = market
    const terms = this.#costs!.borrow?.[instrument.id]
    if (terms === undefined || terms.length === 0) return
    clearing.accounts.forEach(({ positions }, account) => {
      const { quantity } = positions[instrument.id]!
      if (quantity >= 0) return
      const { rateE9 } = borrowOn(terms, day)
      const price = markPrice(market)
      if (price <= 0) return
      const fee = borrowFee(instrument, { lots: -quantity, price, rateE9 }, this.#moneyDecimals)
      pay(clearing, account, { market, day, cause: 'borrow', rateE9, amount: -fee })
    })
  }

  #payInterest(markets: readonly VenueMarket[], clearing: Clearing, day: DayNumber): void {
    const { interest, cashInterest = [] } = this.#costs!
    const borrowed = interest ?? []
    if (borrowed.length === 0 && cashInterest.length === 0) return
    clearing.accounts.forEach((account, index) => {
      const debit = debitOf(account, markets)
      const terms = debit > 0n ? borrowed : cashInterest
      if (terms.length === 0) return
      const amount = -interestOn(debit, interestRateOn(terms, day), this.#moneyDecimals)
      if (amount === 0n) return
      account.balance += amount
      const currency = markets[0]!.instrument.quoteCurrency
      const told = {
        transferId: `interest@${formatDay(day)}`,
        currency,
        cause: 'interest',
      } as const
      const venueTime = clearing.now
      const { outboxes } = clearing
      outboxes[index]!.send({ kind: 'transferred', venueTime, ...told, amount }, venueTime)
    })
  }

  #payDividend(market: VenueMarket, clearing: Clearing, action: CorporateAction): void {
    const { instrument } = market
    const { day, dividendE8 } = action
    clearing.accounts.forEach(({ positions }, account) => {
      const { quantity } = positions[instrument.id]!
      // A share counts as one whatever the lot.
      const amount = dividendOf(quantity, dividendE8, 10n ** BigInt(instrument.quantityDecimals))
      pay(clearing, account, { market, day, cause: 'dividend', rateE9: dividendE8 * 10, amount })
    })
  }

  /** The day that is next, null before the start and where nothing is owed. */
  snapshot(): DayNumber | null {
    return Number.isFinite(this.#day) ? this.#day : null
  }

  restore(day: DayNumber | null, hasStarted: boolean): void {
    this.#hasStarted = hasStarted
    if (day !== null) this.#waitFor(day)
  }
}

/**
 * Money that an account borrows, not positive where it borrows none. What short sales brought, at
 * the present marks, is the lender's security and pays for nothing.
 */
function debitOf({ balance, positions }: VenueAccount, markets: readonly VenueMarket[]): Money {
  let own = balance
  for (const market of markets) {
    const { instrument } = market
    const { quantity } = positions[instrument.id]!
    if (instrument.kind !== 'equity' || quantity >= 0) continue
    own += notional(instrument, Math.round(2 * Math.max(0, markPrice(market))), quantity) / 2n
  }
  return -own
}

/** Lots times the dividend a share; what lies below the money unit is dropped. */
const dividendOf = (lots: number, dividendE8: number, lotsPerShare: bigint): Money =>
  (BigInt(lots) * BigInt(dividendE8)) / lotsPerShare

function pay(
  clearing: Clearing,
  account: number,
  paid: {
    readonly market: VenueMarket
    readonly day: DayNumber
    readonly cause: 'borrow' | 'dividend'
    readonly rateE9: number
    readonly amount: Money
  },
): void {
  const { market, day, cause, rateE9, amount } = paid
  if (amount === 0n) return
  const { id: instrument, symbol } = market.instrument
  clearing.accounts[account]!.fund(instrument, amount)
  const fundingId = `${cause}:${symbol}@${formatDay(day)}`
  const venueTime = clearing.now
  clearing.outboxes[account]!.send(
    { kind: 'fundingPaid', venueTime, fundingId, instrument, rateE9, amount, cause },
    venueTime,
  )
}

/** Takes the shares of every account for their last price: a sale that nobody ordered, without fee. */
function payOut(market: VenueMarket, clearing: Clearing, payoutE8: number): void {
  const price = Math.round(payoutE8 * 10 ** (market.instrument.priceDecimals - MONEY_DECIMALS))
  clearing.accounts.forEach((_, account) => {
    clearing.payOut(market, account, price)
  })
}

/** Counts the shares of every account anew; prices follow. */
function split(market: VenueMarket, clearing: Clearing, action: CorporateAction): void {
  const { id: instrument, symbol } = market.instrument
  const { ratioE9, day } = action
  const old = markPrice(market)
  const price = Math.max(1, Math.round((old * NO_SPLIT_E9) / ratioE9)) as Price
  if (old > 0) market.lastPrice = price
  const venueTime = clearing.now
  // Also to who holds none: what was quoted before is on another scale.
  clearing.accounts.forEach((account, i) => {
    const position = account.positions[instrument]!
    account.balance += applySplit(position, market.instrument, { ratioE9, price }).cashInLieu
    const splitId = `${symbol}@${formatDay(day)}`
    clearing.outboxes[i]!.send(
      { kind: 'sharesSplit', venueTime, splitId, instrument, ratioE9, price },
      venueTime,
    )
  })
}
