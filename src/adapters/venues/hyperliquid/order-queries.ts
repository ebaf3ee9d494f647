import {
  type ClientOrderId,
  type OrderReport,
  parseSafeDecimal,
  type TimeUs,
} from '../../../core/mod.ts'
import { operational, unreadable } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import type { Commands } from './commands.ts'
import { type Context, fromCloid, remember, toCloid } from './context.ts'
import { readStatus } from './evidence.ts'
import { fetchFills } from './executions.ts'
import { orderStatusReply, type WireOrderUpdate } from './wire.ts'

const QUERY_WAIT_MS = 10_000
/** Shortest pause before an order that may still arrive is asked about again. */
const AGAIN_MS = 1_000

/**
 * Looks orders up by our id, and reads the order stream. Every query ends in one report.
 *
 * "Never heard of it" only counts once the order can no longer arrive: until its lifetime is over a
 * request may still be on its way, so the question waits and is asked again.
 */
export class OrderQueries {
  readonly #context: Context
  readonly #commands: Commands
  readonly #asking = new Set<ClientOrderId>()
  readonly #timers = new Map<ClientOrderId, TimerHandle>()

  constructor(context: Context, commands: Commands) {
    this.#context = context
    this.#commands = commands
  }

  query(id: ClientOrderId): void {
    if (this.#asking.has(id)) return
    this.#asking.add(id)
    this.#run(id)
  }

  /** Reports an update of the order stream. */
  update(update: WireOrderUpdate, receivedTime: TimeUs): void {
    const { order } = update
    const id = fromCloid(order.cloid) ?? this.#context.clientIds.get(order.oid) ?? null
    if (id === null || !this.#context.universe.byCoin.has(order.coin)) {
      this.#context.statistics.foreignReports++
      return
    }
    this.#conclude(update, id, receivedTime, this.#commands.hasLostRemainder(id))
  }

  /** Reports an order that the venue took away: for want of margin, at a liquidation. */
  canceledByVenue(canceled: { readonly oid: string }, receivedTime: TimeUs): void {
    const id = this.#context.clientIds.get(canceled.oid)
    if (id === undefined) {
      this.#context.statistics.foreignReports++
      return
    }
    const reading = { evidence: 'canceled', code: 'other', text: 'canceled by the venue' } as const
    this.#report(id, { ...reading, venueOrderId: canceled.oid }, receivedTime)
  }

  stop(): void {
    for (const timer of this.#timers.values()) this.#context.environment.clearTimer(timer)
    this.#timers.clear()
    this.#asking.clear()
  }

  #run(id: ClientOrderId): void {
    void this.#ask(id).catch((error: unknown) => {
      const { message } = operational(error)
      this.#asking.delete(id)
      this.#report(id, { text: `status query failed: ${message}` })
    })
  }

  async #ask(id: ClientOrderId): Promise<void> {
    const user = this.#context.options.userAddress
    const raw = await this.#context.post({
      path: '/info',
      body: () => ({ type: 'orderStatus', user, oid: toCloid(id) }),
      requestClass: 'query',
      weight: 2,
      waitMs: QUERY_WAIT_MS,
    })
    const reply = orderStatusReply.safeParse(raw)
    if (!reply.success) throw unreadable('orderStatus')
    if (reply.data.status !== 'order') return this.#notFound(id)
    const { order } = reply.data
    const isRemainderGone =
      this.#commands.hasLostRemainder(id) || (await hasUnfilledRest(this.#context, order))
    this.#asking.delete(id)
    this.#conclude(order, id, this.#context.receivedTime(), isRemainderGone)
  }

  #notFound(id: ClientOrderId): void {
    const { environment, sink } = this.#context
    if (sink === null) return
    const waitUs = this.#commands.voidTime(id) - environment.now()
    if (waitUs <= 0 && !this.#commands.isPending(id)) {
      this.#asking.delete(id)
      return this.#report(id, { evidence: 'notFound', text: 'unknownOid' })
    }
    const again = (): void => {
      this.#timers.delete(id)
      this.#run(id)
    }
    const waitMs = Math.max(AGAIN_MS, Math.ceil(waitUs / 1000) + 1)
    this.#timers.set(id, environment.setTimer(again, waitMs))
  }

  #conclude(
    update: WireOrderUpdate,
    id: ClientOrderId,
    receivedTime: TimeUs,
    isRemainderGone: boolean,
  ): void {
    const { evidence, code } = readStatus(update.status)
    if (evidence === 'unknown') {
      const text = `unknown order status ${JSON.stringify(update.status)}`
      this.#context.notice('orderStatus', text)
    }
    const { oid } = update.order
    remember(this.#context.clientIds, oid, id)
    const isCut = evidence === 'filled' && isRemainderGone
    this.#context.emit({
      kind: 'orderReported',
      receivedTime,
      venueTime: update.statusTimestamp * 1000,
      report: {
        clientOrderId: id,
        venueOrderId: oid,
        evidence: isCut ? 'canceled' : evidence,
        code,
        text: update.status,
      },
    })
  }

  /** Reports what no update of the venue stands behind. */
  #report(
    clientOrderId: ClientOrderId,
    reading: Partial<OrderReport>,
    receivedTime = this.#context.receivedTime(),
  ): void {
    const report: OrderReport = {
      clientOrderId,
      venueOrderId: null,
      evidence: 'unknown',
      code: null,
      text: '',
      ...reading,
    }
    this.#context.emit({ kind: 'orderReported', receivedTime, venueTime: receivedTime, report })
  }
}

/**
 * The venue may call an IOC order "filled" whose rest was canceled, and its remaining size is not
 * kept up to date: the order's executions are added up instead.
 */
async function hasUnfilledRest(context: Context, update: WireOrderUpdate): Promise<boolean> {
  const { order } = update
  const asset = context.universe.byCoin.get(order.coin)
  if (update.status !== 'filled' || order.tif !== 'Ioc' || asset === undefined) return false
  const decimals = asset.instrument.quantityDecimals
  const wanted = order.origSz === undefined ? null : parseSafeDecimal(order.origSz, decimals)
  if (wanted === null) throw unreadable('orderStatus')
  let filled = 0
  for (const fill of await fetchFills(context, order.timestamp * 1000)) {
    if (fill.oid === order.oid) filled += parseSafeDecimal(fill.sz, decimals) ?? 0
  }
  return filled < wanted
}
