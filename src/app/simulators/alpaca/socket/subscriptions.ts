import { isArray, type JsonObject } from '../../json.ts'

/** What can be subscribed to. */
export type Channel =
  | 'trades'
  | 'quotes'
  | 'orderbooks'
  | 'bars'
  | 'updatedBars'
  | 'dailyBars'
  | 'statuses'
  | 'lulds'
  | 'imbalances'
  | 'corrections'
  | 'cancelErrors'

/** Which assets' stream it is. */
export type StreamKind = 'stocks' | 'crypto'

const channels: Readonly<Record<StreamKind, readonly Channel[]>> = {
  stocks: [
    'trades',
    'quotes',
    'bars',
    'updatedBars',
    'dailyBars',
    'statuses',
    'lulds',
    'imbalances',
  ],
  crypto: ['trades', 'quotes', 'orderbooks', 'bars', 'updatedBars', 'dailyBars'],
}
const every: readonly string[] = [
  ...channels.stocks,
  ...channels.crypto,
  'corrections',
  'cancelErrors',
  'news',
]
/** These come with trades. */
const withTrades: readonly Channel[] = ['corrections', 'cancelErrors']

/** Why a subscription is refused: a code of the venue. */
export type SubscriptionError = 400 | 405 | 410

/** One client's symbols by channel. */
export class Subscriptions {
  readonly #kind: StreamKind
  readonly #limit: number | null
  readonly #symbols = new Map<Channel, Set<string>>()

  constructor(kind: StreamKind, limit: number | null) {
    this.#kind = kind
    this.#limit = limit
    const own = kind === 'stocks' ? [...channels.stocks, ...withTrades] : channels.crypto
    for (const channel of own) this.#symbols.set(channel, new Set())
  }

  /** True when a channel is subscribed to for a symbol or for all. */
  has(channel: Channel, symbol: string): boolean {
    const symbols = this.#symbols.get(channel)
    return symbols !== undefined && (symbols.has(symbol) || symbols.has('*'))
  }

  /** Applies a subscribe or unsubscribe message whole, or nothing of it. */
  apply(message: JsonObject): SubscriptionError | null {
    const isAdding = message['action'] === 'subscribe'
    const asked: [Channel, readonly string[]][] = []
    for (const [name, symbols] of Object.entries(message)) {
      if (name === 'action' || !every.includes(name)) continue
      if (!isArray(symbols) || symbols.some((each) => typeof each !== 'string')) return 400
      if (symbols.length === 0) continue
      if (withTrades.includes(name as Channel) && this.#symbols.has(name as Channel)) continue
      if (!channels[this.#kind].includes(name as Channel)) return 410
      asked.push([name as Channel, symbols as readonly string[]])
    }
    if (isAdding && this.#exceeds(asked)) return 405
    for (const [channel, symbols] of asked) {
      const also = channel === 'trades' && this.#kind === 'stocks' ? withTrades : []
      for (const each of [channel, ...also]) this.#change(each, symbols, isAdding)
    }
    return null
  }

  /** All symbols by channel, as the venue confirms. */
  list(): Record<string, readonly string[]> {
    return Object.fromEntries(
      [...this.#symbols].map(([channel, symbols]) => [channel, [...symbols]]),
    )
  }

  #change(channel: Channel, symbols: readonly string[], isAdding: boolean): void {
    const known = this.#symbols.get(channel)!
    for (const symbol of symbols) {
      if (isAdding) known.add(symbol)
      else known.delete(symbol)
    }
  }

  #exceeds(asked: readonly (readonly [Channel, readonly string[]])[]): boolean {
    if (this.#limit === null) return false
    const counted = (['trades', 'quotes'] as const).map((channel) => {
      const more = asked.filter(([name]) => name === channel).flatMap(([, symbols]) => symbols)
      return new Set([...(this.#symbols.get(channel) ?? []), ...more])
    })
    if (counted.some((symbols) => symbols.has('*'))) return true
    return counted.reduce((sum, { size }) => sum + size, 0) > this.#limit
  }
}
