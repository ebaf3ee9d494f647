import { type FeatureMatrix, type Refused, refused } from '../learner.ts'
import {
  addProducts,
  BLOCK_ROWS,
  paddedSize,
  solveSymmetric,
  unpadded,
} from './normal-equations.ts'
import { forEachBlock, type Preparation, regressorNames } from './preparation.ts'
import type { LinearFit } from './ridge.ts'

const STEPS_MAX = 100
/** Largest element of the gradient of the mean loss at which the minimum counts as found. */
const GRADIENT_MAX = 1e-8

/** 1 / (1 + exp(-x)), without overflow. */
export const logistic = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))

/** Rows whose weighted cross products are measured at first. */
const HESSIAN_ROWS = 100_000

/**
 * Minimises the mean logistic loss + (l2 / 2) |b|^2, the intercept unpenalised, by iteratively
 * reweighted least squares with halved steps (Newton's method). The weighted cross products are
 * those of evenly spaced rows, of twice as many after a step that does not shrink the gradient
 * tenfold; the gradient, and so the minimum, is that of all rows. Labels are 0 or 1. Refused
 * without rows, where all labels are equal, and where it does not converge.
 */
export function fitLogistic(
  preparation: Preparation,
  features: FeatureMatrix,
  label: Float32Array | Float64Array,
  { rows, l2 }: { readonly rows: Int32Array; readonly l2: number },
): LinearFit | Refused {
  let events = 0
  for (let i = 0; i < rows.length; i++) events += label[rows[i]!]!
  if (rows.length === 0) return refused('no training rows qualify')
  if (events === 0 || events === rows.length) {
    return refused(`all ${rows.length} training rows have the event ${events === 0 ? 0 : 1}`)
  }
  const size = regressorNames(preparation).length + 1
  const problem = { preparation, features, label, rows, l2, size }
  // The intercept is last; at the base rate the first step is already a good one.
  let at = new Float64Array(size)
  at[size - 1] = Math.log(events / (rows.length - events))
  let stride = Math.ceil(rows.length / HESSIAN_ROWS)
  let state = evaluate(problem, at, stride)
  for (let step = 0; step < STEPS_MAX; step++) {
    const size0 = largest(state.gradient)
    if (size0 <= GRADIENT_MAX) {
      return {
        kind: 'fitted',
        intercept: at[size - 1]!,
        coefficients: at.slice(0, -1),
        l2,
        trainingRows: rows.length,
      }
    }
    const direction = solveSymmetric(state.hessian, state.gradient)
    if (direction === null) return refused(`regressors are collinear at a penalty of ${l2}`)
    const taken = search({ problem, from: at, direction, loss: state.loss, stride })
    if (taken === null) return refused('the logistic loss cannot be lowered further')
    at = taken.at
    state = taken.state
    if (largest(state.gradient) > 0.1 * size0) stride = Math.ceil(stride / 2)
  }
  return refused(`no convergence in ${STEPS_MAX} steps`)
}

interface Problem {
  readonly preparation: Preparation
  readonly features: FeatureMatrix
  readonly label: Float32Array | Float64Array
  readonly rows: Int32Array
  readonly l2: number
  readonly size: number
}

interface State {
  readonly loss: number
  readonly gradient: Float64Array
  readonly hessian: Float64Array
}

/** The first of at most 30 halved steps that does not raise the loss. */
function search(step: {
  readonly problem: Problem
  readonly from: Float64Array
  readonly direction: Float64Array
  readonly loss: number
  readonly stride: number
}): { at: Float64Array<ArrayBuffer>; state: State } | null {
  const { problem, from, direction, loss, stride } = step
  for (let halving = 0, length = 1; halving < 30; halving++, length /= 2) {
    const at = new Float64Array(from.length)
    for (let j = 0; j < at.length; j++) at[j] = from[j]! - length * direction[j]!
    const state = evaluate(problem, at, stride)
    // Rounding may raise the loss in its last digits at the minimum itself.
    if (state.loss <= loss + 1e-12 * Math.abs(loss)) return { at, state }
  }
  return null
}

/** Loss and gradient of all rows, Hessian of every `stride`-th block of rows. */
function evaluate(problem: Problem, at: Float64Array, stride: number): State {
  const { preparation, features, label, rows, size } = problem
  const regressors = size - 1
  const padded = paddedSize(size)
  const gradient = new Float64Array(size)
  const products = new Float64Array(padded * padded)
  const predictor = new Float64Array(BLOCK_ROWS)
  const residual = new Float64Array(BLOCK_ROWS)
  const weight = new Float64Array(BLOCK_ROWS)
  // The block with a column of ones behind it, and the same times the weights.
  const full = new Float64Array(padded * BLOCK_ROWS)
  const weighted = new Float64Array(padded * BLOCK_ROWS)
  let loss = 0
  let measured = 0
  forEachBlock(preparation, features, rows, (block, start, count) => {
    predictor.fill(at[regressors]!)
    for (let j = 0; j < regressors; j++) {
      const base = j * BLOCK_ROWS
      const coefficient = at[j]!
      for (let i = 0; i < count; i++) predictor[i]! += coefficient * block[base + i]!
    }
    residual.fill(0)
    weight.fill(0)
    for (let i = 0; i < count; i++) {
      const y = label[rows[start + i]!]!
      const x = predictor[i]!
      const p = logistic(x)
      loss += Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x)))
      residual[i] = p - y
      weight[i] = p * (1 - p)
      gradient[regressors]! += p - y
    }
    for (let j = 0; j < regressors; j++) {
      const base = j * BLOCK_ROWS
      let sum = 0
      for (let i = 0; i < BLOCK_ROWS; i++) sum += block[base + i]! * residual[i]!
      gradient[j]! += sum
    }
    if ((start / BLOCK_ROWS) % stride !== 0) return
    measured += count
    full.set(block.subarray(0, regressors * BLOCK_ROWS))
    full.fill(1, regressors * BLOCK_ROWS, size * BLOCK_ROWS)
    for (let j = 0; j < size; j++) {
      const base = j * BLOCK_ROWS
      for (let i = 0; i < BLOCK_ROWS; i++) weighted[base + i] = full[base + i]! * weight[i]!
    }
    addProducts(products, padded, full, weighted)
  })
  const hessian = unpadded(products, padded, size)
  return penalised({ loss, gradient, hessian }, at, { measured, problem })
}

/** Sums turned into means, with the penalty of all but the intercept. */
function penalised(
  state: State,
  at: Float64Array,
  { measured, problem }: { readonly measured: number; readonly problem: Problem },
): State {
  const { size, l2, rows } = problem
  const { gradient, hessian } = state
  let loss = state.loss / rows.length
  for (let i = 0; i < gradient.length; i++) gradient[i]! /= rows.length
  for (let i = 0; i < hessian.length; i++) hessian[i]! /= measured
  for (let j = 0; j < size - 1; j++) {
    loss += (l2 / 2) * at[j]! ** 2
    gradient[j]! += l2 * at[j]!
    hessian[j * size + j]! += l2
  }
  return { loss, gradient, hessian }
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
