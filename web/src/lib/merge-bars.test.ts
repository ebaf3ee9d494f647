import { expect, test } from 'vitest'
import { ListStore } from './list-store.ts'
import { mergeBars } from './merge-bars.ts'
import type { BarsView } from './protocol.ts'

function bars(
  openSeconds: readonly number[],
  close: readonly number[],
  isPartial: boolean,
): BarsView {
  const none = openSeconds.map(() => null)
  return {
    instrument: 0,
    intervalSeconds: 60,
    window: 60,
    warm: { have: 60, need: 60 },
    isPartial,
    openSeconds,
    open: close,
    high: close,
    low: close,
    close,
    z: none,
    imbalance: none,
    mean: none,
    deviation: none,
    isForming: true,
  }
}

test('a delta replaces the forming bar and adds the next one', () => {
  const held = bars([0, 60, 120], [1, 2, 3], false)
  const merged = mergeBars(held, bars([120, 180], [3.5, 4], true))
  expect(merged.openSeconds).toEqual([0, 60, 120, 180])
  expect(merged.close).toEqual([1, 2, 3.5, 4])
  expect(merged.isPartial).toBe(false)
})

test('a whole series replaces what is held, and an empty delta keeps it', () => {
  const held = bars([0, 60], [1, 2], false)
  expect(mergeBars(held, bars([300], [9], false)).openSeconds).toEqual([300])
  expect(mergeBars(held, bars([], [], true)).close).toEqual([1, 2])
})

test('a list takes upserts by id, in order, and forgets only the oldest', () => {
  const store = new ListStore<{ id: string; value: number }>((item) => item.id, 2)
  store.merge({
    isPartial: false,
    items: [
      { id: 'a', value: 1 },
      { id: 'b', value: 1 },
    ],
  })
  const updated = store.merge({
    isPartial: true,
    items: [
      { id: 'a', value: 2 },
      { id: 'c', value: 1 },
    ],
  })
  expect(updated.map((item) => item.id)).toEqual(['b', 'c'])
})
