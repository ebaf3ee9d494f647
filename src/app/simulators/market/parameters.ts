import type { SimulatedInstrument } from './universe.ts'

/**
 * Which market is generated.
 * - zeroEdge: the log price is a random walk; the book's imbalance is noise of its own and says
 *   nothing about future prices. No strategy can earn its costs here.
 * - plantedEdge: most of the price's variance is an Ornstein-Uhlenbeck dislocation that decays to a
 *   slowly walking fundamental, and the book leans towards the fundamental. Mean reversion gated by
 *   imbalance earns more than its costs here, by construction: it proves the machinery, no edge.
 */
export type MarketModelKind = 'zeroEdge' | 'plantedEdge'

/** Constants of the model, common to all instruments. Times in seconds. */
export const MODEL = {
  /** The state moves once per slice, aligned to multiples of it. */
  sliceUs: 100_000,
  /** Correlation of two instruments' random walks. */
  commonShare: 0.5,
  /** Half-life of the dislocation (plantedEdge). */
  dislocationHalfLife: 8 * 60,
  /** Share of one minute's variance that comes from the dislocation (plantedEdge). */
  dislocationShare: 0.95,
  /** Half-life and size of the imbalance's own noise. */
  leanHalfLife: 20,
  leanNoise: 0.35,
  /** Noise and pull of the lean per standard deviation of dislocation (plantedEdge). */
  plantedLeanNoise: 0.2,
  plantedLeanPull: 0.35,
  /** Levels' sizes: half-life and spread of their noise, growth per level away from the touch. */
  levelHalfLife: 4,
  levelNoise: 0.6,
  levelGrowth: 0.25,
  /** Sizes of trades against the best level's median. */
  tradeSizeMedian: 0.15,
  tradeSizeNoise: 1.2,
  /** Interest part of funding, and the clamp around it, per 8 hours as fractions. */
  fundingInterest: 0.0001,
  fundingClamp: 0.0005,
  markEveryUs: 3_000_000,
} as const

/** One instrument's standard deviations and decays per slice, in log price. */
export interface PathScales {
  /** Of the random walk, per slice. */
  readonly walk: number
  /** Stationary standard deviation of the dislocation; 0 for zeroEdge. */
  readonly dislocation: number
  readonly dislocationDecay: number
  readonly leanDecay: number
  readonly leanNoise: number
  /** Lean per standard deviation of dislocation, pulling towards the fundamental. */
  readonly leanPull: number
}

const decayPerSlice = (halfLifeSeconds: number): number =>
  0.5 ** (MODEL.sliceUs / 1e6 / halfLifeSeconds)

/**
 * Both kinds have the same variance over one minute. For the OU part, the change over t has the
 * variance 2 s^2 (1 - e^(-kt)) with stationary deviation s and rate k (Gillespie 1996).
 */
export function pathScales(kind: MarketModelKind, simulated: SimulatedInstrument): PathScales {
  const perMinute = simulated.volatilityPerMinuteBp * 1e-4
  const slices = 60e6 / MODEL.sliceUs
  const share = kind === 'plantedEdge' ? MODEL.dislocationShare : 0
  const minuteDecay = 0.5 ** (60 / MODEL.dislocationHalfLife)
  return {
    walk: perMinute * Math.sqrt((1 - share) / slices),
    dislocation: perMinute * Math.sqrt(share / (2 * (1 - minuteDecay))),
    dislocationDecay: decayPerSlice(MODEL.dislocationHalfLife),
    leanDecay: decayPerSlice(MODEL.leanHalfLife),
    leanNoise: kind === 'plantedEdge' ? MODEL.plantedLeanNoise : MODEL.leanNoise,
    leanPull: kind === 'plantedEdge' ? MODEL.plantedLeanPull : 0,
  }
}

/** Weight that one step of an AR(1) process gives to its innovation, for unit variance. */
export const innovation = (decay: number): number => Math.sqrt(1 - decay * decay)
