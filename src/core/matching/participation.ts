import type { Instrument } from '../domain/instrument.ts'
import type { MarketCursor } from '../domain/market-record.ts'
import { notional } from '../domain/money.ts'
import type { TimeUs } from '../domain/units.ts'
import { type TradingCosts, tradeCost } from '../rules/trading-costs.ts'
import { hourOfDay, TrailingHours, type TrailingHoursSnapshot } from '../rules/trailing-hours.ts'
import type { VenueAccount } from './account.ts'
import { openFillPrice } from './bars-mode.ts'
import { type Clearing, noLongerReduces, type Reason } from './clearing.ts'
import type { VenueMarket } from './venue-market.ts'
import { onlyReduces, reaches, sideIndex, type VenueOrder } from './venue-order.ts'

/** State of {@link ParticipationBook} as plain data. */
export interface ParticipationSnapshot {
  readonly trailing: TrailingHoursSnapshot
  readonly tradedLots: readonly number[]
}

const BP_E9 = 100_000

const nothingExpected: Reason = { code: 'iocNoMatch', text: 'no volume is expected in this hour' }
const beyondShare: Reason = { code: null, text: 'more than the share of the volume to be traded' }
const limitReached: Reason = { code: 'iocNoMatch', text: 'price is beyond the limit' }
const onlyImmediate: Reason = { code: 'other', text: 'orders by the hour are immediate or cancel' }
const noCash: Reason = { code: 'insufficientMargin', text: 'no cash is left to pay with' }

/**
 * Trading by the hour: finished bars teach what a name trades and how it moves, trade records are
 * prices at which waiting orders are done, worse by the costs of their size, up to a share of the
 * volume that is usual in that hour. Never by the volume of the hour itself. Buys are paid in cash.
 */
export class ParticipationBook {
  readonly #costs: TradingCosts
  readonly #trailing: TrailingHours
  /** Lots done since the last bar of each instrument. */
  readonly #traded: Float64Array
  /** Of the instant asked for last: names share their times. */
  #time: TimeUs = Number.NaN
  #hour = 0

  constructor(costs: TradingCosts, names: number) {
    this.#costs = costs
    this.#trailing = new TrailingHours({ ...costs, names })
    this.#traded = new Float64Array(names)
  }

  /** Learns a finished bar. */
  learn(cursor: MarketCursor): void {
    const { pool, aux, instrument } = cursor
    const hour = this.#hourOf(pool[aux + 5]!)
    this.#trailing.learn(instrument, hour, pool[aux + 4]!, pool[aux + 3]!)
    this.#traded[instrument] = 0
  }

  /** Decides the orders of a market that wait, at a price in quanta and the venue's present time. */
  match(market: VenueMarket, clearing: Clearing, price: number): void {
    const hour = this.#hourOf(clearing.now)
    for (const held of market.waiting) {
      if (!held.isClosed) this.#decide(market, clearing, held, { price, hour })
    }
  }

  /** Shares were split or joined: new ones for an old one. */
  split(instrument: number, ratio: number): void {
    this.#trailing.split(instrument, ratio)
  }

  snapshot(): ParticipationSnapshot {
    return { trailing: this.#trailing.snapshot(), tradedLots: [...this.#traded] }
  }

  restore(snapshot: ParticipationSnapshot): void {
    this.#trailing.restore(snapshot.trailing)
    this.#traded.set(snapshot.tradedLots)
  }

  #hourOf(time: TimeUs): number {
    if (time !== this.#time) {
      this.#time = time
      this.#hour = hourOfDay(time)
    }
    return this.#hour
  }

  #decide(
    market: VenueMarket,
    clearing: Clearing,
    held: VenueOrder,
    at: { readonly price: number; readonly hour: number },
  ): void {
    const { instrument } = market
    const { side, price: limit, timeInForce } = held.order
    if (timeInForce !== 'ioc') return clearing.reject(held, onlyImmediate)
    const wanted = clearing.fillable(instrument, held)
    if (wanted === 0) return clearing.reject(held, noLongerReduces(held))
    const volume = this.#trailing.volume(instrument.id, at.hour)
    const room = this.#costs.participationMax * volume - this.#traded[instrument.id]!
    const most = Math.min(wanted, Math.floor(room))
    if (most < instrument.minimumQuantity) return clearing.reject(held, nothingExpected)
    const price = this.#price(instrument, held, { ...at, volume, lots: most })
    if (!reaches(sideIndex(side), limit, price)) return clearing.reject(held, limitReached)
    const quantity = onlyReduces(instrument, held.order)
      ? most
      : Math.min(most, payable(clearing.account(held.account), instrument, price))
    if (quantity < instrument.minimumQuantity) return clearing.reject(held, noCash)
    this.#traded[instrument.id]! += quantity
    clearing.execute(market, held, { price, quantity, liquidity: 'taker' })
    if (!held.isClosed) clearing.cancel(held, quantity < most ? noCash : beyondShare)
  }

  /** The price as the order gets it, rounded against it. */
  #price(
    instrument: Instrument,
    held: VenueOrder,
    at: { readonly price: number; readonly volume: number; readonly lots: number },
  ): number {
    const lots = 10 ** instrument.quantityDecimals
    const cost = tradeCost(this.#costs, {
      price: at.price / 10 ** instrument.priceDecimals,
      shares: at.lots / lots,
      volume: at.volume / lots,
      volatility: this.#trailing.volatility(instrument.id),
    })
    const bp = cost.slippageBp + cost.halfSpreadBp + cost.impactBp
    const halfSpreadE9 = Math.round(bp * BP_E9)
    return openFillPrice(instrument, held.order.side, at.price, { halfSpreadE9, impactE9: 0 })
  }
}

/** Lots that the cash of an account pays for, the taker's fee included. */
function payable(account: VenueAccount, instrument: Instrument, price: number): number {
  const lot = notional(instrument, price, 1)
  const withFee = lot * BigInt(1_000_000_000 + Math.max(0, instrument.fees.takerE9))
  if (account.balance <= 0n || withFee <= 0n) return 0
  return Number((account.balance * 1_000_000_000n) / withFee)
}
