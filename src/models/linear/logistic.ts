import { type FeatureMatrix, type Refused, refused } from '../learner.ts'
import { addProducts, solveSymmetric } from './normal-equations.ts'
import { BLOCK_ROWS, forEachBlock, type Preparation, regressorNames } from './preparation.ts'
import type { LinearFit } from './ridge.ts'

const STEPS_MAX = 100
/** Largest element of the gradient of the mean loss at which the minimum counts as found. */
const GRADIENT_MAX = 1e-9

/** 1 / (1 + exp(-x)), without overflow. */
export const logistic = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))

/**
 * Minimises the mean logistic loss + (l2 / 2) |b|^2, the intercept unpenalised, by iteratively
 * reweighted least squares with halved steps (Newton's method). The weighted cross products are
 * kept while steps with them still shrink the gradient tenfold: the minimum is the same. Labels are
 * 0 or 1. Refused without rows, where all labels are equal, and where it does not converge.
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
  let state = evaluate(problem, at, true)
  let hessian = state.hessian!
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
    const direction = solveSymmetric(hessian, state.gradient)
    if (direction === null) return refused(`regressors are collinear at a penalty of ${l2}`)
    const taken = search(problem, at, direction, state.loss)
    if (taken === null) return refused('the logistic loss cannot be lowered further')
    at = taken.at
    state = taken.state
    if (largest(state.gradient) > 0.1 * size0) {
      state = evaluate(problem, at, true)
      hessian = state.hessian!
    }
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
  readonly hessian: Float64Array | null
}

/** The first of at most 30 halved steps that does not raise the loss. */
function search(
  problem: Problem,
  from: Float64Array,
  direction: Float64Array,
  loss: number,
): { at: Float64Array<ArrayBuffer>; state: State } | null {
  for (let halving = 0, length = 1; halving < 30; halving++, length /= 2) {
    const at = new Float64Array(from.length)
    for (let j = 0; j < at.length; j++) at[j] = from[j]! - length * direction[j]!
    const state = evaluate(problem, at, false)
    // Rounding may raise the loss in its last digits at the minimum itself.
    if (state.loss <= loss + 1e-12 * Math.abs(loss)) return { at, state }
  }
  return null
}

function evaluate(problem: Problem, at: Float64Array, withHessian: boolean): State {
  const { preparation, features, label, rows, l2, size } = problem
  const regressors = size - 1
  const gradient = new Float64Array(size)
  const hessian = withHessian ? new Float64Array(size * size) : null
  const predictor = new Float64Array(BLOCK_ROWS)
  const residual = new Float64Array(BLOCK_ROWS)
  const weight = new Float64Array(BLOCK_ROWS)
  // The block with a column of ones behind it, and the same times the weights.
  const full = new Float64Array(size * BLOCK_ROWS).fill(1)
  const weighted = new Float64Array(size * BLOCK_ROWS)
  let loss = 0
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
    }
    full.set(block)
    for (let j = 0; j < size; j++) {
      const base = j * BLOCK_ROWS
      let sum = 0
      for (let i = 0; i < BLOCK_ROWS; i++) sum += full[base + i]! * residual[i]!
      gradient[j]! += sum
    }
    if (hessian === null) return
    for (let j = 0; j < size; j++) {
      const base = j * BLOCK_ROWS
      for (let i = 0; i < BLOCK_ROWS; i++) weighted[base + i] = full[base + i]! * weight[i]!
    }
    addProducts(hessian, size, full, weighted)
  })
  return penalised({ loss, gradient, hessian }, at, rows.length, l2)
}

/** Sums turned into means, with the penalty of all but the intercept. */
function penalised(state: State, at: Float64Array, count: number, l2: number): State {
  const size = at.length
  let loss = state.loss / count
  for (let i = 0; i < state.gradient.length; i++) state.gradient[i]! /= count
  if (state.hessian !== null) {
    for (let i = 0; i < state.hessian.length; i++) state.hessian[i]! /= count
  }
  for (let j = 0; j < size - 1; j++) {
    loss += (l2 / 2) * at[j]! ** 2
    state.gradient[j]! += l2 * at[j]!
    if (state.hessian !== null) state.hessian[j * size + j]! += l2
  }
  return { ...state, loss }
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
