import { type FeatureMatrix, type Refused, refused } from '../learner.ts'
import {
  addProducts,
  BLOCK_ROWS,
  paddedSize,
  solveSymmetric,
  unpadded,
} from './normal-equations.ts'
import { forEachBlock, type Preparation, regressorNames } from './preparation.ts'

/** Coefficients on standardised regressors, in the order of `regressorNames`. */
export interface LinearFit {
  readonly kind: 'fitted'
  readonly intercept: number
  readonly coefficients: Float64Array
  /** Penalty that was used. */
  readonly l2: number
  readonly trainingRows: number
}

/** Sums over rows from which ridge regressions of any penalty follow. */
export interface Moments {
  readonly count: number
  readonly sums: Float64Array
  /** Upper triangle of the cross products, row-major. */
  readonly gram: Float64Array
  readonly labelSum: number
  readonly labelSquares: number
  readonly labelProducts: Float64Array
}

/** One pass over the rows; every row must have a label. */
export function collectMoments(
  preparation: Preparation,
  features: FeatureMatrix,
  label: Float32Array | Float64Array,
  rows: Int32Array,
): Moments {
  const size = regressorNames(preparation).length
  const sums = new Float64Array(size)
  const padded = paddedSize(size)
  const products = new Float64Array(padded * padded)
  const labelProducts = new Float64Array(size)
  let labelSum = 0
  let labelSquares = 0
  forEachBlock(preparation, features, rows, (block, start, count) => {
    addProducts(products, padded, block, block)
    for (let i = 0; i < count; i++) {
      const y = label[rows[start + i]!]!
      labelSum += y
      labelSquares += y * y
    }
    for (let j = 0; j < size; j++) {
      const at = j * BLOCK_ROWS
      let sum = 0
      let product = 0
      for (let i = 0; i < count; i++) {
        const x = block[at + i]!
        sum += x
        product += x * label[rows[start + i]!]!
      }
      sums[j]! += sum
      labelProducts[j]! += product
    }
  })
  const gram = unpadded(products, padded, size)
  return { count: rows.length, sums, gram, labelSum, labelSquares, labelProducts }
}

/**
 * Minimises (1/n) sum (y - a - x'b)^2 + l2 |b|^2 in closed form, the intercept unpenalised (Hoerl
 * and Kennard 1970). Refused without rows and where the equations are singular.
 */
export function fitRidge(moments: Moments, l2: number): LinearFit | Refused {
  const { count, sums, gram, labelSum, labelProducts } = moments
  if (count === 0) return refused('no training rows qualify')
  const size = sums.length
  const centred = new Float64Array(size * size)
  const right = new Float64Array(size)
  for (let a = 0; a < size; a++) {
    right[a] = (labelProducts[a]! - (sums[a]! * labelSum) / count) / count
    for (let b = a; b < size; b++) {
      centred[a * size + b] = (gram[a * size + b]! - (sums[a]! * sums[b]!) / count) / count
    }
  }
  const coefficients = solveSymmetric(centred, right, l2)
  if (coefficients === null) return refused(`regressors are collinear at a penalty of ${l2}`)
  let intercept = labelSum
  for (let j = 0; j < size; j++) intercept -= coefficients[j]! * sums[j]!
  return { kind: 'fitted', intercept: intercept / count, coefficients, l2, trainingRows: count }
}

/** Mean squared error of a fit over the rows that the moments were collected from. */
export function meanSquaredError(moments: Moments, { intercept, coefficients }: LinearFit): number {
  const { count, sums, gram, labelSum, labelSquares, labelProducts } = moments
  const size = sums.length
  let total = labelSquares - 2 * intercept * labelSum + count * intercept * intercept
  for (let a = 0; a < size; a++) {
    const x = coefficients[a]!
    total += 2 * x * (intercept * sums[a]! - labelProducts[a]!) + x * x * gram[a * size + a]!
    for (let b = a + 1; b < size; b++) total += 2 * x * coefficients[b]! * gram[a * size + b]!
  }
  return total / count
}

/** Fits each penalty and keeps the one with the least validation error, of equals the largest. */
export function chooseRidge(
  training: Moments,
  validation: Moments | null,
  penalties: readonly number[],
): LinearFit | Refused {
  if (penalties.length === 1) return fitRidge(training, penalties[0]!)
  if (validation === null || validation.count === 0) {
    return refused(`choosing among ${penalties.length} penalties needs validation rows`)
  }
  let best: LinearFit | null = null
  let least = Number.POSITIVE_INFINITY
  for (const l2 of penalties.toSorted((a, b) => b - a)) {
    const fit = fitRidge(training, l2)
    if (fit.kind === 'refused') return fit
    const error = meanSquaredError(validation, fit)
    if (error < least) {
      least = error
      best = fit
    }
  }
  return best ?? refused('no penalty has a finite validation error')
}

/** Linear predictor a + x'b, one element a row. */
export function linearPredictor(
  preparation: Preparation,
  { intercept, coefficients }: Pick<LinearFit, 'intercept' | 'coefficients'>,
  features: FeatureMatrix,
  rows: Int32Array,
): Float64Array {
  const values = new Float64Array(rows.length).fill(intercept)
  forEachBlock(preparation, features, rows, (block, start, count) => {
    coefficients.forEach((coefficient, j) => {
      const at = j * BLOCK_ROWS
      for (let i = 0; i < count; i++) values[start + i]! += coefficient * block[at + i]!
    })
  })
  return values
}
