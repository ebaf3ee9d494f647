import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { createStage, finish } from '../../../../test/support/hyperliquid-stage.ts'
import { sharedFile, sharedNote } from '../../../../test/support/shared-data.ts'
import { universeOf } from '../../../../test/support/universe.ts'
import { readMarketData } from './frame-parser.ts'
import { MarketFrame } from './market-frame.ts'
import * as wire from './wire.ts'

const folder = ['spec', 'venues', 'vectors', 'hyperliquid'] as const
const isThere = sharedFile(...folder) !== null

interface Exchange {
  readonly request: { readonly body: Record<string, unknown> }
  readonly response: { readonly body: unknown }
}

const LEDGER = 'userNonFundingLedgerUpdates'

function exchangesOf(file: string): readonly Exchange[] {
  const path = sharedFile(...folder, 'python_sdk_cassettes', `${file}.json`)
  return JSON.parse(readFileSync(path!, 'utf8')) as readonly Exchange[]
}

const typesOf = (file: string): readonly string[] =>
  exchangesOf(file).map(({ request }) => String(request.body['type']))

/** Recorded replies of one type out of a recorded session. */
function recorded(file: string, type: string): readonly unknown[] {
  return exchangesOf(file)
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
    ['test_get_info', 'meta', wire.metaReply],
    ['test_get_l2_snapshot', 'meta', wire.metaReply],
    ['test_get_funding_history_None', 'meta', wire.metaReply],
    ['test_get_funding_history_1684811870000', 'meta', wire.metaReply],
    ['test_user_funding_history_with_end_time', 'userFunding', wire.userFundingReply],
    ['test_user_funding_history_without_end_time', 'userFunding', wire.userFundingReply],
    ['test_user_non_funding_ledger_updates_with_end_time', LEDGER, wire.ledgerUpdatesReply],
    ['test_user_non_funding_ledger_updates_without_end_time', LEDGER, wire.ledgerUpdatesReply],
    ['test_user_rate_limit', 'userRateLimit', wire.rateLimitReply],
    ['test_user_role', 'userRole', wire.userRoleReply],
    ['test_extra_agents', 'extraAgents', wire.extraAgentsReply],
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

  it('of questions that this adapter asks are all read above', () => {
    const names = readdirSync(sharedFile(...folder, 'python_sdk_cassettes')!)
    const types = new Set(names.flatMap((name) => typesOf(name.replace('.json', ''))))
    const neverAsked = ['allMids', 'delegatorHistory', 'fundingHistory', 'portfolio']
    const others = ['userTwapSliceFills', 'userVaultEquities', 'l2Book']
    const read = ['userFills', 'userFillsByTime', 'openOrders', 'frontendOpenOrders', 'meta']
    const account = ['historicalOrders', 'userFunding', LEDGER, 'userRateLimit', 'userRole']
    const rest = ['candleSnapshot', 'extraAgents', 'clearinghouseState']
    const known = [...neverAsked, ...others, ...read, ...account, ...rest]
    expect([...types].sort()).toEqual(known.sort())
  })

  it('of the universe of builders and of tokens have their shape', () => {
    const metas = fixture('http_all_perp_metas_non_usdc_collateral.json') as readonly unknown[]
    for (const meta of [...metas, fixture('http_meta_perp_sample.json')]) {
      expect(wire.metaReply.safeParse(meta).error).toBeUndefined()
    }
    const tokens = fixture('http_spot_meta_non_usdc_collateral.json')
    expect(wire.spotTokensReply.safeParse(tokens).error).toBeUndefined()
  })

  it('of public trades and books are read as frames', () => {
    const universe = universeOf({ BTC: 5, ETH: 4 })
    const frame = new MarketFrame()
    const read = (channel: 'l2Book' | 'trades', data: unknown) =>
      readMarketData(universe, channel, data, frame)
    expect(read('trades', fixture('http_recent_trades_btc.json'))).toBe('read')
    for (const book of recorded('test_get_l2_snapshot', 'l2Book')) {
      expect(['read', 'foreign']).toContain(read('l2Book', book))
    }
    // Without the number of orders or the time, as other clients trimmed them, they are no frames.
    for (const file of ['http_l2_book_btc.json', 'http_l2_book_snapshot.json']) {
      expect(read('l2Book', fixture(file))).toBe('unreadable')
    }
  })

  it('of fills by other clients have their shape', () => {
    const { data } = fixture('ws_user_fill_liquidation.json') as { data: { fills: unknown } }
    expect(wire.fillsReply.safeParse(data.fills).error).toBeUndefined()
    expect(
      wire.fillsReply.safeParse(fixture('http_user_fills_dust_conversion.json')).error,
    ).toBeUndefined()
  })

  it('frames are read or known not to concern a session; none makes a gap', async () => {
    const stage = createStage()
    await stage.start()
    const probed = sharedFile(...folder, 'probed', 'ws_frames_2026-09-24.json')
    const received = (
      JSON.parse(readFileSync(probed!, 'utf8')) as readonly { dir: string; frame: unknown }[]
    ).filter(({ dir }) => dir === 'in')
    const liquidated = fixture('ws_user_fill_liquidation.json')
    const broad = ['ws_allmids.json', 'ws_all_dexs_asset_ctxs.json'].map(fixture)
    for (const frame of [...received.map((each) => each.frame), liquidated, ...broad]) {
      stage.venue.push(frame)
    }
    await stage.environment.run(1_000)
    const { framesRefused, framesScanned, framesParsed, connectionsLost } = stage.adapter.statistics
    expect({ framesRefused, connectionsLost }).toEqual({ framesRefused: 0, connectionsLost: 0 })
    expect({ framesScanned, framesParsed }).toEqual({ framesScanned: 3, framesParsed: 0 })
    // Made up by another client: the venue has no price of seven figures.
    stage.venue.push({ channel: 'l2Book', data: fixture('ws_book_data.json') })
    await stage.environment.run(1)
    expect(stage.adapter.statistics.framesRefused).toBe(1)
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
