import {
  assert,
  createRandom,
  MAXIMUM_PRICE,
  type MarketWriter,
  type Random,
  type RandomState,
  type TimeUs,
} from '../../../core/mod.ts'
import { ageLevels, buildBook, diffSide, type MarketBook, medianLots, touchAround } from './book.ts'
import {
  addTrade,
  type CandleState,
  lastCandles,
  type MarketCandle,
  MINUTE_US,
  rollCandles,
  startCandles,
} from './candles.ts'
import {
  innovation,
  type MarketModelKind,
  MODEL,
  type PathScales,
  pathScales,
} from './parameters.ts'
import type { SimulatedInstrument } from './universe.ts'

export type { MarketModelKind } from './parameters.ts'
export {
  defaultUniverse,
  pickInstruments,
  type SimulatedInstrument,
  wholeUniverse,
} from './universe.ts'

/** What to generate. */
export interface MarketModelOptions {
  /** Instruments with ids 0, 1, 2, ... in this order. */
  readonly instruments: readonly SimulatedInstrument[]
  /** 32-bit integer: same seed, same market. */
  readonly seed: number
  readonly model: MarketModelKind
  /** The live part begins here, us; rounded down to a multiple of 100 ms. */
  readonly startTime: TimeUs
  /** Time between books, a multiple of 100 ms. Default 500 ms. */
  readonly bookCadenceUs?: number
  /** Levels per side. Default 20. */
  readonly levels?: number
  /** Whole books each time (default), or one each minute and changed levels in between. */
  readonly form?: 'snapshots' | 'deltas'
  /** Minutes of candles that exist at the start. Default 360. */
  readonly historyMinutes?: number
  /** Most finished minutes that are kept. Default 6,000. */
  readonly candlesKept?: number
  /** receivedTime - venueTime of the records written. Default 0: the reader adds its own. */
  readonly latencyUs?: number
  /** Continue from a state that this model returned with the same options. */
  readonly resume?: MarketModelState
}

/**
 * A generated market that is stepped by whoever uses it. It knows no clock: time goes on by
 * `advance`. What happens does not depend on how the time is cut into steps.
 */
export interface MarketModel {
  /** Everything up to here has been generated, us. */
  readonly now: TimeUs
  /** Generates up to `toTime` (whole slices of 100 ms) and writes it in order of venueTime. */
  advance(toTime: TimeUs, writer: MarketWriter | null): void
  /** The last candles from trades, oldest first, the running one last. Default one minute. */
  candles(instrument: number, count: number, intervalUs?: number): readonly MarketCandle[]
  /** The book last published (at the start: the one that would be). */
  book(instrument: number): MarketBook
  /** Mark price (the middle) and oracle price (the fundamental), in quanta. */
  mark(instrument: number): { readonly mark: number; readonly oracle: number }
  /** Funding rate of the running hour x 1e9, as it stands. */
  fundingRateE9(instrument: number): number
  /** Everything needed to go on later, as plain data. */
  state(): MarketModelState
}

/** State of a {@link MarketModel} as plain data. */
export interface MarketModelState {
  readonly now: TimeUs
  readonly common: RandomState
  readonly instruments: readonly InstrumentState[]
}

interface InstrumentState {
  readonly random: RandomState
  readonly walk: number
  readonly dislocation: number
  readonly lean: number
  readonly levelNoise: readonly number[]
  readonly book: MarketBook
  readonly tradeCount: number
  readonly premiumSum: number
  readonly premiumCount: number
  readonly candles: CandleState
}

interface Live {
  readonly simulated: SimulatedInstrument
  readonly scales: PathScales
  readonly random: Random
  readonly startQuanta: number
  /** Log distance of the fundamental from its start. */
  walk: number
  /** In standard deviations. */
  dislocation: number
  /** Noise of the lean, unit variance. */
  lean: number
  readonly levelNoise: number[]
  book: MarketBook
  tradeCount: number
  premiumSum: number
  premiumCount: number
  readonly candles: CandleState
}

interface Print {
  readonly time: TimeUs
  readonly live: Live
  readonly buys: boolean
  readonly price: number
  readonly lots: number
}

const HOUR_US = 3_600_000_000

/** Makes the market, with its history already behind it. The model is in {@link MODEL}'s file. */
export function createMarketModel(options: MarketModelOptions): MarketModel {
  const cadenceUs = options.bookCadenceUs ?? 500_000
  assert(cadenceUs > 0 && cadenceUs % MODEL.sliceUs === 0, 'cadence: a multiple of 100 ms')
  const levels = options.levels ?? 20
  const latencyUs = options.latencyUs ?? 0
  const keep = options.candlesKept ?? 6_000
  const start = Math.floor(options.startTime / MODEL.sliceUs) * MODEL.sliceUs
  const historyStart = minuteOf(start) - (options.historyMinutes ?? 360) * MINUTE_US
  const common = createRandom(options.resume?.common ?? mixSeed(options.seed, 0))
  const lives = options.instruments.map((simulated, id) =>
    startInstrument(simulated, id, { options, historyStart, levels }),
  )
  let now = options.resume?.now ?? historyStart
  const published = new Set<Live>()

  const writeBook = (live: Live, time: TimeUs, writer: MarketWriter | null): void => {
    ageLevels(live.levelNoise, cadenceUs, live.random)
    const before = live.book
    live.book = bookOf(live)
    if (writer === null) return
    const head = headOf(live, time, latencyUs)
    const { bids, asks } = live.book
    if (options.form !== 'deltas' || time % MINUTE_US < cadenceUs || !published.has(live)) {
      published.add(live)
      writer.snapshot(head, bids, asks)
      return
    }
    diffSide(before.bids, bids, (price, lots) => writer.delta(head, 'bid', price, lots))
    diffSide(before.asks, asks, (price, lots) => writer.delta(head, 'ask', price, lots))
  }

  const step = (writer: MarketWriter | null): void => {
    const end = now + MODEL.sliceUs
    writePrints(drawPrints(lives, now), latencyUs, writer)
    const shared = common.normal()
    for (const live of lives) {
      movePath(live, shared)
      rollCandles(live.candles, end, keep)
      if (end > start && end % cadenceUs === 0) writeBook(live, end, writer)
      writeRates(live, end, latencyUs, writer)
    }
    now = end
  }

  const advance = (toTime: TimeUs, writer: MarketWriter | null): void => {
    while (now + MODEL.sliceUs <= toTime) step(writer)
  }
  if (options.resume === undefined) {
    advance(start, null)
    for (const live of lives) live.book = bookOf(live)
  }

  return {
    get now() {
      return now
    },
    advance,
    candles: (id, count, intervalUs = MINUTE_US) => {
      assert(intervalUs % MINUTE_US === 0, 'candles: an interval of whole minutes')
      return lastCandles(lives[id]!.candles, count, intervalUs)
    },
    book: (id) => lives[id]!.book,
    mark: (id) => ({
      mark: Math.round(middle(lives[id]!)),
      oracle: Math.round(fundamental(lives[id]!)),
    }),
    fundingRateE9: (id) => fundingRate(lives[id]!),
    state: () => ({ now, common: common.state(), instruments: lives.map(stateOf) }),
  }
}

const minuteOf = (time: TimeUs): TimeUs => Math.floor(time / MINUTE_US) * MINUTE_US

function startInstrument(
  simulated: SimulatedInstrument,
  id: number,
  input: {
    readonly options: MarketModelOptions
    readonly historyStart: TimeUs
    readonly levels: number
  },
): Live {
  const { options, historyStart, levels } = input
  const { instrument } = simulated
  assert(instrument.id === id, `${instrument.symbol}: ids must be 0, 1, 2, ... in order`)
  const startQuanta = simulated.startPrice * 10 ** instrument.priceDecimals
  assert(
    startQuanta >= 10 && startQuanta <= MAXIMUM_PRICE / 2,
    `${instrument.symbol}: a start price of ${startQuanta} quanta is out of range`,
  )
  const scales = pathScales(options.model, simulated)
  const known = options.resume?.instruments[id]
  const random = createRandom(known?.random ?? mixSeed(options.seed, id + 1))
  if (known !== undefined) {
    return {
      ...ownCopy(known),
      simulated,
      scales,
      random,
      startQuanta,
    }
  }
  const levelNoise = Array.from({ length: 2 * levels }, () => random.normal())
  return {
    simulated,
    scales,
    random,
    startQuanta,
    walk: 0,
    dislocation: scales.dislocation > 0 ? random.normal() : 0,
    lean: random.normal(),
    levelNoise,
    book: buildBook(simulated, startQuanta, 0, levelNoise),
    tradeCount: 0,
    premiumSum: 0,
    premiumCount: 0,
    candles: startCandles(historyStart, touchAround(simulated, startQuanta).bid),
  }
}

/** Copies what is changed in place, so that a state can be used more than once. */
const ownCopy = (state: InstrumentState) => ({
  ...state,
  levelNoise: [...state.levelNoise],
  candles: { finished: [...state.candles.finished], running: state.candles.running },
})

const stateOf = (live: Live): InstrumentState => ({
  random: live.random.state(),
  walk: live.walk,
  dislocation: live.dislocation,
  lean: live.lean,
  levelNoise: [...live.levelNoise],
  book: live.book,
  tradeCount: live.tradeCount,
  premiumSum: live.premiumSum,
  premiumCount: live.premiumCount,
  candles: { finished: [...live.candles.finished], running: live.candles.running },
})

/** Seeds of the streams of one market: far apart for neighbouring seeds (murmur3's finaliser). */
function mixSeed(seed: number, stream: number): number {
  let h = Math.imul((seed | 0) ^ Math.imul(stream + 1, 0x9e3779b1), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

/** One slice of the price's path and of the lean. Changes `live`. */
function movePath(live: Live, shared: number): void {
  const { scales, random } = live
  const own = random.normal()
  live.walk +=
    scales.walk * (Math.sqrt(MODEL.commonShare) * shared + Math.sqrt(1 - MODEL.commonShare) * own)
  if (scales.dislocation > 0) {
    live.dislocation =
      live.dislocation * scales.dislocationDecay +
      innovation(scales.dislocationDecay) * random.normal()
  }
  live.lean = live.lean * scales.leanDecay + innovation(scales.leanDecay) * random.normal()
}

const fundamental = (live: Live): number => live.startQuanta * Math.exp(live.walk)

const middle = (live: Live): number =>
  live.startQuanta * Math.exp(live.walk + live.scales.dislocation * live.dislocation)

const leanOf = (live: Live): number =>
  live.scales.leanNoise * live.lean - live.scales.leanPull * live.dislocation

const bookOf = (live: Live): MarketBook =>
  buildBook(live.simulated, middle(live), leanOf(live), live.levelNoise)

/** Trades of the slice that begins at `from`, at the touch that holds in it, in order of time. */
function drawPrints(lives: readonly Live[], from: TimeUs): Print[] {
  const prints: Print[] = []
  for (const live of lives) {
    const { random, simulated } = live
    const count = poisson(random, simulated.tradesPerSecond * (MODEL.sliceUs / 1e6))
    if (count === 0) continue
    const center = middle(live)
    const touch = touchAround(simulated, center)
    const median = medianLots(simulated, center) * MODEL.tradeSizeMedian
    for (let i = 0; i < count; i++) {
      const buys = random.next() < 0.5
      const size = median * Math.exp(MODEL.tradeSizeNoise * random.normal())
      prints.push({
        time: from + 1 + random.integer(MODEL.sliceUs - 1),
        live,
        buys,
        price: buys ? touch.ask : touch.bid,
        lots: Math.max(1, Math.round(size)),
      })
    }
  }
  return prints.sort(
    (a, b) => a.time - b.time || a.live.simulated.instrument.id - b.live.simulated.instrument.id,
  )
}

function writePrints(
  prints: readonly Print[],
  latencyUs: number,
  writer: MarketWriter | null,
): void {
  for (const { time, live, buys, price, lots } of prints) {
    live.tradeCount++
    addTrade(live.candles, price, lots)
    writer?.trade(
      headOf(live, time, latencyUs),
      buys ? 'buy' : 'sell',
      price,
      lots,
      live.tradeCount,
    )
  }
}

/** Mark and oracle prices each 3 s, funding at each full hour. */
function writeRates(live: Live, end: TimeUs, latencyUs: number, writer: MarketWriter | null): void {
  if (end % MODEL.markEveryUs !== 0) return
  const mark = middle(live)
  const oracle = fundamental(live)
  live.premiumSum += mark / oracle - 1
  live.premiumCount++
  const head = headOf(live, end, latencyUs)
  writer?.mark(head, Math.round(mark), Math.round(oracle))
  if (end % HOUR_US !== 0) return
  writer?.funding(head, fundingRate(live))
  live.premiumSum = 0
  live.premiumCount = 0
}

/**
 * Hourly rate x 1e9: an eighth of premium + clamp(interest - premium, +-0.05 %), the premium being
 * the hour's mean so far (Hyperliquid's documented formula).
 */
function fundingRate(live: Live): number {
  const premium = live.premiumCount === 0 ? 0 : live.premiumSum / live.premiumCount
  const gap = MODEL.fundingInterest - premium
  const clamped = Math.min(MODEL.fundingClamp, Math.max(-MODEL.fundingClamp, gap))
  return Math.round(((premium + clamped) / 8) * 1e9)
}

const headOf = (live: Live, venueTime: TimeUs, latencyUs: number) => ({
  venueTime,
  receivedTime: venueTime + latencyUs,
  instrument: live.simulated.instrument.id,
})

/** Poisson number by multiplication of uniforms (Knuth), for small means. */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product > limit; product *= random.next()) count++
  return count
}
