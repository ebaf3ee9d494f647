/** Columns that are summed at a time. */
const TILE = 4

/**
 * `into` = `input` x `weight`, all row-major: rows x inner times inner x outer. Two rows against
 * four columns at a time, each sum in the order of the inner index.
 */
export function multiply(
  into: Float64Array,
  input: Float32Array | Float64Array,
  weight: Float32Array | Float64Array,
  { rows, inner, outer }: { readonly rows: number; readonly inner: number; readonly outer: number },
): void {
  const tiled = outer - (outer % TILE)
  let i = 0
  for (; i + 1 < rows; i += 2) {
    const x0 = i * inner
    const x1 = x0 + inner
    for (let j = 0; j < tiled; j += TILE) {
      let s00 = 0
      let s01 = 0
      let s02 = 0
      let s03 = 0
      let s10 = 0
      let s11 = 0
      let s12 = 0
      let s13 = 0
      for (let k = 0, w = j; k < inner; k++, w += outer) {
        const a = input[x0 + k]!
        const b = input[x1 + k]!
        const w0 = weight[w]!
        const w1 = weight[w + 1]!
        const w2 = weight[w + 2]!
        const w3 = weight[w + 3]!
        s00 += a * w0
        s01 += a * w1
        s02 += a * w2
        s03 += a * w3
        s10 += b * w0
        s11 += b * w1
        s12 += b * w2
        s13 += b * w3
      }
      const y0 = i * outer + j
      const y1 = y0 + outer
      into[y0] = s00
      into[y0 + 1] = s01
      into[y0 + 2] = s02
      into[y0 + 3] = s03
      into[y1] = s10
      into[y1 + 1] = s11
      into[y1 + 2] = s12
      into[y1 + 3] = s13
    }
  }
  for (; i < rows; i++) multiplyRow(into, input, weight, { row: i, from: 0, inner, outer })
  if (tiled === outer) return
  for (let row = 0; row < rows; row++) {
    multiplyRow(into, input, weight, { row, from: tiled, inner, outer })
  }
}

/** One row's columns from `from` on. */
function multiplyRow(
  into: Float64Array,
  input: Float32Array | Float64Array,
  weight: Float32Array | Float64Array,
  part: {
    readonly row: number
    readonly from: number
    readonly inner: number
    readonly outer: number
  },
): void {
  const { row, from, inner, outer } = part
  for (let j = from; j < outer; j++) {
    let sum = 0
    for (let k = 0, w = j; k < inner; k++, w += outer) sum += input[row * inner + k]! * weight[w]!
    into[row * outer + j] = sum
  }
}
