import { assert } from '../lib/assert.ts'

/** Eigenvalues of a symmetric matrix, largest first, with their unit vectors. */
export interface SymmetricEigen {
  readonly values: Float64Array
  /** The vector of each value; its entry of largest size is positive. */
  readonly vectors: readonly Float64Array[]
}

/** What is so small beside the largest entry of a matrix is rounding. */
const NEGLIGIBLE = Number.EPSILON
/** Steps of QL per eigenvalue before the matrix is taken for damaged; two are usual. */
const STEPS_MAX = 60

/**
 * Eigen decomposition of a symmetric matrix of `n` rows in row order: Householder reflections to
 * tridiagonal form, then implicit QL with shifts (Golub and Van Loan 2013, sections 8.3.1 and
 * 8.3.3). All entries must be finite. Only the lower triangle is read.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  assert(matrix.length === n * n && n > 0, `matrix of ${matrix.length} entries and ${n} rows`)
  // With a largest entry of 1 no square is lost, however small the entries are.
  const size = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const a = symmetricCopy(matrix, n, size)
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  const columns = tridiagonalise(a, n, diagonal, beside)
  rotateToDiagonal(diagonal, beside, columns)
  const order = Array.from(diagonal, (_, i) => i).sort((i, j) => diagonal[j]! - diagonal[i]!)
  return {
    values: Float64Array.from(order, (i) => diagonal[i]! * size),
    vectors: order.map((i) => withPositiveLargest(columns[i]!)),
  }
}

function symmetricCopy(matrix: Float64Array, n: number, size: number): Float64Array[] {
  const rows = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = matrix[i * n + j]! / size
      assert(Number.isFinite(value), `matrix entry ${i}, ${j} is ${matrix[i * n + j]}`)
      rows[i]![j] = value
      rows[j]![i] = value
    }
  }
  return rows
}

/** Reduces `a` to a tridiagonal matrix; returns the columns of the orthogonal transformation. */
function tridiagonalise(
  a: Float64Array[],
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): Float64Array[] {
  const reflections: (Float64Array | null)[] = []
  for (let k = 0; k + 2 < n; k++) reflections.push(reflect(a, n, k))
  for (let i = 0; i < n; i++) {
    diagonal[i] = a[i]![i]!
    if (i + 1 < n) beside[i] = a[i + 1]![i]!
  }
  const columns = Array.from({ length: n }, (_, i) => {
    const column = new Float64Array(n)
    column[i] = 1
    return column
  })
  for (let k = reflections.length - 1; k >= 0; k--) {
    const v = reflections[k]!
    if (v === null) continue
    for (let j = k + 1; j < n; j++) mirror(columns[j]!, v, k + 1)
  }
  return columns
}

/**
 * Clears column `k` below the subdiagonal by a reflection I - v v' (v scaled to length sqrt 2) from
 * both sides; returns v, null where there was nothing to clear.
 */
function reflect(a: Float64Array[], n: number, k: number): Float64Array | null {
  const row = a[k]!
  let below = 0
  for (let i = k + 2; i < n; i++) below += row[i]! * row[i]!
  if (below <= NEGLIGIBLE * NEGLIGIBLE) return null
  const head = row[k + 1]!
  const length = Math.sqrt(head * head + below)
  const target = head > 0 ? -length : length
  const v = new Float64Array(n)
  v.set(row.subarray(k + 1), k + 1)
  v[k + 1] = head - target
  const scale = Math.sqrt(2 / (below + v[k + 1]! * v[k + 1]!))
  for (let i = k + 1; i < n; i++) v[i]! *= scale
  const w = new Float64Array(n)
  let product = 0
  for (let i = k + 1; i < n; i++) {
    const own = a[i]!
    let sum = 0
    for (let j = k + 1; j < n; j++) sum += own[j]! * v[j]!
    w[i] = sum
    product += sum * v[i]!
  }
  for (let i = k + 1; i < n; i++) w[i]! -= (product / 2) * v[i]!
  for (let i = k + 1; i < n; i++) {
    const own = a[i]!
    const vi = v[i]!
    const wi = w[i]!
    for (let j = k + 1; j < n; j++) own[j]! -= vi * w[j]! + wi * v[j]!
  }
  a[k + 1]![k] = target
  row[k + 1] = target
  return v
}

/** column -= v (v' column), over the entries from `from` on. */
function mirror(column: Float64Array, v: Float64Array, from: number): void {
  let sum = 0
  for (let i = from; i < v.length; i++) sum += v[i]! * column[i]!
  for (let i = from; i < v.length; i++) column[i]! -= sum * v[i]!
}

function rotateToDiagonal(d: Float64Array, e: Float64Array, columns: Float64Array[]): void {
  const n = d.length
  const isSmall = (i: number): boolean => Math.abs(e[i]!) <= NEGLIGIBLE
  for (let from = 0; from < n; from++) {
    for (let steps = 0; ; steps++) {
      let to = from
      while (to + 1 < n && !isSmall(to)) to++
      if (to === from) break
      assert(steps < STEPS_MAX, `eigenvalue ${from} did not settle`)
      sweep({ d, e, columns }, from, to)
    }
  }
}

/** One implicit QL step over the block [from, to] that is not diagonal yet. */
function sweep(
  { d, e, columns }: { d: Float64Array; e: Float64Array; columns: Float64Array[] },
  from: number,
  to: number,
): void {
  // Wilkinson's shift: the eigenvalue of the leading block of two that is nearer to its corner.
  const half = (d[from + 1]! - d[from]!) / (2 * e[from]!)
  const root = Math.sqrt(half * half + 1)
  let g = d[to]! - d[from]! + e[from]! / (half + (half < 0 ? -root : root))
  let [sine, cosine, shift] = [1, 1, 0]
  for (let i = to - 1; i >= from; i--) {
    const f = sine * e[i]!
    const b = cosine * e[i]!
    const r = Math.sqrt(f * f + g * g)
    e[i + 1] = r
    if (r === 0) {
      d[i + 1]! -= shift
      e[to] = 0
      return
    }
    sine = f / r
    cosine = g / r
    const corner = d[i + 1]! - shift
    const move = (d[i]! - corner) * sine + 2 * cosine * b
    shift = sine * move
    d[i + 1] = corner + shift
    g = cosine * move - b
    rotate(columns[i]!, columns[i + 1]!, sine, cosine)
  }
  d[from]! -= shift
  e[from] = g
  e[to] = 0
}

function rotate(x: Float64Array, y: Float64Array, sine: number, cosine: number): void {
  for (let k = 0; k < x.length; k++) {
    const own = x[k]!
    const other = y[k]!
    y[k] = sine * own + cosine * other
    x[k] = cosine * own - sine * other
  }
}

function withPositiveLargest(vector: Float64Array): Float64Array {
  let largest = 0
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value
  return largest < 0 ? vector.map((value) => -value) : vector
}
