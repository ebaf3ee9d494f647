import {
  divideHalfEven,
  type InstrumentId,
  MONEY_DECIMALS,
  type Money,
  notional,
  type TimeUs,
} from '../../../../core/mod.ts'
import { noteSettlement } from '../market/market-data.ts'
import { transactionHash } from '../wire/identity.ts'
import {
  WIRE_MONEY_DECIMALS,
  wireMoney,
  wireQuantity,
  wireRate,
  wireTime,
} from '../wire/numbers.ts'
import { type Account, FUNDINGS_KEPT, remember, type WireFunding } from './account.ts'
import { type Books, bookFunding } from './booking.ts'
import { Liquidator } from './liquidation.ts'
import { averagePremiumE9, hourlyRateE9, premiumE9, SAMPLE_US, samplePremium } from './rates.ts'
import type { VenueFloor } from './venue-floor.ts'

const HOUR_US = 3_600_000_000
/** Payments land this long after the hour at most. */
const LAG_MS_MAX = 118
/** A recorded rate of this age is the hour's own. */
const RECORDED_RATE_US = HOUR_US / 2
const STEP = 10n ** BigInt(MONEY_DECIMALS - WIRE_MONEY_DECIMALS)

/** A position that owes or earns funding, as it stood at the hour. */
interface Holding {
  readonly address: string
  readonly instrument: InstrumentId
  readonly lots: number
  /** Quanta. */
  readonly oracle: number
}

/** The clearinghouse as plain data. */
export interface ClearinghouseSnapshot {
  readonly books: Books
  readonly sampleTime: TimeUs
  readonly hour: TimeUs
  readonly holdings: readonly Holding[] | null
}

/**
 * The money of all accounts and what moves it by itself: premium samples, hourly funding,
 * liquidations. Deterministic, driven by its venue's state.
 */
export class Clearinghouse {
  /** What went through the venue's hands, by token: the other side of all accounts. */
  readonly books: Books
  readonly liquidator: Liquidator
  readonly #state: VenueFloor
  #sampleTime: TimeUs
  /** The hour that ends next, or has ended and is to be paid. */
  #hour: TimeUs
  #holdings: readonly Holding[] | null

  /** Begins at the state's time or as stored. */
  constructor(state: VenueFloor, stored?: ClearinghouseSnapshot) {
    this.#state = state
    this.books = stored?.books ?? new Map()
    this.liquidator = new Liquidator(state, this.books)
    this.#sampleTime = stored?.sampleTime ?? nextMultiple(state.time, SAMPLE_US)
    this.#hour = stored?.hour ?? nextMultiple(state.time, HOUR_US)
    this.#holdings = stored?.holdings ?? null
  }

  /** When something is due next. */
  get nextTime(): TimeUs {
    const funding = this.#holdings === null ? this.#hour : this.#hour + lagUs(this.#hour)
    return Math.min(this.#sampleTime, funding)
  }

  /** Does what is due: the hour first, so that its last sample counts for the next. */
  run(): void {
    const { time } = this.#state
    if (this.#holdings === null && this.#hour <= time) this.#holdings = this.#takeHoldings()
    if (this.#holdings !== null && this.#hour + lagUs(this.#hour) <= time) this.#payFunding()
    if (this.#sampleTime > time) return
    this.#sampleTime = nextMultiple(time, SAMPLE_US)
    for (const perp of this.#state.listing.perps) {
      const { id } = perp.instrument
      const sample = premiumE9(this.#state.book(id), perp.instrument, this.#state.oracle(id))
      samplePremium(this.#state.data[id]!, perp, sample)
    }
    this.liquidator.run()
  }

  /** The market stands still until a time: nothing is sampled, hours are paid at what is known. */
  standStill(until: TimeUs): void {
    this.#sampleTime = Math.max(this.#sampleTime, nextMultiple(until, SAMPLE_US))
  }

  snapshot(): ClearinghouseSnapshot {
    return {
      books: this.books,
      sampleTime: this.#sampleTime,
      hour: this.#hour,
      holdings: this.#holdings,
    }
  }

  #takeHoldings(): Holding[] {
    const holdings: Holding[] = []
    for (const { address, positions } of this.#state.accounts.values()) {
      for (const instrument of [...positions.keys()].sort((a, b) => a - b)) {
        const { lots } = positions.get(instrument)!
        holdings.push({ address, instrument, lots, oracle: this.#state.oracle(instrument) })
      }
    }
    return holdings
  }

  /** Pays the ended hour in full to whoever held at its end, and begins the next. */
  #payFunding(): void {
    const { data, listing } = this.#state
    const time = this.#hour + lagUs(this.#hour)
    const rates = listing.perps.map((perp): number => {
      const own = data[perp.instrument.id]!
      const recorded = own.recordedRate
      const premium = averagePremiumE9(own)
      const isRecent = recorded !== null && recorded.time > this.#hour - RECORDED_RATE_US
      const rateE9 = isRecent ? recorded.rateE9 : hourlyRateE9(premium, perp.fundingMultiplierE9)
      noteSettlement(own, { rateE9, premiumE9: premium, time })
      return rateE9
    })
    for (const holding of this.#holdings!) this.#pay(holding, rates[holding.instrument]!, time)
    this.#holdings = null
    this.#hour += HOUR_US
    this.liquidator.run()
  }

  #pay({ address, instrument: id, lots, oracle }: Holding, rateE9: number, time: TimeUs): void {
    const { accounts, listing } = this.#state
    const perp = listing.perps[id]!
    const account: Account = accounts.get(address)!
    const value = notional(perp.instrument, oracle, lots)
    const rateE12 = BigInt(Math.round(rateE9 * 1_000))
    const amount: Money = -divideHalfEven(value * rateE12, 1_000_000_000_000n * STEP) * STEP
    if (amount === 0n) return
    bookFunding({ listing, books: this.books }, account, perp, amount)
    const funding: WireFunding = {
      time: wireTime(time),
      hash: transactionHash(time + id),
      coin: perp.instrument.symbol,
      usdc: wireMoney(amount),
      szi: wireQuantity(perp.instrument, lots),
      fundingRate: wireRate(rateE9),
      nSamples: null,
    }
    remember(account.fundings, funding, FUNDINGS_KEPT)
    this.#state.tell({ kind: 'funding', time, user: address, funding })
  }
}

/** The first multiple of a step after a time. */
const nextMultiple = (time: TimeUs, step: number): TimeUs => (Math.floor(time / step) + 1) * step

/** How long after the hour its payments land: 1 to 118 ms, different each hour. */
const lagUs = (hour: TimeUs): number =>
  1_000 * (1 + ((Math.imul(Math.floor(hour / HOUR_US), 0x9e3779b1) >>> 8) % LAG_MS_MAX))
