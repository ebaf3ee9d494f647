import { describe, expect, it } from 'vitest'
import {
  cointegrationCriticalValues,
  cointegrationPValue,
  engleGranger,
  fitLine,
} from './cointegration.ts'
import { adjustForFalseDiscovery } from './false-discovery.ts'

/** Noise that any language draws alike: four uniform numbers of a congruential generator, less 2. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    let sum = 0
    for (let i = 0; i < 4; i++) {
      state = (state * 1664525 + 1013904223) % 4294967296
      sum += state / 4294967296
    }
    return sum - 2
  }
}

function autoregression(draw: () => number, n: number, phi: number): Float64Array {
  let value = 0
  return Float64Array.from({ length: n }, () => {
    value = phi * value + draw()
    return value
  })
}

// Figures of statsmodels 0.15.0: coint(y, x), its adfuller on the residuals, and OLS.
describe('an Engle-Granger test', () => {
  it('agrees with the reference on two independent walks', () => {
    const draw = noise(1)
    const x = autoregression(draw, 500, 1)
    const found = engleGranger(autoregression(draw, 500, 1), x)!
    expect(found.line.beta).toBeCloseTo(-0.3000900834669997, 10)
    expect(found.line.alpha).toBeCloseTo(-4.883611875598798, 10)
    expect(found.line.r2).toBeCloseTo(0.059426494471815694, 10)
    expect(found).toMatchObject({ lags: 2, observations: 497 })
    expect(found.statistic).toBeCloseTo(-0.6575605568291791, 8)
    expect(found.pValue).toBeCloseTo(0.9510267751709115, 8)
    expect(found.critical[0]).toBeCloseTo(-3.91852234143638, 10)
    expect(found.critical[1]).toBeCloseTo(-3.348402090875137, 10)
    expect(found.critical[2]).toBeCloseTo(-3.052960322448504, 10)
  })

  it('agrees with the reference on a pair that returns', () => {
    const draw = noise(2)
    const x = autoregression(draw, 500, 1)
    const e = autoregression(draw, 500, 0.9)
    const found = engleGranger(
      x.map((a, i) => 0.5 + 0.8 * a + e[i]!),
      x,
    )!
    expect(found.line.beta).toBeCloseTo(0.8130700802736357, 10)
    expect(found).toMatchObject({ lags: 0, observations: 499 })
    expect(found.statistic).toBeCloseTo(-5.231759676054756, 8)
    expect(found.pValue / 6.036255675516794e-5).toBeCloseTo(1, 6)
  })

  it('agrees with the reference on two days of minutes', () => {
    const draw = noise(3)
    const x = autoregression(draw, 2880, 1)
    const found = engleGranger(autoregression(draw, 2880, 1), x)!
    expect(found).toMatchObject({ lags: 0, observations: 2879 })
    expect(found.statistic).toBeCloseTo(-2.139438474491448, 8)
    expect(found.pValue).toBeCloseTo(0.45577750130298383, 8)
  })

  it('agrees with the reference on noise with memory and a negative slope', () => {
    const draw = noise(4)
    const x = autoregression(draw, 200, 1)
    const e = autoregression(draw, 202, 0.6)
    const y = x.map((a, i) => 2 - 1.5 * a + e[i + 2]! + 0.7 * e[i + 1]! - 0.4 * e[i]!)
    const found = engleGranger(y, x)!
    expect(found.line.beta).toBeCloseTo(-1.4892020060868854, 10)
    expect(found).toMatchObject({ lags: 9, observations: 190 })
    expect(found.statistic).toBeCloseTo(-3.8521859116493786, 7)
    expect(found.pValue).toBeCloseTo(0.011532530728283351, 8)
  })

  it('says nothing of series that do not vary, or are one line', () => {
    const x = autoregression(noise(5), 100, 1)
    expect(engleGranger(new Float64Array(100).fill(3), x)).toBeNull()
    expect(engleGranger(x, new Float64Array(100).fill(3))).toBeNull()
    expect(
      engleGranger(
        x.map((a) => 2 * a + 1),
        x,
      ),
    ).toBeNull()
    expect(engleGranger(x.slice(0, 8), x.slice(1, 9))).toBeNull()
    expect(fitLine(x, new Float64Array(100).fill(0.1))).toBeNull()
  })
})

describe('the distribution of its statistic', () => {
  it('has the p values of the reference', () => {
    const reference = [
      [-20, 0],
      [-6, 1.6234924812268292e-6],
      [-4, 0.00718130705505248],
      [-3.9, 0.009919396659836632],
      [-3.34, 0.04946535878273698],
      [-3, 0.1102054949706574],
      [-2.62, 0.2296596033101832],
      [-2, 0.5285780802451076],
      [-1, 0.902847226038779],
      [0, 0.9859002580259643],
      [0.9, 0.9939524645785258],
      [1.5, 1],
    ] as const
    for (const [statistic, p] of reference) {
      expect(cointegrationPValue(statistic)).toBeCloseTo(p, 12)
    }
  })

  it('agrees with its own critical values', () => {
    const critical = cointegrationCriticalValues(Number.POSITIVE_INFINITY)
    expect(critical).toEqual([-3.89644, -3.33613, -3.04445])
    const levels = [0.01, 0.05, 0.1]
    critical.forEach((value, i) => {
      expect(cointegrationPValue(value)).toBeCloseTo(levels[i]!, 3)
    })
  })
})

describe('p values adjusted for false discoveries', () => {
  const p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]

  it('are those of the reference', () => {
    const reference = [
      0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.10571428571428572, 0.216, 0.216, 0.216,
    ]
    adjustForFalseDiscovery(p).forEach((value, i) => {
      expect(value).toBeCloseTo(reference[i]!, 12)
    })
  })

  it('keep the order in which they were given', () => {
    const turned = adjustForFalseDiscovery([...p].reverse()).reverse()
    expect(turned).toEqual(adjustForFalseDiscovery(p))
  })

  it('are larger by the harmonic sum when nothing is known of the dependence', () => {
    expect(adjustForFalseDiscovery([0.001, 0.5], 'any')[0]).toBeCloseTo(0.001 * 2 * 1.5, 12)
    expect(adjustForFalseDiscovery([])).toEqual([])
  })
})
