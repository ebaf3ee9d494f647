import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEMO_KEY, DEMO_SECRET } from '../../src/app/simulators/alpaca/options.ts'
import type { Any } from './alpaca-stage.ts'
import { spawnVenue, type VenueChild } from './venue-process.ts'

let folder = ''
let children: VenueChild[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ornstein-alpaca-'))
})
afterEach(async () => {
  for (const child of children) await child.kill()
  children = []
  rmSync(folder, { recursive: true })
})

const small = ['--crypto', 'BTC', '--stocks', 'AAPL', '--control', 'none']

async function start(...flags: string[]): Promise<VenueChild> {
  const child = await spawnVenue(['--state', folder, ...small, ...flags], 'alpaca')
  if (!('kill' in child)) throw new Error(child.stderr)
  children.push(child)
  return child
}

async function ask(child: VenueChild, method: string, path: string, body?: object): Promise<Any> {
  const reply = await fetch(`http://127.0.0.1:${child.ready.port}${path}`, {
    method,
    headers: { 'APCA-API-KEY-ID': DEMO_KEY, 'APCA-API-SECRET-KEY': DEMO_SECRET },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return reply.json()
}

const buy = { symbol: 'BTC/USD', qty: '0.01', side: 'buy', type: 'market', time_in_force: 'gtc' }

describe('the venue’s process', () => {
  test('killed at any moment goes on where its last reply left it', async () => {
    const first = await start()
    await ask(first, 'POST', '/v2/orders', buy)
    const low = await ask(first, 'POST', '/v2/orders', {
      ...buy,
      type: 'limit',
      limit_price: 1000,
      client_order_id: 'resting',
    })
    const before = await ask(first, 'GET', '/v2/positions')
    await first.kill()
    const second = await start()
    expect(second.ready.resumed).toBe(true)
    const [position] = await ask(second, 'GET', '/v2/positions')
    expect([position.qty, position.cost_basis]).toEqual([before[0].qty, before[0].cost_basis])
    const [open] = await ask(second, 'GET', '/v2/orders')
    expect([open.id, open.client_order_id, open.status]).toEqual([low.id, 'resting', 'new'])
    const again = await ask(second, 'POST', '/v2/orders', { ...buy, client_order_id: 'resting' })
    expect(again.code).toBe(40010001)
  }, 60_000)

  test('has one owner to a folder, and is refused another market under the same one', async () => {
    const first = await start()
    const second = await spawnVenue(['--state', folder, ...small], 'alpaca')
    expect(second).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ORN-SIM-001') })
    await first.kill('SIGTERM')
    const other = await spawnVenue(['--state', folder, '--seed', '2', ...small], 'alpaca')
    expect(other).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('ORN-SIM-003') })
  }, 60_000)

  test('of a clock of its own stands still while it is not running', async () => {
    const flags = ['--time', '2026-11-20T14:29:00Z', '--speed', '20']
    const first = await start(...flags)
    await first.kill('SIGTERM')
    const second = await start(...flags)
    const { timestamp } = await ask(second, 'GET', '/v2/clock')
    expect(timestamp).toMatch(/^2026-11-20T09:(29|3\d):/)
  }, 60_000)

  test.each([
    [['--crypto', 'NOPE'], 'ORN-SIM-006'],
    [['--account', 'key'], 'ORN-SIM-006'],
    [['--time', 'noon'], 'ORN-SIM-006'],
    [['--sped', '2'], '(did you mean'],
    [['--replay', 'nowhere.parquet'], 'nowhere.parquet'],
  ] as const)('refuses %j', async (flags, words) => {
    const child = await spawnVenue(['--state', folder, ...flags], 'alpaca')
    expect(JSON.stringify(child).toLowerCase()).toContain(words.toLowerCase())
  })
})
