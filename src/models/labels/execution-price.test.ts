import { describe, expect, it } from 'vitest'
import { type ExecutionQuery, executionPrice } from './execution-price.ts'

const MINUTE = 60_000_000
const minutes = {
  openTime: Float64Array.of(0, MINUTE, 2 * MINUTE, 3 * MINUTE, 60 * MINUTE),
  open: Float64Array.of(10, 11, Number.NaN, 13, 20),
}
const query: ExecutionQuery = {
  knownTime: MINUTE - 1,
  latencyUs: 1,
  minutes,
  endTime: 60 * MINUTE,
  nextOpenTime: 0,
  nextOpen: 10,
}

describe('the execution price', () => {
  it('is that of the first minute that begins when an order can trade', () => {
    expect(executionPrice(query)).toEqual({
      price: 11,
      time: MINUTE,
      basis: 'first minute after the decision',
      isOptimistic: false,
    })
  })

  it('passes over a minute that began a moment earlier, and one without a price', () => {
    expect(executionPrice({ ...query, latencyUs: 2 })?.price).toBe(13)
  })

  it('is null where nothing trades before the end', () => {
    expect(executionPrice({ ...query, knownTime: 4 * MINUTE })).toBeNull()
    expect(executionPrice({ ...query, minutes: null, nextOpen: Number.NaN })).toBeNull()
  })

  it('is the next open where there are only bars, and says whether that is optimistic', () => {
    const bars = { ...query, minutes: null }
    expect(executionPrice(bars)).toMatchObject({
      price: 10,
      basis: 'next open',
      isOptimistic: true,
    })
    expect(executionPrice({ ...bars, nextOpenTime: MINUTE })?.isOptimistic).toBe(false)
  })
})
