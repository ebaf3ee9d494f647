import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { rankIcByBars, rankIcBySector, rankIcDecay } from './ic-groups.ts'

const names = 30
const bars = 600
const random = createRandom(3)
const column = (of: (name: number, bar: number) => number): Float64Array =>
  Float64Array.from({ length: names * bars }, (_, row) => of(Math.floor(row / bars), row % bars))
const scores = column(() => random.normal())
const noise = column(() => random.normal())
const at = (name: number, bar: number): number => name * bars + bar
/** Names 0 to 9 of the first sector are forecast, and nobody in odd bars. */
const labels = column((name, bar) =>
  name < 10 && bar % 2 === 0
    ? 2 * scores[at(name, bar)]! + noise[at(name, bar)]!
    : noise[at(name, bar)]!,
)
const panel = { names, bars, scores, labels }

describe('rank ICs by group', () => {
  it('tell groups of bars apart, each with its own interval', () => {
    const [even, odd] = rankIcByBars(panel, (bar) => (bar % 2 === 0 ? 'even' : 'odd'), 1)
    expect(even).toMatchObject({ group: 'even', mean: { observations: 300 } })
    expect(even!.mean.low!).toBeGreaterThan(0.1)
    expect(odd!.mean.low! < 0 && odd!.mean.high! > 0).toBe(true)
  })

  it('tell sectors apart by what a name is in at the bar; small ones have none', () => {
    const sector = Int16Array.from({ length: names * bars }, (_, row) => {
      const name = Math.floor(row / bars)
      return name < 10 ? 0 : name < 26 ? 1 : 2
    })
    const found = rankIcBySector(panel, { sector, sectorNames: ['a', 'b', 'c'] }, 1)
    expect(found.map(({ group }) => group)).toEqual(['a', 'b', 'c'])
    expect(found[0]!.mean.low!).toBeGreaterThan(0.3)
    expect(Math.abs(found[1]!.mean.value!)).toBeLessThan(0.05)
    expect(found[2]!.mean).toMatchObject({ value: null, observations: 0 })
  })

  it('measure other horizons on the labels that are made for them', () => {
    const decay = rankIcDecay({ names, bars, scores }, [1, 6], (horizonBars) =>
      labels.map((value, row) => value / horizonBars + (horizonBars - 1) * noise[row]!),
    )
    expect(decay.map(({ horizonBars }) => horizonBars)).toEqual([1, 6])
    expect(decay[0]!.mean.value!).toBeGreaterThan(decay[1]!.mean.value! + 0.05)
  })
})
