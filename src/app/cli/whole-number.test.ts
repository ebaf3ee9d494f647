import { expect, it } from 'vitest'
import { whole } from './whole-number.ts'

it('reads whole numbers from the least on, and keeps the text', () => {
  expect(whole(0)('0')).toBe('0')
  expect(whole(1)('12')).toBe('12')
  for (const wrong of ['', ' ', '0', '-1', '1.5', '1e3', '0x10', '99999999999999999999', 'many']) {
    expect(() => whole(1)(wrong), wrong).toThrow('a whole number of at least 1')
  }
})
