import type { TimeUs } from '../../../../core/mod.ts'
import type { Bar } from '../market/bars.ts'

/** A trade as market data tell it. */
export interface PublicTrade {
  readonly asset: number
  readonly time: TimeUs
  readonly id: number
  /** Quanta and lots. */
  readonly price: number
  readonly lots: number
  /** Who came to the other. */
  readonly aggressor: 'buy' | 'sell'
  readonly conditions: readonly string[]
}

/** Best prices as market data tell them, in quanta and lots. */
export interface PublicQuote {
  readonly asset: number
  readonly time: TimeUs
  readonly bid: number
  readonly bidLots: number
  readonly ask: number
  readonly askLots: number
}

/** A side of a book: (price, lots) pairs, best first. */
export type Levels = readonly number[]

/** Something that subscribers are told. */
export type Notice =
  | {
      readonly kind: 'tradeUpdate'
      readonly account: number
      readonly data: Readonly<Record<string, unknown>>
    }
  | { readonly kind: 'trade'; readonly trade: PublicTrade }
  | { readonly kind: 'quote'; readonly quote: PublicQuote }
  | {
      readonly kind: 'book'
      readonly asset: number
      readonly time: TimeUs
      readonly bids: Levels
      readonly asks: Levels
    }
  | {
      readonly kind: 'bar'
      readonly bar: 'b' | 'u' | 'd'
      readonly asset: number
      readonly value: Bar
    }
  | {
      readonly kind: 'status'
      readonly asset: number
      readonly time: TimeUs
      readonly halted: boolean
    }
