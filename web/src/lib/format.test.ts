import { describe, expect, test } from 'vitest'
import {
  decimalText,
  durationText,
  forClipboard,
  numberText,
  percentText,
  signedText,
  signOf,
  spanText,
} from './format.ts'

describe('decimal text', () => {
  test('is rounded half to even without passing through a float', () => {
    expect(decimalText('0.125', 2)).toBe('0.12')
    expect(decimalText('0.135', 2)).toBe('0.14')
    expect(decimalText('0.1250000000000000000001', 2)).toBe('0.13')
    expect(decimalText('9007199254740993.5', 0)).toBe('9,007,199,254,740,994')
  })

  test('is grouped, with a real minus, and never shows a negative zero', () => {
    expect(decimalText('-1234567.891', 2)).toBe('−1,234,567.89')
    expect(decimalText('-0.004', 2)).toBe('0.00')
    expect(decimalText('64180', 1)).toBe('64,180.0')
    expect(decimalText('999.999', 2)).toBe('1,000.00')
  })

  test('of what is missing or no number is a dash', () => {
    expect(decimalText(null, 2)).toBe('—')
    expect(decimalText('NaN', 2)).toBe('—')
    expect(numberText(Number.NaN, 2)).toBe('—')
    expect(numberText(null, 2)).toBe('—')
    expect(percentText(null)).toBe('—')
  })

  test('says the sign of profit, and none of zero', () => {
    expect(signedText('12.345', 2)).toBe('+12.34')
    expect(signedText('-12.345', 2)).toBe('−12.34')
    expect(signedText('0.001', 2)).toBe('0.00')
    expect(signOf('0.000')).toBe(0)
    expect(signOf('-0.001')).toBe(-1)
  })

  test('goes to the clipboard with a minus that programs read', () => {
    expect(Number(forClipboard(numberText(-0.52, 2)))).toBe(-0.52)
  })
})

test('percentages have two decimals', () => {
  expect(percentText(0.5833)).toBe('58.33 %')
  expect(percentText(-0.0001)).toBe('−0.01 %')
})

test('spans and ages are said as people say them', () => {
  expect([0.31, 9.96, 42, 125, 8040].map(durationText)).toEqual([
    '0.3 s',
    '9.9 s',
    '42 s',
    '2 min 05 s',
    '2 h 14 min',
  ])
  expect([5, 60, 300, 3600].map(spanText)).toEqual(['5 s', '1 min', '5 min', '1 h'])
})
