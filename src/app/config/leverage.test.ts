import { describe, expect, it } from 'vitest'
import { leverageOf } from './leverage.ts'
import { parseConfig } from './load.ts'
import type { VenueSectionOf } from './venue-schema.ts'

const load = (venue: object, shadow: readonly string[] = []) => {
  const { config } = parseConfig(JSON.stringify({ name: 'x', venue, shadow }), 'x.yaml')
  return leverageOf(config.venue as VenueSectionOf<'hyperliquid'>, config)
}
const instruments = ['BTC', 'xyz:GOLD', 'xyz:TSLA', 'flx:GAS']

describe('leverage', () => {
  it('is a coin’s own, else its dex’s, else that of all', () => {
    const leverages = { 'xyz:*': 5, 'xyz:GOLD': 10 }
    expect(load({ instruments, leverage: 3, leverages })).toEqual({
      value: 3,
      isCross: true,
      perCoin: { 'xyz:GOLD': { value: 10 }, 'xyz:TSLA': { value: 5 } },
    })
    expect(load({ instruments })).toBeNull()
    expect(load({ instruments, leverage: 3 }, ['BTC'])?.except).toEqual(['BTC'])
  })

  it('is refused for coins that are not traded, and without one for the others', () => {
    const detailsOf = (venue: object): string => {
      try {
        load(venue)
      } catch (error) {
        return String((error as { details?: unknown }).details)
      }
      return ''
    }
    for (const name of ['xyz:Gold', 'XYZ:*', 'ETH']) {
      const details = detailsOf({ instruments, leverage: 3, leverages: { [name]: 5 } })
      expect(details).toContain(
        `venue.leverages.${name}: found 5, expected one of venue.instruments`,
      )
    }
    expect(detailsOf({ instruments, leverages: { BTC: 5 } })).toContain('venue.leverage beside it')
  })
})
