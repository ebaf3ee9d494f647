import { readAggregation } from '../info/market.ts'
import { candleIntervals } from '../market/candles.ts'
import type { Aggregation } from '../market/depth.ts'
import { asAddress, asText, type Json, type JsonObject } from '../wire/json.ts'

/** What a connection is subscribed to. `user` in lower case. */
export type Subscription =
  | {
      readonly type: 'l2Book'
      readonly coin: string
      readonly wanted: Aggregation
      readonly fast: boolean
    }
  | { readonly type: 'bbo'; readonly coin: string }
  | { readonly type: 'trades'; readonly coin: string }
  | { readonly type: 'candle'; readonly coin: string; readonly interval: string }
  | { readonly type: 'activeAssetCtx'; readonly coin: string }
  | { readonly type: 'allMids' }
  | { readonly type: 'userFills'; readonly user: string; readonly aggregateByTime: boolean }
  | { readonly type: 'orderUpdates'; readonly user: string }
  | { readonly type: 'userEvents'; readonly user: string }
  | { readonly type: 'userFundings'; readonly user: string }

/** A subscription with the echo the venue answers, defaults filled in. */
export interface ReadSubscription {
  readonly subscription: Subscription
  readonly echo: JsonObject
}

/** Reading a subscription: `drop` means that the venue closes the socket without a word. */
export type SubscriptionReading = ReadSubscription | 'invalid' | 'drop'

type Reader = (sent: JsonObject) => SubscriptionReading

const withCoin =
  (type: 'bbo' | 'trades' | 'activeAssetCtx'): Reader =>
  (sent) => {
    const coin = asText(sent['coin'])
    return coin === null ? 'invalid' : { subscription: { type, coin }, echo: { type, coin } }
  }

const withUser =
  (type: 'orderUpdates' | 'userEvents' | 'userFundings'): Reader =>
  (sent) => {
    const user = asAddress(sent['user'])
    return user === null ? 'invalid' : { subscription: { type, user }, echo: { type, user } }
  }

const isFlag = (value: Json | undefined): value is boolean | null | undefined =>
  value == null || typeof value === 'boolean'

const readers: Readonly<Record<string, Reader>> = {
  l2Book(sent) {
    const coin = asText(sent['coin'])
    const { fast } = sent
    if (coin === null || !isFlag(fast)) return 'invalid'
    const wanted = readAggregation(sent)
    if (wanted === null) return 'drop'
    const echo = { type: 'l2Book', coin, ...wanted, fast: fast === true }
    return { subscription: { type: 'l2Book', coin, wanted, fast: fast === true }, echo }
  },
  bbo: withCoin('bbo'),
  trades: withCoin('trades'),
  activeAssetCtx: withCoin('activeAssetCtx'),
  candle(sent) {
    const coin = asText(sent['coin'])
    const interval = asText(sent['interval'])
    if (coin === null || interval === null || candleIntervals[interval] === undefined) {
      return 'invalid'
    }
    return {
      subscription: { type: 'candle', coin, interval },
      echo: { type: 'candle', coin, interval },
    }
  },
  allMids(sent) {
    if (sent['dex'] != null && sent['dex'] !== '') return 'drop'
    const dex = sent['dex'] === undefined ? {} : { dex: sent['dex'] }
    return { subscription: { type: 'allMids' }, echo: { type: 'allMids', ...dex } }
  },
  userFills(sent) {
    const user = asAddress(sent['user'])
    const { aggregateByTime } = sent
    if (user === null || !isFlag(aggregateByTime)) return 'invalid'
    const joined = aggregateByTime === true
    return {
      subscription: { type: 'userFills', user, aggregateByTime: joined },
      echo: { type: 'userFills', user, aggregateByTime: joined },
    }
  },
  orderUpdates: withUser('orderUpdates'),
  userEvents: withUser('userEvents'),
  userFundings: withUser('userFundings'),
}

/** Reads what a client wants to subscribe to. */
export function readSubscription(sent: JsonObject): SubscriptionReading {
  const reader = readers[asText(sent['type']) ?? '']
  return reader === undefined ? 'invalid' : reader(sent)
}

/** The user a subscription is about, or null. */
export const userOf = (subscription: Subscription): string | null =>
  'user' in subscription ? subscription.user : null
