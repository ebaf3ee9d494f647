import type { Instrument } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import { MONEY_DECIMALS, type Money, type TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { divideHalfEven } from '../lib/decimal.ts'
import { type Clearing, isFunded } from './clearing.ts'
import { markPrice, type VenueMarket } from './venue-market.ts'

/** Payment follows the boundary by this long: published settlement rates land within it. */
const FUNDING_SETTLEMENT_DELAY_US = 1_000_000

/** A position that owes or earns funding, as it stood at the boundary. */
interface Holding {
  readonly account: number
  readonly instrument: number
  readonly quantity: number
  readonly price: number
  readonly rateE9: number
  /** Null when no rate was known. */
  readonly rateTime: TimeUs | null
}

/** The schedule as plain data. */
export interface FundingSnapshot {
  readonly boundary: TimeUs | null
  readonly holdings: readonly Holding[]
}

/**
 * Funding received (positive) or paid for a signed position: -(lots x price x rate), rounded half
 * to even to `decimals` digits. Price in quanta (possibly a half), rate x 1e9 (to three decimals).
 */
export function fundingAmount(
  instrument: Instrument,
  holding: { readonly quantity: number; readonly price: number; readonly rateE9: number },
  decimals: number,
): Money {
  const doubled = notional(instrument, Math.round(2 * holding.price), holding.quantity)
  const rateE12 = BigInt(Math.round(holding.rateE9 * 1000))
  const step = 10n ** BigInt(MONEY_DECIMALS - decimals)
  return -divideHalfEven(doubled * rateE12, 2_000_000_000_000n * step) * step
}

/**
 * Pays funding in full to whoever holds a perpetual at the boundary, whenever it was bought. The
 * position and the price (oracle, else mark, else mid, else last) are those after everything
 * stamped with the boundary. The rate is the newest record at or before the boundary if it is of
 * the last half interval (a stream of current rates, or one stamped with the boundary itself), else
 * one that lands within the settlement delay (venues publish the settled rate shortly after), else
 * the newest there is; without any nothing is paid.
 */
export class FundingSchedule {
  readonly #intervalUs: number
  readonly #moneyDecimals: number
  #boundary: TimeUs = Number.POSITIVE_INFINITY
  #hasStarted = false
  #holdings: Holding[] = []

  constructor(intervalUs: number, moneyDecimals: number) {
    assert(
      intervalUs === 0 || intervalUs > 2 * FUNDING_SETTLEMENT_DELAY_US,
      `funding interval ${intervalUs} us: 0 or more than two seconds`,
    )
    this.#intervalUs = intervalUs
    this.#moneyDecimals = moneyDecimals
  }

  /** The first instant the venue sees: boundaries before it are none of ours. */
  start(time: TimeUs): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    if (this.#intervalUs > 0) {
      this.#boundary = Math.ceil(time / this.#intervalUs) * this.#intervalUs
    }
  }

  /** When `run` has something to do. */
  nextTime(): TimeUs {
    if (this.#holdings.length > 0) {
      return this.#boundary - this.#intervalUs + FUNDING_SETTLEMENT_DELAY_US
    }
    return this.#boundary + 1
  }

  /** Like {@link nextTime}, but Infinity when nobody holds anything that is funded. */
  nextTimeThatMatters(clearing: Clearing): TimeUs {
    const matters = this.#holdings.length > 0 || clearing.fundedPositions > 0
    return matters ? this.nextTime() : Number.POSITIVE_INFINITY
  }

  /** Takes the holdings down just after a boundary, or settles them after the delay. */
  run(markets: readonly VenueMarket[], clearing: Clearing): void {
    if (this.#holdings.length > 0) return this.#settle(markets, clearing)
    for (const market of markets) {
      const instrument = market.instrument.id
      if (!isFunded(market.instrument)) continue
      clearing.accounts.forEach(({ positions }, account) => {
        const { quantity } = positions[instrument]!
        if (quantity === 0) return
        const price = market.oracle > 0 ? market.oracle : markPrice(market)
        const { rateE9 } = market
        const rateTime = Number.isFinite(market.rateTime) ? market.rateTime : null
        this.#holdings.push({ account, instrument, quantity, price, rateE9, rateTime })
      })
    }
    this.#boundary += this.#intervalUs
  }

  #settle(markets: readonly VenueMarket[], clearing: Clearing): void {
    const boundary = this.#boundary - this.#intervalUs
    const holdings = this.#holdings
    this.#holdings = []
    for (const holding of holdings) {
      const market = markets[holding.instrument]!
      const isCurrent =
        holding.rateTime !== null && holding.rateTime > boundary - this.#intervalUs / 2
      const landed = !isCurrent && market.rateTime > boundary
      if (holding.rateTime === null && !landed) continue
      const rateE9 = landed ? market.rateE9 : holding.rateE9
      const amount = fundingAmount(market.instrument, { ...holding, rateE9 }, this.#moneyDecimals)
      if (amount === 0n) continue
      clearing.accounts[holding.account]!.fund(holding.instrument, amount)
      clearing.outboxes[holding.account]!.send(
        {
          kind: 'fundingPaid',
          venueTime: boundary,
          fundingId: `${market.instrument.symbol}@${boundary}`,
          instrument: holding.instrument,
          rateE9,
          amount,
        },
        clearing.now,
      )
    }
  }

  snapshot(): FundingSnapshot {
    const boundary = Number.isFinite(this.#boundary) ? this.#boundary : null
    return { boundary, holdings: this.#holdings }
  }

  restore(snapshot: FundingSnapshot, hasStarted: boolean): void {
    this.#boundary = snapshot.boundary ?? Number.POSITIVE_INFINITY
    this.#holdings = [...snapshot.holdings]
    this.#hasStarted = hasStarted
  }
}
