import { assert } from '../../core/mod.ts'
import {
  type FeatureMatrix,
  type FittedModel,
  type Forecast,
  type Learner,
  refused,
  type TrainingInput,
} from '../learner.ts'

/** A forecast that knows nothing: a number by row and seed alone, the base rate as probability. */
export function randomBaseline(): Learner {
  return baseline('random-signal/1', [], ({ base, seed }) => (_features, rows) => ({
    excessReturn: Float64Array.from(rows, (row) => (hashed(row, seed) - 0.5) * 1e-3),
    downsideProbability: new Float64Array(rows.length).fill(base.downside),
  }))
}

/** The same forecast for every row: the training labels' mean and base rate. */
export function equalWeightBaseline(): Learner {
  return baseline('equal-weight/1', [], ({ base }) => (_features, rows) => ({
    excessReturn: new Float64Array(rows.length).fill(base.excess),
    downsideProbability: new Float64Array(rows.length).fill(base.downside),
  }))
}

/** One feature as it is, the higher the better, NaN where it is; the base rate as probability. */
export function momentumBaseline(feature: string): Learner {
  return baseline('momentum/1', [feature], ({ base }) => (features, rows) => {
    const place = features.names.indexOf(feature)
    assert(place >= 0, `feature ${feature} is not there`)
    return {
      excessReturn: Float64Array.from(rows, (row) => features.columns[place]![row]!),
      downsideProbability: new Float64Array(rows.length).fill(base.downside),
    }
  })
}

interface BaseRates {
  readonly excess: number
  readonly downside: number
}

type Predict = (features: FeatureMatrix, rows: Int32Array) => Forecast

function baseline(
  implementation: string,
  features: readonly string[],
  make: (fit: { base: BaseRates; seed: number }) => Predict,
): Learner {
  return {
    implementation,
    train({ labels, rows, seed }: TrainingInput) {
      const excess = meanOf(labels.excessReturn, rows)
      const downside = meanOf(labels.downsideEvent, rows)
      if (excess === null || downside === null) return refused('no training rows qualify')
      const base = { excess, downside }
      const model: FittedModel = {
        implementation,
        features,
        predict: make({ base, seed }),
        toJson: () => ({ implementation, features, base, seed }),
      }
      return { kind: 'trained', model }
    },
  }
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
