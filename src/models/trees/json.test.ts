import { describe, expect, it } from 'vitest'
import { readTrees, writeTrees } from './json.ts'
import { scoreTrees } from './model.ts'
import { trainTrees } from './train.ts'

const columns = [
  Float32Array.from({ length: 90 }, (_, i) => (i % 7 === 0 ? Number.NaN : Math.sin(i))),
  Float32Array.from({ length: 90 }, (_, i) => i % 5),
]
const target = Float64Array.from({ length: 90 }, (_, i) => (i % 5) * Math.cos(i) + 1 / 3)
const model = trainTrees({ columns, target, seed: 3, parameters: { trees: 4, rowsMin: 5 } })

describe('the file of boosted trees', () => {
  it('gives back the model, which scores to the bit as it did', () => {
    const reading = readTrees(writeTrees(model))
    expect(reading).toEqual({ kind: 'model', model })
    if (reading.kind === 'model') {
      expect(scoreTrees(reading.model, columns)).toEqual(scoreTrees(model, columns))
    }
  })

  const good = JSON.parse(writeTrees(model))
  const [tree] = good.trees
  it.each([
    ['[1', 'no JSON'],
    [[], 'the file holds no object'],
    [{ ...good, format: 'x/2' }, 'format is "x/2", only ornstein.trees/1 can be read'],
    [{ ...good, implementation: 'x/2' }, 'implementation is "x/2", not histogram-trees/1'],
    [{ ...good, trees: [...good.trees, tree] }, 'there are 5 trees, its parameters allow 4'],
    [JSON.stringify({ ...good, base: 7 }).replace('"base":7', '"base":1e999'), 'base is'],
    [{ ...good, base: null }, 'base is null, not a number'],
    [{ ...good, features: 'a' }, 'features are no list of names'],
    [{ ...good, parameters: { ...good.parameters, l2: undefined } }, 'parameters: l2 is missing'],
    [{ ...good, parameters: { ...good.parameters, l2: '1' } }, 'parameters: l2 is 1, allowed are'],
    [{ ...good, parameters: { ...good.parameters, monotone: 1 } }, 'monotone is no object'],
    [{ ...good, validation: { metric: 'x', losses: [null] } }, 'losses are no list of numbers'],
    [{ ...good, validation: undefined }, 'validation is missing, neither null nor an object'],
    [{ ...good, trees: [{ ...tree, gain: undefined }] }, 'trees[0]: gain is no list of numbers'],
    [{ ...good, trees: [{ ...tree, rows: [1] }] }, 'trees[0]: rows has 1 nodes'],
    [{ ...good, trees: [{ ...tree, value: tree.value.with(1, null) }] }, 'value is no list'],
    [
      { ...good, trees: [{ ...tree, feature: tree.feature.with(0, 2) }] },
      'feature[0] is 2, allowed',
    ],
    [
      { ...good, trees: [{ ...tree, child: tree.child.with(0, 0) }] },
      'child[0] is 0, allowed are 1',
    ],
    [{ ...good, trees: [{ ...tree, missingLeft: tree.missingLeft.with(0, 3) }] }, 'missingLeft[0]'],
    [
      { ...good, trees: [{ ...tree, feature: tree.feature.map(() => -1) }] },
      'node 1 has no parent',
    ],
  ])('is refused with what is wrong (%#)', (content, problem) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    const reading = readTrees(text)
    expect(reading.kind === 'invalid' && reading.problem).toContain(problem)
  })
})
