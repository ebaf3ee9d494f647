import type { Quantity, TimeUs } from '../../../../core/mod.ts'
import { type Account, remember } from './account.ts'
import type { OrderRecord } from './order.ts'
import {
  isOver,
  SLICE_US,
  sliceLots,
  slicePrice,
  type Twap,
  type TwapBook,
  type TwapStatus,
  type WireTwapRecord,
  wireTwap,
} from './twap.ts'
import type { VenueFloor } from './venue-floor.ts'

/** TWAP records kept of each user. */
const RECORDS_KEPT = 500

/** Works off TWAPs slice by slice. */
export class TwapDesk {
  readonly book: TwapBook
  readonly #state: VenueFloor

  constructor(state: VenueFloor, book: TwapBook) {
    this.#state = state
    this.book = book
  }

  /** When a slice is due next; Infinity when none is. */
  get nextTime(): TimeUs {
    let next = Number.POSITIVE_INFINITY
    for (const twap of this.book.running.values()) next = Math.min(next, twap.nextTime)
    return next
  }

  /** Begins a TWAP with its first slice. */
  start(wanted: Omit<Twap, 'id' | 'startTime' | 'nextTime'>): Twap {
    const { time } = this.#state
    const twap: Twap = { ...wanted, id: ++this.book.lastId, startTime: time, nextTime: time }
    this.book.running.set(twap.id, twap)
    this.#record(twap, { status: 'activated' })
    this.#slice(twap)
    return twap
  }

  /** Ends a user's running TWAP; false when there is none of that number. */
  stop(account: Account, id: number): boolean {
    const twap = this.book.running.get(id)
    if (twap?.user !== account.address) return false
    this.#finish(twap, 'terminated')
    return true
  }

  /** Sends the slices that are due. */
  run(): void {
    for (const twap of [...this.book.running.values()]) {
      if (twap.nextTime <= this.#state.time) this.#slice(twap)
    }
  }

  /** A user's running TWAPs, oldest first. */
  of(user: string): readonly Twap[] {
    return [...this.book.running.values()].filter((twap) => twap.user === user)
  }

  /** A user's TWAP records, oldest first. */
  recordsOf(user: string): readonly WireTwapRecord[] {
    return this.book.records.get(user) ?? []
  }

  #slice(twap: Twap): void {
    const order = this.#place(twap)
    twap.slices++
    twap.nextTime += SLICE_US
    if (order !== null) {
      twap.executedLots += order.filledLots
      twap.executedNotional += order.filledNotional
      if (order.status === 'perpMarginRejected' || order.status === 'reduceOnlyRejected') {
        return this.#finish(twap, 'error', order.status)
      }
    }
    if (isOver(twap)) this.#finish(twap, 'finished')
  }

  #place(twap: Twap): OrderRecord | null {
    const { side, reduceOnly, id: twapId } = twap
    const instrument = this.#state.listing.instruments[twap.instrument]!
    const mark = this.#state.mark(twap.instrument)
    if (mark <= 0) return null
    const price = slicePrice(twap, instrument, mark)
    const lots: Quantity = sliceLots(twap, instrument, price)
    if (lots === 0) return null
    const account = this.#state.accounts.get(twap.user)!
    const terms = { instrument, side, price, lots, reduceOnly, twapId }
    return this.#state.place(account, { ...terms, tif: 'Ioc', cloid: null })
  }

  #finish(twap: Twap, status: TwapStatus, description = ''): void {
    this.book.running.delete(twap.id)
    this.#record(twap, status === 'error' ? { status, description } : { status })
  }

  #record(twap: Twap, status: WireTwapRecord['status']): void {
    const { time, listing } = this.#state
    const record: WireTwapRecord = {
      time: Math.floor(time / 1_000_000),
      state: wireTwap(listing.instruments[twap.instrument]!, twap),
      status,
      twapId: twap.id,
    }
    const records = this.book.records.get(twap.user) ?? []
    remember(records, record, RECORDS_KEPT)
    this.book.records.set(twap.user, records)
    this.#state.tell({ kind: 'twap', time, user: twap.user, record })
  }
}
