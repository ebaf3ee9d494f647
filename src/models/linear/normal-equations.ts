import { BLOCK_ROWS } from './preparation.ts'

/**
 * Adds a block's cross products to the upper triangle of `gram` (`size` x `size`, row-major). Two
 * columns against two at a time, so that every value loaded is used twice.
 */
export function addToGram(gram: Float64Array, size: number, block: Float64Array): void {
  addProducts(gram, size, block, block)
}

/** As {@link addToGram} where `weighted` holds the block's columns times the rows' weights. */
export function addProducts(
  gram: Float64Array,
  size: number,
  block: Float64Array,
  weighted: Float64Array,
): void {
  for (let a = 0; a < size; a += 2) {
    const hasNextA = a + 1 < size
    const a0 = a * BLOCK_ROWS
    const a1 = hasNextA ? a0 + BLOCK_ROWS : a0
    for (let b = a; b < size; b += 2) {
      const hasNextB = b + 1 < size
      const b0 = b * BLOCK_ROWS
      const b1 = hasNextB ? b0 + BLOCK_ROWS : b0
      let s00 = 0
      let s01 = 0
      let s10 = 0
      let s11 = 0
      for (let i = 0; i < BLOCK_ROWS; i++) {
        const x0 = weighted[a0 + i]!
        const x1 = weighted[a1 + i]!
        const y0 = block[b0 + i]!
        const y1 = block[b1 + i]!
        s00 += x0 * y0
        s01 += x0 * y1
        s10 += x1 * y0
        s11 += x1 * y1
      }
      gram[a * size + b]! += s00
      if (hasNextB) gram[a * size + b + 1]! += s01
      if (hasNextA && b > a) gram[(a + 1) * size + b]! += s10
      if (hasNextA && hasNextB) gram[(a + 1) * size + b + 1]! += s11
    }
  }
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
