import { describe, expect, it } from 'vitest'
import { type Adjustment, adjust, adjustedTier } from './adjustments.ts'

const tier = { longEntry: -1.25, longExit: -0.5, shortEntry: 1.25, shortExit: 0.5 }
const other = { ...tier, longEntry: -2.5 }

describe('adjustments by an operator', () => {
  it('change one number of one instrument and leave the rest as configured', () => {
    const adjustments: (Adjustment | null)[] = [null, null]
    adjust(adjustments, { instrument: 1, key: 'longExit', value: -0.25 })
    adjust(adjustments, { instrument: 1, key: 'notional', value: 50 })
    expect(adjustments).toEqual([null, { longExit: -0.25, notional: 50 }])
    expect(adjustedTier(tier, adjustments[0])).toBe(tier)
    expect(adjustedTier(other, adjustments[1])).toEqual({ ...other, longExit: -0.25 })
  })

  it('take 0 as a value, not as unset', () => {
    const adjustments: (Adjustment | null)[] = [null]
    adjust(adjustments, { instrument: 0, key: 'longExit', value: 0 })
    expect(adjustedTier(tier, adjustments[0])).toEqual({ ...tier, longExit: 0 })
  })

  it('ignore keys and instruments that do not exist', () => {
    const adjustments: (Adjustment | null)[] = [null]
    adjust(adjustments, { instrument: 0, key: 'stopLoss', value: 0 })
    adjust(adjustments, { instrument: 7, key: 'longExit', value: 0 })
    expect(adjustments).toEqual([null])
  })
})
