import { describe, expect, test } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import type { ScoredPanel } from './cross-section.ts'
import { permutationTest } from './permutation.ts'

const NAMES = 16
const BARS = 120
const HORIZON = 5

/** Scores that hardly move, and labels that share all but one of their bars. */
function panelOf(seed: number, edge: number): ScoredPanel {
  const random = createRandom(seed)
  const scores = new Float64Array(NAMES * BARS)
  const labels = new Float64Array(NAMES * BARS)
  for (let name = 0; name < NAMES; name++) {
    let level = random.normal()
    const noise = Float64Array.from({ length: BARS + HORIZON }, () => random.normal())
    for (let bar = 0; bar < BARS; bar++) {
      level = 0.98 * level + 0.2 * random.normal()
      scores[name * BARS + bar] = level
      let sum = 0
      for (let k = 0; k < HORIZON; k++) sum += noise[bar + k]!
      labels[name * BARS + bar] = sum + edge * level
    }
  }
  return { names: NAMES, bars: BARS, scores, labels }
}

describe('the permutation test of a rank correlation', () => {
  test('calls slow scores and overlapping labels without an edge lucky as often as it says', () => {
    const ps = Array.from({ length: 100 }, (_, seed) => permutationTest(panelOf(seed, 0), 1).p!)
    expect(ps.filter((p) => p <= 0.05).length).toBeLessThanOrEqual(11)
    expect(ps.filter((p) => p <= 0.5).length).toBeGreaterThan(35)
    expect(ps.filter((p) => p <= 0.5).length).toBeLessThan(65)
  })

  test('finds an edge', () => {
    const found = permutationTest(panelOf(3, 1), 1)
    expect(found.p).toBe(1 / 200)
    expect(found.value!).toBeGreaterThan(found.high!)
    expect(found.low!).toBeLessThan(0)
  })

  test('gives the same for the same seed, and leaves names out where they have no value', () => {
    const panel = panelOf(4, 1)
    panel.scores.fill(Number.NaN, 0, BARS)
    expect(permutationTest(panel, 1)).toEqual(permutationTest(panel, 1))
    expect(permutationTest(panel, 1).bars).toBe(BARS)
  })

  test('has no number, with the reason, where no bar has enough names', () => {
    const panel = panelOf(4, 1)
    panel.labels.fill(Number.NaN)
    const none = permutationTest(panel, 1)
    expect(none).toMatchObject({ value: null, p: null, bars: 0 })
    expect(none.reason).toBe('no bar has 10 names with a score and an outcome')
  })
})
