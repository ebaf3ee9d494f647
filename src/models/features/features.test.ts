import { describe, expect, it } from 'vitest'
import { plainFeatures } from '../../../test/support/plain-features.ts'
import { roughPanel } from '../../../test/support/rough-panel.ts'
import { computeFeatures, featureColumn, SEED_FEATURE_OPTIONS } from './feature-columns.ts'
import { FeatureEngine } from './feature-engine.ts'
import type { FeatureOptions } from './machines/name-machine.ts'
import { features } from './registry.ts'

const panel = roughPanel(11, 7, 32)
const columns = computeFeatures(panel)
const plain = plainFeatures(panel)
const nameCount = panel.symbols.length
const barCount = columns.bars

describe('every feature', () => {
  it('has a plain twin in the tests', () => {
    expect(Object.keys(plain).toSorted()).toEqual(features.map(({ name }) => name).toSorted())
  })

  it.each(features.map(({ name }) => name))('%s is what its formula says', (name) => {
    const column = featureColumn(columns, name)
    let compared = 0
    for (let n = 0; n < nameCount; n++) {
      for (let t = 0; t < barCount; t++) {
        const value = column[n * barCount + t]!
        const expected = plain[name]!(n, t)
        if (Number.isNaN(expected) || Number.isNaN(value)) {
          expect([n, t, value]).toEqual([n, t, expected])
          continue
        }
        compared++
        const allowed = 2e-6 * Math.abs(expected) + 1e-9 * scaleOf(column)
        if (!(Math.abs(value - expected) <= allowed))
          expect([n, t, value]).toEqual([n, t, expected])
      }
    }
    expect(compared).toBeGreaterThan(barCount)
  })
})

describe('the features of the published system alone', () => {
  const options: FeatureOptions = { ...SEED_FEATURE_OPTIONS, set: 'seed' }

  it('have the bits they have among all', () => {
    const seed = computeFeatures(panel, options)
    expect(seed.names).toEqual(features.slice(0, 59).map(({ name }) => name))
    expect(seed.columns).toEqual(columns.columns.slice(0, 59))
  })

  it('have them bar by bar too', () => {
    const engine = new FeatureEngine(panel, options)
    for (let bar = 0; bar < barCount; bar++) {
      const rows = Float32Array.from(
        { length: 59 * nameCount },
        (_, i) => columns.values[i * barCount + bar]!,
      )
      expect(engine.next(bar), `bar ${bar}`).toEqual(rows)
    }
  })
})

/** Size of the largest value: what rounding is measured by near 0. */
function scaleOf(column: Float32Array): number {
  let largest = 0
  for (const value of column) if (Math.abs(value) > largest) largest = Math.abs(value)
  return largest
}
