import { MarketCursor, MarketWriter, type TimeUs } from '../../../../core/mod.ts'
import {
  copyRest,
  loadBatch,
  type PendingRecords,
  type StoredBatch,
  storeBatch,
  visitDue,
} from '../../market/batches.ts'
import {
  createMarketModel,
  type MarketModel,
  type MarketModelKind,
  type MarketModelState,
  type SimulatedInstrument,
} from '../../market/generator.ts'
import type { Candle } from './candles.ts'
import { olderHours } from './older-hours.ts'
import type { MarketSource } from './source.ts'

/** A generated market, by seed and start. */
export interface GeneratedSourceOptions {
  readonly instruments: readonly SimulatedInstrument[]
  readonly seed: number
  readonly model: MarketModelKind
  readonly startTime: TimeUs
  readonly bookCadenceUs: number
  readonly levels: number
  readonly historyMinutes: number
  /** What {@link MarketSource.state} returned, to go on from there. */
  readonly resume?: unknown
}

interface GeneratedState {
  readonly model: MarketModelState
  readonly pending: StoredBatch
}

/** Longest stretch generated at a time: bounds the records held. */
const STRETCH_US = 60_000_000
/** The model writes whole slices of this length, so it runs ahead by up to one. */
const SLICE_US = 100_000

/** The generated market as a source: made a slice ahead, handed out when due. */
export function createGeneratedSource(options: GeneratedSourceOptions): MarketSource {
  const resume = options.resume as GeneratedState | undefined
  let model = createModel(options, resume?.model)
  const writer = new MarketWriter(4096)
  const cursor = new MarketCursor()
  let pending: PendingRecords = {
    batch: resume === undefined ? writer.batch() : loadBatch(resume.pending),
    next: 0,
  }
  return {
    instruments: options.instruments.map(({ instrument }) => instrument),
    settlesFunding: false,
    endTime: Number.POSITIVE_INFINITY,
    history(instrument) {
      const minutes = model.candles(instrument, options.historyMinutes + 1).map(
        (candle): Candle => ({
          ...candle,
          turnover: candle.close * candle.volume,
        }),
      )
      const until = minutes[0]?.openTime ?? options.startTime
      return [...olderHours(options.instruments[instrument]!, { ...options, until }), ...minutes]
    },
    advance(toTime, visit) {
      for (;;) {
        pending = { ...pending, next: visitDue(pending, toTime, cursor, visit) }
        if (model.now > toTime) return
        writer.clear()
        model.advance(Math.min(toTime + SLICE_US, model.now + STRETCH_US), writer)
        pending = { batch: writer.batch(), next: 0 }
      }
    },
    skip(toTime) {
      const now = Math.floor(toTime / SLICE_US) * SLICE_US
      if (now <= model.now) return
      model = createModel(options, { ...model.state(), now })
      writer.clear()
      pending = { batch: writer.batch(), next: 0 }
    },
    state: (): GeneratedState => ({ model: model.state(), pending: storeBatch(copyRest(pending)) }),
  }
}

const createModel = (
  options: GeneratedSourceOptions,
  resume: MarketModelState | undefined,
): MarketModel =>
  createMarketModel({
    instruments: options.instruments,
    seed: options.seed,
    model: options.model,
    startTime: options.startTime,
    bookCadenceUs: options.bookCadenceUs,
    levels: options.levels,
    historyMinutes: options.historyMinutes,
    candlesKept: options.historyMinutes,
    ...(resume === undefined ? {} : { resume }),
  })
