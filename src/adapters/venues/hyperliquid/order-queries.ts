import {
  type ClientOrderId,
  type OrderReport,
  parseSafeDecimal,
  type TimeUs,
} from '../../../core/mod.ts'
import type { TimerHandle } from '../port.ts'
import type { Commands } from './commands.ts'
import { type Context, fromCloid, remember, toCloid } from './context.ts'
import { readStatus } from './evidence.ts'
import { fetchFills } from './executions.ts'
import { textOf } from './http.ts'
import { unreadable } from './universe.ts'
import { orderStatusReply, type WireOrderUpdate } from './wire.ts'

/** Looks orders up by our id; every query ends in one report. */
export interface OrderQueries {
  query(clientOrderId: ClientOrderId): void
  /** Reports an update of the order stream. */
  reportUpdate(update: WireOrderUpdate, receivedTime: TimeUs): void
  stop(): void
}

/**
 * Makes the query side of an adapter.
 *
 * "Never heard of it" only counts once the order can no longer arrive: until its lifetime is over a
 * request may still be on its way, so the question waits and is asked again.
 */
export function createOrderQueries(context: Context, commands: Commands): OrderQueries {
  const asking = new Set<ClientOrderId>()
  const timers = new Map<ClientOrderId, TimerHandle>()

  const report = (venueTime: TimeUs, receivedTime: TimeUs, whole: OrderReport): void => {
    if (whole.venueOrderId !== null) {
      remember(context.clientIds, whole.venueOrderId, whole.clientOrderId)
    }
    context.emit({ kind: 'orderReported', receivedTime, venueTime, report: whole })
  }

  const conclude = (
    update: WireOrderUpdate,
    clientOrderId: ClientOrderId,
    receivedTime: TimeUs,
    isRemainderGone: boolean,
  ): void => {
    const { evidence, code } = readStatus(update.status)
    if (evidence === 'unknown') {
      context.notice('orderStatus', `unknown order status ${JSON.stringify(update.status)}`)
    }
    const isCut = evidence === 'filled' && isRemainderGone
    report(update.statusTimestamp * 1000, receivedTime, {
      clientOrderId,
      venueOrderId: update.order.oid,
      evidence: isCut ? 'canceled' : evidence,
      code,
      text: update.status,
    })
  }

  const ask = async (id: ClientOrderId): Promise<void> => {
    const raw = await context.post({
      path: '/info',
      body: () => ({ type: 'orderStatus', user: context.options.userAddress, oid: toCloid(id) }),
      requestClass: 'query',
      weight: 2,
      waitMs: 10_000,
    })
    const reply = orderStatusReply.safeParse(raw)
    if (!reply.success) throw unreadable('orderStatus')
    if (reply.data.status === 'order') {
      const { order } = reply.data
      const isRemainderGone =
        commands.hasLostRemainder(id) || (await hasUnfilledRest(context, order))
      conclude(order, id, context.receivedTime(), isRemainderGone)
      asking.delete(id)
      return
    }
    if (context.sink === null) return
    const waitUs = commands.voidTime(id) - context.environment.now()
    if (waitUs <= 0 && !commands.isPending(id)) {
      const receivedTime = context.receivedTime()
      asking.delete(id)
      report(receivedTime, receivedTime, {
        clientOrderId: id,
        venueOrderId: null,
        evidence: 'notFound',
        code: null,
        text: 'unknownOid',
      })
      return
    }
    const again = context.environment.setTimer(
      () => {
        timers.delete(id)
        run(id)
      },
      Math.max(1000, Math.ceil(waitUs / 1000) + 1),
    )
    timers.set(id, again)
  }

  const run = (id: ClientOrderId): void => {
    ask(id).catch((error: unknown) => {
      asking.delete(id)
      const receivedTime = context.receivedTime()
      report(receivedTime, receivedTime, {
        clientOrderId: id,
        venueOrderId: null,
        evidence: 'unknown',
        code: null,
        text: `status query failed: ${textOf(error)}`,
      })
    })
  }

  return {
    query(id) {
      if (asking.has(id)) return
      asking.add(id)
      run(id)
    },
    reportUpdate(update, receivedTime) {
      const id = fromCloid(update.order.cloid) ?? context.clientIds.get(update.order.oid) ?? null
      if (id === null || !context.universe.byCoin.has(update.order.coin)) {
        context.statistics.foreignReports++
        return
      }
      conclude(update, id, receivedTime, commands.hasLostRemainder(id))
    },
    stop() {
      for (const timer of timers.values()) context.environment.clearTimer(timer)
      timers.clear()
      asking.clear()
    },
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
