import type { Activity } from '../state/types.ts'
import type { VenueState } from '../state/venue-state.ts'
import { textOf, textOrNull } from '../wire/nano.ts'
import { DAY_US, dateText, readTime, timeText } from '../wire/times.ts'
import { invalid, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

const PAGE_MAX = 100

const typeOf = (activity: Activity): string =>
  activity.kind === 'fill' ? 'FILL' : activity.activityType

function wireActivity(state: VenueState, activity: Activity): Record<string, unknown> {
  if (activity.kind === 'fill') {
    return {
      id: activity.id,
      activity_type: 'FILL',
      transaction_time: timeText(activity.time),
      type: activity.type,
      price: textOf(activity.price),
      qty: textOf(activity.qty),
      side: activity.side,
      symbol: state.assets[activity.asset]!.symbol,
      leaves_qty: textOf(activity.leavesQty),
      order_id: activity.orderId,
      cum_qty: textOf(activity.cumQty),
      order_status: activity.orderStatus,
    }
  }
  return {
    id: activity.id,
    activity_type: activity.activityType,
    activity_sub_type: '',
    date: dateText(Math.floor(activity.time / DAY_US)),
    created_at: timeText(activity.time),
    net_amount: textOf(activity.netAmount),
    description: activity.description,
    symbol: activity.asset === null ? '' : state.assets[activity.asset]!.compact,
    qty: textOrNull(activity.qty),
    price: textOrNull(activity.price),
    per_share_amount: textOrNull(activity.perShareAmount),
    status: 'executed',
    currency: 'USD',
  }
}

function listActivities({ state, account, query, params }: RestContext): Reply {
  const types = (params[0] ?? query.get('activity_types') ?? '').split(',').filter(Boolean)
  const limit = Number(query.get('page_size') || PAGE_MAX)
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    return invalid(`page_size must be between 1 and ${PAGE_MAX}`)
  }
  const times = ['after', 'until', 'date'].map((name) => {
    const text = query.get(name)
    return text === null || text === '' ? null : (readTime(text) ?? Number.NaN)
  })
  if (times.some(Number.isNaN)) return invalid('invalid time format')
  const [after, until, date] = times
  const found = account.activities.filter(
    (activity) =>
      (types.length === 0 || types.includes(typeOf(activity))) &&
      (after == null || activity.time > after) &&
      (until == null || activity.time < until) &&
      (date == null || Math.floor(activity.time / DAY_US) === Math.floor(date / DAY_US)),
  )
  if (query.get('direction') !== 'asc') found.reverse()
  const token = query.get('page_token')
  const from = token === null || token === '' ? 0 : found.findIndex(({ id }) => id === token) + 1
  if (token && from === 0) return ok([])
  return ok(found.slice(from, from + limit).map((activity) => wireActivity(state, activity)))
}

/** What happened to an account. */
export const activityRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v2/account/activities'), run: listActivities },
  { method: 'GET', path: at('/v2/account/activities/{}'), run: listActivities },
]
