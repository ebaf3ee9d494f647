import { Alpaca, ApiError } from '@alpacahq/alpaca-trade-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEMO_KEY, DEMO_SECRET, readRunOptions } from '../../src/app/simulators/alpaca/options.ts'
import { type RunningVenue, runVenue } from '../../src/app/simulators/alpaca/run.ts'

let running: RunningVenue
let url = ''

/** The official client, pointed here by rewriting its requests and by the streams' own option. */
function createClient(secret = DEMO_SECRET): Alpaca {
  return new Alpaca({
    keyId: DEMO_KEY,
    secret,
    retry: false,
    fetchApi: (input, init) => {
      const asked = new URL(String(input))
      return fetch(`${url}${asked.pathname}${asked.search}`, init)
    },
  })
}

beforeEach(async () => {
  const flags = { port: '0', seed: '1', crypto: 'BTC,ETH', stocks: 'AAPL,SPY' }
  // A Friday, ten minutes after the open.
  const options = readRunOptions({ ...flags, time: '2026-11-20T14:40:00Z' })
  running = await runVenue(options, (error) => {
    throw error
  })
  url = `http://127.0.0.1:${running.server.port}`
})
afterEach(() => running.stop())

describe('the official client of JavaScript', () => {
  test('reads account, clock and assets', async () => {
    const client = createClient()
    const account = await client.trading.account.getAccount()
    expect(account).toMatchObject({ status: 'ACTIVE', cash: '100000', multiplier: '4' })
    expect((await client.trading.clock.legacyClock()).isOpen).toBe(true)
  })

  test('is told why wrong keys are refused', async () => {
    const error = await createClient('wrong')
      .trading.account.getAccount()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).status).toBe(401)
  })
})
