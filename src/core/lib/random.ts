/** A seeded source of randomness. Same seed, same sequence, on every machine. */
export interface Random {
  /** Uniform in [0, 1) with 32 bits of resolution. */
  next(): number
  /** Uniform integer in [0, bound). */
  integer(bound: number): number
  /** Standard normal (Box-Muller, polar form). */
  normal(): number
  /** Exponential with the given mean. */
  exponential(mean: number): number
  /** The internal state: four unsigned 32-bit words and the spare normal, restorable. */
  state(): RandomState
}

/** State of {@link Random} as plain data. */
export interface RandomState {
  readonly words: readonly [number, number, number, number]
  readonly spare: number | null
}

/** Small fast counter generator sfc32 (Doty-Humphrey, PractRand), seeded through splitmix32. */
export function createRandom(seed: number | RandomState): Random {
  let a = 0
  let b = 0
  let c = 0
  let counter = 1
  let spare: number | null = null
  const next32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  if (typeof seed === 'number') {
    let s = seed | 0
    const mix = (): number => {
      s = (s + 0x9e3779b9) | 0
      let t = s ^ (s >>> 16)
      t = Math.imul(t, 0x21f0aaad)
      t ^= t >>> 15
      t = Math.imul(t, 0x735a2d97)
      return (t ^ (t >>> 15)) | 0
    }
    a = mix()
    b = mix()
    c = mix()
    for (let i = 0; i < 12; i++) next32()
  } else {
    ;[a, b, c, counter] = seed.words
    spare = seed.spare
  }
  const next = (): number => next32() / 4294967296
  return {
    next,
    integer: (bound) => Math.floor(next() * bound),
    normal() {
      if (spare !== null) {
        const value = spare
        spare = null
        return value
      }
      for (;;) {
        const u = 2 * next() - 1
        const v = 2 * next() - 1
        const s = u * u + v * v
        if (s > 0 && s < 1) {
          const factor = Math.sqrt((-2 * Math.log(s)) / s)
          spare = v * factor
          return u * factor
        }
      }
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
    state: () => ({ words: [a, b, c, counter], spare }),
  }
}
