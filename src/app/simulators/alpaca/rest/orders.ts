import { asText, isObject } from '../../json.ts'
import { admitDraft } from '../state/admission.ts'
import { endOrder } from '../state/closing.ts'
import { placeOrder } from '../state/desk.ts'
import { readDraft } from '../state/draft.ts'
import { shownOrder } from '../state/events.ts'
import { checkShape } from '../state/order-shape.ts'
import { replaceOrder } from '../state/replace.ts'
import type { Order } from '../state/types.ts'
import { isUuid } from '../wire/identity.ts'
import { readTime } from '../wire/times.ts'
import { invalid, notFound, ok, type Reply, unprocessable } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

const LIMIT_DEFAULT = 50
const LIMIT_MAX = 500

/** Places an order, or says why not. */
export function postOrder(context: RestContext): Reply {
  const { state, account, body } = context
  const draft = readDraft(body, state.listing)
  if (!draft.ok) return draft.reply
  const misshapen = checkShape(draft.value)
  if (misshapen !== null) return misshapen
  const admitted = admitDraft(state, account, draft.value)
  if ('status' in admitted) return admitted
  return ok(placeOrder(state, account, draft.value, admitted))
}

function listOrders({ state, account, query }: RestContext): Reply {
  const status = query.get('status') ?? 'open'
  if (!['open', 'closed', 'all'].includes(status)) return invalid(`invalid status: ${status}`)
  const limit = Number(query.get('limit') ?? LIMIT_DEFAULT)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) return invalid('invalid limit')
  const [after, until] = ['after', 'until'].map((name) => {
    const text = query.get(name)
    return text === null || text === '' ? null : (readTime(text) ?? Number.NaN)
  })
  if (Number.isNaN(after) || Number.isNaN(until)) return invalid('invalid time format')
  const symbols = query.get('symbols')?.split(',').filter(Boolean) ?? []
  const assets = new Set(symbols.map((name) => state.listing.find(name)?.index ?? -1))
  const side = query.get('side')
  const isNested = query.get('nested') === 'true'
  const isWanted = (order: Order): boolean => {
    const isOpen = account.open.has(order.id)
    return (
      (status === 'all' || (status === 'open') === isOpen) &&
      (after == null || order.submittedAt > after) &&
      (until == null || order.submittedAt < until) &&
      (symbols.length === 0 || assets.has(order.asset)) &&
      (side === null || side === '' || order.side === side) &&
      (!isNested || order.parent === null)
    )
  }
  const found = [...account.orders.values()].filter(isWanted)
  if (query.get('direction') !== 'asc') found.reverse()
  const shown = found.slice(0, limit).map((order) => {
    const body = shownOrder(state, order)
    return isNested ? body : { ...body, legs: null }
  })
  return ok(shown)
}

function findOrder({ account, params }: RestContext): Order | Reply {
  const id = params[0]!
  if (!isUuid(id)) return { status: 422, body: { code: 40010001, message: 'order_id is invalid' } }
  return account.orders.get(id) ?? notFound(`order not found for ${id}`)
}

function getOrder(context: RestContext): Reply {
  const order = findOrder(context)
  return 'body' in order ? order : ok(shownOrder(context.state, order))
}

function getByClientId({ state, account, query }: RestContext): Reply {
  const name = query.get('client_order_id')
  if (name === null || name === '') return invalid('client_order_id is required')
  const id = account.clientOrderIds.get(name)
  if (id === undefined) return notFound(`order not found for ${name}`)
  return ok(shownOrder(state, account.orders.get(id)!))
}

/** A cancel of what is open cancels it, of what is canceled does nothing, of the rest is refused. */
function deleteOrder(context: RestContext): Reply {
  const order = findOrder(context)
  if ('body' in order) return order
  if (context.account.open.has(order.id)) endOrder(context.state, order, 'canceled')
  else if (order.status !== 'canceled') {
    return unprocessable(`order is already in "${order.status}" state`)
  }
  return { status: 204, body: null }
}

function deleteOrders({ state, account }: RestContext): Reply {
  const open = [...account.open].map((id) => account.orders.get(id)!)
  const top = open.filter(({ parent }) => parent === null || !account.open.has(parent))
  for (const order of top) endOrder(state, order, 'canceled')
  const body = top.map((order) => ({ id: order.id, status: 200, body: shownOrder(state, order) }))
  return { status: 207, body }
}

function patchOrder(context: RestContext): Reply {
  const order = findOrder(context)
  if ('body' in order) return order
  const { state, account, body } = context
  if (!isObject(body)) return invalid('request body format is invalid')
  const id = asText(body['client_order_id'])
  if (id !== null && account.clientOrderIds.has(id))
    return invalid('client_order_id must be unique')
  return replaceOrder(state, account, order, body)
}

/** Everything about orders. */
export const orderRoutes: readonly Route[] = [
  { method: 'POST', path: at('/v2/orders'), isCommand: true, run: postOrder },
  { method: 'GET', path: at('/v2/orders'), run: listOrders },
  { method: 'DELETE', path: at('/v2/orders'), isCommand: true, run: deleteOrders },
  { method: 'GET', path: at('/v2/orders:by_client_order_id'), run: getByClientId },
  { method: 'GET', path: at('/v2/orders/{}'), run: getOrder },
  { method: 'PATCH', path: at('/v2/orders/{}'), isCommand: true, run: patchOrder },
  { method: 'DELETE', path: at('/v2/orders/{}'), isCommand: true, run: deleteOrder },
]
