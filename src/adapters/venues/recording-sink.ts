import {
  type Event,
  type EventOf,
  type MarketBatch,
  MarketCursor,
  RecordKind,
  type TimeUs,
} from '../../core/mod.ts'
import type { VenueSink } from './port.ts'

/** A book snapshot as it was delivered; levels are (price, quantity) pairs in quanta and lots. */
interface RecordedBook {
  readonly receivedTime: TimeUs
  readonly venueTime: TimeUs
  readonly instrument: number
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
}

/** A public trade as it was delivered. */
interface RecordedTrade {
  readonly receivedTime: TimeUs
  readonly venueTime: TimeUs
  readonly instrument: number
  readonly aggressor: 'buy' | 'sell'
  readonly price: number
  readonly quantity: number
  readonly tradeId: number
}

/** A funding rate as it was delivered. */
interface RecordedRate {
  readonly receivedTime: TimeUs
  readonly instrument: number
  readonly rateE9: number
}

/** A sink that keeps everything, for tests of adapters. */
export interface RecordingSink extends VenueSink {
  readonly events: readonly Event[]
  readonly books: readonly RecordedBook[]
  readonly trades: readonly RecordedTrade[]
  readonly rates: readonly RecordedRate[]
  /** Receive times of everything in the order of delivery. */
  readonly receivedTimes: readonly TimeUs[]
  of<Kind extends Event['kind']>(kind: Kind): readonly EventOf<Kind>[]
  /** "evidence:code" of each report about an order, in order. */
  evidence(clientOrderId: string): readonly string[]
}

/** Makes an empty recording sink. */
export function createRecordingSink(): RecordingSink {
  const events: Event[] = []
  const books: RecordedBook[] = []
  const trades: RecordedTrade[] = []
  const rates: RecordedRate[] = []
  const receivedTimes: TimeUs[] = []
  const cursor = new MarketCursor()
  const of = <Kind extends Event['kind']>(kind: Kind): readonly EventOf<Kind>[] =>
    events.filter((event): event is EventOf<Kind> => event.kind === kind)
  return {
    events,
    books,
    trades,
    rates,
    receivedTimes,
    of,
    event(event) {
      events.push(event)
      receivedTimes.push(event.receivedTime)
    },
    market(batch) {
      for (let i = 0; i < batch.count; i++) {
        cursor.load(batch, i)
        const { receivedTime, venueTime, instrument } = cursor
        receivedTimes.push(receivedTime)
        if (cursor.kind === RecordKind.snapshot) {
          const bids = levels(batch, cursor.aux, cursor.quantity)
          const asks = levels(batch, cursor.aux + 2 * cursor.quantity, cursor.price)
          books.push({ receivedTime, venueTime, instrument, bids, asks })
        } else if (cursor.kind === RecordKind.trade) {
          const { price, quantity, aux: tradeId } = cursor
          const aggressor = cursor.side === 0 ? 'buy' : 'sell'
          trades.push({ receivedTime, venueTime, instrument, aggressor, price, quantity, tradeId })
        } else if (cursor.kind === RecordKind.funding) {
          rates.push({ receivedTime, instrument, rateE9: cursor.aux })
        }
      }
    },
    evidence: (clientOrderId) =>
      of('orderReported')
        .filter(({ report }) => report.clientOrderId === clientOrderId)
        .map(({ report }) => `${report.evidence}${report.code === null ? '' : `:${report.code}`}`),
  }
}

function levels(batch: MarketBatch, from: number, count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => [
    batch.pool[from + 2 * i]!,
    batch.pool[from + 2 * i + 1]!,
  ])
}
