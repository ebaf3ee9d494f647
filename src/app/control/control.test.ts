import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OperatorCommand } from '../../core/mod.ts'
import { Projection } from '../server/projection.ts'
import { askSession } from './client.ts'
import { type ControlEndpoint, controlEndpoint, listeningSessions } from './endpoint.ts'
import type { ConfiguredParameters } from './parameters.ts'
import type { ControlReply } from './request.ts'
import { type ControlServer, serveControl } from './server.ts'

const own = { z_entry: -1.25, z_exit: -0.5, z_short_entry: 1.25, z_exit_short: 0.5, notional: 250 }
const ownLong = { ...own, z_short_entry: null, z_exit_short: null }
const configured: ConfiguredParameters = {
  byInstrument: [own, ownLong, null],
  orderNotionalMax: 500,
}
const instruments = ['BTC', 'xyz:MSTR', 'SOL'].map((symbol, id) => ({
  ...{ id, venue: 'hyperliquid', symbol, kind: 'perpetual', quoteCurrency: 'USDC' },
  ...{ baseCurrency: symbol, priceDecimals: 1, quantityDecimals: 3, longOnly: false },
  ...{ fees: { makerE9: 0, takerE9: 0 }, contractMultiplier: 1, lotE8: 100_000n },
}))

/** A session that only folds what it is told: every command is in `journal`. */
function createSession() {
  const budget = { warnUs: 1, staleUs: 2 }
  const projection = new Projection({
    instruments: instruments as never,
    ...{ mode: 'rehearse', account: 'test', version: '0', imbalanceLevels: 5, isRealTime: false },
    signal: {
      ...{ source: 'mid', intervalUs: 60_000_000, window: 60, current: 'include' },
      ...{ maxGap: 5, trendWindow: 0 },
    } as never,
    thresholds: instruments.map(() => ({
      ...{ zLongEntry: -1.25, zLongExit: -0.5, zShortEntry: 1.25, zShortExit: 0.5 },
      imbalance: 0,
    })),
    ageBudgets: { book: budget, trades: budget, account: budget },
  })
  const journal: { command: OperatorCommand; actor: string; reason: string }[] = []
  const operator = (command: OperatorCommand, actor: string, reason: string) => {
    journal.push({ command, actor, reason })
    const commandId = String(journal.length)
    const event = { receivedTime: 1, commandId, command, actor, reason }
    projection.onEvent({ kind: 'operatorCommanded', ...event }, journal.length)
    return { accepted: true, text: '' }
  }
  return { subject: { projection, configured, operator, now: () => 1 }, journal, projection }
}

let folder = ''
let endpoint: ControlEndpoint
let server: ControlServer
let session: ReturnType<typeof createSession>
let notices: string[] = []
const by = { actor: 'ann', reason: 'a drill' }
const ask = (request: Record<string, unknown>): Promise<ControlReply> =>
  askSession(endpoint, request)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'control-'))
  endpoint = controlEndpoint(join(folder, 'demo'))
  session = createSession()
  notices = []
  const notice = (text: string) => notices.push(text)
  server = await serveControl(session.subject, { endpoint, notice, readTimeoutMs: 60 })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Sends bytes as they are and returns what came back. */
const raw = (bytes: string, ends = true): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const socket = createConnection(endpoint.socket)
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
    if (ends) socket.end(bytes)
    else socket.write(bytes)
  })

describe('reading a running session', () => {
  it('finds coins by their exact name, a dex prefix included', async () => {
    const reply = await ask({ cmd: 'get', params: { coin: 'xyz:MSTR' } })
    expect(reply).toMatchObject({ ok: true, data: { coin: 'xyz:MSTR', parameters: ownLong } })
    for (const coin of ['XYZ:MSTR', 'mstr', 'xyz:mstr']) {
      const refused = await ask({ cmd: 'get', params: { coin } })
      expect(refused).toMatchObject({ ok: false, error: 'unknown_symbol' })
    }
    const wrongCase = await ask({ cmd: 'get', params: { coin: 'XYZ:mstr' } })
    expect(JSON.stringify(wrongCase)).toContain('did you mean xyz:MSTR?')
  })

  it('gives every coin, and the session as the dashboard shows it', async () => {
    const all = await ask({ cmd: 'get_all' })
    expect(all).toMatchObject({ data: [{ coin: 'BTC' }, { coin: 'xyz:MSTR' }, { coin: 'SOL' }] })
    const snapshot = await ask({ cmd: 'snapshot' })
    expect(snapshot).toMatchObject({ data: { state: { mode: 'rehearse' }, openOrders: [] } })
    expect(session.journal).toEqual([])
  })
})

describe('writing to a running session', () => {
  it('journals commands with actor and reason', async () => {
    expect(await ask({ cmd: 'pause', ...by })).toMatchObject({
      ok: true,
      data: { done: ['pause'] },
    })
    const command = { kind: 'pause' }
    expect(session.journal).toEqual([{ command, actor: 'control:ann', reason: 'a drill' }])
  })

  it('halts whatever the state is: pause and cancel all', async () => {
    for (let time = 0; time < 2; time++) {
      const done = ['pause', 'cancelAll']
      expect(await ask({ cmd: 'halt', ...by })).toMatchObject({ ok: true, data: { done } })
    }
    expect(session.journal).toHaveLength(4)
  })

  it('halts for a time, and refuses a time that is none', async () => {
    const halt = (value: unknown) => ask({ cmd: 'halt', params: { value }, ...by })
    expect(await halt(1800)).toMatchObject({ ok: true, data: { done: ['haltUntil'] } })
    const [{ command }] = session.journal as unknown as [{ command: { until: number } }]
    expect(Number.isSafeInteger(command.until)).toBe(true)
    for (const value of [0, -1, '30m', 604_801]) {
      expect(await halt(value)).toMatchObject({ ok: false, error: 'out_of_range' })
    }
    expect(session.journal).toHaveLength(1)
  })

  it('refuses what does nothing now, in the words of the dashboard', async () => {
    const reply = await ask({ cmd: 'resume', ...by })
    expect(reply).toMatchObject({
      ok: false,
      error: 'refused',
      text: expect.stringMatching(/paused/),
    })
    expect(session.journal).toEqual([])
  })

  it('refuses writes without actor or reason', async () => {
    expect(await ask({ cmd: 'pause', actor: 'ann' })).toMatchObject({ error: 'bad_request' })
    expect(await ask({ cmd: 'halt', reason: 'x' })).toMatchObject({ error: 'bad_request' })
  })
})

describe('setting a parameter', () => {
  const set = (coin: string, key: string, value: unknown) =>
    ask({ cmd: 'set', params: { coin, key, value }, ...by })

  it('journals the change, and shows it here and in the dashboard', async () => {
    const reply = await set('BTC', 'z_entry', -2)
    expect(reply).toMatchObject({ ok: true, data: { before: -1.25, value: -2 } })
    expect(session.journal[0]?.command).toEqual({
      ...{ kind: 'setParameter', instrument: 0, key: 'longEntry', value: -2 },
    })
    const after = await ask({ cmd: 'get', params: { coin: 'BTC' } })
    expect(after).toMatchObject({ data: { parameters: { z_entry: -2, z_exit: -0.5 } } })
    expect(await ask({ cmd: 'snapshot' })).toMatchObject({
      data: {
        state: {
          instruments: [
            { thresholds: { zLongEntry: -2 } },
            { thresholds: { zLongEntry: -1.25 } },
            { thresholds: { zLongEntry: -1.25 } },
          ],
        },
      },
    })
  })

  it.each([
    ['BTC', 'z_entry', -5.01, 'out_of_range'],
    ['BTC', 'z_entry', -0.09, 'out_of_range'],
    ['BTC', 'z_entry', -0.5, 'out_of_range'],
    ['BTC', 'z_exit', 0, 'out_of_range'],
    ['BTC', 'z_exit', -1.25, 'out_of_range'],
    ['BTC', 'z_short_entry', 5.01, 'out_of_range'],
    ['BTC', 'z_short_entry', 0.5, 'out_of_range'],
    ['BTC', 'z_exit_short', 0, 'out_of_range'],
    ['BTC', 'z_exit_short', 1.25, 'out_of_range'],
    ['BTC', 'notional', 9.99, 'out_of_range'],
    ['BTC', 'notional', 550.01, 'out_of_range'],
    ['BTC', 'notional', 501, 'out_of_range'],
    ['BTC', 'stopLoss', 1, 'unknown_key'],
    ['BTC', 'toString', 1, 'unknown_key'],
    ['BTC', 'z_entry', '-2', 'bad_request'],
    ['BTC', 'z_entry', null, 'bad_request'],
    ['btc', 'z_entry', -2, 'unknown_symbol'],
    ['xyz:MSTR', 'z_short_entry', 2, 'not_adjustable'],
    ['SOL', 'z_entry', -2, 'not_adjustable'],
  ])('refuses %s %s %s: %s', async (coin, key, value, error) => {
    expect(await set(coin, key, value)).toMatchObject({ ok: false, error })
    expect(session.journal).toEqual([])
  })

  it('judges exits and entries against what was set before', async () => {
    await set('BTC', 'z_exit', -1.2)
    expect(await set('BTC', 'z_entry', -1.2)).toMatchObject({ error: 'out_of_range' })
    expect(await set('BTC', 'z_entry', -1.21)).toMatchObject({ ok: true })
    expect(await set('BTC', 'notional', 10)).toMatchObject({ ok: true })
    expect(await set('BTC', 'notional', 500)).toMatchObject({ ok: true })
  })
})

describe('the socket', () => {
  it('belongs to its owner, as does the token', () => {
    expect(existsSync(endpoint.token)).toBe(true)
    expect(listeningSessions(folder)).toEqual(['demo'])
    if (process.platform === 'win32') return
    expect(statSync(endpoint.socket).mode & 0o777).toBe(0o600)
    expect(statSync(endpoint.token).mode & 0o777).toBe(0o600)
  })

  it('refuses a wrong token before anything else, and says so once', async () => {
    for (const line of ['{"cmd":"pause"}', '{"token":"x","cmd":"get_all"}', '{"token":7}']) {
      expect(JSON.parse(await raw(`${line}\n`))).toMatchObject({ error: 'unauthorized' })
    }
    expect(notices).toHaveLength(1)
    expect(session.journal).toEqual([])
  })

  it('answers every unreadable request, and goes on', async () => {
    const token = readFileSync(endpoint.token, 'utf8').trim()
    const asked = (body: object): string => `${JSON.stringify({ token, ...body })}\n`
    const cases: readonly (readonly [string, string])[] = [
      ['nonsense\n', 'bad_request'],
      ['[]\n', 'bad_request'],
      ['{"cmd":"get_all"}', 'bad_request'],
      [asked({ cmd: 'fly' }), 'unknown_command'],
      [asked({ cmd: 'get_all', extra: 1 }), 'bad_request'],
      [asked({ cmd: 'pause', params: { coin: 'BTC' }, ...by }), 'bad_request'],
      [asked({ cmd: 'get' }), 'bad_request'],
      [`${' '.repeat(5000)}\n`, 'request_too_large'],
    ]
    for (const [line, error] of cases) {
      expect(JSON.parse(await raw(line)), line.slice(0, 60)).toMatchObject({ ok: false, error })
    }
    expect(await ask({ cmd: 'get_all' })).toMatchObject({ ok: true })
    expect(session.journal).toEqual([])
  })

  it('takes 4096 bytes and no more', async () => {
    const token = readFileSync(endpoint.token, 'utf8').trim()
    const line = JSON.stringify({ token, cmd: 'get_all' })
    const padded = (bytes: number): string => `${line.padEnd(bytes - 1)}\n`
    expect(JSON.parse(await raw(padded(4096)))).toMatchObject({ ok: true })
    expect(JSON.parse(await raw(padded(4097)))).toMatchObject({ error: 'request_too_large' })
  })

  it('cuts off who does not finish a line in time', async () => {
    expect(JSON.parse(await raw('{"cmd":', false))).toMatchObject({ error: 'timeout' })
  })

  it('takes over the socket of a killed session, and nothing that is no socket', async () => {
    await server.close()
    expect(existsSync(endpoint.token)).toBe(false)
    if (process.platform === 'win32') return
    const stale = createServer()
    await new Promise<void>((resolve) => stale.listen(endpoint.socket, resolve))
    server = await serveControl(session.subject, { endpoint, notice: () => {} })
    expect(await ask({ cmd: 'get_all' })).toMatchObject({ ok: true })
    stale.close()
    await server.close()
    writeFileSync(endpoint.socket, 'precious')
    const again = serveControl(session.subject, { endpoint, notice: () => {} })
    await expect(again).rejects.toMatchObject({ code: 'ORN-CTL-001' })
    expect(readFileSync(endpoint.socket, 'utf8')).toBe('precious')
  })

  it('is missed in plain words when nobody listens', async () => {
    await server.close()
    await expect(ask({ cmd: 'get_all' })).rejects.toMatchObject({
      code: 'ORN-CTL-002',
      exitCode: 5,
    })
  })

  it('is a pipe of its own on Windows', () => {
    const { socket, token } = controlEndpoint('x', 'win32')
    expect(socket).toMatch(/^\\\\\.\\pipe\\ornstein-[0-9a-f]{24}$/)
    expect(token).toBe(join('x', 'control.token'))
    expect(controlEndpoint('y', 'win32').socket).not.toBe(socket)
  })
})
