import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sessionPaths } from '../../src/adapters/mod.ts'
import { DEMO_KEY, DEMO_SECRET, readRunOptions } from '../../src/app/simulators/alpaca/options.ts'
import { type RunningVenue, runVenue } from '../../src/app/simulators/alpaca/run.ts'
import { readAlpacaAccount } from '../support/alpaca-account.ts'
import { auditJournal } from '../support/audit.ts'
import { envelopeOf, runCommand, startCommand } from '../support/ornstein-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'alpaca-live-'))
const coins = ['BTC', 'ETH', 'SOL', 'DOGE', 'AVAX', 'LINK']
let running: RunningVenue
let config = ''

beforeAll(async () => {
  const flags = {
    port: '0',
    seed: '3',
    model: 'plantedEdge',
    crypto: coins.join(','),
    stocks: 'none',
  }
  running = await runVenue(readRunOptions(flags), (error) => {
    throw error
  })
  const host = `//127.0.0.1:${running.server.port}`
  const shipped = fileURLToPath(new URL('../crash/kill-coins.yaml', import.meta.url))
  const at = `tradingUrl: http:${host}\n  dataUrl: http:${host}\n  streamUrl: ws:${host}`
  config = join(folder, 'desk.yaml')
  writeFileSync(
    config,
    `mode: live\n${readFileSync(shipped, 'utf8').replace('kind: alpaca', `kind: alpaca\n  account: paper\n  ${at}`)}`,
  )
}, 60_000)
afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

const keys = { ALPACA_API_KEY_ID: DEMO_KEY, ALPACA_API_SECRET_KEY: DEMO_SECRET, HOME: folder }
const flags = ['live', 'desk.yaml', '--account', 'paper', '--yes', '--headless', '--json']

it('trades the paper account to the unit, one session at a time, and keeps the secret', async () => {
  const first = startCommand(folder, flags, keys)
  expect(await first.printed('Ctrl-C stops'), first.stderr()).toBe(true)
  expect(first.stderr()).toContain(`${DEMO_KEY} (paper) at Alpaca`)
  const second = await runCommand(folder, [...flags, '--session', 'second'], keys)
  expect([second.exitCode, envelopeOf(second).error?.code]).toEqual([6, 'ORN-LIVE-005'])
  await expect
    .poll(() => running.venue.state.accounts[0]!.open.size, { timeout: 20_000, interval: 100 })
    .toBeGreaterThan(0)
  first.process.kill('SIGINT')
  const end = await first.ended
  expect(end.exitCode, end.stderr).toBe(130)
  expect(envelopeOf(end).data).toMatchObject({ mode: 'live', reconciled: true, openOrders: 0 })
  const ask = async (path: string): Promise<unknown> => {
    const headers = { 'APCA-API-KEY-ID': DEMO_KEY, 'APCA-API-SECRET-KEY': DEMO_SECRET }
    return (await fetch(`http://127.0.0.1:${running.server.port}${path}`, { headers })).json()
  }
  const account = await readAlpacaAccount(
    ask,
    coins.map((coin) => `${coin}/USD`),
  )
  expect(account.orders.length).toBeGreaterThan(0)
  const { journal, directory } = sessionPaths('live', folder)
  expect(auditJournal(journal, account)).toEqual([])
  const log = readFileSync(join(directory, 'log.ndjson'), 'utf8')
  expect(log).toContain('"venue":"alpaca"')
  expect(`${log}${end.stdout}${end.stderr}`).not.toContain(DEMO_SECRET)
}, 120_000)

it('ends with the venue’s words where the keys are of another account', async () => {
  const wrong = { ...keys, ALPACA_API_SECRET_KEY: 'of-another-account' }
  const end = await runCommand(folder, [...flags, '--session', 'wrong'], wrong)
  expect([end.exitCode, envelopeOf(end).error?.code]).toEqual([5, 'VENUE_CREDENTIALS'])
  expect(end.stderr + end.stdout).toContain('unauthorized')
  expect(end.stderr + end.stdout).not.toContain('of-another-account')
}, 60_000)
