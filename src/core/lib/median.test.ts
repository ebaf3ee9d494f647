import { expect, it } from 'vitest'
import { median } from './median.ts'

it('is the middle value, the mean of the two middle ones, or none', () => {
  expect([median([4, 1]), median([9, -1, 3]), median([])]).toEqual([2.5, 3, Number.NaN])
})
