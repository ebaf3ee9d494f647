import { describe, expect, it } from 'vitest'
import { type Adjustment, adjust, adjustedTier } from './adjustments.ts'
import type { ReversionParameters } from './parameters.ts'

const tier = { longEntry: -1.25, longExit: -0.5, shortEntry: 1.25, shortExit: 0.5 }
const other = { ...tier, longEntry: -2.5 }
const parameters = { tier, overrides: { ETH: other } } as unknown as ReversionParameters

describe('adjustments by an operator', () => {
  it('change one number of one instrument and leave the rest as configured', () => {
    const adjustments: (Adjustment | null)[] = [null, null]
    adjust(adjustments, { instrument: 1, key: 'longExit', value: -0.25 })
    adjust(adjustments, { instrument: 1, key: 'notional', value: 50 })
    expect(adjustments).toEqual([null, { longExit: -0.25, notional: 50 }])
    expect(adjustedTier(parameters, 'BTC', adjustments[0])).toBe(tier)
    expect(adjustedTier(parameters, 'ETH', adjustments[1])).toEqual({ ...other, longExit: -0.25 })
  })

  it('take 0 as a value, not as unset', () => {
    const adjustments: (Adjustment | null)[] = [null]
    adjust(adjustments, { instrument: 0, key: 'longExit', value: 0 })
    expect(adjustedTier(parameters, 'BTC', adjustments[0])).toEqual({ ...tier, longExit: 0 })
  })

  it('ignore keys and instruments that do not exist', () => {
    const adjustments: (Adjustment | null)[] = [null]
    adjust(adjustments, { instrument: 0, key: 'stopLoss', value: 0 })
    adjust(adjustments, { instrument: 7, key: 'longExit', value: 0 })
    expect(adjustments).toEqual([null])
  })
})
