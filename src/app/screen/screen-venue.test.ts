import { describe, expect, it } from 'vitest'
import { knownTerms } from '../simulators/hyperliquid/market/known-listing.ts'
import { createHyperliquidVenue } from '../simulators/hyperliquid/venue.ts'
import { pickInstruments, wholeUniverse } from '../simulators/market/generator.ts'
import { loadBuilderCoins, loadNative } from './load.ts'
import { screenBuilders, screenNative } from './score.ts'

const START = 1_767_607_200_000_000
const names = [
  ...['BTC', 'ETH', 'SOL', 'OP', 'xyz:TSLA', 'xyz:NVDA', 'xyz:MSTR', 'xyz:SP500', 'xyz:XYZ100'],
  ...['xyz:GOLD', 'xyz:RIVN', 'flx:OIL'],
]
const market = {
  kind: 'generated' as const,
  instruments: pickInstruments(wholeUniverse(), names).map((one) => one!),
  model: 'zeroEdge' as const,
  historyMinutes: 1,
}

describe('screens of the simulated venue', () => {
  const now = START
  const venue = createHyperliquidVenue({
    market,
    seed: 1,
    startTime: START - 2_000_000,
    now: () => now,
    users: [],
    terms: knownTerms,
  })
  venue.advance(now)
  const source = {
    url: 'http://venue',
    environment: {
      async fetch(_url: string, { body }: RequestInit) {
        const headers = { 'content-type': 'application/json' }
        const request = { method: 'POST', path: '/info', headers, receivedTimeUs: now }
        const reply = await venue.handleHttp({ ...request, body: String(body) })
        return new Response(reply.body, { status: reply.status })
      },
      sleep: async () => {},
      now: () => now,
      variables: {},
    },
  }

  it('rank its natives', async () => {
    const all = await loadNative(source, 1e6)
    const { chosen } = screenNative(all, { top: 10, volumeMin: 1e6 })
    expect(chosen.map(({ coin }) => coin)).toEqual(['SOL', 'OP'])
    for (const { spreadBp } of chosen) expect(spreadBp).toBeGreaterThan(0)
  })

  it('have a week of four-hour candles for builders’ coins', async () => {
    const all = await loadBuilderCoins(source, 500_000)
    for (const { closes } of all) expect(closes.length).toBeGreaterThanOrEqual(40)
    const { chosen } = screenBuilders(all, { top: 6, volumeMin: 500_000 })
    expect(chosen).toHaveLength(6)
    for (const { deviationPercent } of chosen) expect(deviationPercent).toBeGreaterThan(0.1)
  })
})
