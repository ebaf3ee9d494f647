import { describe, expect, it } from 'vitest'
import { createRandom, generatePanel } from '../../core/mod.ts'
import { checkColumns } from './column-check.ts'
import { computeFeatures } from './feature-columns.ts'
import { features } from './registry.ts'

const random = createRandom(1)
const noise = Float32Array.from({ length: 200 }, () => random.normal())

describe('the check of columns', () => {
  it('finds what is null, constant, infinite or a copy of another', () => {
    const matrix = {
      names: ['noise', 'null', 'constant', 'infinite', 'twice', 'fresh'],
      columns: [
        noise,
        new Float32Array(200).fill(Number.NaN),
        new Float32Array(200).fill(7).fill(Number.NaN, 0, 50),
        noise.map((value, row) => (row === 3 ? Number.POSITIVE_INFINITY : value * value)),
        noise.map((value) => 3 - 2 * value),
        noise.map(() => random.normal()),
      ],
      bars: 200,
    }
    const plain = { nullShare: 0, isConstant: false, infinite: 0, collinearWith: [] }
    expect(checkColumns(matrix, { step: 1, correlationMin: 1 - 1e-9 })).toEqual([
      { ...plain, name: 'noise' },
      { ...plain, name: 'null', nullShare: 1 },
      { ...plain, name: 'constant', nullShare: 0.25, isConstant: true },
      { ...plain, name: 'infinite', infinite: 1 },
      { ...plain, name: 'twice', collinearWith: ['noise'] },
      { ...plain, name: 'fresh' },
    ])
  })
})

describe('the columns of a generated panel', () => {
  // No listings and exchanges: one over the number of members is then the same in every bar.
  const panel = generatePanel({
    seed: 8,
    names: 30,
    sessions: 130,
    reserveShare: 0,
    changesPerYear: 0,
    delistingsPerYear: 0,
  })
  const checks = checkColumns(computeFeatures(panel))

  it('have no dead one: none is null or constant, but flags of sources that are all there', () => {
    const dead = checks.filter(({ nullShare, isConstant }) => nullShare > 0.95 || isConstant)
    expect(dead.map(({ name }) => name).filter((name) => !name.startsWith('missing_'))).toEqual([])
  })

  it('hold no infinity', () => {
    expect(checks.filter(({ infinite }) => infinite > 0)).toEqual([])
  })

  it('are nowhere the same without the registry saying so', () => {
    const found = checks.filter(({ collinearWith }) => collinearWith.length > 0)
    const marked = new Map(features.map(({ name, collinearWith }) => [name, collinearWith]))
    for (const { name, collinearWith } of found) expect(marked.get(name)).toBe(collinearWith[0])
    const names = found.map(({ name }) => name)
    expect(names).toContain('breadth_percentile')
  })
})
