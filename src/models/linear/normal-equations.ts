/** Rows that are made ready and multiplied at a time. */
export const BLOCK_ROWS = 512

/** Columns that are multiplied together at a time; blocks have a multiple of it, zeros at the end. */
const TILE = 4

/** Columns of a block that holds `size` of them. */
export const paddedSize = (size: number): number => Math.ceil(size / TILE) * TILE

/**
 * Adds a block's cross products to `gram` (`padded` x `padded`, row-major): all of the upper
 * triangle and something of the lower. `weighted` holds the block's columns, times the rows' weights
 * if there are any. Two columns against four at a time, so that values loaded are used often.
 */
export function addProducts(
  gram: Float64Array,
  padded: number,
  block: Float64Array,
  weighted: Float64Array,
): void {
  for (let a = 0; a < padded; a += 2) {
    const a0 = a * BLOCK_ROWS
    const a1 = a0 + BLOCK_ROWS
    for (let b = a - (a % TILE); b < padded; b += TILE) {
      const b0 = b * BLOCK_ROWS
      const b1 = b0 + BLOCK_ROWS
      const b2 = b1 + BLOCK_ROWS
      const b3 = b2 + BLOCK_ROWS
      let s00 = 0
      let s01 = 0
      let s02 = 0
      let s03 = 0
      let s10 = 0
      let s11 = 0
      let s12 = 0
      let s13 = 0
      for (let i = 0; i < BLOCK_ROWS; i++) {
        const x0 = weighted[a0 + i]!
        const x1 = weighted[a1 + i]!
        const y0 = block[b0 + i]!
        const y1 = block[b1 + i]!
        const y2 = block[b2 + i]!
        const y3 = block[b3 + i]!
        s00 += x0 * y0
        s01 += x0 * y1
        s02 += x0 * y2
        s03 += x0 * y3
        s10 += x1 * y0
        s11 += x1 * y1
        s12 += x1 * y2
        s13 += x1 * y3
      }
      const row0 = a * padded + b
      const row1 = row0 + padded
      gram[row0]! += s00
      gram[row0 + 1]! += s01
      gram[row0 + 2]! += s02
      gram[row0 + 3]! += s03
      gram[row1]! += s10
      gram[row1 + 1]! += s11
      gram[row1 + 2]! += s12
      gram[row1 + 3]! += s13
    }
  }
}

/** Adds a block's columns, each times its coefficient, to `sums`; as many as `paddedSize` says. */
export function addCombination(
  sums: Float64Array,
  block: Float64Array,
  coefficients: Float64Array,
): void {
  for (let a = 0; a < coefficients.length; a += TILE) {
    const a0 = a * BLOCK_ROWS
    const a1 = a0 + BLOCK_ROWS
    const a2 = a1 + BLOCK_ROWS
    const a3 = a2 + BLOCK_ROWS
    const c0 = coefficients[a]!
    const c1 = coefficients[a + 1]!
    const c2 = coefficients[a + 2]!
    const c3 = coefficients[a + 3]!
    for (let i = 0; i < BLOCK_ROWS; i++) {
      const first = c0 * block[a0 + i]! + c1 * block[a1 + i]!
      const second = c2 * block[a2 + i]! + c3 * block[a3 + i]!
      sums[i]! += first + second
    }
  }
}

/** Adds to each of `dots` the product of a column of the block with `values`. */
export function addDots(dots: Float64Array, block: Float64Array, values: Float64Array): void {
  for (let a = 0; a < dots.length; a += TILE) {
    const a0 = a * BLOCK_ROWS
    const a1 = a0 + BLOCK_ROWS
    const a2 = a1 + BLOCK_ROWS
    const a3 = a2 + BLOCK_ROWS
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let i = 0; i < BLOCK_ROWS; i++) {
      const value = values[i]!
      s0 += block[a0 + i]! * value
      s1 += block[a1 + i]! * value
      s2 += block[a2 + i]! * value
      s3 += block[a3 + i]! * value
    }
    dots[a]! += s0
    dots[a + 1]! += s1
    dots[a + 2]! += s2
    dots[a + 3]! += s3
  }
}

/** The first `size` rows and columns of a padded square matrix. */
export function unpadded(gram: Float64Array, padded: number, size: number): Float64Array {
  const result = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    result.set(gram.subarray(a * padded, a * padded + size), a * size)
  }
  return result
}

/**
 * Solves a symmetric positive definite system given by its upper triangle (row-major) with
 * `addedToDiagonal`, by Cholesky's factorisation. Null when it is not positive definite.
 */
export function solveSymmetric(
  upper: Float64Array,
  right: Float64Array,
  addedToDiagonal = 0,
): Float64Array | null {
  const size = right.length
  const factor = factorise(upper, size, addedToDiagonal)
  if (factor === null) return null
  const x = right.slice()
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * size + k]! * x[k]!
    x[i]! /= factor[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= factor[k * size + i]! * x[k]!
    x[i]! /= factor[i * size + i]!
  }
  return x
}

/** Lower triangle L of L L' = the matrix; null where a pivot is lost to rounding. */
function factorise(upper: Float64Array, size: number, added: number): Float64Array | null {
  const factor = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    const diagonal = upper[j * size + j]! + added
    let pivot = diagonal
    for (let k = 0; k < j; k++) pivot -= factor[j * size + k]! ** 2
    if (!(pivot > 1e-13 * diagonal)) return null
    const root = Math.sqrt(pivot)
    factor[j * size + j] = root
    for (let i = j + 1; i < size; i++) {
      let sum = upper[j * size + i]!
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!
      factor[i * size + j] = sum / root
    }
  }
  return factor
}
