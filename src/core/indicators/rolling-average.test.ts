import { describe, expect, it } from 'vitest'
import { averageColumn } from './average-column.ts'
import { RollingAverage } from './rolling-average.ts'
import { zColumn } from './z-column.ts'

describe('RollingAverage', () => {
  it('is null until the window is full, then the mean of the last values', () => {
    const average = new RollingAverage(3)
    const values = [1, 2, 6, 7, 8].map((value) => {
      average.push(value)
      return average.value
    })
    expect(values).toEqual([Number.NaN, Number.NaN, 3, 5, 7])
    expect(average.count).toBe(3)
    average.clear()
    expect([average.value, average.count]).toEqual([Number.NaN, 0])
  })

  it('goes on from its state as if never stopped', () => {
    const average = new RollingAverage(3)
    for (const value of [1, 2, 6, 7]) average.push(value)
    const restored = RollingAverage.restore(JSON.parse(JSON.stringify(average.snapshot())))
    expect(restored.value).toBe(5)
    restored.push(11)
    expect(restored.value).toBe(8)
  })

  it('refuses fractions and values whose sum could not be exact', () => {
    const average = new RollingAverage(1024)
    expect(() => average.push(0.5)).toThrow(/not an integer/)
    expect(() => average.push(2 ** 43)).toThrow(/within 4398046511104/)
    expect(() => new RollingAverage(0)).toThrow(/window of 0/)
  })
})

describe('columns', () => {
  it('refuse plain arrays, which would slow the kernels for good', () => {
    const typed = new Float64Array(3)
    const plain = [1, 2, 3] as unknown as Float64Array
    expect(() => zColumn(plain, 2, 'include', typed)).toThrow(/Float64Array/)
    expect(() => zColumn(typed, 2, 'include', plain)).toThrow(/Float64Array/)
    expect(() => averageColumn(plain, 2, typed)).toThrow(/Float64Array/)
  })

  it('refuse fractions, NaN and columns of two lengths', () => {
    const out = new Float64Array(2)
    for (const bad of [0.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53]) {
      const column = new Float64Array([1, bad])
      expect(() => zColumn(column, 2, 'include', out)).toThrow(/in row 1/)
      expect(() => averageColumn(column, 2, out)).toThrow(/in row 1/)
    }
    expect(() => zColumn(new Float64Array(3), 2, 'include', out)).toThrow(/length/)
    expect(() => zColumn(out, 1, 'include', out)).toThrow(/window of 1/)
  })

  it('are all null when shorter than the window', () => {
    const out = new Float64Array(2)
    zColumn(new Float64Array([1, 2]), 5, 'include', out)
    expect(Array.from(out)).toEqual([Number.NaN, Number.NaN])
    zColumn(new Float64Array([1, 2]), 2, 'exclude', out)
    expect(Array.from(out)).toEqual([Number.NaN, Number.NaN])
    zColumn(new Float64Array(0), 2, 'exclude', new Float64Array(0))
  })
})
