import { assert } from '../lib/assert.ts'

/** A constant and factors made orthonormal once, so that many series can be regressed on them. */
export interface FactorBasis {
  /** Observations. */
  readonly length: number
  readonly factors: number
  /** Unit columns, the constant's first. */
  readonly columns: readonly Float64Array[]
  /** Triangle of the factorisation: `triangle[j][i]`, i <= j, projects regressor j on column i. */
  readonly triangle: readonly Float64Array[]
}

/** Least squares of a series on a constant and factors. */
export interface FactorFit {
  readonly alpha: number
  readonly betas: Float64Array
  /** They sum to zero. */
  readonly residuals: Float64Array
}

/**
 * Modified Gram-Schmidt with a second pass (Golub and Van Loan 2013, section 5.2.8) over a constant
 * and the factors, each as long. Null when they are collinear or fill the sample.
 */
export function factorBasis(factors: readonly Float64Array[], length: number): FactorBasis | null {
  if (factors.length + 1 >= length) return null
  const constant = new Float64Array(length).fill(1)
  const columns: Float64Array[] = []
  const triangle: Float64Array[] = []
  for (const regressor of [constant, ...factors]) {
    assert(regressor.length === length, `factor of ${regressor.length} in ${length} observations`)
    const column = regressor.slice()
    const before = norm(column)
    const share = new Float64Array(columns.length + 1)
    for (let pass = 0; pass < 2; pass++) {
      columns.forEach((other, i) => {
        const along = dot(column, other)
        share[i]! += along
        subtract(column, other, along)
      })
    }
    const rest = norm(column)
    if (!(rest > 1e-10 * before)) return null
    share[columns.length] = rest
    columns.push(column.map((value) => value / rest))
    triangle.push(share)
  }
  return { length, factors: factors.length, columns, triangle }
}

/** Regresses a series of the basis' length, all finite. */
export function regressOnFactors(basis: FactorBasis, values: Float64Array): FactorFit {
  assert(values.length === basis.length, `series of ${values.length}, basis of ${basis.length}`)
  const residuals = values.slice()
  const along = new Float64Array(basis.columns.length)
  basis.columns.forEach((column, i) => {
    along[i] = dot(residuals, column)
    subtract(residuals, column, along[i]!)
  })
  // Back substitution: the coefficients of the regressors themselves.
  for (let i = along.length - 1; i >= 0; i--) {
    for (let j = i + 1; j < along.length; j++) along[i]! -= basis.triangle[j]![i]! * along[j]!
    along[i]! /= basis.triangle[i]![i]!
  }
  return { alpha: along[0]!, betas: along.slice(1), residuals }
}

/** True where factors explain a series so wholly that what is left is rounding. */
export function isExplainedWholly({ residuals }: FactorFit, values: Float64Array): boolean {
  return dot(residuals, residuals) <= 1e-10 * dot(values, values)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a))

function subtract(from: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= times * what[i]!
}
