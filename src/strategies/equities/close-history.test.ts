import { describe, expect, it } from 'vitest'
import { lastCloses, putClose, returnsOf, type SessionCloses } from './close-history.ts'

/** Rows of one name beside another that always has a close; 0 is none. */
const rowsOf = (closes: readonly number[]): SessionCloses[] =>
  closes.map((close, day) => ({ day, closes: [close, 7] }))

describe('closes by session', () => {
  it('are put where their day is, however late they come, and the oldest go', () => {
    const rows: SessionCloses[] = []
    const size = { names: 2, keep: 3 }
    for (const day of [5, 7, 6, 8]) putClose(rows, { day, id: 0, halfQuanta: day }, size)
    putClose(rows, { day: 7, id: 1, halfQuanta: 70 }, size)
    expect(rows).toEqual([
      { day: 6, closes: [6, 0] },
      { day: 7, closes: [7, 70] },
      { day: 8, closes: [8, 0] },
    ])
  })

  it('are filled from the one before over a short gap, not over a long one', () => {
    const rows = rowsOf([10, 11, 0, 0, 14])
    expect(lastCloses(rows, 0, 4, 2)).toEqual(Float64Array.of(11, 11, 11, 14))
    expect(lastCloses(rows, 0, 4, 1)).toBeNull()
  })

  it('are filled at their beginning from before it', () => {
    expect(lastCloses(rowsOf([10, 0, 12, 13]), 0, 3, 1)).toEqual(Float64Array.of(10, 12, 13))
  })

  it('are none without the last one, or where there are too few', () => {
    expect(lastCloses(rowsOf([10, 11, 0]), 0, 2, 5)).toBeNull()
    expect(lastCloses(rowsOf([10, 11]), 0, 3, 5)).toBeNull()
    expect(lastCloses(rowsOf([0, 0, 12]), 0, 2, 5)).toBeNull()
  })

  it('make returns', () => {
    const returns = returnsOf(Float64Array.of(10, 11, 5.5))
    expect(returns[0]).toBeCloseTo(0.1, 12)
    expect(returns[1]).toBeCloseTo(-0.5, 12)
  })
})
