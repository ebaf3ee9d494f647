import { describe, expect, test } from 'vitest'
import { hyperliquidPerpetual } from '../../../adapters/mod.ts'
import { createListing, readPrice, readQuantity } from './listing.ts'

const coin = (szDecimals: number) => hyperliquidPerpetual({ id: 0, symbol: 'X', szDecimals })
const isPrice = (szDecimals: number, text: string) => readPrice(coin(szDecimals), text).ok

describe('the price rule', () => {
  test('agrees with the examples of the venue’s documentation', () => {
    expect(isPrice(0, '1234.5')).toBe(true)
    expect(isPrice(0, '1234.56')).toBe(false)
    expect(isPrice(0, '0.001234')).toBe(true)
    expect(isPrice(0, '0.0012345')).toBe(false)
    expect(isPrice(1, '0.01234')).toBe(true)
    expect(isPrice(1, '0.012345')).toBe(false)
    expect(isPrice(0, '123456')).toBe(true)
    expect(isPrice(0, '12345.6')).toBe(false)
  })

  test('may be told that whole prices have five figures too', () => {
    const isOn = (text: string) => readPrice(coin(0), text, { integerPrices: 'fiveFigures' }).ok
    expect(['123456', '12345', '123450', '100000.0', '0.12345'].map(isOn)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ])
  })

  test('tells prices off the tick from those that cannot be read', () => {
    expect(readPrice(coin(5), '64250.55')).toMatchObject({ scope: 'order' })
    for (const text of ['', '-1', '1e5', '0', '0.0', '1.123456789', '.5', '5.']) {
      expect(readPrice(coin(5), text), text).toMatchObject({ ok: false, scope: 'request' })
    }
    expect(isPrice(5, '64250.0')).toBe(true)
  })
})

describe('sizes', () => {
  test('are whole lots above zero', () => {
    expect(readQuantity(coin(5), '0.00001')).toEqual({ ok: true, value: 1 })
    expect(readQuantity(coin(5), '0.000001')).toMatchObject({ text: 'Order has invalid size.' })
    expect(readQuantity(coin(5), '0.0')).toMatchObject({ text: 'Order has zero size.' })
    expect(readQuantity(coin(5), '9999999999999999')).toMatchObject({ ok: false })
  })
})

test('coins are found by their exact spelling, and must be listed in order and once', () => {
  const listing = createListing([coin(5)])
  expect(listing.find('X')?.id).toBe(0)
  expect(listing.find('x')).toBeNull()
  expect(listing.at(1)).toBeNull()
  expect(() => createListing([coin(5), coin(5)])).toThrow('id 0 at index 1')
  expect(() => createListing([coin(5), { ...coin(5), id: 1 }])).toThrow('X is listed twice')
})

describe('builders’ dexs', () => {
  const named = (id: number, symbol: string) => hyperliquidPerpetual({ id, symbol, szDecimals: 2 })
  const listing = createListing(
    ['BTC', 'xyz:HIMS', 'flx:GAS', 'ETH', 'xyz:HOOD'].map((symbol, id) => named(id, symbol)),
  )

  test('have asset numbers of their own, by dex and index in the dex', () => {
    expect(listing.perps.map(({ asset }) => asset)).toEqual([0, 110_000, 120_000, 1, 110_001])
    expect(listing.at(110_001)?.symbol).toBe('xyz:HOOD')
    expect(listing.at(2)).toBeNull()
    expect(listing.find('xyz:hood')).toBeNull()
    expect(listing.dexs.map(({ name, perps }) => [name, perps.length])).toEqual([
      ['', 2],
      ['xyz', 2],
      ['flx', 1],
    ])
  })

  test('are kept in their own collateral', () => {
    expect(listing.dexNamed('flx')?.collateral.name).toBe('USDH')
    expect(listing.find('flx:GAS')?.quoteCurrency).toBe('USDH')
    expect(listing.dexNamed('nowhere')).toBeNull()
  })

  test('must be known, and are absent where no coin of theirs is listed', () => {
    expect(() => createListing([named(0, 'abc:X')])).toThrow('no dex of that name')
    expect(createListing([named(0, 'BTC')]).dexs).toHaveLength(1)
  })
})
