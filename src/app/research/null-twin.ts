import type { Recording } from '../../adapters/mod.ts'
import {
  createMidLookup,
  createRandom,
  type Instrument,
  type MarketBatch,
  MarketCursor,
  type NullTwin,
  priceStep,
  type Random,
  RECORD_BYTES,
  RecordKind,
  roundPrice,
  roundTrips,
  viewBatch,
} from '../../core/mod.ts'
import { type BacktestRequest, runBacktest } from '../run/backtest.ts'
import { type RecordContext, toRunRecord } from '../run/run-record.ts'

/** Twins per report: enough for a one-sided level of 5 %. */
export const NULL_TWIN_RUNS = 19

const DESCRIPTION =
  'The same rules on the same books, but each change of the mid keeps its size and gets a random ' +
  'sign: a random walk of the same volatility, in which nothing can be foreseen.'

/** Runs the rules on sign-randomised twins of a recording. Null for feeds of level changes. */
export function runNullTwin(
  request: BacktestRequest,
  context: RecordContext,
  options: { readonly runs: number; readonly seed: number },
): NullTwin | null {
  if (!canRandomise(request.recording)) return null
  const { balance } = request.config
  const runs = Array.from({ length: options.runs }, (_, i) => {
    const seed = options.seed + i
    const recording = randomiseSigns(request.recording, seed)
    const result = runBacktest({ ...request, recording })
    const { engine, collected } = result
    const record = toRunRecord(result, { ...context, recording })
    const { trips } = roundTrips(record, createMidLookup(collected.mids))
    const closed = trips.filter((trip) => trip.exitTime !== null)
    const gross = closed.reduce((sum, trip) => sum + trip.grossBps, 0)
    return {
      seed,
      netReturn: engine.world.equity / balance - 1,
      trips: closed.length,
      grossBpsMean: closed.length === 0 ? null : gross / closed.length,
    }
  })
  return { description: DESCRIPTION, runs }
}

/** True when every book record is whole (snapshots) or only bars are present. */
export function canRandomise({ batch }: Recording): boolean {
  for (let i = 0; i < batch.count; i++) {
    if (batch.u8[i * 40 + 36] === RecordKind.delta) return false
  }
  return batch.count > 0
}

/** Open, high, low and close stand first in a bar's pool part. */
const BAR_PRICES = 4

interface Path {
  /** Mid (or close) last seen and its randomised twin, quanta. */
  readonly real: number
  readonly twin: number
  /** The last change: where both came from, and its sign in the twin. */
  readonly from: { readonly real: number; readonly twin: number }
  readonly sign: 1 | -1
}

/**
 * The recording with its mids replaced by a sign-randomised walk: books, trades and marks are moved
 * by whole price steps to the twin's level. A bar is mirrored as a whole about the close before it,
 * so that its open tells no more of its close than in the recording. Quantities and times stay.
 */
export function randomiseSigns(recording: Recording, seed: number): Recording {
  const { instruments, info } = recording
  const random = createRandom(seed)
  const batch = copyBatch(recording.batch)
  const cursor = new MarketCursor()
  const paths: (Path | null)[] = instruments.map(() => null)
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    const real = levelOf(cursor)
    if (real >= 0) paths[cursor.instrument] = follow(paths[cursor.instrument]!, real, random)
    const path = paths[cursor.instrument]
    if (path === null || path === undefined) continue
    const instrument = instruments[cursor.instrument]!
    if (cursor.kind === RecordKind.bar) mirrorBar(batch, i, cursor, { path, instrument })
    else move(batch, i, cursor, { instrument, shift: shiftOf(path, instrument) })
  }
  const files = [{ path: 'null twin', sha256: `null twin ${seed}`, rows: batch.count }]
  return { ...recording, batch, info: { ...info, files } }
}

/** Level of a record in quanta before it is moved, -1 when it has none. */
function levelOf(cursor: MarketCursor): number {
  if (cursor.kind === RecordKind.bar) return cursor.price
  if (cursor.kind !== RecordKind.snapshot || cursor.quantity === 0 || cursor.price === 0) return -1
  const { pool, aux } = cursor
  return (pool[aux]! + pool[aux + 2 * cursor.quantity]!) / 2
}

function follow(path: Path | null, real: number, random: Random): Path {
  const start = { real, twin: real }
  if (path === null) return { ...start, from: start, sign: 1 }
  const step = real - path.real
  const drawn = random.next() < 0.5 ? 1 : -1
  // Far below the start a walk would reach zero: it is reflected at a tenth of the real price.
  const isLow = path.twin + drawn * step < real / 10
  const sign = isLow ? (-drawn as 1 | -1) : drawn
  const from = { real: path.real, twin: path.twin }
  return { real, twin: path.twin + sign * step, from, sign }
}

/** Mirrors the prices of bar `index` by the sign of its change, in place. */
function mirrorBar(
  batch: MarketBatch,
  index: number,
  { aux }: MarketCursor,
  to: { readonly path: Path; readonly instrument: Instrument },
): void {
  const { from, sign } = to.path
  const { pool } = batch
  const [open, high, low, close] = pool.subarray(aux, aux + BAR_PRICES)
  const extremes = sign > 0 ? [high!, low!] : [low!, high!]
  const reals = [open!, ...extremes, close!]
  const values = reals.map((price) => from.twin + sign * (price - from.real))
  // One step for the whole bar, the widest: its extremes stay its extremes.
  const step = priceStep(to.instrument, Math.max(...reals, ...values))
  const prices = values.map((value) => Math.max(step, Math.round(value / step) * step))
  pool.set(prices, aux)
  batch.i32[index * 10 + 8] = prices[3]!
}

function shiftOf(path: Path, instrument: Instrument): number {
  const step = priceStep(instrument, Math.max(path.real, path.twin))
  return Math.round((path.twin - path.real) / step) * step
}

/** Adds a shift to every price of record `index`, in place; book and trades stay on the grid. */
function move(
  batch: MarketBatch,
  index: number,
  cursor: MarketCursor,
  to: { readonly instrument: Instrument; readonly shift: number },
): void {
  const { instrument, shift } = to
  if (shift === 0) return
  switch (cursor.kind) {
    case RecordKind.snapshot:
      moveBook(batch, index, cursor, to)
      return
    case RecordKind.mark:
      batch.f64[index * 5 + 2] = cursor.quantity + shift
      batch.i32[index * 10 + 8] = cursor.price + shift
      return
    case RecordKind.trade: {
      // As the book it met: a buyer's price is an ask, a seller's a bid.
      const way = cursor.side === 0 ? 'up' : 'down'
      const price = Math.max(1, cursor.price + shift)
      batch.i32[index * 10 + 8] = Math.max(
        priceStep(instrument, price),
        roundPrice(instrument, price, way),
      )
    }
  }
}

/**
 * Where the walk comes to prices of a wider step, bids are rounded down and asks up, and levels
 * that meet at one price become one.
 */
function moveBook(
  batch: MarketBatch,
  index: number,
  cursor: MarketCursor,
  { instrument, shift }: { readonly instrument: Instrument; readonly shift: number },
): void {
  const { pool } = batch
  const { aux, quantity, price } = cursor
  const middle = aux + 2 * quantity
  const end = middle + 2 * price
  let at = aux
  const put = (from: number, to: number, way: 'up' | 'down'): number => {
    const start = at
    for (let k = from; k < to; k += 2) {
      const moved = pool[k]! + shift
      // A bid so far below a low market would be for nothing.
      if (moved < priceStep(instrument, moved)) continue
      const level = roundPrice(instrument, moved, way)
      const meets = at > start && pool[at - 2] === level
      const before = meets ? pool[at - 1]! : 0
      if (meets) at -= 2
      const amount = pool[k + 1]!
      pool[at] = level
      pool[at + 1] = before + amount
      at += 2
    }
    return (at - start) / 2
  }
  batch.f64[index * 5 + 2] = put(aux, middle, 'down')
  batch.i32[index * 10 + 8] = put(middle, end, 'up')
}

function copyBatch(batch: MarketBatch): MarketBatch {
  const buffer = new ArrayBuffer(batch.count * RECORD_BYTES)
  new Uint8Array(buffer).set(batch.u8.subarray(0, batch.count * RECORD_BYTES))
  return viewBatch(buffer, batch.count, batch.pool.slice())
}
