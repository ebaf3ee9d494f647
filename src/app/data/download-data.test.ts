import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../test/data/folder.ts'
import { listManifests, loadRecording } from '../../adapters/mod.ts'
import type { DownloadEnvironment } from './download/environment.ts'
import { type DownloadDataOptions, downloadData, renderDownload } from './download-data.ts'

type Answer = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: unknown
}
type Handler = (request: IncomingMessage & { url: string }, body: string) => Answer

const minute = 60_000
const start = Date.UTC(2026, 0, 5)
const now = start + 10 * 24 * 60 * minute

let folder: ReturnType<typeof makeFolder>
let server: Server
let requests: string[]
let slept: number[]
let handler: Handler

beforeEach(async () => {
  folder = makeFolder()
  requests = []
  slept = []
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      requests.push(`${request.url} ${body}`)
      const answer = handler(request as IncomingMessage & { url: string }, body)
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        ...answer.headers,
      })
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  folder.remove()
})

/** Time passes only by sleeping. */
function environment(variables: Record<string, string> = {}): DownloadEnvironment {
  let time = now * 1000
  return {
    fetch: (url, init) => fetch(url, init),
    sleep: async (ms) => {
      slept.push(ms)
      time += ms * 1000
    },
    now: () => time,
    variables,
  }
}

const run = (options: Partial<DownloadDataOptions> & Pick<DownloadDataOptions, 'venue'>) =>
  downloadData({
    symbols: ['BTC'],
    from: start * 1000,
    to: (start + 120 * minute) * 1000,
    catalog: folder.path,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    environment: environment(),
    ...options,
  })

/** Speaks candleSnapshot: at most 5,000 candles from the time asked for, prices as texts. */
const candleServer =
  (firstCandle = start): Handler =>
  (request, body) => {
    if (request.url !== '/info') return { status: 404, body: 'not found' }
    const { type, req } = JSON.parse(body) as {
      type: string
      req: { coin: string; interval: string; startTime: number; endTime: number }
    }
    if (type !== 'candleSnapshot' || req.interval !== '1m') return { status: 422, body: 'Failed' }
    const candles = []
    const from = Math.max(firstCandle, Math.ceil(req.startTime / minute) * minute)
    for (let t = from; t <= Math.min(req.endTime, now) && candles.length < 5_000; t += minute) {
      const px = String(100 + ((t / minute) % 7))
      const T = t + minute - 1
      candles.push({ t, T, s: req.coin, i: '1m', o: px, c: px, h: px, l: px, v: '1.5', n: 3 })
    }
    return { body: candles }
  }

describe('downloadData hyperliquid', () => {
  test('pages through more candles than one reply holds, and imports them whole', async () => {
    handler = candleServer()
    const to = (start + 12_000 * minute) * 1000
    const report = await run({ venue: 'hyperliquid', to })
    expect(requests).toHaveLength(3)
    expect(report.sets[0]).toMatchObject({ symbol: 'BTC', items: 12_000, resumed: 0 })
    const { manifest } = report.sets[0]!
    expect(manifest).toMatchObject({ kind: 'hyperliquid-download', rowsQuarantined: 0 })
    expect(manifest!.checks).toEqual([])
    expect(manifest!.source.text).toBe('public history of hyperliquid')
    const recording = await loadRecording({ sources: [join(folder.path, manifest!.id)] })
    expect(recording.batch.count).toBe(12_000)
    expect(recording.info.gaps).toEqual([])
    expect(renderDownload(report)).toContain(manifest!.id)
    // 103 of 1,200 units of weight a minute for each page: the second and third had to wait.
    expect(slept).toHaveLength(2)
    for (const ms of slept) expect(ms).toBeGreaterThan(5_000)
  })

  test('leaves the unfinished candle out', async () => {
    handler = candleServer()
    const report = await run({
      venue: 'hyperliquid',
      from: (now - 10 * minute) * 1000,
      to: (now + 60 * minute) * 1000,
    })
    expect(report.sets[0]!.items).toBe(10)
  })

  test('warns when the venue keeps less history than was asked for', async () => {
    handler = candleServer(start + 90 * minute)
    const report = await run({ venue: 'hyperliquid' })
    expect(report.sets[0]!.items).toBe(30)
    expect(report.warnings.join()).toContain('history begins at 2026-01-05 01:30:00Z')
  })

  test('goes on where an interrupted run stopped, past a torn line', async () => {
    const to = (start + 12_000 * minute) * 1000
    const working = candleServer()
    handler = (request, body) =>
      requests.length > 1 ? { status: 500, body: 'no' } : working(request, body)
    await expect(run({ venue: 'hyperliquid', to })).rejects.toMatchObject({
      code: 'VENUE_UNREACHABLE',
    })
    expect(await listManifests(folder.path)).toEqual([])
    const [part] = readdirSync(join(folder.path, '.downloads'))
    expect(part).toMatch(/\.part$/)
    appendFileSync(join(folder.path, '.downloads', part!), '{"t":17675')
    handler = working
    requests.length = 0
    const report = await run({ venue: 'hyperliquid', to })
    expect(requests).toHaveLength(2)
    expect(report.sets[0]).toMatchObject({ items: 12_000, resumed: 5_000 })
    expect(report.sets[0]!.manifest!.rowsQuarantined).toBe(0)
    expect(readdirSync(join(folder.path, '.downloads'))).toHaveLength(1)
  })

  test('does not ask again for what is complete', async () => {
    handler = candleServer()
    await run({ venue: 'hyperliquid' })
    requests.length = 0
    const report = await run({ venue: 'hyperliquid' })
    expect(requests).toEqual([])
    expect(report.sets[0]).toMatchObject({ items: 120, resumed: 120 })
  })

  test('pages through funding rates by the last time', async () => {
    const hour = 60 * minute
    handler = (_request, body) => {
      const { type, coin, startTime, endTime } = JSON.parse(body) as Record<string, number | string>
      expect([type, coin]).toEqual(['fundingHistory', 'BTC'])
      const rates = []
      const from = Math.ceil(Number(startTime) / hour) * hour
      for (let time = from; time <= Number(endTime) && rates.length < 500; time += hour) {
        rates.push({ coin, fundingRate: '0.0000125', premium: '0.0', time: time + 44 })
      }
      return { body: rates }
    }
    const from = (now - 800 * hour) * 1000
    const report = await run({ venue: 'hyperliquid', kind: 'funding', from, to: now * 1000 })
    expect(report.sets[0]!.items).toBe(800)
    expect(report.sets[0]!.manifest!.tables[0]).toMatchObject({ shape: 'funding', rows: 800 })
    expect(report.sets[0]!.manifest!.rowsQuarantined).toBe(0)
  })

  test('tries again after 429 and 5xx as long as the venue asks, and no longer', async () => {
    const working = candleServer()
    handler = (request, body) => {
      if (requests.length === 1) {
        return { status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }
      }
      return requests.length === 2 ? { status: 502, body: 'bad gateway' } : working(request, body)
    }
    expect((await run({ venue: 'hyperliquid' })).sets[0]!.items).toBe(120)
    expect(slept).toContain(7_000)
    handler = () => ({ status: 503, body: 'down' })
    requests.length = 0
    await expect(run({ venue: 'hyperliquid', symbols: ['ETH'] })).rejects.toMatchObject({
      code: 'VENUE_UNREACHABLE',
      message: expect.stringContaining('HTTP 503'),
    })
    expect(requests).toHaveLength(5)
  })

  test('a refusal, text that is not JSON and another shape are errors at once', async () => {
    const answers: [Answer, string][] = [
      [{ status: 422, body: 'Failed to deserialize' }, 'VENUE_REFUSED'],
      [{ status: 418, body: 'banned' }, 'VENUE_BANNED'],
      [{ body: '<html>' }, 'VENUE_UNREADABLE'],
      [{ body: null }, 'VENUE_UNREADABLE'],
    ]
    for (const [answer, code] of answers) {
      requests.length = 0
      handler = () => answer
      await expect(run({ venue: 'hyperliquid' })).rejects.toMatchObject({ code })
      expect(requests).toHaveLength(1)
    }
  })

  test('says what is allowed when the request makes no sense', async () => {
    handler = candleServer()
    const wrong: Partial<DownloadDataOptions>[] = [
      { interval: '2m' },
      { kind: 'trades' },
      { from: (start + 120 * minute) * 1000 },
      { symbols: [] },
      { venue: 'hyperlikwid' as 'hyperliquid' },
    ]
    for (const options of wrong) {
      await expect(run({ venue: 'hyperliquid', ...options })).rejects.toMatchObject({
        code: 'ORN-DATA-030',
        exitCode: 2,
      })
    }
    expect(requests).toEqual([])
  })
})

describe('downloadData binance', () => {
  test('pages through klines of twelve fields', async () => {
    handler = (request) => {
      const url = new URL(request.url, 'http://loopback')
      expect(url.pathname).toBe('/api/v3/klines')
      const query = Object.fromEntries(url.searchParams)
      expect(query).toMatchObject({ symbol: 'BTCUSDT', interval: '1m', limit: '1000' })
      const bars = []
      const from = Math.ceil(Number(query['startTime']) / minute) * minute
      for (let t = from; t <= Number(query['endTime']) && bars.length < 1_000; t += minute) {
        bars.push([
          t,
          '10.0',
          '11.0',
          '9.0',
          '10.5',
          '3.25',
          t + minute - 1,
          '34',
          5,
          '1',
          '10',
          '0',
        ])
      }
      return { body: bars, headers: { 'x-mbx-used-weight-1m': '5990' } }
    }
    const report = await run({
      venue: 'binance',
      symbols: ['BTCUSDT'],
      to: (start + 2_500 * minute) * 1000,
    })
    expect(report.sets[0]!.items).toBe(2_500)
    expect(requests).toHaveLength(3)
    expect(slept.filter((ms) => ms === 60_000)).toHaveLength(3)
    expect(report.sets[0]!.manifest!.tables[0]!.instruments[0]).toMatchObject({
      instrument: 'BTCUSDT',
      rows: 2_500,
      quantityDecimals: 2,
    })
  })

  test('follows aggregate trades by their ids', async () => {
    handler = (request) => {
      const query = Object.fromEntries(new URL(request.url, 'http://loopback').searchParams)
      const first = query['fromId'] === undefined ? 100 : Number(query['fromId'])
      const trades = Array.from({ length: 1_000 }, (_, n) => first + n).map((a) => {
        const T = start + (a - 100) * 1_000
        return { a, p: '10.01', q: '0.5', f: a, l: a, T, m: a % 2 === 0, M: true }
      })
      return { body: trades }
    }
    const report = await run({
      venue: 'binance',
      kind: 'trades',
      symbols: ['BTCUSDT'],
      to: (start + 1_500_000) * 1000,
    })
    expect(report.sets[0]!.items).toBe(1_500)
    expect(report.sets[0]!.manifest!.tables[0]).toMatchObject({ shape: 'trades', rows: 1_500 })
    expect(requests.map((line) => /fromId=(\d+)/.exec(line)?.[1])).toEqual([undefined, '1100'])
  })
})

describe('downloadData alpaca', () => {
  const keys = { APCA_API_KEY_ID: 'key', APCA_API_SECRET_KEY: 'secret' }
  const bar = (t: number) => ({
    t: new Date(t).toISOString().replace('.000Z', 'Z'),
    o: 10,
    h: 11,
    l: 9,
    c: 10.5,
    v: 100,
    n: 4,
    vw: 10.1,
  })

  test('follows page tokens and sends the keys of the environment', async () => {
    handler = (request) => {
      const url = new URL(request.url, 'http://loopback')
      expect(url.pathname).toBe('/v2/stocks/bars')
      expect(request.headers['apca-api-key-id']).toBe('key')
      expect(request.headers['apca-api-secret-key']).toBe('secret')
      expect(url.searchParams.get('adjustment')).toBe('raw')
      const page = Number(url.searchParams.get('page_token') ?? '0')
      const bars = Array.from({ length: 40 }, (_, n) => bar(start + (page * 40 + n) * minute))
      return { body: { bars: { AAPL: bars }, next_page_token: page < 2 ? String(page + 1) : null } }
    }
    const report = await run({ venue: 'alpaca', symbols: ['AAPL'], environment: environment(keys) })
    expect(requests).toHaveLength(3)
    expect(report.sets[0]!.items).toBe(120)
    expect(report.sets[0]!.manifest!.venue).toBe('us-equities')
    const folderNames = readdirSync(join(folder.path, '.downloads'))
    const text = readFileSync(join(folder.path, '.downloads', folderNames[0]!), 'utf8')
    expect(text).not.toContain('secret')
  })

  test('asks for keys before it asks the venue, except for crypto pairs', async () => {
    handler = (request) => {
      expect(new URL(request.url, 'http://loopback').pathname).toBe('/v1beta3/crypto/us/bars')
      return { body: { bars: { 'BTC/USD': [bar(start)] }, next_page_token: null } }
    }
    await expect(run({ venue: 'alpaca', symbols: ['AAPL'] })).rejects.toMatchObject({
      code: 'ORN-DATA-030',
      details: expect.arrayContaining([expect.stringContaining('APCA_API_KEY_ID')]),
    })
    expect(requests).toEqual([])
    const report = await run({ venue: 'alpaca', symbols: ['BTC/USD'] })
    const manifest = report.sets[0]!.manifest!
    expect(manifest.tables[0]!.instruments[0]!.instrument).toBe('BTC/USD')
    expect(manifest).toMatchObject({ instrumentKind: 'spot', continuous: true })
  })

  test('keys that are refused end with the venue error', async () => {
    handler = () => ({ status: 403, body: { message: 'forbidden.' } })
    await expect(
      run({ venue: 'alpaca', symbols: ['AAPL'], environment: environment(keys) }),
    ).rejects.toMatchObject({ code: 'VENUE_CREDENTIALS', disposition: 'fatal' })
  })

  test('a symbol the venue has nothing of is a warning, not a file', async () => {
    handler = () => ({ body: { bars: {}, next_page_token: null } })
    const report = await run({
      venue: 'alpaca',
      symbols: ['AAPL'],
      environment: environment(keys),
    })
    expect(report.sets[0]).toMatchObject({ items: 0, manifest: null })
    expect(report.warnings).toEqual(['AAPL: the venue has nothing in this span'])
    expect(await listManifests(folder.path)).toEqual([])
  })
})
