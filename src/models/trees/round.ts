import { SETTING, type TreeWorkspace } from './workspace.ts'

/** Greatest whole number of a row: two of them side by side still fit a 64-bit word. */
const ROW_MAXIMUM = 2 ** 30
/** Up to these any sum over all rows is exact, of gradients as a double, of hessians in 40 bits. */
const GRADIENT_SUM = 2 ** 52
const HESSIAN_SUM = 2 ** 40 - 1

/**
 * Writes gradients and hessians as whole numbers of a unit each, as fine as exact sums over all
 * rows allow: 30 bits up to 4 million rows for gradients, and 40 less those of the number of rows
 * for hessians. Equal hessians stay exactly equal.
 */
export function roundDerivatives(
  w: TreeWorkspace,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const { rows } = w.shape
  const gradientUnit = unitOf(gradient, Math.min(ROW_MAXIMUM, Math.floor(GRADIENT_SUM / rows)))
  const hessianUnit = unitOf(hessian, Math.min(ROW_MAXIMUM, Math.floor(HESSIAN_SUM / rows)))
  w.settings[SETTING.gradientUnit] = gradientUnit
  w.settings[SETTING.hessianUnit] = hessianUnit
  const perGradient = 1 / gradientUnit
  const perHessian = 1 / hessianUnit
  for (let i = 0; i < rows; i++) {
    w.derivatives[2 * i] = Math.round(gradient[i]! * perGradient)
    w.derivatives[2 * i + 1] = Math.round(hessian[i]! * perHessian)
  }
}

/** A power of two in which no value exceeds `maximum`. */
function unitOf(values: Float64Array, maximum: number): number {
  let largest = 0
  // Counting loops: iterators over typed arrays are several times slower.
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!)
    if (size > largest) largest = size
  }
  return largest === 0 ? 1 : 2 ** Math.ceil(Math.log2(largest / maximum))
}
