import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { defaultTreeParameters, trainTrees, writeTrees } from '../../src/models/mod.ts'

const page = readFileSync(new URL('../../docs/boosted-trees.md', import.meta.url), 'utf8')

/** Cells of the rows of the table that comes after a text. */
const tableAfter = (text: string): string[][] =>
  page
    .split(text)[1]!
    .split(/\n\|(?:---\|)+\n/)[1]!
    .split('\n\n')[0]!
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))

const unquoted = (cell: string): string => cell.replaceAll('`', '')

it('the page of boosted trees lists every parameter with its default', () => {
  const listed = tableAfter('## Parameters').map(([, key, value]) => [key!, value!].map(unquoted))
  const defaults = Object.entries(defaultTreeParameters)
  expect(listed).toEqual(defaults.map(([key, value]) => [key, JSON.stringify(value)]))
})

it('the page of boosted trees lists every key of a model and of a tree', () => {
  const columns = [Float32Array.of(1, 2, 3, 4)]
  const target = Float64Array.of(1, 2, 3, 4)
  const parameters = { trees: 1, rowsMin: 1 }
  const file = JSON.parse(writeTrees(trainTrees({ columns, target, parameters, seed: 1 })))
  const keys = (text: string) => tableAfter(text).map(([, key]) => unquoted(key!))
  expect(keys('## The model as JSON')).toEqual(Object.keys(file))
  expect(keys('A tree is an object')).toEqual(Object.keys(file.trees[0]))
})
