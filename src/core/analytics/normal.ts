import { assert } from '../lib/assert.ts'

const evaluate = (coefficients: readonly number[], x: number): number => {
  let sum = 0
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!
  return sum
}

// Cody (1969), rational Chebyshev approximations of erf and erfc; coefficients lowest power first.
const erfP = [
  3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315,
]
const erfQ = [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1]
const middleP = [
  1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001,
  66.11919063714163, 8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
]
const middleQ = [
  1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
  537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
]
const tailP = [
  0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445,
  0.30532663496123236, 0.016315387137302097,
]
const tailQ = [
  0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673,
  2.568520192289822, 1,
]

/** Complementary error function (Cody 1969); relative error below 1e-14 over the normal range. */
export function erfc(x: number): number {
  const a = Math.abs(x)
  if (a <= 0.46875) {
    const square = a * a
    return 1 - (x * evaluate(erfP, square)) / evaluate(erfQ, square)
  }
  let value: number
  if (a <= 4) {
    value = Math.exp(-a * a) * (evaluate(middleP, a) / evaluate(middleQ, a))
  } else {
    const inverse = 1 / (a * a)
    const ratio = (inverse * evaluate(tailP, inverse)) / evaluate(tailQ, inverse)
    value = (Math.exp(-a * a) / a) * (1 / Math.sqrt(Math.PI) - ratio)
  }
  return x < 0 ? 2 - value : value
}

/** Standard normal distribution function; absolute error below 1e-15. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x / Math.SQRT2)

// Wichura (1988), algorithm AS 241, PPND16; coefficients lowest power first.
const centreA = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const centreB = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
]
const nearC = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const nearD = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
  0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
]
const farE = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
  0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
]
const farF = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
]

/** Inverse of {@link normalCdf} for 0 < p < 1 (Wichura AS 241); relative error about 1e-15. */
export function normalInverse(p: number): number {
  assert(p > 0 && p < 1, `probability must lie inside (0, 1), got ${p}`)
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * evaluate(centreA, r)) / evaluate(centreB, r)
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const value =
    r <= 5
      ? evaluate(nearC, r - 1.6) / evaluate(nearD, r - 1.6)
      : evaluate(farE, r - 5) / evaluate(farF, r - 5)
  return q < 0 ? -value : value
}
