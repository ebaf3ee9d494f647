import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sharedFile, sharedNote } from '../support/shared-data.ts'
import { type Any, createStage, KEY, SECRET, type Stage } from './alpaca-stage.ts'

const folder = ['spec', 'venues', 'vectors', 'alpaca'] as const
const known = sharedFile(...folder)
const read = (...path: readonly string[]): Any =>
  JSON.parse(readFileSync(sharedFile(...folder, ...path)!, 'utf8'))

const OPEN = '2026-11-20T15:00:00Z'
const buy = { symbol: 'AAPL', qty: 5, side: 'buy', type: 'market', time_in_force: 'day' }

/** Fields of recorded replies that only some accounts or older servers have. */
/** Option levels were recorded as texts; the venue's schema and its clients have numbers. */
const rare = new Set([
  'options_approved_level',
  'options_trading_level',
  'commission',
  'usd',
  'last_close_pct_change',
  'last_price',
  'cancel_requested_at',
])

/** Kind of a value; what is null in either tells nothing. */
const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value

/** Every field of a recorded payload is in ours, with the same kind of value. */
function expectCovers(ours: Any, recorded: Any, path = ''): void {
  if (kindOf(recorded) === 'null' || kindOf(ours) === 'null') return
  // Clients accept numbers and texts of quantities; the venue sends texts.
  const isQuantity = /\.(qty|filled_qty|filled_avg_price|limit_price)$/.test(path)
  if (!isQuantity) expect(kindOf(ours), path).toBe(kindOf(recorded))
  if (Array.isArray(recorded)) {
    if (recorded.length > 0 && ours.length > 0) expectCovers(ours[0], recorded[0], `${path}[]`)
    return
  }
  if (typeof recorded !== 'object') return
  for (const [name, value] of Object.entries(recorded)) {
    if (rare.has(name)) continue
    expect(Object.keys(ours), `${path}.${name}`).toContain(name)
    expectCovers(ours[name], value, `${path}.${name}`)
  }
}

async function traded(shape: 'legacy' | '2026-07'): Promise<Stage> {
  const stage = createStage(OPEN, { shape })
  await stage.order(buy)
  stage.pass(120)
  return stage
}

/** Recorded replies of the public Python client's tests by the name of the test. */
const recordings = (file: string): ReadonlyMap<string, Any> =>
  new Map(read('alpaca_py_tests', file).map((each: Any) => [each.test, each.body]))

describe.skipIf(known === null)(
  `replies against recorded payloads${sharedNote(known !== null)}`,
  () => {
    test('of accounts, before and since July 2026', async () => {
      const recorded = recordings('trading__trading_client__test_account_routes.json')
      const legacy = await traded('legacy')
      expectCovers(await legacy.get('/v2/account'), recorded.get('test_get_account'))
      const configurations = await legacy.get('/v2/account/configurations')
      expectCovers(configurations, recorded.get('test_get_account_configurations'))
      const stage = await traded('2026-07')
      const name = 'test_get_account_configurations_without_deprecated_pdt_fields'
      const now = await stage.get('/v2/account/configurations')
      expect(Object.keys(now).sort()).toEqual(Object.keys(recorded.get(name)).sort())
      const account = await stage.get('/v2/account')
      for (const removed of ['pattern_day_trader', 'daytrade_count', 'daytrading_buying_power']) {
        expect(account).not.toHaveProperty(removed)
      }
    })

    test('of assets, orders and positions', async () => {
      const stage = await traded('2026-07')
      const assets = recordings('trading__trading_client__test_asset_routes.json')
      expectCovers(await stage.get('/v2/assets/AAPL'), assets.get('test_get_asset'))
      expectCovers(await stage.get('/v2/assets'), assets.get('test_get_all_assets'))
      const orders = recordings('trading__trading_client__test_order_routes.json')
      const list = await stage.get('/v2/orders?status=all')
      expectCovers(list, orders.get('test_get_orders'))
      expectCovers(list[0], orders.get('test_market_order'))
      const positions = recordings('trading__trading_client__test_position_routes.json')
      expectCovers(await stage.get('/v2/positions'), positions.get('test_get_all_positions'))
      await stage.order({ ...buy, type: 'limit', limit_price: 100 })
      const canceled = await stage.ask('DELETE', '/v2/orders')
      expect(canceled.status).toBe(207)
      expectCovers(canceled.body, [orders.get('test_cancel_orders')[0]])
      const closed = await stage.ask('DELETE', '/v2/positions?cancel_orders=true')
      expect(closed.status).toBe(207)
      expectCovers(closed.body, positions.get('test_close_all_positions'))
    })

    test('of the trading schema’s examples', async () => {
      const stage = await traded('legacy')
      const examples = read('openapi', 'trading_schema_examples.json')
      const shown = async (name: string, path: string, pick = (body: Any) => body) =>
        expectCovers(pick(await stage.get(path)), examples[name]['example-1'], name)
      await shown('Account', '/v2/account')
      await shown('AccountConfigurations', '/v2/account/configurations')
      await shown('TradingActivities', '/v2/account/activities/FILL', ([first]) => first)
      await shown('Order', '/v2/orders?status=all', ([first]) => first)
      await shown('Assets', '/v2/assets/AAPL')
      await shown('Position', '/v2/positions/AAPL')
      await shown('Calendar', '/v2/calendar?start=2022-02-01&end=2022-02-01', ([first]) => first)
      await shown('Clock', '/v2/clock')
      const made = await stage.ask('POST', '/v2/watchlists', { name: 'Primary', symbols: ['SPY'] })
      expectCovers(made.body, examples.Watchlist['example-1'], 'Watchlist')
    })

    test.each([
      ['data__test_historical_crypto_data.json', 'BTC/USD', 'v1beta3/crypto/us'],
      ['data__test_historical_stock_data.json', 'AAPL', 'v2/stocks'],
    ])('of market data: %s', async (file, symbol, base) => {
      const stage = createStage(OPEN)
      stage.pass(300)
      let compared = 0
      for (const { url, body, test: name } of read('alpaca_py_tests', file)) {
        const path = /(?:us|stocks)\/([a-z_/]+)\?/.exec(url)?.[1]
        if (path === undefined || !String(url).includes(base)) continue
        const query = `symbols=${symbol}&timeframe=1Min&limit=2&start=2026-11-20T15:00:00Z`
        const ours = await stage.get(`/${base}/${path}?${query}`)
        // Recorded replies are by other symbols, and some are of symbols that are not listed.
        const named = (value: Any): Any => {
          const rows = Object.entries(value).map(([key, each]: [string, Any]) =>
            /^[A-Z/]+$/.test(key)
              ? [symbol, each]
              : [
                  key,
                  each &&
                  typeof each === 'object' &&
                  !Array.isArray(each) &&
                  Object.keys(each).some((k) => /^[A-Z/]+$/.test(k))
                    ? named(each)
                    : each,
                ],
          )
          return Object.fromEntries(rows)
        }
        const recorded = named(body)
        // A last page has no token.
        if (recorded.next_page_token === null) delete recorded.next_page_token
        // Latest bars were recorded with a token that the venue no longer sends.
        if (/latest/.test(url)) delete recorded.next_page_token
        expectCovers(ours, recorded, name)
        compared++
      }
      expect(compared).toBeGreaterThan(6)
    })

    test('of the streams’ own dialogue', () => {
      for (const [file, path] of [
        ['crypto_realtime_examples.json', '/v1beta3/crypto/us'],
        ['stock_realtime_examples.json', '/v2/iex'],
      ] as const) {
        const messages: Any[] = read('docs', file)
        const socket = createStage(OPEN).open(path)
        for (const message of messages) {
          if (message.action === 'auth') {
            if (socket.frames.length === 1)
              socket.send({ action: 'auth', key: KEY, secret: SECRET })
          } else if (message.action !== undefined) socket.send(message)
        }
        expect(socket.frames[0]).toEqual(messages[0])
        expect(socket.frames[1]).toEqual(messages[2])
        const confirmed = messages.at(-1)[0]
        expectCovers(socket.frames.at(-1)[0], confirmed, 'subscription')
      }
    })

    test('of a fill on the account’s stream', async () => {
      const stage = createStage(OPEN)
      const socket = stage.open('/stream')
      const messages: Any[] = read('docs', 'trading_streaming_examples.json')
      const keys = { action: 'authenticate', data: { key_id: KEY, secret_key: SECRET } }
      socket.send(keys)
      expect(socket.frames[0]).toEqual(messages[3])
      socket.send(messages[0])
      expect(socket.frames[1]).toEqual(messages[1])
      await stage.order({
        symbol: 'BTC/USD',
        qty: '0.01',
        side: 'buy',
        type: 'market',
        time_in_force: 'gtc',
      })
      const fill = socket.frames.find(({ data }) => data.event === 'fill')
      expectCovers(fill, messages.at(-1), 'update')
    })
  },
)
