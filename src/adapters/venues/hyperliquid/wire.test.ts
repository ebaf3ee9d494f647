import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { createStage, finish } from '../../../../test/support/hyperliquid-stage.ts'
import { sharedFile, sharedNote } from '../../../../test/support/shared-data.ts'
import * as wire from './wire.ts'

const folder = ['spec', 'venues', 'vectors', 'hyperliquid'] as const
const isThere = sharedFile(...folder) !== null

interface Exchange {
  readonly request: { readonly body: Record<string, unknown> }
  readonly response: { readonly body: unknown }
}

/** Recorded replies of one type out of a recorded session. */
function recorded(file: string, type: string): readonly unknown[] {
  const path = sharedFile(...folder, 'python_sdk_cassettes', `${file}.json`)
  const exchanges = JSON.parse(readFileSync(path!, 'utf8')) as readonly Exchange[]
  return exchanges
    .filter(({ request }) => request.body['type'] === type)
    .map(({ response }) => response.body)
}

const fixture = (file: string): unknown =>
  JSON.parse(readFileSync(sharedFile(...folder, 'nautilus', file)!, 'utf8'))

describe.skipIf(!isThere)(`replies recorded from the venue${sharedNote(isThere)}`, () => {
  it.each([
    ['test_get_user_fills', 'userFills', wire.fillsReply],
    ['test_get_user_fills_by_time', 'userFillsByTime', wire.fillsReply],
    ['test_get_open_orders', 'openOrders', wire.openOrdersReply],
    ['test_get_frontend_open_orders', 'frontendOpenOrders', wire.openOrdersReply],
    ['test_historical_orders', 'historicalOrders', wire.orderUpdates],
    ['test_get_candles_snapshot', 'candleSnapshot', wire.candleReply],
    ['test_get_candles_snapshot', 'meta', wire.metaReply],
    ['test_user_funding_history_with_end_time', 'userFunding', wire.userFundingReply],
    ['test_user_role', 'userRole', wire.userRoleReply],
  ] as readonly (readonly [
    string,
    string,
    z.ZodType,
  ])[])('%s: %s has its shape', (file, type, schema) => {
    const replies = recorded(file, type)
    expect(replies.length).toBeGreaterThan(0)
    for (const reply of replies) {
      const result = schema.safeParse(reply)
      expect(result.error?.issues.slice(0, 3) ?? []).toEqual([])
    }
  })

  it('of fills by other clients have their shape', () => {
    const { data } = fixture('ws_user_fill_liquidation.json') as { data: { fills: unknown } }
    expect(wire.fillsReply.safeParse(data.fills).error).toBeUndefined()
    expect(
      wire.fillsReply.safeParse(fixture('http_user_fills_dust_conversion.json')).error,
    ).toBeUndefined()
  })

  it('an account state of before the venue stamped them is no account state', () => {
    const [state] = recorded('test_get_user_state', 'clearinghouseState')
    expect(wire.clearinghouseReply.safeParse(state).success).toBe(false)
    const stamped = { ...(state as object), time: 1_790_000_000_000 }
    expect(wire.clearinghouseReply.safeParse(stamped).error).toBeUndefined()
  })

  it('candles and the universe load as bars and instruments', async () => {
    const [meta] = recorded('test_get_candles_snapshot', 'meta')
    const candles = recorded('test_get_candles_snapshot', 'candleSnapshot')[0] as readonly {
      readonly s: string
      readonly t: number
      readonly T: number
    }[]
    const stage = createStage({ userAddress: null, privateKey: null })
    stage.venue.info['meta'] = meta
    stage.venue.info['candleSnapshot'] = candles
    const { s, t, T } = candles[0]!
    const [instrument] = await finish(stage.environment, stage.adapter.loadInstruments([s]))
    const intervalUs = (T + 1 - t) * 1000
    const loading = stage.adapter.loadBars(instrument!, intervalUs, candles.length)
    const bars = await finish(stage.environment, loading)
    expect(bars).toHaveLength(candles.length)
    expect(bars[0]!.openTime).toBe(t * 1000)
  })
})
