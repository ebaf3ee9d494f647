import type { Asset } from '../listing.ts'
import { admitDraft } from '../state/admission.ts'
import { endOrder } from '../state/closing.ts'
import { placeOrder } from '../state/desk.ts'
import type { Draft } from '../state/draft.ts'
import { closableOf } from '../state/margin.ts'
import { lastDayPrice, markOf } from '../state/market-data.ts'
import type { Account, Position } from '../state/types.ts'
import type { VenueState } from '../state/venue-state.ts'
import { absolute, type Nano, over, readNano, textOf, times, UNIT } from '../wire/nano.ts'
import { invalid, notFound, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

const ratio = (part: Nano, whole: Nano): string =>
  whole === 0n ? '0' : textOf(over(part, absolute(whole)))

/** A position as the venue writes it: shorts have negative quantities and values. */
export function wirePosition(
  state: VenueState,
  account: Account,
  asset: Asset,
  position: Position,
): Record<string, unknown> {
  const data = state.data[asset.index]!
  const price = markOf(data, asset)
  const before = lastDayPrice(data, asset, state.time)
  const { qty } = position
  const isLong = qty > 0n
  const cost = isLong ? position.cost : -position.cost
  const value = times(price, qty)
  const gain = value - cost
  const intraday = value - intradayBasis(position, before)
  const available = closableOf(account, asset.index)
  return {
    asset_id: asset.id,
    symbol: asset.compact,
    exchange: asset.exchange,
    asset_class: asset.class,
    asset_marginable: asset.marginable,
    qty: textOf(qty),
    avg_entry_price: textOf(over(position.cost, absolute(qty))),
    side: isLong ? 'long' : 'short',
    market_value: textOf(value),
    cost_basis: textOf(cost),
    unrealized_pl: textOf(gain),
    unrealized_plpc: ratio(gain, cost),
    unrealized_intraday_pl: textOf(intraday),
    unrealized_intraday_plpc: ratio(intraday, value - intraday),
    current_price: textOf(price),
    lastday_price: textOf(before),
    change_today: ratio(price - before, before),
    qty_available: textOf(isLong ? available : -available),
  }
}

/** What was held at the day's start counts at yesterday's close, the rest at what it cost. */
function intradayBasis({ qty, cost, dayQty }: Position, before: Nano): Nano {
  const signedCost = qty > 0n ? cost : -cost
  const isSame = dayQty !== 0n && dayQty > 0n === qty > 0n
  if (!isSame) return signedCost
  const old = absolute(dayQty) < absolute(qty) ? dayQty : qty
  return times(before, old) + (signedCost * absolute(qty - old)) / absolute(qty)
}

function listPositions({ state, account }: RestContext): Reply {
  const shown = [...account.positions].map(([index, position]) =>
    wirePosition(state, account, state.assets[index]!, position),
  )
  return ok(shown)
}

function find({
  state,
  account,
  params,
}: RestContext): { asset: Asset; position: Position } | Reply {
  const name = params.join('/')
  const asset = state.listing.find(name)
  const position = asset === null ? undefined : account.positions.get(asset.index)
  if (asset === null) return notFound(`symbol not found: ${name}`)
  return position === undefined ? notFound('position does not exist') : { asset, position }
}

function getPosition(context: RestContext): Reply {
  const found = find(context)
  if ('status' in found) return found
  return ok(wirePosition(context.state, context.account, found.asset, found.position))
}

/** A market order against a position. */
function closing(asset: Asset, position: Position, qty: Nano): Draft {
  const isCrypto = asset.class === 'crypto'
  return {
    asset,
    side: position.qty > 0n ? 'sell' : 'buy',
    type: 'market',
    timeInForce: isCrypto ? 'gtc' : 'day',
    qty,
    notional: null,
    limitPrice: null,
    stopPrice: null,
    trailPrice: null,
    trailPercent: null,
    extendedHours: false,
    clientOrderId: null,
    orderClass: '',
    takeProfit: null,
    stopLoss: null,
    positionIntent: null,
  }
}

function close(
  { state, account }: RestContext,
  asset: Asset,
  position: Position,
  qty: Nano,
): Reply {
  const draft = closing(asset, position, qty)
  const admitted = admitDraft(state, account, draft)
  if ('status' in admitted) return admitted
  return ok(placeOrder(state, account, draft, admitted))
}

function deletePosition(context: RestContext): Reply {
  const found = find(context)
  if ('status' in found) return found
  const { asset, position } = found
  const [qty, percentage] = ['qty', 'percentage'].map((name) => context.query.get(name))
  if (qty && percentage) return invalid('only one of qty or percentage is accepted')
  const given = readNano(qty ?? percentage ?? '0')
  if (given === null || given < 0n) return invalid(`invalid ${qty ? 'qty' : 'percentage'}`)
  if (percentage && given > 100n * UNIT) return invalid('percentage must be between 0 and 100')
  const whole = absolute(position.qty)
  const wanted = qty ? given : percentage ? times(whole, given) / 100n : whole
  return close(context, asset, position, wanted)
}

function deletePositions(context: RestContext): Reply {
  const { state, account, query } = context
  if (query.get('cancel_orders') === 'true') {
    for (const id of [...account.open]) endOrder(state, account.orders.get(id)!, 'canceled')
  }
  const body = [...account.positions].map(([index, position]) => {
    const asset = state.assets[index]!
    const reply = close(context, asset, position, absolute(position.qty))
    return { symbol: asset.compact, status: reply.status, body: reply.body }
  })
  return { status: 207, body }
}

/** What is held. */
export const positionRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v2/positions'), run: listPositions },
  { method: 'GET', path: at('/v2/positions/{}'), run: getPosition },
  { method: 'GET', path: at('/v2/positions/{}/{}'), run: getPosition },
  { method: 'DELETE', path: at('/v2/positions'), isCommand: true, run: deletePositions },
  { method: 'DELETE', path: at('/v2/positions/{}'), isCommand: true, run: deletePosition },
  { method: 'DELETE', path: at('/v2/positions/{}/{}'), isCommand: true, run: deletePosition },
]
