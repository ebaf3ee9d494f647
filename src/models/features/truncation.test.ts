import { describe, expect, it } from 'vitest'
import { roughPanel } from '../../../test/support/rough-panel.ts'
import { computeFeatures } from './feature-columns.ts'
import { features } from './registry.ts'
import { scrambledAfter } from './scramble-panel.ts'

const panel = roughPanel(21, 8, 40)
const bars = panel.grid.openTime.length
const names = panel.symbols.length
const whole = computeFeatures(panel)

describe('what was not known at the decision', () => {
  it.each([30, 77, 150, 215])('changes no feature up to bar %i', (at) => {
    const changed = computeFeatures(scrambledAfter(panel, at, at))
    for (const [index, { name }] of features.entries()) {
      for (let n = 0; n < names; n++) {
        const from = n * bars
        const before = whole.columns[index]!.subarray(from, from + at + 1)
        const after = changed.columns[index]!.subarray(from, from + at + 1)
        if (!sameBits(before, after)) expect([name, n, after]).toEqual([name, n, before])
      }
    }
  })

  it('would be seen: features after the bar do change', () => {
    const changed = computeFeatures(scrambledAfter(panel, 30, 1))
    for (const [index, { name, group }] of features.entries()) {
      if (group === 'time' || name === 'missing_macro') continue
      if (name.startsWith('missing_') && name !== 'missing_bar') continue
      expect(sameBits(whole.columns[index]!, changed.columns[index]!), name).toBe(false)
    }
  })
})

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return (
    Buffer.compare(
      Buffer.from(a.buffer, a.byteOffset, a.byteLength),
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    ) === 0
  )
}
