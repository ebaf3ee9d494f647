import type { Account } from '../state/account.ts'
import { HISTORY_KEPT } from '../state/account.ts'
import type { OrderRecord } from '../state/order.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireFrontendOrder, wireOpenOrder, wireOrderState } from '../state/wire-order.ts'
import { asAddress, asCloid, asUnsigned, type Json } from '../wire/json.ts'
import { failure, type InfoHandler, isNativeDex, json, wrongShape } from './handler.ts'

/** An order of the account by venue order id or client order id, resting or remembered. */
export function findOrder(account: Account, id: Json | undefined): OrderRecord | undefined {
  const cloid = asCloid(id)
  if (cloid !== null) return account.byCloid.get(cloid)
  const oid = asUnsigned(id)
  if (oid === null) return undefined
  return account.open.get(oid) ?? account.closed.findLast((order) => order.oid === oid)
}

/** A user's resting orders, newest first. */
export const openOrdersOf = (state: VenueState, user: string): OrderRecord[] =>
  [...(state.accounts.get(user)?.open.values() ?? [])].reverse()

type WriteOrder = (order: OrderRecord, state: VenueState) => object

const listing =
  (write: WriteOrder): InfoHandler =>
  (request, { state }) => {
    const user = asAddress(request['user'])
    if (user === null) return wrongShape
    if (!isNativeDex(request)) return failure
    return json(openOrdersOf(state, user).map((order) => write(order, state)))
  }

const orderStatus: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const id = request['oid']
  if (user === null || (asUnsigned(id) === null && asCloid(id) === null)) return wrongShape
  const account = state.accounts.get(user)
  const order = account === undefined ? undefined : findOrder(account, id)
  if (order === undefined) return json({ status: 'unknownOid' })
  const instrument = state.listing.instruments[order.instrument]!
  return json({ status: 'order', order: wireOrderState(instrument, order) })
}

const historicalOrders: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  if (user === null) return wrongShape
  const account = state.accounts.get(user)
  if (account === undefined) return json([])
  const orders = [...account.closed, ...account.open.values()]
  orders.sort((a, b) => b.statusTime - a.statusTime || b.oid - a.oid)
  const { instruments } = state.listing
  return json(
    orders
      .slice(0, HISTORY_KEPT)
      .map((order) => wireOrderState(instruments[order.instrument]!, order)),
  )
}

/** openOrders, frontendOpenOrders, orderStatus, historicalOrders. */
export const orderHandlers: Readonly<Record<string, InfoHandler>> = {
  openOrders: listing((order, { listing: { instruments } }) =>
    wireOpenOrder(instruments[order.instrument]!, order, order.leavesLots),
  ),
  frontendOpenOrders: listing((order, { listing: { instruments } }) =>
    wireFrontendOrder(instruments[order.instrument]!, order, order.leavesLots),
  ),
  orderStatus,
  historicalOrders,
}
