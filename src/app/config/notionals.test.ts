import { expect, it } from 'vitest'
import { requireEntrySizes } from './entry-sizes.ts'
import { parseConfig } from './load.ts'
import { notionalText } from './notionals.ts'

const configOf = (text: string) => parseConfig(`name: x\n${text}\n`, 'x.yaml').config
const instruments = ['BTC', 'xyz:GOLD'].map((symbol) => ({
  symbol,
  minimumNotional: 1_000_000_000n,
}))
const check = (text: string) => () => requireEntrySizes(configOf(text), instruments)

it('refuses entries below the smallest order of their instrument, and names it', () => {
  expect(check('strategy: { notional: 10 }')).not.toThrow()
  expect(check("strategy: { notional: 50, notionals: { 'xyz:*': 9.99 } }")).toThrowError(
    expect.objectContaining({
      code: 'ORN-CONF-014',
      exitCode: 3,
      details: ['xyz:GOLD: entries are worth 9.99, the smallest order is 10'],
    }),
  )
})

it('goes by what trades the instrument, and leaves sizes that the account decides alone', () => {
  const momentum = 'companions: { momentum: { instruments: [BTC], notional: 5 } }'
  expect(check(momentum)).toThrow('smaller than the venue takes')
  expect(check("strategy: { notional: 5, sizer: { kind: 'z_proportional' } }")).not.toThrow()
})

it('says what entries are worth in words', () => {
  const { strategy } = configOf('strategy: { notional: 50, notionals: { BTC: 80 } }')
  expect(notionalText(strategy, [])).toBe('50 each')
  expect(notionalText(strategy, ['BTC'])).toBe('80 each')
  expect(notionalText(strategy, ['BTC', 'ETH'])).toBe('50 to 80, by instrument')
})
