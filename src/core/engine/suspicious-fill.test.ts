import { describe, expect, it } from 'vitest'
import { Bench } from './test-kit.ts'

/** Alerts after an order, aggressive or resting, was filled at a price. Best are 99950 and 100050. */
function alertsOf(side: 'buy' | 'sell', at: number, how: { readonly passive?: boolean } = {}) {
  const bench = new Bench().start()
  bench.book(0, 99_950, 100_050)
  const isPassive = how.passive === true
  const order = bench.enter(side, 10, { urgency: isPassive ? 'passive' : 'aggressive' })
  bench.fill(order, 10, { at, liquidity: isPassive ? 'maker' : 'taker' })
  expect(bench.lots()).toBe(side === 'buy' ? 10 : -10)
  return { alerts: bench.alerts, limit: order.price }
}

describe('a fill that no market makes', () => {
  it('is said when it is more than 0.1 % beyond the limit of its order, on either side', () => {
    const { limit } = alertsOf('buy', 100_050)
    expect(alertsOf('buy', Math.floor(limit * 1.001)).alerts).toEqual([])
    expect(alertsOf('buy', Math.ceil(limit * 1.001) + 1).alerts).toEqual(['SUSPICIOUS_FILL'])
    const sold = alertsOf('sell', 99_950).limit
    expect(alertsOf('sell', Math.ceil(sold * 0.999)).alerts).toEqual([])
    expect(alertsOf('sell', Math.floor(sold * 0.999) - 1).alerts).toEqual(['SUSPICIOUS_FILL'])
  })

  it('is said when a taker gets as much better a price than those who wait on its side', () => {
    expect(alertsOf('buy', 99_851).alerts).toEqual([])
    expect(alertsOf('buy', 99_849).alerts).toEqual(['SUSPICIOUS_FILL'])
    expect(alertsOf('sell', 100_150).alerts).toEqual([])
    expect(alertsOf('sell', 100_151).alerts).toEqual(['SUSPICIOUS_FILL'])
  })

  it('is none where an order rested: it gets its own price', () => {
    const { alerts } = alertsOf('buy', 99_000, { passive: true })
    expect(alerts).toEqual([])
  })
})
