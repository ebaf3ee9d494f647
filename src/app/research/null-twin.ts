import type { Recording } from '../../adapters/mod.ts'
import {
  BAR_POOL_LENGTH,
  createMidLookup,
  createRandom,
  type Instrument,
  MarketCursor,
  MarketWriter,
  type NullTwin,
  priceStep,
  type Random,
  RecordKind,
  roundTrips,
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

interface Path {
  /** Mid (or close) last seen and its randomised twin, quanta. */
  real: number
  twin: number
}

/**
 * The recording with its mids replaced by a sign-randomised walk: books, trades and bars are moved
 * by whole price steps to the twin's level, quantities and times stay.
 */
export function randomiseSigns(recording: Recording, seed: number): Recording {
  const { batch, instruments } = recording
  const random = createRandom(seed)
  const writer = new MarketWriter(batch.count)
  const cursor = new MarketCursor()
  const paths: (Path | null)[] = instruments.map(() => null)
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    const instrument = instruments[cursor.instrument]!
    const real = levelOf(cursor)
    if (real !== null) paths[cursor.instrument] = follow(paths[cursor.instrument]!, real, random)
    const path = paths[cursor.instrument]
    const shift = path === null || path === undefined ? 0 : shiftOf(path, instrument)
    write(writer, cursor, shift)
  }
  return { ...recording, batch: writer.batch() }
}

function levelOf(cursor: MarketCursor): number | null {
  if (cursor.kind === RecordKind.bar) return cursor.price
  if (cursor.kind !== RecordKind.snapshot || cursor.quantity === 0 || cursor.price === 0)
    return null
  const { pool, aux } = cursor
  return (pool[aux]! + pool[aux + 2 * cursor.quantity]!) / 2
}

function follow(path: Path | null, real: number, random: Random): Path {
  if (path === null) return { real, twin: real }
  const step = (real - path.real) * (random.next() < 0.5 ? 1 : -1)
  // Far below the start a walk would reach zero: it is reflected at a tenth of the real price.
  const twin = path.twin + step < real / 10 ? path.twin - step : path.twin + step
  return { real, twin }
}

function shiftOf(path: Path, instrument: Instrument): number {
  const step = priceStep(instrument, Math.max(path.real, path.twin))
  return Math.round((path.twin - path.real) / step) * step
}

function write(writer: MarketWriter, cursor: MarketCursor, shift: number): void {
  const { pool, aux, kind } = cursor
  if (kind === RecordKind.snapshot) {
    const side = (from: number, count: number) =>
      Array.from({ length: 2 * count }, (_, i) => pool[from + i]! + (i % 2 === 0 ? shift : 0))
    const bids = side(aux, cursor.quantity)
    writer.snapshot(cursor, bids, side(aux + 2 * cursor.quantity, cursor.price))
  } else if (kind === RecordKind.trade) {
    const aggressor = cursor.side === 0 ? 'buy' : 'sell'
    writer.trade(cursor, aggressor, cursor.price + shift, cursor.quantity, aux)
  } else if (kind === RecordKind.bar) {
    const [open, high, low, close, volume, openTime] = pool.subarray(aux, aux + BAR_POOL_LENGTH)
    writer.bar(cursor, {
      open: open! + shift,
      high: high! + shift,
      low: low! + shift,
      close: close! + shift,
      volume: volume!,
      openTime: openTime!,
    })
  } else if (kind === RecordKind.funding) writer.funding(cursor, aux)
  else if (kind === RecordKind.mark) {
    writer.mark(cursor, cursor.price + shift, cursor.quantity + shift)
  }
}
