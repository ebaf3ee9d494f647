/** A loss over the rows of one training. */
export interface Loss {
  /** The constant score that all trees begin from. */
  readonly base: number
  /** Writes the derivatives of the loss by the score of each row. */
  readonly derive: (scores: Float64Array, gradient: Float64Array, hessian: Float64Array) => void
}

/** Half the squared error, weighted. */
export function squaredLoss(target: Float64Array, weights: Float64Array | null): Loss {
  return {
    base: weightedMean(target, weights),
    derive(scores, gradient, hessian) {
      for (let i = 0; i < target.length; i++) {
        const weight = weights === null ? 1 : weights[i]!
        gradient[i] = weight * (scores[i]! - target[i]!)
        hessian[i] = weight
      }
    },
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
