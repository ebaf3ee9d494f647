import { describe, expect, it } from 'vitest'
import { roughPanel } from '../../../test/support/rough-panel.ts'
import { computeFeatures } from './feature-columns.ts'
import { FeatureEngine, resumeFeatures } from './feature-engine.ts'
import { features } from './registry.ts'

const panel = roughPanel(5, 6, 60)
const columns = computeFeatures(panel)
const nameCount = panel.symbols.length
const barCount = columns.bars

/** The bits of one bar of the columns, laid out as the engine does. */
function rowsOf(bar: number): Int32Array {
  const rows = new Float32Array(features.length * nameCount)
  for (let i = 0; i < rows.length; i++) rows[i] = columns.values[i * barCount + bar]!
  return bitsOf(rows)
}

const bitsOf = (rows: Float32Array) => new Int32Array(rows.slice().buffer)

describe('the engine', () => {
  it('gives bar by bar the bits of the columns', () => {
    const engine = new FeatureEngine(panel)
    for (let bar = 0; bar < barCount; bar++) {
      expect(bitsOf(engine.next(bar)), `bar ${bar}`).toEqual(rowsOf(bar))
    }
  })

  it('goes on from a saved state with the same bits', () => {
    for (const bar of [1, 19, 20, 59, 61, 140, 200]) {
      const first = new FeatureEngine(panel)
      while (first.nextBar < bar) first.next(first.nextBar)
      const saved = structuredClone(first.save())
      first.next(bar)
      const second = new FeatureEngine(panel)
      second.restore(saved)
      for (let at = bar; at < Math.min(bar + 40, barCount); at++) {
        expect(bitsOf(second.next(at)), `bar ${at} after ${bar}`).toEqual(rowsOf(at))
      }
    }
  })

  it('refuses a bar that is not the next', () => {
    const engine = new FeatureEngine(panel)
    engine.next(0)
    expect(() => engine.next(0)).toThrow('bar 0 is the next, 1')
    expect(() => engine.next(2)).toThrow('bar 2 is the next, 1')
  })
})

describe('a start that knows the look-back alone', () => {
  const bar = barCount - 1

  it.each(features)('gives the value of $name', ({ lookBackBars, memory, name }) => {
    const index = features.findIndex((feature) => feature.name === name)
    for (const at of [bar, bar - 7, bar - 20]) {
      const engine = new FeatureEngine(panel, undefined, Math.max(0, at - lookBackBars + 1))
      while (engine.nextBar < at) engine.next(engine.nextBar)
      const rows = engine.next(at)
      for (let n = 0; n < nameCount; n++) {
        const value = rows[index * nameCount + n]!
        const whole = columns.values[(index * nameCount + n) * barCount + at]!
        if (memory === 'window' || Number.isNaN(whole)) expect(value).toBe(whole)
        else expect(Math.abs(value - whole)).toBeLessThanOrEqual(1e-6 * Math.abs(whole) + 1e-8)
      }
    }
  })

  it('is how an engine is resumed at any bar', () => {
    const engine = resumeFeatures(panel, bar)
    expect(engine.nextBar).toBe(bar)
    const rows = engine.next(bar)
    features.forEach(({ memory }, index) => {
      if (memory === 'exponential') return
      for (let n = 0; n < nameCount; n++) {
        const whole = columns.values[(index * nameCount + n) * barCount + bar]!
        expect(rows[index * nameCount + n]).toBe(whole)
      }
    })
  })
})
