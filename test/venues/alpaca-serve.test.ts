import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { Any } from './alpaca-stage.ts'

const main = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
let child: ChildProcess | null = null

afterEach(() => {
  child?.kill('SIGKILL')
})

function serve(...flags: string[]) {
  const args = [main, 'venue', 'serve', 'alpaca', '--json', '--port', '0', ...flags]
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let rest = ''
  const ready = Promise.withResolvers<Any>()
  const ended = Promise.withResolvers<number | null>()
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    const parts = (rest + part).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
    if (lines[0]?.includes('"ready":true') === true) ready.resolve(JSON.parse(lines[0]))
  })
  child.on('close', (code) => ended.resolve(code))
  return { ready: ready.promise, ended: ended.promise, lines, process: child }
}

test('venue serve prints what clients need, answers them, takes commands and stops at an interrupt', async () => {
  const flags = ['--crypto', 'BTC', '--stocks', 'AAPL,XYZ', '--control-port', '0']
  const running = serve(...flags, '--time', '2026-11-20T15:00:00Z', '--limits', 'venue')
  const { url, controlUrl, crypto, stocks, accounts } = await running.ready
  expect([crypto, stocks]).toEqual([['BTC/USD'], ['AAPL', 'XYZ']])
  const [{ key, secret }] = accounts
  const headers = { 'APCA-API-KEY-ID': key, 'APCA-API-SECRET-KEY': secret }
  const clock = await fetch(`${url}/v2/clock`, { headers })
  expect(clock.headers.get('x-ratelimit-limit')).toBe('200')
  expect(((await clock.json()) as Any).is_open).toBe(true)
  expect((await fetch(`${url}/v2/clock`)).status).toBe(401)
  const halt = (body: object) =>
    fetch(`${controlUrl}/halt`, { method: 'POST', body: JSON.stringify(body) })
  expect(await (await halt({ symbol: 'AAPL' })).json()).toEqual({ symbol: 'AAPL', halted: true })
  expect((await halt({ symbol: 'NOPE' })).status).toBe(400)
  const faults = await fetch(`${controlUrl}/faults`)
  expect(await faults.json()).toEqual({ rates: {}, happened: {} })
  running.process.kill('SIGINT')
  expect(await running.ended).toBe(0)
  expect(JSON.parse(running.lines.at(-1)!)).toMatchObject({ command: 'venue serve', ok: true })
})

test.for([
  [['--crypto', 'NOPE'], '--crypto: NOPE is not known'],
  [['--coins', 'BTC'], '--coins is not a flag of venue serve alpaca'],
  [['--speed', '0'], '--speed 0 is not usable'],
  [['--faults', '{"replyLots":1}'], '--faults: replyLots is not known'],
] as const)('venue serve refuses %j', async ([flags, words]) => {
  const running = serve(...flags)
  expect(await running.ended).toBe(2)
  const { error } = JSON.parse(running.lines.at(-1)!) as Any
  expect([error.code, error.message]).toEqual(['ORN-SIM-006', words])
})
