import type { Recording } from '../../adapters/mod.ts'
import {
  createRandom,
  type Effect,
  Engine,
  type EngineConfig,
  type Event,
  type ExchangeOptions,
  MarketCursor,
  MarketWriter,
  moneyFromNumber,
  type Random,
  RecordKind,
  roundPrice,
  SimulatedExchange,
} from '../../core/mod.ts'
import { driveBacktest } from '../run/drive-backtest.ts'

/**
 * What is checked. It is built anew from each recording, so that whatever it derives is scrambled
 * too.
 */
export interface LookaheadSubject {
  readonly engine: EngineConfig
  readonly exchange: ExchangeOptions
  readonly balance: number
  readonly heartbeatUs: number
  /** Events stepped before the first record. */
  readonly opening: (recording: Recording) => readonly Event[]
}

/** One cut at which the future was replaced. */
export interface LookaheadCut {
  /** Everything received after this was scrambled, us. */
  readonly time: number
  /** Decisions up to the cut that were compared. */
  readonly compared: number
  /** First decision that differed, or null. */
  readonly difference: {
    readonly index: number
    readonly original: string
    readonly scrambled: string
  } | null
}

/** Outcome of the check. */
export interface LookaheadResult {
  readonly cuts: readonly LookaheadCut[]
  readonly passed: boolean
  /** Decisions of the undisturbed run. */
  readonly decisions: number
}

/**
 * Runs the subject, then again for random cuts with everything known after the cut replaced by
 * noise, and demands the same decisions up to it. A strategy that looks ahead decides differently.
 */
export function verifyLookahead(
  build: (recording: Recording) => LookaheadSubject,
  recording: Recording,
  options: { readonly cuts: number; readonly seed: number },
): LookaheadResult {
  const random = createRandom(options.seed)
  const original = decisionsOf(build(recording), recording, recording)
  const { firstTime, lastTime } = recording.info
  const cuts = Array.from({ length: options.cuts }, () => {
    const time = Math.floor(firstTime + random.next() * (lastTime - firstTime))
    const seed = random.integer(2 ** 31)
    // The strategy must not know what is received after the cut, the venue what happens after it.
    const seen = scrambleAfter(recording, time, { basis: 'received', seed })
    const venue = scrambleAfter(recording, time, { basis: 'venue', seed })
    const scrambled = decisionsOf(build(seen), seen, venue)
    return compare(time, original, scrambled)
  })
  return {
    cuts,
    passed: cuts.every((cut) => cut.difference === null),
    decisions: original.length,
  }
}

interface Decision {
  readonly time: number
  readonly text: string
}

function compare(time: number, original: Decision[], scrambled: Decision[]): LookaheadCut {
  const before = (list: Decision[]) => list.filter((decision) => decision.time <= time)
  const a = before(original)
  const b = before(scrambled)
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const [x, y] = [a[index]?.text ?? '(none)', b[index]?.text ?? '(none)']
    if (x !== y) return { time, compared: index, difference: { index, original: x, scrambled: y } }
  }
  return { time, compared: length, difference: null }
}

/** Every effect of a run with its time: orders, cancels, denials, evaluations. */
function decisionsOf(
  subject: LookaheadSubject,
  recording: Recording,
  venue: Recording,
): Decision[] {
  const decisions: Decision[] = []
  const exchange = new SimulatedExchange(subject.exchange)
  exchange.addAccount(moneyFromNumber(subject.balance))
  driveBacktest({
    engine: new Engine(subject.engine),
    exchange,
    batch: recording.batch,
    venueBatch: venue.batch,
    opening: subject.opening(recording),
    heartbeatUs: subject.heartbeatUs,
    observer: {
      event: () => {},
      markets: () => {},
      heartbeat: () => {},
      effects: (effects, time) => {
        for (const effect of effects) decisions.push({ time, text: show(effect) })
      },
    },
  })
  return decisions
}

const show = (effect: Effect): string =>
  JSON.stringify(effect, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value))

/** A copy in which every price and size after `time` (by either clock) is random; times stay. */
export function scrambleAfter(
  recording: Recording,
  time: number,
  how: { readonly basis: 'received' | 'venue'; readonly seed: number },
): Recording {
  const random = createRandom(how.seed)
  const clock = how.basis === 'received' ? 0 : 1
  const { batch, instruments } = recording
  const writer = new MarketWriter(batch.count)
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    if (batch.f64[i * 5 + clock]! <= time) {
      writer.copy(batch, i, cursor)
      continue
    }
    cursor.load(batch, i)
    const factor = 0.5 + random.next()
    const move = (price: number) =>
      roundPrice(instruments[cursor.instrument]!, Math.max(1, price * factor), 'up')
    const size = () => 1 + random.integer(1_000_000)
    scramble(writer, cursor, { move, size, random })
  }
  return { ...recording, batch: writer.batch() }
}

function scramble(
  writer: MarketWriter,
  cursor: MarketCursor,
  noise: {
    readonly move: (price: number) => number
    readonly size: () => number
    readonly random: Random
  },
): void {
  const { pool, aux, kind, quantity, price } = cursor
  const { move, size, random } = noise
  if (kind === RecordKind.snapshot) {
    const side = (at: number, count: number): number[] => {
      const levels: number[] = []
      for (let k = 0; k < count; k++) levels.push(move(pool[at + 2 * k]!), size())
      return levels
    }
    writer.snapshot(cursor, side(aux, quantity), side(aux + 2 * quantity, price))
  } else if (kind === RecordKind.delta) {
    writer.delta(cursor, cursor.side === 0 ? 'bid' : 'ask', price, quantity === 0 ? 0 : size())
  } else if (kind === RecordKind.trade) {
    writer.trade(cursor, random.next() < 0.5 ? 'buy' : 'sell', move(price), size(), aux)
  } else if (kind === RecordKind.bar) {
    const close = move(price)
    const [, , , , , openTime] = pool.subarray(aux, aux + 6)
    const bar = { open: close, high: close, low: close, close, volume: size(), openTime: openTime! }
    writer.bar(cursor, bar)
  } else if (kind === RecordKind.funding) writer.funding(cursor, random.integer(100_000))
  else if (kind === RecordKind.mark) writer.mark(cursor, move(price), move(quantity))
}
