import { expect, test } from 'vitest'
import { corrupt } from './corrupt.ts'

const book = {
  channel: 'l2Book',
  data: { levels: [[{ px: '9.0', sz: '1.0', n: 1 }], [{ px: '10.0', sz: '2.0', n: 1 }]] },
}

test('a crossed book has its best prices exchanged', () => {
  expect(corrupt(book, 'bookCrossed').data).toEqual({
    levels: [[{ px: '10.0', sz: '2.0', n: 1 }], [{ px: '9.0', sz: '1.0', n: 1 }]],
  })
  const bbo = { channel: 'bbo', data: { bbo: [{ px: '9.0' }, { px: '10.0' }] } }
  expect(corrupt(bbo, 'bookCrossed').data).toEqual({ bbo: [{ px: '10.0' }, { px: '9.0' }] })
})

test('a price becomes zero or huge, the original stays as it was', () => {
  const prices = (data: unknown) => (data as typeof book.data).levels[0]![0]!.px
  expect(prices(corrupt(book, 'priceZero').data)).toBe('0.0')
  expect(prices(corrupt(book, 'priceHuge').data)).toBe('9000.0')
  expect(prices(book.data)).toBe('9.0')
})

test('an altered fill has another id and price', () => {
  const fills = { channel: 'userFills', data: { fills: [{ tid: 7, px: '100.0' }] } }
  expect(corrupt(fills, 'fillAltered').data).toEqual({ fills: [{ tid: 8, px: '100.10' }] })
})

test('a frame without prices stays as it is', () => {
  const frame = { channel: 'x', data: { coin: 'BTC' } }
  expect(corrupt(frame, 'priceZero')).toEqual(frame)
})
