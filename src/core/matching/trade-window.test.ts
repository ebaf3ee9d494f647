import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { TRADE_WINDOW, TradeWindow } from './trade-window.ts'

describe('a trade window', () => {
  it('knows repeated ids, small, large and equal in their low bits', () => {
    const window = new TradeWindow()
    const ids = [0, 1, 2 ** 32, 2 ** 32 + 1, 833120162794147, 2 ** 53 - 1]
    expect(ids.map((id) => window.add(id))).toEqual(ids.map(() => true))
    expect(ids.map((id) => window.add(id))).toEqual(ids.map(() => false))
  })

  it('remembers at least its size and forgets after twice that, in bounded memory', () => {
    const window = new TradeWindow()
    const random = createRandom(5)
    const ids = Array.from(
      { length: 5 * TRADE_WINDOW },
      (_, i) => random.integer(2 ** 20) * 2 ** 20 + i,
    )
    ids.forEach((id, i) => {
      expect(window.add(id)).toBe(true)
      const remembered = ids[Math.max(0, i - TRADE_WINDOW + 1)]!
      expect(window.add(remembered)).toBe(false)
    })
    expect(window.add(ids[0]!)).toBe(true)
  })

  it('survives JSON', () => {
    const window = new TradeWindow()
    for (let id = 0; id < TRADE_WINDOW + 10; id++) window.add(id)
    const copy = new TradeWindow()
    copy.restore(JSON.parse(JSON.stringify(window.snapshot())))
    expect(copy.snapshot()).toEqual(window.snapshot())
    expect(copy.add(5)).toBe(false)
    expect(copy.add(TRADE_WINDOW + 5)).toBe(false)
    expect(copy.add(TRADE_WINDOW + 10)).toBe(true)
  })
})
