import { type FeatureMatrix, type Refused, refused } from '../learner.ts'
import {
  addCombination,
  addDots,
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

/** Of the gradient that a step left, from which on cross products are measured anew. */
const SLOW = 0.2
/** Rows from which on most of the way is gone with so many of them. */
const SAMPLE_ROWS = 64_000
/** The same for them: what they tell of all rows is no finer. */
const SAMPLE_GRADIENT_MAX = 1e-4

/**
 * Minimises the mean logistic loss + (l2 / 2) |b|^2, the intercept unpenalised, by iteratively
 * reweighted least squares with halved steps (Newton's method). Of many rows, evenly spaced blocks
 * come first; from their minimum on, steps of all rows divide by the weighted cross products that
 * were measured there, anew after a step that does not shrink the gradient fivefold. The gradient
 * that ends it, and so the minimum, is that of all rows. Labels are 0 or 1. Refused without rows,
 * where all labels are equal, and where it does not converge.
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
  const at = new Float64Array(size)
  at[size - 1] = Math.log(events / (rows.length - events))
  const found = descend(problem, startOf(problem, at), GRADIENT_MAX)
  if (found.kind === 'refused') return found
  const coefficients = found.at.slice(0, -1)
  const intercept = found.at[size - 1]!
  return { kind: 'fitted', intercept, coefficients, l2, trainingRows: rows.length }
}

/** Where a descent begins; without cross products it measures them. */
interface Start {
  readonly at: Float64Array<ArrayBuffer>
  readonly hessian: Float64Array | null
}

/** The minimum of a sample of many rows, evenly spaced blocks of them; else where it was told. */
function startOf(problem: Problem, at: Float64Array<ArrayBuffer>): Start {
  const stride = Math.ceil(problem.rows.length / SAMPLE_ROWS)
  if (stride === 1) return { at, hessian: null }
  const rows = problem.rows.filter((_, i) => Math.floor(i / BLOCK_ROWS) % stride === 0)
  const sample = { ...problem, rows }
  const found = descend(sample, { at, hessian: null }, SAMPLE_GRADIENT_MAX)
  if (found.kind === 'refused') return { at, hessian: null }
  return { at: found.at, hessian: evaluate(sample, found.at, true).hessian }
}

/** Steps until no element of the gradient exceeds a limit. */
function descend(
  problem: Problem,
  start: Start,
  gradientMax: number,
): { readonly kind: 'found'; readonly at: Float64Array<ArrayBuffer> } | Refused {
  let { at, hessian } = start
  let state = evaluate(problem, at, hessian === null)
  for (let step = 0; step < STEPS_MAX; step++) {
    hessian = state.hessian ?? hessian!
    const steepest = largest(state.gradient)
    if (steepest <= gradientMax) return { kind: 'found', at }
    const direction = solveSymmetric(hessian, state.gradient)
    if (direction === null) return refused(`regressors are collinear at a penalty of ${problem.l2}`)
    const taken = search({ problem, from: at, direction, loss: state.loss })
    if (taken === null) return refused('the logistic loss cannot be lowered further')
    at = taken.at
    state = taken.state
    if (largest(state.gradient) > SLOW * steepest) state = evaluate(problem, at, true)
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
  /** Null where it was not asked for. */
  readonly hessian: Float64Array | null
}

/** The first of at most 30 halved steps that does not raise the loss. */
function search(step: {
  readonly problem: Problem
  readonly from: Float64Array
  readonly direction: Float64Array
  readonly loss: number
}): { at: Float64Array<ArrayBuffer>; state: State } | null {
  const { problem, from, direction, loss } = step
  for (let halving = 0, length = 1; halving < 30; halving++, length /= 2) {
    const at = new Float64Array(from.length)
    for (let j = 0; j < at.length; j++) at[j] = from[j]! - length * direction[j]!
    const state = evaluate(problem, at, false)
    // Rounding may raise the loss in its last digits at the minimum itself.
    if (state.loss <= loss + 1e-12 * Math.abs(loss)) return { at, state }
  }
  return null
}

/** Loss and gradient, and when asked for the Hessian, of the problem's rows. */
function evaluate(problem: Problem, at: Float64Array, withHessian: boolean): State {
  const { preparation, features, label, rows, size } = problem
  const regressors = size - 1
  const sums = new Float64Array(paddedSize(regressors))
  const coefficients = new Float64Array(paddedSize(regressors))
  coefficients.set(at.subarray(0, regressors))
  const predictor = new Float64Array(BLOCK_ROWS)
  const residual = new Float64Array(BLOCK_ROWS)
  const weight = new Float64Array(BLOCK_ROWS)
  const hessian = withHessian ? new WeightedProducts(size) : null
  let loss = 0
  let level = 0
  forEachBlock(preparation, features, rows, (block, start, count) => {
    predictor.fill(at[regressors]!)
    addCombination(predictor, block, coefficients)
    residual.fill(0)
    weight.fill(0)
    for (let i = 0; i < count; i++) {
      const y = label[rows[start + i]!]!
      const x = predictor[i]!
      const small = Math.exp(-Math.abs(x))
      const p = (x >= 0 ? 1 : small) / (1 + small)
      loss += Math.max(x, 0) - x * y + Math.log1p(small)
      residual[i] = p - y
      weight[i] = p * (1 - p)
      level += p - y
    }
    addDots(sums, block, residual)
    hessian?.add(block, weight)
  })
  const gradient = new Float64Array(size)
  gradient.set(sums.subarray(0, regressors))
  gradient[regressors] = level
  return penalised({ loss, gradient, hessian: hessian?.whole() ?? null }, at, problem)
}

/** Cross products of a block's regressors and of a column of ones behind them, weighted. */
class WeightedProducts {
  readonly #size: number
  readonly #padded: number
  readonly #products: Float64Array
  readonly #full: Float64Array
  readonly #weighted: Float64Array

  constructor(size: number) {
    this.#size = size
    this.#padded = paddedSize(size)
    this.#products = new Float64Array(this.#padded * this.#padded)
    this.#full = new Float64Array(this.#padded * BLOCK_ROWS)
    this.#weighted = new Float64Array(this.#padded * BLOCK_ROWS)
  }

  add(block: Float64Array, weight: Float64Array): void {
    const full = this.#full
    const weighted = this.#weighted
    const size = this.#size
    full.set(block.subarray(0, (size - 1) * BLOCK_ROWS))
    full.fill(1, (size - 1) * BLOCK_ROWS, size * BLOCK_ROWS)
    for (let j = 0; j < size; j++) {
      const base = j * BLOCK_ROWS
      for (let i = 0; i < BLOCK_ROWS; i++) weighted[base + i] = full[base + i]! * weight[i]!
    }
    addProducts(this.#products, this.#padded, full, weighted)
  }

  whole(): Float64Array {
    return unpadded(this.#products, this.#padded, this.#size)
  }
}

/** Sums turned into means, with the penalty of all but the intercept. */
function penalised(state: State, at: Float64Array, { size, l2, rows }: Problem): State {
  const { gradient, hessian } = state
  let loss = state.loss / rows.length
  for (let i = 0; i < gradient.length; i++) gradient[i]! /= rows.length
  if (hessian !== null) for (let i = 0; i < hessian.length; i++) hessian[i]! /= rows.length
  for (let j = 0; j < size - 1; j++) {
    loss += (l2 / 2) * at[j]! ** 2
    gradient[j]! += l2 * at[j]!
    if (hessian !== null) hessian[j * size + j]! += l2
  }
  return { loss, gradient, hessian }
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
