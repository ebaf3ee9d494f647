import type { Side } from '../../../../core/mod.ts'
import { asText, isObject, type Json, type JsonObject } from '../../json.ts'
import type { Asset, Listing } from '../listing.ts'
import { Code, invalid, type Reply, refusal, unprocessable } from '../rest/reply.ts'
import { type Nano, readNano, UNIT } from '../wire/nano.ts'
import type { OrderClass, OrderType, PositionIntent, TimeInForce } from './types.ts'

/** A price that protects or takes a profit. */
export interface LegDraft {
  readonly limitPrice: Nano | null
  readonly stopPrice: Nano | null
}

/** An order as it was asked for, its shape checked. */
export interface Draft {
  readonly asset: Asset
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly qty: Nano | null
  readonly notional: Nano | null
  readonly limitPrice: Nano | null
  readonly stopPrice: Nano | null
  readonly trailPrice: Nano | null
  readonly trailPercent: Nano | null
  readonly extendedHours: boolean
  readonly clientOrderId: string | null
  readonly orderClass: OrderClass
  readonly takeProfit: LegDraft | null
  readonly stopLoss: LegDraft | null
  readonly positionIntent: PositionIntent | null
}

/** What reading gives: the thing, or the refusal. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reply: Reply }

export const read = <T>(value: T): Reading<T> => ({ ok: true, value })
export const refuse = (reply: Reply): { readonly ok: false; readonly reply: Reply } => ({
  ok: false,
  reply,
})

const types: readonly OrderType[] = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop']
const timesInForce: readonly TimeInForce[] = ['day', 'gtc', 'opg', 'cls', 'ioc', 'fok']
const classes: readonly OrderClass[] = ['', 'simple', 'bracket', 'oco', 'oto']
const intents: readonly PositionIntent[] = [
  'buy_to_open',
  'buy_to_close',
  'sell_to_open',
  'sell_to_close',
]
const CLIENT_ORDER_ID_MAX = 128

function member<T extends string>(value: Json | undefined, allowed: readonly T[]): T | null {
  return allowed.find((each) => each === value) ?? null
}

const isAbsent = (value: Json | undefined): boolean => value === undefined || value === null

/** A number that must be positive if it is there. */
export function positive(body: JsonObject, name: string): Reading<Nano | null> {
  const given = body[name]
  if (isAbsent(given) || given === '') return read(null)
  const value = readNano(given)
  if (value === null) return refuse(invalid(`invalid ${name}`))
  if (value <= 0n) return refuse(unprocessable(`${name} must be > 0`))
  return read(value)
}

/** Reads the body of a new order. */
export function readDraft(body: Json | undefined, listing: Listing): Reading<Draft> {
  if (!isObject(body)) return refuse(refusal(400, 40010000, 'request body format is invalid'))
  const symbol = asText(body['symbol'])
  if (symbol === null || symbol === '') return refuse(invalid('symbol is required'))
  const asset = listing.find(symbol)
  if (asset === null) return refuse(unprocessable(`asset "${symbol}" not found`))
  const kinds = readKinds(body, asset)
  if (!kinds.ok) return kinds
  const numbers = readNumbers(body, [
    'qty',
    'notional',
    'limit_price',
    'stop_price',
    'trail_price',
    'trail_percent',
  ])
  if (!numbers.ok) return numbers
  const n = numbers.value
  const profit = readLeg(body['take_profit'], 'take_profit')
  if (!profit.ok) return profit
  const loss = readLeg(body['stop_loss'], 'stop_loss')
  if (!loss.ok) return loss
  const id = body['client_order_id']
  if (!isAbsent(id) && typeof id !== 'string') return refuse(invalid('invalid client_order_id'))
  if (typeof id === 'string' && id.length > CLIENT_ORDER_ID_MAX) {
    return refuse(invalid(`client_order_id must be no more than ${CLIENT_ORDER_ID_MAX} characters`))
  }
  return read({
    asset,
    ...kinds.value,
    qty: n['qty']!,
    notional: n['notional']!,
    limitPrice:
      n['limit_price'] ??
      (kinds.value.orderClass === 'oco' ? (profit.value?.limitPrice ?? null) : null),
    stopPrice: n['stop_price']!,
    trailPrice: n['trail_price']!,
    trailPercent: n['trail_percent']!,
    extendedHours: body['extended_hours'] === true || body['extended_hours'] === 'true',
    clientOrderId: typeof id === 'string' && id !== '' ? id : null,
    takeProfit: profit.value,
    stopLoss: loss.value,
  })
}

type Kinds = Pick<Draft, 'side' | 'type' | 'timeInForce' | 'orderClass' | 'positionIntent'>

function readKinds(body: JsonObject, asset: Asset): Reading<Kinds> {
  const side = member(body['side'], ['buy', 'sell'] as const)
  if (side === null)
    return refuse(invalid(isAbsent(body['side']) ? 'side is required' : 'invalid side'))
  const orderClass = isAbsent(body['order_class']) ? '' : member(body['order_class'], classes)
  if (orderClass === null) return refuse(invalid('invalid order_class'))
  const type = member(body['type'] ?? (orderClass === 'oco' ? 'limit' : undefined), types)
  if (type === null)
    return refuse(invalid(isAbsent(body['type']) ? 'type is required' : 'invalid order type'))
  const given = body['time_in_force']
  const timeInForce = member(given, timesInForce)
  if (timeInForce === null) {
    if (isAbsent(given)) return refuse(invalid('time_in_force is required'))
    return refuse(
      asset.class === 'crypto'
        ? unprocessable('invalid crypto time_in_force')
        : invalid('invalid time_in_force'),
    )
  }
  const positionIntent = isAbsent(body['position_intent'])
    ? null
    : member(body['position_intent'], intents)
  if (positionIntent === null && !isAbsent(body['position_intent'])) {
    return refuse(invalid('invalid position_intent'))
  }
  return read({ side, type, timeInForce, orderClass, positionIntent })
}

function readNumbers(
  body: JsonObject,
  names: readonly string[],
): Reading<Record<string, Nano | null>> {
  const found: Record<string, Nano | null> = {}
  for (const name of names) {
    const number = positive(body, name)
    if (!number.ok) return number
    found[name] = number.value
  }
  return read(found)
}

function readLeg(given: Json | undefined, name: string): Reading<LegDraft | null> {
  if (isAbsent(given)) return read(null)
  if (!isObject(given)) return refuse(invalid(`invalid ${name}`))
  const numbers = readNumbers(given, ['limit_price', 'stop_price'])
  if (!numbers.ok) return numbers
  return read({
    limitPrice: numbers.value['limit_price']!,
    stopPrice: numbers.value['stop_price']!,
  })
}

const CENT_STEP = UNIT / 100n
const SMALL_STEP = UNIT / 10_000n

/** Refuses prices of shares finer than cents, and below a dollar than hundredths of one. */
export function checkTicks(
  asset: Asset,
  prices: Readonly<Record<string, Nano | null>>,
): Reply | null {
  if (asset.class === 'crypto') return null
  for (const [name, price] of Object.entries(prices)) {
    if (price === null || price % (price >= UNIT ? CENT_STEP : SMALL_STEP) === 0n) continue
    return refusal(
      422,
      Code.unprocessable,
      `invalid ${name} ${plain(price)}. sub-penny increment does not fulfill minimum pricing criteria`,
    )
  }
  return null
}

const plain = (price: Nano): string => {
  const text = price.toString().padStart(10, '0')
  return `${text.slice(0, -9)}.${text.slice(-9)}`.replace(/\.?0+$/, '')
}
