import { type Instrument, type Random, roundPrice } from '../../../core/mod.ts'
import { innovation, MODEL } from './parameters.ts'
import type { SimulatedInstrument } from './universe.ts'

/** A book as flat (price, quantity) pairs, best first, in quanta and lots. Never crossed. */
export interface MarketBook {
  readonly bids: number[]
  readonly asks: number[]
}

/** Best prices around a middle in quanta: outwards by half the least spread, at least one step. */
export function touchAround(
  simulated: SimulatedInstrument,
  middle: number,
): { readonly bid: number; readonly ask: number } {
  const { instrument } = simulated
  const half = (middle * simulated.spreadBp * 1e-4) / 2
  const bid = roundPrice(instrument, middle - half, 'down')
  const ask = roundPrice(instrument, middle + half, 'up')
  return { bid, ask: ask > bid ? ask : roundPrice(instrument, bid + 1, 'up') }
}

/** Lets the noise of the levels' sizes age by `elapsedUs`. Changes `noise` (bids, then asks). */
export function ageLevels(noise: number[], elapsedUs: number, random: Random): void {
  const decay = 0.5 ** (elapsedUs / 1e6 / MODEL.levelHalfLife)
  const weight = innovation(decay)
  for (let i = 0; i < noise.length; i++) noise[i] = noise[i]! * decay + weight * random.normal()
}

/**
 * The book around a middle: levels on neighbouring valid prices, sizes log-normal around a median
 * that grows away from the touch, bids times e^lean and asks times e^-lean.
 */
export function buildBook(
  simulated: SimulatedInstrument,
  middle: number,
  lean: number,
  noise: readonly number[],
): MarketBook {
  const { instrument } = simulated
  const { bid, ask } = touchAround(simulated, middle)
  const levels = noise.length / 2
  const median = medianLots(simulated, middle)
  const bids: number[] = []
  const asks: number[] = []
  let bidPrice = bid
  let askPrice = ask
  for (let level = 0; level < levels; level++) {
    const size = median * (1 + MODEL.levelGrowth * level)
    bids.push(bidPrice, lots(size * Math.exp(MODEL.levelNoise * noise[level]! + lean)))
    asks.push(askPrice, lots(size * Math.exp(MODEL.levelNoise * noise[levels + level]! - lean)))
    bidPrice = nextPrice(instrument, bidPrice, 'down')
    askPrice = nextPrice(instrument, askPrice, 'up')
  }
  return { bids, asks }
}

/** Median size of the best level in lots. */
export const medianLots = (simulated: SimulatedInstrument, middle: number): number =>
  (simulated.levelNotional *
    10 ** (simulated.instrument.priceDecimals + simulated.instrument.quantityDecimals)) /
  middle

const lots = (size: number): number => Math.max(1, Math.round(size))

const nextPrice = (instrument: Instrument, from: number, way: 'down' | 'up'): number =>
  roundPrice(instrument, way === 'down' ? from - 1 : from + 1, way)

/** Calls `changed` for every level that differs, removals (quantity 0) first. */
export function diffSide(
  before: readonly number[],
  after: readonly number[],
  changed: (price: number, quantity: number) => void,
): void {
  const now = new Map<number, number>()
  for (let i = 0; i < after.length; i += 2) now.set(after[i]!, after[i + 1]!)
  const was = new Map<number, number>()
  for (let i = 0; i < before.length; i += 2) {
    was.set(before[i]!, before[i + 1]!)
    if (!now.has(before[i]!)) changed(before[i]!, 0)
  }
  for (const [price, quantity] of now) if (was.get(price) !== quantity) changed(price, quantity)
}
