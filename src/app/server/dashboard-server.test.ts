import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { DemoSession } from '../../../test/support/demo-session.ts'
import { createDashboardServer, type DashboardServer } from './dashboard-server.ts'

const TOKEN = 'b1946ac92492d2347c6235b4d2611184b1946ac92492d234'
const session = new DemoSession({
  mode: 'rehearse',
  seed: 7,
  startTime: Date.UTC(2026, 0, 14, 9) * 1000,
})
const commands: unknown[] = []
let server: DashboardServer
let cookie: string

const start = (port: number, staticDir = '/nonexistent/dashboard') =>
  createDashboardServer({
    port,
    host: '127.0.0.1',
    token: TOKEN,
    projection: session.projection,
    operator: async (command, actor, reason) => {
      commands.push({ command, actor, reason })
      if (reason === 'fail') throw new Error('the disk is full')
      return session.operator(command, actor, reason)
    },
    staticDir,
    now: () => session.time,
  })

beforeAll(async () => {
  session.run(600)
  server = await start(0)
  const reply = await fetch(server.url, { redirect: 'manual' })
  cookie = reply.headers.get('set-cookie')!.split(';')[0]!
})

afterAll(() => server.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.address + path, { headers, redirect: 'manual' })

const command = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.address}/api/v1/operator`, {
    method: 'POST',
    headers: { cookie, origin: server.address, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('the session’s key', () => {
  test('in the address is exchanged for a strict cookie and leaves the address', async () => {
    const reply = await get(`/?token=${TOKEN}&instrument=ETH`)
    expect(reply.status).toBe(303)
    expect(reply.headers.get('location')).toBe('/?instrument=ETH')
    const set = reply.headers.get('set-cookie')!
    expect(set).toContain('HttpOnly')
    expect(set).toContain('SameSite=Strict')
    expect(set).not.toContain(TOKEN)
  })

  test('without it every page, resource and file answers 401', async () => {
    for (const path of ['/', '/api/v1/state', '/assets/x.js', '/nothing']) {
      expect((await get(path)).status, path).toBe(401)
    }
  })

  test('a wrong token or cookie answers 401 and sets nothing', async () => {
    const wrong = await get('/?token=guess')
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('set-cookie')).toBeNull()
    const name = cookie.split('=')[0]
    expect((await get('/api/v1/state', { cookie: `${name}=guess` })).status).toBe(401)
  })

  test('works as a bearer for programs, and only the right one', async () => {
    expect((await get('/api/v1/state', { authorization: `Bearer ${TOKEN}` })).status).toBe(200)
    expect((await get('/api/v1/state', { authorization: 'Bearer x' })).status).toBe(401)
  })

  test('is not taken from the query of anything but the page', async () => {
    expect((await get(`/api/v1/state?token=${TOKEN}`)).status).toBe(401)
  })
})

describe('foreign requests', () => {
  test('of another origin are refused, with the cookie or without', async () => {
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null']) {
      expect((await get('/api/v1/state', { cookie, origin })).status, origin).toBe(403)
    }
  })

  test('of another port of this machine are refused though they are the same site', async () => {
    const reply = await get('/api/v1/state', { cookie, 'sec-fetch-site': 'same-site' })
    expect(reply.status).toBe(403)
  })

  test('under another host name are refused (DNS rebinding)', async () => {
    expect(await rawStatus('GET / HTTP/1.1', { host: 'evil.example', cookie })).toBe(403)
    const exchange = `GET /?token=${TOKEN} HTTP/1.1`
    expect(await rawStatus(exchange, { host: `evil.example:${server.port}` })).toBe(403)
  })

  test('to an address that is none are refused as unreadable, and // is not the page', async () => {
    const host = `127.0.0.1:${server.port}`
    expect(await rawStatus('GET http://[ HTTP/1.1', { host })).toBe(400)
    expect(await rawStatus('GET @evil.example/ HTTP/1.1', { host, cookie })).toBe(400)
    expect(await rawStatus('GET // HTTP/1.1', { host })).toBe(401)
    expect(await rawStatus(`GET //x/?token=${TOKEN} HTTP/1.1`, { host })).toBe(401)
  })

  test('that act must say their origin', async () => {
    const reply = await fetch(`${server.address}/api/v1/operator`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: '{"kind":"pause","reason":"x","confirm":"pause"}',
    })
    expect(reply.status).toBe(403)
  })

  test('no answer lets another origin read it', async () => {
    const reply = await get('/api/v1/state', { cookie })
    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
    expect(reply.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    const policy = reply.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(reply.headers.get('x-frame-options')).toBe('DENY')
  })
})

describe('resources', () => {
  test.each([
    'state',
    'orders',
    'fills',
    'positions',
    'equity',
    'bars',
    'book',
    'decisions',
    'journal',
    'health',
    'alerts',
  ])('%s answers with a snapshot', async (resource) => {
    const reply = await get(`/api/v1/${resource}`, { cookie })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(await reply.json()).toBeTruthy()
  })

  test('bars and book take an instrument, and refuse one that is not there', async () => {
    const book = await (await get('/api/v1/book?instrument=2', { cookie })).json()
    expect(book).toMatchObject({ instrument: 2, status: 'valid' })
    expect((await get('/api/v1/book?instrument=77', { cookie })).status).toBe(404)
  })

  test('what is not there answers 404 with a code', async () => {
    const reply = await get('/api/v1/secrets', { cookie })
    expect(reply.status).toBe(404)
    expect(await reply.json()).toMatchObject({ error: { code: 'ORN-WEB-004' } })
  })

  test('a dashboard that is not built says how to build it', async () => {
    expect(await (await get('/', { cookie })).text()).toContain('npm run build')
  })
})

describe('files of the dashboard', () => {
  test('are served with the cookie, cached only where their name is a hash, and nothing beside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ornstein-static-'))
    mkdirSync(join(folder, 'site/assets'), { recursive: true })
    writeFileSync(join(folder, 'site/index.html'), '<title>built</title>')
    writeFileSync(join(folder, 'site/assets/index-abc.js'), '1')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    const built = await start(0, join(folder, 'site'))
    try {
      const exchange = await fetch(built.url, { redirect: 'manual' })
      const own = { cookie: exchange.headers.get('set-cookie')!.split(';')[0]! }
      const page = await fetch(built.address, { headers: own })
      expect(await page.text()).toContain('built')
      expect(page.headers.get('cache-control')).toBe('no-store')
      const script = await fetch(`${built.address}/assets/index-abc.js`, { headers: own })
      expect(script.headers.get('cache-control')).toContain('immutable')
      expect((await fetch(`${built.address}/assets/index-abc.js`)).status).toBe(401)
      for (const path of [
        '/..%2fsecret.txt',
        '/%2e%2e/secret.txt',
        '/assets/..%2f..%2fsecret.txt',
      ]) {
        const reply = await fetch(built.address + path, { headers: own })
        expect(reply.status, path).toBeGreaterThanOrEqual(400)
        expect(await reply.text()).not.toBe('secret')
      }
      expect((await fetch(built.address, { headers: { cookie } })).status).toBe(401)
    } finally {
      await built.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('operator commands', () => {
  test('go to the handler with actor and reason, once', async () => {
    commands.length = 0
    const reply = await command({ kind: 'pause', reason: ' spread ', confirm: 'pause' })
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ accepted: true })
    expect(commands).toEqual([{ command: { kind: 'pause' }, actor: 'dashboard', reason: 'spread' }])
    const resumed = await command({ kind: 'resume', reason: 'over', confirm: 'resume' })
    expect(resumed.status).toBe(200)
  })

  test.each([
    [{ kind: 'pause', reason: '', confirm: 'pause' }],
    [{ kind: 'pause', reason: 'x' }],
    [{ kind: 'PAUSE', reason: 'x', confirm: 'PAUSE' }],
    [{ kind: 'acceptDifference', reason: 'x', confirm: 'acceptDifference' }],
    [{ kind: 'pause', instrument: 0, reason: 'x', confirm: 'pause' }],
    [{ kind: 'pause', reason: 'x', confirm: 'pause', force: true }],
    [[]],
    ['not json'],
  ])('what cannot be read is refused as a whole: %j', async (body) => {
    commands.length = 0
    expect((await command(body)).status).toBe(400)
    expect(commands).toHaveLength(0)
  })

  test('without its confirmation, or when it does nothing, is refused with 409', async () => {
    commands.length = 0
    expect((await command({ kind: 'pause', reason: 'x', confirm: 'yes' })).status).toBe(409)
    const idle = await command({ kind: 'resume', reason: 'x', confirm: 'resume' })
    expect(idle.status).toBe(409)
    expect(await idle.json()).toMatchObject({
      error: { what: expect.stringContaining('not paused') },
    })
    expect(commands).toHaveLength(0)
  })

  test('taking over a position is only for one that differs from the venue', async () => {
    commands.length = 0
    const takeOver = (instrument: unknown) =>
      command({ kind: 'acceptDifference', instrument, reason: 'x', confirm: 'acceptDifference' })
    expect((await takeOver(0)).status).toBe(409)
    session.moveByHand(0, 40)
    session.run(150)
    expect((await takeOver(1)).status).toBe(409)
    expect((await takeOver('0')).status).toBe(409)
    expect(commands).toHaveLength(0)
    expect((await takeOver(0)).status).toBe(200)
    expect(commands).toMatchObject([{ command: { kind: 'acceptDifference', instrument: 0 } }])
    session.run(90)
    expect((await takeOver(0)).status).toBe(409)
  })

  test('that fail on the way say that the outcome is not known', async () => {
    const reply = await command({ kind: 'pause', reason: 'fail', confirm: 'pause' })
    expect(reply.status).toBe(500)
    const what = 'the outcome of pause is not known: the disk is full'
    expect(await reply.json()).toMatchObject({ error: { code: 'ORN-WEB-011', what } })
  })

  test('as a form of another page is refused', async () => {
    const form = { 'content-type': 'text/plain', origin: 'http://evil.example' }
    expect((await command('{"kind":"pause"}', form)).status).toBe(403)
    expect((await command('kind=pause', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('a body above the limit is refused', async () => {
    const reply = await command({ kind: 'pause', reason: 'x'.repeat(20_000), confirm: 'pause' })
    expect(reply.status).toBe(413)
  })
})

describe('the socket', () => {
  const open = (headers: Record<string, string>) =>
    new Promise<WebSocket | number>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/v1/feed`, { headers })
      socket.on('open', () => resolve(socket))
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0)
        socket.terminate()
      })
      socket.on('error', reject)
    })

  test('needs the cookie and this origin', async () => {
    expect(await open({ origin: server.address })).toBe(401)
    expect(await open({ cookie })).toBe(403)
    expect(await open({ cookie, origin: 'http://evil.example' })).toBe(403)
  })

  test('serves snapshots to the page', async () => {
    const socket = await open({ cookie, origin: server.address })
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
    const message = new Promise<string>((resolve) => {
      socket.on('message', (data) => {
        const text = String(data)
        if (text.includes('"snapshot"')) resolve(text)
      })
    })
    socket.send('{"type":"subscribe","topics":["state"]}')
    expect(JSON.parse(await message)).toMatchObject({
      topic: 'state',
      sequence: 1,
      mode: 'rehearse',
    })
    socket.close()
  })
})

describe('the port', () => {
  test('that is busy leads to the next one, and that is said', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as AddressInfo
    const moved = await start(port)
    expect(moved.port).toBeGreaterThan(port)
    expect(moved.notice).toContain(`port ${port} is in use`)
    await moved.close()
    await new Promise((resolve) => blocker.close(resolve))
  })
})

/** Status of a request written by hand: fetch does not let a Host header through. */
function rawStatus(line: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      socket.write(`${[line, ...lines, 'connection: close'].join('\r\n')}\r\n\r\n`)
    })
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('end', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])))
    socket.on('error', reject)
  })
}
