// Takes runs of market records into the books of many instruments, for one owner: the simulated venue
// or the engine. What it does with a level is what ladder-table.ts does; whatever needs more than a
// ladder (a side not in that form, a malformed record, an order that is concerned) is left to the caller,
// who goes on behind it.

/** Most instruments, and most records of a block. */
const BOOKS: i32 = 256
const RECORDS: i32 = 1024
/** Most records of a run, which may go on over blocks. */
const RUN_RECORDS: i32 = 4096
const RECORD: usize = 40
/** Most levels of both sides of a whole book. */
const POOL_LEVELS: i32 = 1024

const KIND_SNAPSHOT: u32 = 0
const KIND_DELTA: u32 = 1
const KIND_TRADE: u32 = 2
const QUIET: u8 = 0
const BUSY: u8 = 2
const WATCHED: u8 = 3
const MAX_SAFE_INTEGER: f64 = 9007199254740991

/** Keys of a ladder, see ladder-table.ts; its lots and bits. */
const REACH: i32 = 4096
const SLOT: i32 = REACH - 1
const QUANTITIES_SHIFT: usize = 15
const BITS_SHIFT: usize = 9
const HEAD_SHIFT: usize = 5
/** In a head. */
const COUNT: usize = 0
const BEST: usize = 4
const WORST: usize = 8
const EDGE: usize = 12
const HORIZON: usize = 16
const SUM: usize = 24
const NONE: i32 = i32.MAX_VALUE

/** A row of the bars under construction, see bar-builder.ts. */
const BAR_SHIFT: usize = 6
const BAR_END: usize = 0
const BAR_OPEN: usize = 8
const BAR_HIGH: usize = 16
const BAR_LOW: usize = 24
const BAR_CLOSE: usize = 32
const BAR_UPDATES: usize = 40

/** By instrument, a byte: what records of it are to the venue. */
const MODES: usize = 1024
/** Rows of both sides' ladders, -1: not to be changed here. */
const LADDERS: usize = MODES + <usize>BOOKS
/** By instrument, of the venue: the prices that orders watch, lowest and highest, of bids, then of asks. */
const WATCHES: usize = LADDERS + 8 * <usize>BOOKS
const WATCH_SHIFT: usize = 4
const BIDS_FROM: usize = 0
const BIDS_TO: usize = 4
const ASKS_FROM: usize = 8
const ASKS_TO: usize = 12
/** By instrument: time of its newest book record, us. The venue keeps five streams. */
const STREAM_TIMES: usize = WATCHES + 16 * <usize>BOOKS
const STREAMS_BYTES: usize = 40
const BOOK_TIMES: usize = STREAM_TIMES + STREAMS_BYTES * <usize>BOOKS
const BARS: usize = BOOK_TIMES + 8 * <usize>BOOKS
/** Records of the block that are trades the venue has yet to note, by index. */
const TRADES: usize = BARS + 64 * <usize>BOOKS
/** Half mids behind the records of the run. */
const HALF_MIDS: usize = TRADES + 4 * <usize>RECORDS
const BLOCK: usize = HALF_MIDS + 8 * <usize>RUN_RECORDS
const POOL: usize = BLOCK + RECORD * <usize>RECORDS
const HEADS: usize = POOL + 16 * <usize>POOL_LEVELS
const BITS: usize = HEADS + ((2 * <usize>BOOKS) << HEAD_SHIFT)
const QUANTITIES: usize = BITS + ((2 * <usize>BOOKS) << BITS_SHIFT)

/** Brings so many numbers from an index of the batch's pool into the pool here; false when it cannot. */
declare function pull(index: f64, length: i32): bool

let books: i32 = 0
let levels: i32 = 0
let capacity: i32 = 0
let least: i32 = 0
let noEdge: i32 = 0
let trades: i32 = 0

export function booksMaximum(): i32 {
  return BOOKS
}

export function recordsMaximum(): i32 {
  return RECORDS
}

export function runRecordsMaximum(): i32 {
  return RUN_RECORDS
}

export function poolLevelsMaximum(): i32 {
  return POOL_LEVELS
}

export function modesAt(): usize {
  return MODES
}

export function laddersAt(): usize {
  return LADDERS
}

export function watchesAt(): usize {
  return WATCHES
}

export function streamTimesAt(): usize {
  return STREAM_TIMES
}

export function bookTimesAt(): usize {
  return BOOK_TIMES
}

export function barsAt(): usize {
  return BARS
}

export function tradesAt(): usize {
  return TRADES
}

export function halfMidsAt(): usize {
  return HALF_MIDS
}

export function blockAt(): usize {
  return BLOCK
}

export function poolAt(): usize {
  return POOL
}

export function headsAt(): usize {
  return HEADS
}

export function bitsAt(): usize {
  return BITS
}

export function quantitiesAt(): usize {
  return QUANTITIES
}

/** To be called once, before anything else: makes room for so many books; false when there is none. */
export function prepare(count: i32, levelsSummed: i32, levelsKept: i32): bool {
  books = count
  levels = levelsSummed
  capacity = levelsKept
  least = max(1, levelsSummed)
  noEdge = levelsSummed === 0 ? i32.MIN_VALUE : NONE
  const end = QUANTITIES + ((2 * <usize>count) << QUANTITIES_SHIFT)
  const pages = <i32>((end + 0xffff) >> 16) - memory.size()
  return pages <= 0 || memory.grow(pages) >= 0
}

/** How many trades the last call of `takeVenue` left in the list. */
export function tradesCount(): i32 {
  return trades
}

/**
 * The venue's run: takes records [from, to) of the block with a venue time before `until`; trades are
 * listed. Returns the index of the first one left.
 */
export function takeVenue(from: i32, to: i32, until: f64): i32 {
  trades = 0
  let at = BLOCK + <usize>from * RECORD
  for (let i = from; i < to; i++, at += RECORD) {
    const time = load<f64>(at, 8)
    if (!(time < until)) return i
    const last = load<u32>(at, 36)
    const book = last >>> 16
    if (book >= <u32>books) return i
    const mode = load<u8>(MODES + book)
    const kind = last & 255
    if (kind === KIND_TRADE) {
      if (mode === BUSY || (mode === WATCHED && tradeConcerns(book, at))) return i
      store<i32>(TRADES + ((<usize>trades) << 2), i)
      trades++
      continue
    }
    const times = STREAM_TIMES + book * STREAMS_BYTES
    if (time < load<f64>(times)) return i
    if (kind === KIND_DELTA) {
      if (mode !== QUIET && (mode !== WATCHED || deltaConcerns(book, at))) return i
      if (!update(at, last)) return i
    } else if (kind !== KIND_SNAPSHOT || mode !== QUIET || !replace(at, book)) return i
    store<f64>(times, time)
  }
  return to
}

/** True when a level is one that orders of its side wait at, or lies where those of the other do. */
function deltaConcerns(book: u32, at: usize): bool {
  const watch = WATCHES + (book << WATCH_SHIFT)
  const price = load<i32>(at, 32)
  return load<u8>(at, 37) === 0
    ? (price >= load<i32>(watch, BIDS_FROM) && price <= load<i32>(watch, BIDS_TO)) ||
        price >= load<i32>(watch, ASKS_FROM)
    : (price >= load<i32>(watch, ASKS_FROM) && price <= load<i32>(watch, ASKS_TO)) ||
        price <= load<i32>(watch, BIDS_TO)
}

/** True when a trade reaches a price that orders wait at. */
function tradeConcerns(book: u32, at: usize): bool {
  const watch = WATCHES + (book << WATCH_SHIFT)
  const price = load<i32>(at, 32)
  return price <= load<i32>(watch, BIDS_TO) || price >= load<i32>(watch, ASKS_FROM)
}

/**
 * The engine's run: takes records [from, to) of the block received before `until` and not before `since`,
 * none of which ends a bar; with `takesMids` bars are made of mids, with `skipsTrades` of no trades.
 * Half mids are left from `slot` on. Returns the index of the first one left.
 */
export function takeEngine(
  from: i32,
  to: i32,
  since: f64,
  until: f64,
  takesMids: i32,
  skipsTrades: i32,
  slot: i32,
): i32 {
  const halfMids = HALF_MIDS + ((<usize>(slot - from)) << 3)
  let at = BLOCK + <usize>from * RECORD
  let now = since
  for (let i = from; i < to; i++, at += RECORD) {
    const received = load<f64>(at)
    if (!(received < until && received >= now)) return i
    const last = load<u32>(at, 36)
    const book = last >>> 16
    if (book >= <u32>books) return i
    const bar = BARS + (book << BAR_SHIFT)
    if (!(received < load<f64>(bar, BAR_END))) return i
    const kind = last & 255
    let half = -1
    if (kind <= KIND_DELTA) {
      const ladders = LADDERS + (book << 3)
      const bids = load<i32>(ladders)
      const asks = load<i32>(ladders, 4)
      if ((bids | asks) < 0) return i
      // The first value of a bar that has not begun is the caller's.
      if (takesMids !== 0 && load<f64>(bar, BAR_END) === Infinity) return i
      if (!(kind === KIND_DELTA ? update(at, last) : replace(at, book))) return i
      store<f64>(BOOK_TIMES + (book << 3), received)
      half = halfMid(bids, asks, bar, takesMids)
    } else if (kind !== KIND_TRADE || skipsTrades === 0) return i
    store<f64>(halfMids + ((<usize>i) << 3), <f64>half)
    now = received
  }
  return to
}

/** The mid, -1 without one of the sides; where it is sound and bars are made of mids, it enters the bar. */
function halfMid(bids: i32, asks: i32, bar: usize, takesMids: i32): i32 {
  const bid = HEADS + ((<usize>bids) << HEAD_SHIFT)
  const ask = HEADS + ((<usize>asks) << HEAD_SHIFT)
  if (load<i32>(bid, COUNT) === 0 || load<i32>(ask, COUNT) === 0) return -1
  const bestBid = -load<i32>(bid, BEST)
  const bestAsk = load<i32>(ask, BEST)
  const half = bestBid + bestAsk
  if (takesMids !== 0 && bestBid <= bestAsk) enterBar(bar, <f64>half)
  return half
}

function enterBar(bar: usize, value: f64): void {
  const updates = load<f64>(bar, BAR_UPDATES)
  store<f64>(bar, updates + 1, BAR_UPDATES)
  if (updates === 0) {
    store<f64>(bar, value, BAR_OPEN)
    store<f64>(bar, value, BAR_HIGH)
    store<f64>(bar, value, BAR_LOW)
  } else {
    if (value > load<f64>(bar, BAR_HIGH)) store<f64>(bar, value, BAR_HIGH)
    if (value < load<f64>(bar, BAR_LOW)) store<f64>(bar, value, BAR_LOW)
  }
  store<f64>(bar, value, BAR_CLOSE)
}

/** Sets the level that a record names; false when that is not to be done here: nothing changed. */
function update(at: usize, last: u32): bool {
  const side = (last >>> 8) & 255
  if (side > 1) return false
  const row = load<i32>(LADDERS + ((last >>> 16) << 3) + (side << 2))
  const price = load<i32>(at, 32)
  const lots = load<f64>(at, 16)
  if (row < 0 || price <= 0 || !(lots >= 0 && lots <= MAX_SAFE_INTEGER)) return false
  if (lots !== Math.floor(lots)) return false
  // Neither side is the likelier one: no branch.
  const mask = <i32>side - 1
  return setLevel(row, (price ^ mask) - mask, lots)
}

function headOf(row: i32): usize {
  return HEADS + ((<usize>row) << HEAD_SHIFT)
}

function slotOf(row: i32, key: i32): usize {
  return QUANTITIES + ((<usize>row) << QUANTITIES_SHIFT) + ((<usize>(key & SLOT)) << 3)
}

function wordOf(row: i32, key: i32): usize {
  return BITS + ((<usize>row) << BITS_SHIFT) + ((<usize>((key & SLOT) >>> 5)) << 2)
}

function setLevel(row: i32, key: i32, lots: f64): bool {
  const head = headOf(row)
  const slot = slotOf(row, key)
  const isOutside = key < load<i32>(head, BEST) || key > load<i32>(head, WORST)
  const old = isOutside ? 0.0 : load<f64>(slot)
  if (old === 0) {
    return lots > 0 && key < load<i32>(head, HORIZON) ? insert(row, key, lots) : true
  }
  if (lots > 0) {
    store<f64>(slot, lots)
    if (key <= load<i32>(head, EDGE)) store<f64>(head, load<f64>(head, SUM) + (lots - old), SUM)
    return true
  }
  // What is left may be too little to know the book by.
  if (load<i32>(head, HORIZON) !== NONE && load<i32>(head, COUNT) <= least) return false
  remove(row, key, old)
  return true
}

/** False when the new level lies too far from the others: nothing changed. */
function insert(row: i32, key: i32, lots: f64): bool {
  const head = headOf(row)
  const count = load<i32>(head, COUNT) + 1
  let worst = load<i32>(head, WORST)
  const best = load<i32>(head, BEST)
  if (count > 1 && (worst - key >= REACH || key - best >= REACH)) return false
  store<f64>(slotOf(row, key), lots)
  const word = wordOf(row, key)
  store<i32>(word, load<i32>(word) | (1 << (key & 31)))
  store<i32>(head, count, COUNT)
  if (key < best) store<i32>(head, key, BEST)
  if (key > worst) {
    worst = key
    store<i32>(head, key, WORST)
  }
  const edge = load<i32>(head, EDGE)
  if (count <= levels) {
    store<f64>(head, load<f64>(head, SUM) + lots, SUM)
    store<i32>(head, worst, EDGE)
  } else if (key < edge) {
    const pushedOut = load<f64>(slotOf(row, edge))
    store<f64>(head, load<f64>(head, SUM) + (lots - pushedOut), SUM)
    store<i32>(head, preceding(row, edge), EDGE)
  }
  if (count > capacity) {
    // Full: the farthest level falls off, which may be the new one.
    remove(row, worst, load<f64>(slotOf(row, worst)))
    store<i32>(head, worst, HORIZON)
  }
  return true
}

function remove(row: i32, key: i32, old: f64): void {
  const head = headOf(row)
  store<f64>(slotOf(row, key), 0)
  const word = wordOf(row, key)
  store<i32>(word, load<i32>(word) & ~(1 << (key & 31)))
  const count = load<i32>(head, COUNT) - 1
  if (count === 0) return empty(head)
  store<i32>(head, count, COUNT)
  const edge = load<i32>(head, EDGE)
  if (key <= edge) {
    if (count >= levels) {
      const next = following(row, edge)
      store<i32>(head, next, EDGE)
      store<f64>(head, load<f64>(head, SUM) + (load<f64>(slotOf(row, next)) - old), SUM)
    } else {
      store<f64>(head, load<f64>(head, SUM) - old, SUM)
      if (key === edge) store<i32>(head, preceding(row, key), EDGE)
    }
  }
  if (key === load<i32>(head, BEST)) store<i32>(head, following(row, key), BEST)
  if (key === load<i32>(head, WORST)) store<i32>(head, preceding(row, key), WORST)
}

function empty(head: usize): void {
  store<i32>(head, 0, COUNT)
  store<i32>(head, NONE, BEST)
  store<i32>(head, -NONE, WORST)
  store<i32>(head, noEdge, EDGE)
  store<f64>(head, 0, SUM)
}

/** The next level behind `key`; there must be one. */
function following(row: i32, key: i32): i32 {
  const from = key + 1
  let start = from & -32
  let word = load<i32>(wordOf(row, start)) & (-1 << (from & 31))
  while (word === 0) {
    start += 32
    word = load<i32>(wordOf(row, start))
  }
  return start + ctz(word)
}

/** The next level before `key`; there must be one. */
function preceding(row: i32, key: i32): i32 {
  const from = key - 1
  let start = from & -32
  let word = load<i32>(wordOf(row, start)) & (-1 >>> (31 - (from & 31)))
  while (word === 0) {
    start -= 32
    word = load<i32>(wordOf(row, start))
  }
  return start + 31 - clz(word)
}

/** Replaces a book by the one of a record; false when that is not to be done here: nothing changed. */
function replace(at: usize, book: u32): bool {
  const bids = load<f64>(at, 16)
  const asks = load<i32>(at, 32)
  if (!(bids >= 0 && bids <= <f64>POOL_LEVELS && bids === Math.floor(bids))) return false
  const count = <i32>bids
  const index = load<f64>(at, 24)
  if (asks < 0 || asks > POOL_LEVELS - count || !pull(index, 2 * (count + asks))) return false
  return replaceBook(book, count, asks)
}

/**
 * Replaces a book whose sides are both ladders by `bids` then `asks` (price, lots) pairs of the pool, each
 * best first. False when that is not to be done here: nothing changed.
 */
export function replaceBook(book: u32, bids: i32, asks: i32): bool {
  const ladders = LADDERS + ((<usize>book) << 3)
  const bidRow = load<i32>(ladders)
  const askRow = load<i32>(ladders, 4)
  if ((bidRow | askRow) < 0) return false
  const asksAt = POOL + ((<usize>bids) << 4)
  if (!fits(POOL, bids, -1) || !fits(asksAt, asks, 1)) return false
  replaceSide(bidRow, POOL, bids, -1)
  replaceSide(askRow, asksAt, asks, 1)
  return true
}

/** True when levels are well formed, in order, few and close enough together. */
function fits(at: usize, count: i32, sign: i32): bool {
  if (count > capacity) return false
  let best = 0
  let key = sign < 0 ? i32.MIN_VALUE : 0
  for (let i = 0; i < count; i++, at += 16) {
    const price = load<f64>(at)
    const lots = load<f64>(at, 8)
    if (!(price > 0 && price <= <f64>i32.MAX_VALUE && price === Math.floor(price))) return false
    if (!(lots > 0 && lots <= MAX_SAFE_INTEGER && lots === Math.floor(lots))) return false
    const next = <i32>price * sign
    if (next <= key) return false
    key = next
    if (i === 0) best = key
  }
  return key - best < REACH
}

function replaceSide(row: i32, from: usize, count: i32, sign: i32): void {
  const head = headOf(row)
  clearSide(row)
  store<i32>(head, NONE, HORIZON)
  if (count === 0) return
  let sum = 0.0
  let key = 0
  let at = from
  const summed = min(count, levels)
  for (let i = 0; i < count; i++, at += 16) {
    key = <i32>load<f64>(at) * sign
    const lots = load<f64>(at, 8)
    store<f64>(slotOf(row, key), lots)
    const word = wordOf(row, key)
    store<i32>(word, load<i32>(word) | (1 << (key & 31)))
    if (i < summed) {
      sum += lots
      store<i32>(head, key, EDGE)
    }
  }
  store<i32>(head, count, COUNT)
  store<i32>(head, <i32>load<f64>(from) * sign, BEST)
  store<i32>(head, key, WORST)
  store<f64>(head, sum, SUM)
}

function clearSide(row: i32): void {
  const head = headOf(row)
  const best = load<i32>(head, BEST)
  const worst = load<i32>(head, WORST)
  if (worst >= best) {
    const last = worst >> 5
    for (let group = best >> 5; group <= last; group++) {
      const key = group << 5
      const word = wordOf(row, key)
      let bits = load<i32>(word)
      store<i32>(word, 0)
      const slots = slotOf(row, key)
      for (; bits !== 0; bits &= bits - 1) store<f64>(slots + (ctz(bits) << 3), 0)
    }
  }
  empty(head)
}
