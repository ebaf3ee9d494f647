import { asUnsigned, type Json } from '../../json.ts'
import type { Account } from '../state/account.ts'
import { HISTORY_KEPT } from '../state/account.ts'
import type { OrderRecord } from '../state/order.ts'
import type { VenueState } from '../state/venue-state.ts'
import {
  type WireOrderState,
  wireFrontendOrder,
  wireOpenOrder,
  wireOrderState,
} from '../state/wire-order.ts'
import { asAddress, asCloid } from '../wire/addresses.ts'
import { dexOf, failure, type InfoHandler, json, wrongShape } from './handler.ts'

/** An order of the account by venue order id or client order id, resting or remembered. */
export function findOrder(
  state: VenueState,
  account: Account,
  id: Json | undefined,
): OrderRecord | undefined {
  const cloid = asCloid(id)
  if (cloid !== null) return account.byCloid.get(cloid)
  const oid = asUnsigned(id)
  if (oid === null) return undefined
  const waiting = state.desk.triggers.book.waiting.get(account.address)?.get(oid)
  return (
    account.open.get(oid) ?? waiting?.order ?? account.closed.findLast((order) => order.oid === oid)
  )
}

/** A user's open orders on one dex, newest first: resting ones and such that wait. */
export function openOrdersOf(state: VenueState, user: string, dex = 0): OrderRecord[] {
  const account = state.accounts.get(user)
  if (account === undefined) return []
  const orders = [...account.open.values(), ...state.desk.triggers.waiting(account)]
  return orders
    .filter(({ instrument }) => state.listing.perps[instrument]!.dex === dex)
    .sort((a, b) => b.oid - a.oid)
}

/** The frontendOpenOrders reply. */
export const wireFrontendOrders = (state: VenueState, user: string, dex = 0): object[] =>
  openOrdersOf(state, user, dex).map((order) =>
    wireFrontendOrder(state.listing.instruments[order.instrument]!, order, {
      lots: order.leavesLots,
      children: state.desk.triggers.childrenOf(order),
    }),
  )

const wireOpenOrders = (state: VenueState, user: string, dex: number): object[] =>
  openOrdersOf(state, user, dex).map((order) =>
    wireOpenOrder(state.listing.instruments[order.instrument]!, order, order.leavesLots),
  )

const listing =
  (write: (state: VenueState, user: string, dex: number) => object[]): InfoHandler =>
  (request, { state }) => {
    const user = asAddress(request['user'])
    const dex = dexOf(state, request)
    if (user === null) return wrongShape
    return dex === null ? failure : json(write(state, user, dex.index))
  }

const orderStatus: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const id = request['oid']
  if (user === null || (asUnsigned(id) === null && asCloid(id) === null)) return wrongShape
  const account = state.accounts.get(user)
  const order = account === undefined ? undefined : findOrder(state, account, id)
  if (order === undefined) return json({ status: 'unknownOid' })
  const instrument = state.listing.instruments[order.instrument]!
  const children = state.desk.triggers.childrenOf(order)
  return json({ status: 'order', order: wireOrderState(instrument, order, children) })
}

/** A user's latest orders with their states, newest first: the historicalOrders reply. */
export function wireOrderHistory(state: VenueState, user: string): WireOrderState[] {
  const account = state.accounts.get(user)
  if (account === undefined) return []
  const open = [...account.open.values(), ...state.desk.triggers.waiting(account)]
  const orders = [...account.closed, ...open]
  orders.sort((a, b) => b.statusTime - a.statusTime || b.oid - a.oid)
  return orders
    .slice(0, HISTORY_KEPT)
    .map((order) => wireOrderState(state.listing.instruments[order.instrument]!, order))
}

const historicalOrders: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  return user === null ? wrongShape : json(wireOrderHistory(state, user))
}

/** openOrders, frontendOpenOrders, orderStatus, historicalOrders. */
export const orderHandlers: Readonly<Record<string, InfoHandler>> = {
  openOrders: listing(wireOpenOrders),
  frontendOpenOrders: listing(wireFrontendOrders),
  orderStatus,
  historicalOrders,
}
