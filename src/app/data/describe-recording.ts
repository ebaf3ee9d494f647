import type { Recording } from '../../adapters/mod.ts'
import {
  type Instrument,
  MarketCursor,
  OrderBook,
  priceToNumber,
  quantityToNumber,
  RecordKind,
} from '../../core/mod.ts'
import { deviation, lagOneCorrelation, mean, quantile } from './statistics.ts'

/** Depths at which the imbalance is described. */
const DEPTHS = [1, 5, 10, 20] as const

/** What a recording holds of one instrument. Times in us, spreads in bp of the mid. */
export interface InstrumentDescription {
  readonly instrument: string
  readonly firstTime: number
  readonly lastTime: number
  readonly books: number
  readonly trades: number
  readonly bars: number
  readonly fundingRates: number
  /** Median time between books (bars), by venue time; null below two. */
  readonly cadenceUs: number | null
  readonly gaps: number
  readonly longestGapUs: number | null
  /** Delay of books: received - venue time, ms. */
  readonly latencyMs: {
    readonly minimum: number
    readonly median: number
    readonly p99: number
    readonly maximum: number
  } | null
  readonly spreadBp: {
    readonly mean: number
    readonly median: number
    readonly maximum: number
  } | null
  readonly firstMid: number | null
  readonly lastMid: number | null
  readonly locked: number
  readonly crossed: number
  readonly oneSided: number
  readonly tradedVolume: number
  readonly imbalance: readonly ImbalanceDescription[]
}

/** How the imbalance (B - A) / (B + A) over the best N levels moves from book to book. */
interface ImbalanceDescription {
  readonly depth: number
  readonly count: number
  readonly mean: number
  /** Sample standard deviation (ddof 1). */
  readonly deviation: number
  readonly minimum: number
  readonly maximum: number
  /** Changes of sign between neighbouring values that are not 0. */
  readonly signFlips: number
  readonly sharePositive: number
  readonly meanAbsoluteChange: number
  readonly changeDeviation: number
  readonly lagOneCorrelation: number
}

/** Folds a recording into figures per instrument, in order of id. */
export function describeRecording(recording: Recording): InstrumentDescription[] {
  const { batch, instruments, info } = recording
  const collectors = instruments.map((instrument) => createCollector(instrument))
  const cursor = new MarketCursor()
  const next = new MarketCursor()
  for (let index = 0; index < batch.count; index++) {
    cursor.load(batch, index)
    const collector = collectors[cursor.instrument]!
    if (index + 1 < batch.count) next.load(batch, index + 1)
    // Changes of one message share their times: the book is looked at after the last of them.
    const continues =
      index + 1 < batch.count &&
      cursor.kind === RecordKind.delta &&
      next.kind === RecordKind.delta &&
      next.instrument === cursor.instrument &&
      next.venueTime === cursor.venueTime &&
      next.receivedTime === cursor.receivedTime
    collector.add(cursor, continues)
  }
  return collectors.map((collector, id) =>
    collector.describe({
      gaps: info.gaps.filter((gap) => gap.instrument === id),
      levels: info.levels,
    }),
  )
}

/** What is gathered of one instrument on the way through a recording. */
interface Gathered {
  readonly rho: readonly number[][]
  readonly spreads: number[]
  readonly mids: number[]
  readonly delays: number[]
  readonly bookTimes: number[]
  readonly barTimes: number[]
  locked: number
  crossed: number
  oneSided: number
  trades: number
  rates: number
  volume: number
  firstTime: number
  lastTime: number
}

function createCollector(instrument: Instrument) {
  const books = DEPTHS.map((levels) => new OrderBook({ levels, capacity: 16_384 }))
  const gathered: Gathered = {
    rho: DEPTHS.map(() => []),
    spreads: [],
    mids: [],
    delays: [],
    bookTimes: [],
    barTimes: [],
    locked: 0,
    crossed: 0,
    oneSided: 0,
    trades: 0,
    rates: 0,
    volume: 0,
    firstTime: Number.NaN,
    lastTime: Number.NaN,
  }
  return {
    add(cursor: MarketCursor, continues: boolean): void {
      if (Number.isNaN(gathered.firstTime)) gathered.firstTime = cursor.receivedTime
      gathered.lastTime = cursor.receivedTime
      if (cursor.kind === RecordKind.snapshot) {
        for (const book of books) {
          book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
        }
        observe(gathered, books, cursor)
      } else if (cursor.kind === RecordKind.delta) {
        const side = cursor.side === 0 ? 0 : 1
        for (const book of books) book.applyDelta(side, cursor.price, cursor.quantity)
        if (!continues) observe(gathered, books, cursor)
      } else if (cursor.kind === RecordKind.trade) {
        gathered.trades++
        gathered.volume += cursor.quantity
      } else if (cursor.kind === RecordKind.bar) {
        gathered.barTimes.push(cursor.venueTime)
        if (gathered.bookTimes.length === 0) gathered.volume += cursor.quantity
      } else if (cursor.kind === RecordKind.funding) gathered.rates++
    },
    describe: (facts: Pick<Recording['info'], 'gaps' | 'levels'>) =>
      summarise(instrument, gathered, facts),
  }
}

/** Looks at the book after it changed. */
function observe(gathered: Gathered, books: readonly OrderBook[], cursor: MarketCursor): void {
  const book = books[0]!
  gathered.bookTimes.push(cursor.venueTime)
  gathered.delays.push((cursor.receivedTime - cursor.venueTime) / 1000)
  if (book.status === 'oneSided') gathered.oneSided++
  if (book.status === 'locked') gathered.locked++
  if (book.status === 'crossed') gathered.crossed++
  if (book.halfMid() > 0) {
    const mid = book.halfMid() / 2
    gathered.mids.push(mid)
    gathered.spreads.push(((book.bestAsk() - book.bestBid()) / mid) * 1e4)
  }
  for (let n = 0; n < DEPTHS.length; n++) {
    const value = books[n]!.imbalance()
    if (!Number.isNaN(value)) gathered.rho[n]!.push(value)
  }
}

function summarise(
  instrument: Instrument,
  gathered: Gathered,
  { gaps, levels }: Pick<Recording['info'], 'gaps' | 'levels'>,
): InstrumentDescription {
  const { bookTimes, barTimes, spreads, mids, delays, rho } = gathered
  const times = bookTimes.length > 0 ? bookTimes : barTimes
  const pauses = times.slice(1).map((time, i) => time - times[i]!)
  const price = (value: number | undefined): number | null =>
    value === undefined ? null : priceToNumber(instrument, value)
  const at = (values: readonly number[], share: number): number => quantile(values, share)
  return {
    instrument: instrument.symbol,
    firstTime: gathered.firstTime,
    lastTime: gathered.lastTime,
    books: bookTimes.length,
    trades: gathered.trades,
    bars: barTimes.length,
    fundingRates: gathered.rates,
    cadenceUs: pauses.length === 0 ? null : at(pauses, 0.5),
    gaps: gaps.length,
    longestGapUs: gaps.length === 0 ? null : Math.max(...gaps.map((gap) => gap.to - gap.from)),
    latencyMs:
      delays.length === 0
        ? null
        : {
            minimum: at(delays, 0),
            median: at(delays, 0.5),
            p99: at(delays, 0.99),
            maximum: at(delays, 1),
          },
    spreadBp:
      spreads.length === 0
        ? null
        : { mean: mean(spreads), median: at(spreads, 0.5), maximum: at(spreads, 1) },
    firstMid: price(mids[0]),
    lastMid: price(mids.at(-1)),
    locked: gathered.locked,
    crossed: gathered.crossed,
    oneSided: gathered.oneSided,
    tradedVolume: quantityToNumber(instrument, gathered.volume),
    imbalance: DEPTHS.flatMap((depth, n) =>
      // Books without so many levels have the same imbalance as at the depth before.
      rho[n]!.length < 3 || DEPTHS[n - 1]! >= levels ? [] : [describeImbalance(depth, rho[n]!)],
    ),
  }
}

function describeImbalance(depth: number, values: readonly number[]): ImbalanceDescription {
  const changes = values.slice(1).map((value, i) => value - values[i]!)
  const signs = values.filter((value) => value !== 0).map(Math.sign)
  return {
    depth,
    count: values.length,
    mean: mean(values),
    deviation: deviation(values),
    minimum: quantile(values, 0),
    maximum: quantile(values, 1),
    signFlips: signs.slice(1).filter((sign, i) => sign !== signs[i]).length,
    sharePositive: values.filter((value) => value > 0).length / values.length,
    meanAbsoluteChange: mean(changes.map(Math.abs)),
    changeDeviation: deviation(changes),
    lagOneCorrelation: lagOneCorrelation(values),
  }
}
