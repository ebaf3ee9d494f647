import { type CorporateAction, NO_SPLIT_E9, newYorkDay } from '../../core/mod.ts'
import { readNumbers, readTexts } from './duckdb.ts'
import { headOf, ofInstrument, type RecordInput, toLots, toQuanta } from './record-input.ts'
import { type Column, levelsOf } from './shapes.ts'

/** Writes every book as a snapshot. Returns the first venue time. */
export async function writeBooks(input: RecordInput, columns: readonly Column[]): Promise<number> {
  const { connection, instrument, writer } = input
  const levels = levelsOf(columns)
  const names = Array.from({ length: levels }, (_, n) => [
    `bid_price_${n}`,
    `bid_quantity_${n}`,
    `ask_price_${n}`,
    `ask_quantity_${n}`,
  ]).flat()
  const cells = await readNumbers(
    connection,
    ['source_row', 'received_us', 'venue_us', ...names],
    `from books ${ofInstrument(instrument)} order by received_us, sequence, source_row`,
  )
  const rows = cells[0]!
  let first = Number.POSITIVE_INFINITY
  for (let row = 0; row < rows.length; row++) {
    const side = (offset: number): number[] | null => {
      const pairs: number[] = []
      for (let level = 0; level < levels; level++) {
        const price = cells[3 + level * 4 + offset]![row]!
        if (Number.isNaN(price)) break
        const lots = toLots(instrument, cells[4 + level * 4 + offset]![row]!)
        if (lots < 1) return null
        pairs.push(toQuanta(instrument, price), lots)
      }
      return pairs
    }
    const bids = side(0)
    const asks = side(2)
    if (bids === null || asks === null) {
      input.reject(
        rows[row]!,
        'below one lot',
        `a size is finer than the lot of ${instrument.symbol}`,
      )
      continue
    }
    const head = headOf(input, cells[1]![row]!, cells[2]![row]!)
    writer.snapshot(head, bids, asks)
    first = Math.min(first, head.venueTime)
  }
  return first
}

/** Writes best bids and asks as books of one level: for recordings without deeper books. */
export async function writeQuotes(input: RecordInput): Promise<number> {
  const { connection, instrument, writer } = input
  const cells = (await readNumbers(
    connection,
    ['received_us', 'venue_us', 'bid_price', 'bid_quantity', 'ask_price', 'ask_quantity'],
    `from quotes ${ofInstrument(instrument)} order by coalesce(received_us, venue_us), source_row`,
  )) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const [received, venue, bid, bidSize, ask, askSize] = cells
  let first = Number.POSITIVE_INFINITY
  for (let row = 0; row < bid.length; row++) {
    const head = headOf(input, received[row]!, venue[row]!)
    const level = (price: number, size: number): number[] => {
      const lots = toLots(instrument, size)
      return lots < 1 ? [] : [toQuanta(instrument, price), lots]
    }
    writer.snapshot(head, level(bid[row]!, bidSize[row]!), level(ask[row]!, askSize[row]!))
    first = Math.min(first, head.venueTime)
  }
  return first
}

/**
 * Writes public trades that happened at or after `from` (venue time). Returns how many were
 * earlier. Ids that are not whole numbers are replaced by the row's number.
 */
export async function writeTrades(input: RecordInput, from: number): Promise<number> {
  const { connection, instrument, writer } = input
  const rest = `from trades ${ofInstrument(instrument)}
    order by coalesce(received_us, venue_us), venue_us, source_row`
  const [received, venue, price, size, id, row] = (await readNumbers(
    connection,
    ['received_us', 'venue_us', 'price', 'quantity', 'try_cast(trade_id as double)', 'source_row'],
    rest,
  )) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const sides = await readTexts(connection, 'aggressor', rest)
  let earlier = 0
  for (let i = 0; i < sides.length; i++) {
    const head = headOf(input, received[i]!, venue[i]!)
    if (head.venueTime < from) {
      earlier++
      continue
    }
    const lots = toLots(instrument, size[i]!)
    if (lots < 1) {
      input.reject(row[i]!, 'below one lot', `quantity ${size[i]}`)
      continue
    }
    const tradeId = Number.isSafeInteger(id[i]!) ? id[i]! : row[i]!
    writer.trade(head, sides[i] as 'buy' | 'sell', toQuanta(instrument, price[i]!), lots, tradeId)
  }
  return earlier
}

/**
 * Writes finished bars, known `latencyUs` after they close; prices as traded, or times adjusted over
 * raw close. Tells whether some adjusted close differs from its close, and of prices as traded what
 * went ex.
 */
export async function writeBars(
  input: RecordInput,
  prices: 'raw' | 'adjusted',
): Promise<{ readonly differs: boolean; readonly actions: readonly CorporateAction[] }> {
  const { connection, instrument, writer, latencyUs } = input
  const cells = (await readNumbers(
    connection,
    [
      ...['open_us', 'close_us', 'open', 'high', 'low', 'close', 'volume'],
      ...['adjusted_close', 'source_row', 'dividend', 'split'],
    ],
    `from bars ${ofInstrument(instrument)} order by open_us`,
  )) as readonly Float64Array[]
  const at = (column: number, i: number): number => cells[column]![i]!
  let differs = false
  const actions: CorporateAction[] = []
  for (let i = 0; i < cells[0]!.length; i++) {
    const close = at(5, i)
    const adjusted = at(7, i)
    if (adjusted !== close && !Number.isNaN(adjusted)) differs = true
    if (prices === 'adjusted' && !(adjusted > 0)) {
      input.reject(at(8, i), 'no adjusted close', `adjusted close ${adjusted}`)
      continue
    }
    // The close itself is the adjusted one, not a product that rounding could move.
    const quanta = (price: number): number =>
      toQuanta(instrument, prices === 'raw' ? price : (price * adjusted) / close)
    const venueTime = at(1, i)
    if (prices === 'raw' && (at(9, i) > 0 || (at(10, i) > 0 && at(10, i) !== 1))) {
      actions.push(actionOf(instrument.id, at(0, i), { dividend: at(9, i), split: at(10, i) }))
    }
    writer.bar(
      { venueTime, receivedTime: venueTime + latencyUs, instrument: instrument.id },
      {
        open: quanta(at(2, i)),
        high: quanta(at(3, i)),
        low: quanta(at(4, i)),
        close: toQuanta(instrument, prices === 'raw' ? close : adjusted),
        volume: toLots(instrument, at(6, i)),
        openTime: at(0, i),
      },
    )
  }
  return { differs, actions }
}

/** What went ex on the day of a bar: a dividend, new shares for an old one; NaN for none. */
const actionOf = (
  instrument: number,
  openTime: number,
  { dividend, split }: { readonly dividend: number; readonly split: number },
): CorporateAction => ({
  instrument,
  day: newYorkDay(openTime),
  dividendE8: dividend > 0 ? Math.round(dividend * 1e8) : 0,
  ratioE9: split > 0 ? splitRatioE9(split) : NO_SPLIT_E9,
})

/** Most new or old shares that a ratio is told of; ratios of spin-offs are no such fractions. */
const RATIO_PARTS_MAX = 20
/** Published ratios are off by as much: 7.000007 for 7. */
const RATIO_ERROR = 2e-6

/** New shares for an old one x 1e9: the fraction of small numbers that is meant, else as given. */
export function splitRatioE9(split: number): number {
  for (let old = 1; old <= RATIO_PARTS_MAX; old++) {
    const meant = Math.round(split * old) / old
    if (Math.abs(split - meant) <= RATIO_ERROR * split) return Math.round(meant * 1e9)
  }
  return Math.round(split * 1e9)
}

/** Writes funding rates, known `latencyUs` after they apply. */
export async function writeFunding(input: RecordInput): Promise<void> {
  const { connection, instrument, writer, latencyUs } = input
  const [time, rate] = (await readNumbers(
    connection,
    ['venue_us', 'rate'],
    `from funding ${ofInstrument(instrument)} order by venue_us`,
  )) as [Float64Array, Float64Array]
  for (let i = 0; i < time.length; i++) {
    const venueTime = time[i]!
    const head = { venueTime, receivedTime: venueTime + latencyUs, instrument: instrument.id }
    writer.funding(head, Math.round(rate[i]! * 1e9))
  }
}
