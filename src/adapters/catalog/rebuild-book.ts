import { OrderBook, type RecordHead, SequenceCheck } from '../../core/mod.ts'
import { readNumbers } from './duckdb.ts'
import { headOf, ofInstrument, type RecordInput, toLots, toQuanta } from './record-input.ts'

/** What rebuilding a book from its changes showed. Counts are messages. */
export interface Rebuild {
  readonly firstVenueTime: number
  /** Most levels a snapshot had on one side. */
  readonly levels: number
  /** Left out because the snapshot already held them. */
  readonly old: number
  readonly applied: number
  /** Left out after a missing one, until the next snapshot. */
  readonly lost: number
  /** After which best bid and ask crossed. */
  readonly crossed: number
  /** The book at the end. */
  readonly book: OrderBook
}

interface Message {
  /** NaN when not recorded. */
  readonly received: number
  readonly venue: number
  readonly snapshot: boolean
  readonly first: number
  readonly last: number
  readonly previous: number
  /** (price, quantity) pairs in quanta and lots. */
  readonly bids: number[]
  readonly asks: number[]
}

/**
 * Writes changes of a book in the venue's sequence: a snapshot, then what follows it. Changes that
 * came before the first snapshot but belong after it are applied with it; after a missing change
 * everything is left out until the next snapshot.
 */
export async function writeChanges(input: RecordInput): Promise<Rebuild> {
  const messages = await readMessages(input)
  const judge = sequenceOf(messages)
  const book = new OrderBook({ levels: 20, capacity: 16_384 })
  const result = {
    firstVenueTime: Number.POSITIVE_INFINITY,
    levels: 0,
    old: 0,
    applied: 0,
    lost: 0,
    crossed: 0,
  }
  const change = (message: Message, head: RecordHead): void => {
    const verdict = judge(message)
    if (verdict === 'old') result.old++
    else if (verdict === 'gap') result.lost++
    else {
      writeLevels(input, book, message, head)
      result.applied++
      if (book.status === 'crossed') result.crossed++
    }
  }
  let synchronised = false
  for (const [index, message] of messages.entries()) {
    const head = headOf(input, message.received, message.venue)
    if (message.snapshot) {
      const isTimed = !Number.isNaN(message.venue)
      const before = synchronised && isTimed ? [] : changesBefore(messages, index)
      const venueTime = isTimed ? message.venue : containedTime(message, before)
      const known = { ...head, venueTime: Number.isNaN(venueTime) ? head.receivedTime : venueTime }
      writeSnapshot(input, book, message, known)
      judge(message)
      result.firstVenueTime = Math.min(result.firstVenueTime, known.venueTime)
      result.levels = Math.max(result.levels, message.bids.length / 2, message.asks.length / 2)
      if (!synchronised) {
        for (const early of before) {
          const at = headOf(input, early.received, early.venue)
          change(early, { ...at, receivedTime: head.receivedTime })
        }
      }
      synchronised = true
    } else if (synchronised) change(message, head)
  }
  if (!synchronised) {
    const text = `changes of ${input.instrument.symbol} without a book to apply them to`
    input.reject(1, 'no snapshot', text)
  }
  return { ...result, book }
}

/** Judges messages by the ids the venue gives; without ids everything after a snapshot applies. */
function sequenceOf(messages: readonly Message[]): (message: Message) => 'apply' | 'old' | 'gap' {
  if (!messages.some((message) => !Number.isNaN(message.last))) return () => 'apply'
  const chained = messages.some((message) => !Number.isNaN(message.previous))
  const check = new SequenceCheck(chained ? 'chained' : 'contiguous')
  return ({ snapshot, first, last, previous }) => {
    if (!snapshot) return check.onDiff(Number.isNaN(first) ? last : first, last, previous)
    check.onSnapshot(last)
    return 'apply'
  }
}

const changesBefore = (messages: readonly Message[], index: number): Message[] =>
  messages.slice(0, index).filter((message) => !message.snapshot)

/** A snapshot without a venue time shows the moment of the last change it contains. */
const containedTime = (snapshot: Message, before: readonly Message[]): number =>
  before.findLast((message) => message.last <= snapshot.last)?.venue ?? Number.NaN

function writeSnapshot(
  input: RecordInput,
  book: OrderBook,
  message: Message,
  head: RecordHead,
): void {
  const bids = bestFirst(message.bids, -1)
  const asks = bestFirst(message.asks, 1)
  input.writer.snapshot(head, bids, asks)
  const pool = new Float64Array([...bids, ...asks])
  book.applySnapshot(pool, 0, bids.length / 2, asks.length / 2)
}

function writeLevels(
  input: RecordInput,
  book: OrderBook,
  message: Message,
  head: RecordHead,
): void {
  for (const side of [0, 1] as const) {
    const levels = side === 0 ? message.bids : message.asks
    for (let i = 0; i < levels.length; i += 2) {
      input.writer.delta(head, side === 0 ? 'bid' : 'ask', levels[i]!, levels[i + 1]!)
      book.applyDelta(side, levels[i]!, levels[i + 1]!)
    }
  }
}

/** Levels of a snapshot from the best outwards, without empty ones. */
function bestFirst(levels: readonly number[], sign: 1 | -1): number[] {
  const pairs: [price: number, lots: number][] = []
  for (let i = 0; i < levels.length; i += 2) {
    if (levels[i + 1]! > 0) pairs.push([levels[i]!, levels[i + 1]!])
  }
  return pairs.sort((a, b) => sign * (a[0] - b[0])).flat()
}

const columns = [
  'source_row',
  'received_us',
  'venue_us',
  'is_snapshot',
  'first_id',
  'last_id',
  'previous_id',
  "side = 'bid'",
  'price',
  'quantity',
]

async function readMessages(input: RecordInput): Promise<Message[]> {
  const { instrument } = input
  const cells = await readNumbers(
    input.connection,
    columns,
    `from bookChanges ${ofInstrument(instrument)}
      order by coalesce(received_us, venue_us), source_row, rowid`,
  )
  const messages: Message[] = []
  let key = Number.NaN
  let levelsOfRow = 0
  for (let i = 0; i < cells[0]!.length; i++) {
    const [row, received, venue, snapshot, first, last, previous, isBid, price, size] = cells.map(
      (column) => column[i]!,
    ) as [number, number, number, number, number, number, number, number, number, number]
    const current = messages.at(-1)
    // A vendor that writes one level a row repeats the time and the mark of the snapshot.
    const continues =
      current?.snapshot === true &&
      snapshot === 1 &&
      levelsOfRow === 1 &&
      Number.isNaN(last) &&
      current.venue === venue
    if (row !== key && !continues) {
      const isSnapshot = snapshot === 1
      const ids = { first, last, previous }
      messages.push({ received, venue, snapshot: isSnapshot, ...ids, bids: [], asks: [] })
    }
    levelsOfRow = row === key ? levelsOfRow + 1 : 1
    key = row
    const { bids, asks } = messages.at(-1)!
    const side = isBid === 1 ? bids : asks
    side.push(toQuanta(instrument, price), toLots(instrument, size))
  }
  return messages
}
