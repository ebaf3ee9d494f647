import { assert } from '../../core/mod.ts'
import {
  type FeatureMatrix,
  type FittedModel,
  type Learner,
  type ModelJson,
  refused,
  type Trained,
  type TrainingInput,
} from '../learner.ts'

/** A forecast that knows nothing: a number by row and seed alone, the base rate as probability. */
export const randomBaseline = (): Learner => baseline('random-signal/1', [])

/** The same forecast for every row: the training labels' mean and base rate. */
export const equalWeightBaseline = (): Learner => baseline('equal-weight/1', [])

/** One feature as it is, the higher the better, NaN where it is; the base rate as probability. */
export const momentumBaseline = (feature: string): Learner => baseline('momentum/1', [feature])

/** Everything that a baseline is. */
interface BaselineFit {
  readonly features: readonly string[]
  /** Means of the training labels. */
  readonly base: { readonly excess: number; readonly downside: number }
  readonly seed: number
}

type Score = (fit: BaselineFit, features: FeatureMatrix) => (row: number) => number

const SCORES: Readonly<Record<string, Score>> = {
  'random-signal/1':
    ({ seed }) =>
    (row) =>
      (hashed(row, seed) - 0.5) * 1e-3,
  'equal-weight/1':
    ({ base }) =>
    () =>
      base.excess,
  'momentum/1': ({ features: [feature] }, { names, columns }) => {
    const place = names.indexOf(feature!)
    assert(place >= 0, `feature ${feature} is not there`)
    return (row) => columns[place]![row]!
  },
}

function baseline(implementation: string, features: readonly string[]): Learner {
  return {
    implementation,
    train({ labels, rows, seed }: TrainingInput) {
      const excess = meanOf(labels.excessReturn, rows)
      const downside = meanOf(labels.downsideEvent, rows)
      if (excess === null || downside === null) return refused('no training rows qualify')
      const fit = { features, base: { excess, downside }, seed }
      return { kind: 'trained', model: baselineModel(implementation, fit) }
    },
  }
}

function baselineModel(implementation: string, fit: BaselineFit): FittedModel {
  return {
    implementation,
    features: fit.features,
    predict: (features, rows) => ({
      excessReturn: Float64Array.from(rows, SCORES[implementation]!(fit, features)),
      downsideProbability: new Float64Array(rows.length).fill(fit.base.downside),
    }),
    toJson: () => ({ implementation, ...fit }),
  }
}

/** Reads what a baseline's `toJson` made: one that forecasts the same, or what is wrong with it. */
export function readBaseline(json: ModelJson): Trained {
  const { implementation, features } = json
  if (SCORES[implementation] === undefined) return refused(`${implementation} is no baseline`)
  const { excess, downside } = (json['base'] ?? {}) as Partial<BaselineFit['base']>
  const seed = json['seed']
  if (!Number.isFinite(excess) || !Number.isFinite(downside) || !Number.isSafeInteger(seed)) {
    return refused(`${implementation}: base or seed are no numbers`)
  }
  if (implementation === 'momentum/1' && features.length !== 1) {
    return refused(`${implementation}: ${features.length} features, 1 is allowed`)
  }
  const base = { excess: excess!, downside: downside! }
  const fit = { features, base, seed: seed as number }
  return { kind: 'trained', model: baselineModel(implementation, fit) }
}

function meanOf(label: Float32Array | Float64Array, rows: Int32Array): number | null {
  let sum = 0
  let count = 0
  for (const row of rows) {
    const value = label[row]!
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return count > 0 ? sum / count : null
}

/** Uniform in [0, 1) by row and seed alone (splitmix32), so that it does not depend on who asks. */
function hashed(row: number, seed: number): number {
  let t = (Math.imul(seed | 0, 0x85eb_ca6b) + Math.imul(row + 1, 0x9e37_79b9)) | 0
  t = Math.imul(t ^ (t >>> 16), 0x21f0_aaad)
  t = Math.imul(t ^ (t >>> 15), 0x735a_2d97)
  return ((t ^ (t >>> 15)) >>> 0) / 4_294_967_296
}
