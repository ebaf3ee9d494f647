import { describe, expect, it } from 'vitest'
import { findTrades, type ReversionRules } from './reversion.ts'
import { OPEN_AT_END } from './trade-list.ts'

const rules: ReversionRules = {
  longEntry: -1.25,
  longExit: -0.5,
  shortEntry: 1.25,
  shortExit: 0.5,
  direction: 'both',
  imbalanceThreshold: null,
}

function tradesOf(z: number[], changes: Partial<ReversionRules> = {}, imbalance?: number[]) {
  const columns = {
    z: Float64Array.from(z),
    imbalance: imbalance === undefined ? null : Float64Array.from(imbalance),
  }
  const { entryRows, exitRows, directions } = findTrades(columns, { ...rules, ...changes })
  return Array.from(entryRows, (row, i) => [directions[i], row, exitRows[i]])
}

describe('findTrades', () => {
  it('enters and leaves by strict inequalities', () => {
    expect(tradesOf([-1.25, -1.26, -0.5, -0.49, 0])).toEqual([[1, 1, 3]])
    expect(tradesOf([1.25, 1.26, 0.5, 0.49])).toEqual([[-1, 1, 3]])
  })

  it('makes at most one transition a row: a row that leaves never enters', () => {
    expect(tradesOf([-2, 2, 2, 0])).toEqual([
      [1, 0, 1],
      [-1, 2, 3],
    ])
  })

  it('keeps a position that nothing closed as open at the end', () => {
    expect(tradesOf([0, -2, -1])).toEqual([[1, 1, OPEN_AT_END]])
  })

  it('neither enters nor leaves where z is not known', () => {
    expect(tradesOf([Number.NaN, -2, Number.NaN, 0])).toEqual([[1, 1, 3]])
    expect(tradesOf([Number.NaN, Number.NaN])).toEqual([])
  })

  it('never goes short when only longs are allowed', () => {
    expect(tradesOf([3, -2, 0, 3], { direction: 'long' })).toEqual([[1, 1, 2]])
  })

  it('gates entries, never exits, by the sign that the side needs', () => {
    const imbalance = [0.2, 0.3, -1, -0.3, 0.9]
    expect(tradesOf([-2, -2, 0, 2, 0], { imbalanceThreshold: 0.2 }, imbalance)).toEqual([
      [1, 1, 2],
      [-1, 3, 4],
    ])
  })

  it('refuses to enter where the imbalance is unknown, with or without a threshold', () => {
    const unknown = [Number.NaN, 0, Number.NaN]
    expect(tradesOf([-2, -2, 0], {}, unknown)).toEqual([[1, 1, 2]])
    expect(tradesOf([-2, -2, 0], { imbalanceThreshold: 0 }, unknown)).toEqual([])
  })

  it('does not try the short side when the long one is gated', () => {
    const changes = { longEntry: 1, longExit: 2, shortEntry: 0, shortExit: -3 }
    const gated = { ...changes, imbalanceThreshold: 0 }
    expect(tradesOf([0.5], gated, [-0.5])).toEqual([])
  })

  it('takes runs of rows as one series', () => {
    const z: number[] = Array.from({ length: 40_000 }, (_, i) =>
      i === 8191 ? -2 : i === 8192 ? 0 : -1,
    )
    z[16_384] = 2
    z[39_999] = -3
    expect(tradesOf(z)).toEqual([
      [1, 8191, 8192],
      [-1, 16_384, 16_385],
      [1, 39_999, OPEN_AT_END],
    ])
  })

  it('grows its room when every second row trades', () => {
    const z = Array.from({ length: 30_001 }, (_, i) => (i % 2 === 0 ? -2 : 0))
    expect(tradesOf(z).length).toBe(15_001)
  })

  it('refuses plain arrays, a gate without its column and thresholds in the wrong order', () => {
    const z = Float64Array.of(0)
    expect(() => findTrades({ z: [0] as never, imbalance: null }, rules)).toThrow('Float64Array')
    const gated = { ...rules, imbalanceThreshold: 0 }
    expect(() => findTrades({ z, imbalance: null }, gated)).toThrow('gate')
    const swapped = { ...rules, longExit: -2 }
    expect(() => findTrades({ z, imbalance: null }, swapped)).toThrow('must be below')
  })
})
