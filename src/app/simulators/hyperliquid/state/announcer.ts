import type { Instrument, TimeUs } from '../../../../core/mod.ts'
import { type Depth, wireLevels } from '../market/depth.ts'
import { type PublicTrade, type WireTrade, wireTrade } from '../market/tape.ts'
import { wireTime } from '../wire/numbers.ts'
import type { Account } from './account.ts'
import type { Notice, WireOrderUpdate } from './notices.ts'
import type { OrderRecord } from './order.ts'
import type { Folded } from './reports.ts'
import { wireOpenOrder } from './wire-order.ts'

/**
 * Collects what subscribers must be told, in order, while somebody listens. Has no influence on
 * the venue's state.
 */
export class Announcer {
  isListening = false
  readonly #instruments: readonly Instrument[]
  readonly #trades = new Map<string, WireTrade[]>()
  /** Best prices and sizes last told, by coin. */
  readonly #told = new Map<string, string>()
  #notices: Notice[] = []

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
  }

  /** Hands over what has been collected. */
  take(): readonly Notice[] {
    const notices = this.#notices
    this.#notices = []
    return notices
  }

  /** Tells one thing as it is. */
  tell(notice: Notice): void {
    if (this.isListening) this.#notices.push(notice)
  }

  /** Notes a public trade; trades of one instant are told together. */
  trade(instrument: Instrument, trade: PublicTrade): void {
    if (!this.isListening) return
    const wire = wireTrade(instrument, trade)
    const trades = this.#trades.get(wire.coin)
    if (trades === undefined) this.#trades.set(wire.coin, [wire])
    else trades.push(wire)
  }

  /** Tells the trades noted since the last time. */
  tellTrades(time: TimeUs): void {
    for (const [coin, trades] of this.#trades) {
      this.#notices.push({ kind: 'trades', time, coin, trades })
    }
    this.#trades.clear()
  }

  /** Tells a user what reports changed. */
  tellFolded(account: Account, folded: Folded, time: TimeUs): void {
    if (!this.isListening) return
    const { address: user } = account
    if (folded.fills.length > 0) {
      this.#notices.push({ kind: 'fills', time, user, fills: folded.fills })
    }
    this.tellOrders(account, [...folded.changed], time)
    const cancels = folded.uninvited.map(({ instrument, oid }) => ({
      coin: this.#instruments[instrument]!.symbol,
      oid,
    }))
    if (cancels.length > 0) this.#notices.push({ kind: 'nonUserCancel', time, user, cancels })
  }

  /** Tells a user the states of orders. */
  tellOrders(account: Account, orders: readonly OrderRecord[], time: TimeUs): void {
    if (!this.isListening || orders.length === 0) return
    const updates = orders.map(
      (order): WireOrderUpdate => ({
        order: wireOpenOrder(this.#instruments[order.instrument]!, order, order.statusLots),
        status: order.status,
        statusTimestamp: wireTime(order.statusTime),
      }),
    )
    this.#notices.push({ kind: 'orders', time, user: account.address, updates })
  }

  /** Tells the best prices if they or their sizes have changed. */
  tellBook(instrument: Instrument, depth: () => Depth, time: TimeUs): void {
    if (!this.isListening) return
    const { symbol: coin } = instrument
    const [[bid], [ask]] = wireLevels(instrument, depth(), 1)
    const shown = `${bid?.px} ${bid?.sz} ${ask?.px} ${ask?.sz}`
    if (this.#told.get(coin) === shown) return
    this.#told.set(coin, shown)
    this.#notices.push({ kind: 'bbo', time, coin, bbo: [bid ?? null, ask ?? null] })
  }
}
