import { describe, expect, it } from 'vitest'
import { haltAt, mergeHalts } from './halts.ts'

const MINUTE = 60_000_000
const window = (name: string, from: number, until: number) => ({
  name,
  fromTime: from * MINUTE,
  untilTime: until * MINUTE,
})
const none = { haltedUntil: 0, announcedHalts: [] }

describe('the halt that holds', () => {
  const haltWindows = [window('a', 10, 20), window('b', 30, 40), window('c', 50, 60)]
  const at = (minute: number) => haltAt(none, { haltWindows }, minute * MINUTE)?.name ?? null

  it('begins with its window and ends before its end', () => {
    expect([0, 10, 19, 20, 29, 30, 39, 40, 50, 59, 60, 99].map(at)).toEqual([
      ...[null, 'a', 'a', null, null, 'b', 'b', null, 'c', 'c', null, null],
    ])
  })

  it('is the longest of the limits, the announced and the operator', () => {
    const state = { haltedUntil: 0, announcedHalts: [window('announced', 35, 45)] }
    const name = (of: typeof state) => haltAt(of, { haltWindows }, 36 * MINUTE)?.name
    expect(name(state)).toBe('announced')
    expect(name({ ...state, announcedHalts: [window('short', 35, 38)] })).toBe('b')
    expect(name({ ...state, haltedUntil: 50 * MINUTE })).toBe('halt of an operator')
    expect(name({ ...state, haltedUntil: 41 * MINUTE })).toBe('announced')
    expect(haltAt({ ...none, haltedUntil: 5 }, {}, 5)).toBeNull()
  })
})

describe('merging halts', () => {
  it('joins those that meet or overlap, under all their names, each once', () => {
    const merged = mergeHalts([
      window('Jobless Claims', 30, 60),
      window('CPI', 30, 60),
      window('CPI', 60, 70),
      window('GDP', 71, 75),
    ])
    expect(merged).toEqual([window('Jobless Claims + CPI', 30, 70), window('GDP', 71, 75)])
  })

  it('sorts, and keeps a longer one around a shorter', () => {
    expect(mergeHalts([window('b', 12, 13), window('a', 10, 20)])).toEqual([
      window('a + b', 10, 20),
    ])
    expect(mergeHalts([])).toEqual([])
  })
})
