/** A loss over some rows. */
export interface Loss {
  /** The constant score that all trees begin from. */
  readonly base: number
  /** What {@link measure} gives. */
  readonly metric: string
  /** Writes the derivatives of the loss by the score of each row. */
  readonly derive: (scores: Float64Array, gradient: Float64Array, hessian: Float64Array) => void
  /** How bad the scores are, for early stopping: less is better. */
  readonly measure: (scores: Float64Array) => number
}

/** The rows of a loss; groups are given where the loss compares within them. */
export interface LossRows {
  readonly target: Float64Array
  readonly weights: Float64Array | null
  readonly groups: Int32Array | null
}

/** Probability of a score under the logistic loss. */
export const probability = (score: number): number => 1 / (1 + Math.exp(-score))

/** Half the squared error. */
export function squaredLoss({ target, weights }: LossRows): Loss {
  return {
    base: weightedMean(target, weights),
    metric: 'root mean squared error',
    derive(scores, gradient, hessian) {
      for (let i = 0; i < target.length; i++) {
        const weight = weights === null ? 1 : weights[i]!
        gradient[i] = weight * (scores[i]! - target[i]!)
        hessian[i] = weight
      }
    },
    measure: (scores) =>
      Math.sqrt(
        weightedMean(
          target.map((value, i) => (scores[i]! - value) ** 2),
          weights,
        ),
      ),
  }
}

/** Logistic loss of targets 0 and 1. */
export function logisticLoss({ target, weights }: LossRows): Loss {
  const share = weightedMean(target, weights)
  return {
    base: Math.log(share / (1 - share)),
    metric: 'mean logistic loss',
    derive(scores, gradient, hessian) {
      for (let i = 0; i < target.length; i++) {
        const weight = weights === null ? 1 : weights[i]!
        const p = probability(scores[i]!)
        gradient[i] = weight * (p - target[i]!)
        hessian[i] = weight * p * (1 - p)
      }
    },
    measure: (scores) =>
      weightedMean(
        target.map((value, i) => {
          const margin = value === 1 ? scores[i]! : -scores[i]!
          // log(1 + e^-m) without overflow.
          return margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin
        }),
        weights,
      ),
  }
}

function weightedMean(values: Float64Array, weights: Float64Array | null): number {
  let sum = 0
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const weight = weights === null ? 1 : weights[i]!
    sum += weight * values[i]!
    total += weight
  }
  return sum / total
}
