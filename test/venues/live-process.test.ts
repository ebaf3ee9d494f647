import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExchangeClient, HttpTransport } from '@nktkas/hyperliquid'
import { privateKeyToAccount, privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type CommandEnd, type RunningCommand, startCommand } from '../support/ornstein-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'ornstein-live-'))
const stranger = `0x${'5ec7e7'.repeat(10)}c0de`
/** In the environment of every command, and to be found nowhere afterwards. */
const planted = {
  KEY: '',
  // Where the account's lock is.
  HOME: folder,
  USERPROFILE: folder,
  STRANGER: stranger,
  MALFORMED: 'planted-key-that-is-no-key-91b6',
  ORNSTEIN_KEYSTORE_PASSWORD: 'planted-password-7f3d',
}
let venue: RunningCommand
let url = ''
let account = ''
const outputs: string[] = []

function configure(name: string, change: (text: string) => string = (text) => text): string {
  const text = [
    'name: live-test',
    'mode: live',
    'limits: { preset: seed }',
    'venue:',
    '  network: testnet',
    `  restUrl: ${url}`,
    `  socketUrl: ${url.replace('http', 'ws')}/ws`,
    '  instruments: [BTC, xyz:GOLD]',
    '  key: { env: KEY }',
    'strategy: { notional: 95 }',
    '',
  ].join('\n')
  writeFileSync(join(folder, name), change(text))
  return name
}

const start = (...args: string[]): RunningCommand => startCommand(folder, args, planted)

async function run(...args: string[]): Promise<CommandEnd> {
  const end = await start(...args).ended
  outputs.push(end.stdout, end.stderr)
  return end
}

beforeAll(async () => {
  const flags = ['--port', '0', '--coins', 'BTC,ETH', '--dexs', 'xyz', '--network', 'testnet']
  venue = startCommand(folder, ['venue', 'serve', 'hyperliquid', '--json', ...flags])
  const line = await new Promise<string>((resolve) => {
    let text = ''
    venue.process.stdout!.on('data', (data: Buffer) => {
      text += data.toString('utf8')
      if (text.includes('\n')) resolve(text.split('\n')[0]!)
    })
  })
  const ready = JSON.parse(line) as { url: string; testAccount: { address: string; key: string } }
  url = ready.url
  account = ready.testAccount.address
  planted.KEY = ready.testAccount.key
}, 120_000)

afterAll(() => {
  venue.process.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test('live orders need two settings that agree, limits, a key, and a word', async () => {
  const refusals: readonly (readonly [string, readonly string[], string])[] = [
    [configure('plain.yaml'), [], '--network is not given'],
    [configure('plain.yaml'), ['--network', 'mainnet'], 'do not agree'],
    [configure('plain.yaml'), ['--network', 'testnet'], 'Nobody is there to confirm'],
    [configure('mode.yaml', (text) => text.replace('mode: live\n', '')), [], '"mode: live" is not'],
    [
      configure('network.yaml', (text) => text.replace('  network: testnet\n', '')),
      [],
      'not an add',
    ],
    [
      configure('off.yaml', (text) => `${text}risk: { dailyLossMax: off }\n`),
      ['--network', 'testnet', '--yes'],
      'risk.dailyLossMax is off',
    ],
  ]
  const ends = await Promise.all(refusals.map(([file, flags]) => run('live', file, ...flags)))
  ends.forEach(({ exitCode, stderr }, i) => {
    const [file, , words] = refusals[i]!
    expect([file, exitCode, stderr]).toEqual([file, 6, expect.stringContaining(words)])
    expect(stderr).toContain('nothing was sent')
  })
}, 120_000)

test('live runs at a venue that counts as testnet, and shows before what it will trade', async () => {
  const live = start('live', configure('live.yaml'), '--network', 'testnet', '--yes', '--port', '0')
  expect(await live.printed('?token=')).toBe(true)
  outputs.push(await firstFrame(live.stderr()))
  live.process.kill('SIGINT')
  const end = await live.ended
  outputs.push(end.stdout, end.stderr)
  expect([end.exitCode, end.stderr]).toEqual([130, expect.stringContaining('LIVE on testnet')])
  expect(end.stdout).toContain('reconciled with the venue')
  for (const words of [
    `account     ${account}`,
    'instruments BTC\n',
    'maker 1.5 bp, taker 4.5 bp',
    'instruments xyz:GOLD',
    'limits (seed, live): orderNotionalMax 100',
  ]) {
    expect(end.stderr).toContain(words)
  }
}, 120_000)

test('an account has one session at a time, whatever folder and session it is in', async () => {
  const first = start(
    'live',
    configure('live.yaml'),
    '--network',
    'testnet',
    '--yes',
    '--port',
    '0',
  )
  expect(await first.printed('?token=')).toBe(true)
  const flags = ['--network', 'testnet', '--yes', '--headless', '--session', 'second']
  const second = await run('live', 'live.yaml', ...flags)
  expect([second.exitCode, second.stderr]).toEqual([6, expect.stringContaining('ORN-LIVE-005')])
  expect(second.stderr).toContain(
    `Account ${account.slice(0, 10)}… on Hyperliquid testnet is traded by another`,
  )
  first.process.kill('SIGINT')
  expect((await first.ended).exitCode).toBe(130)
}, 120_000)

test('live orders are executed, and the summary says so', async () => {
  const eager = configure('eager.yaml', (text) =>
    text
      .replace('  key:', '  bookStream: l2BookFast\n  preseedBars: 0\n  key:')
      .replace(
        'strategy: { notional: 95 }',
        'signal: { interval: 1s, window: 3, trendWindow: 0, maxGap: 20 }\n' +
          'strategy: { notional: 95, tier: { longEntry: -0.1, longExit: 0, shortEntry: 0.1, ' +
          'shortExit: 0 }, imbalanceThreshold: off, trendGate: false, costGate: off }',
      ),
  )
  const flags = ['--network', 'testnet', '--yes', '--headless', '--session', 'eager', '--json']
  const { exitCode, stdout } = await run('live', eager, ...flags, '--for', '8s')
  const { data } = JSON.parse(stdout) as { data: { fills: number; mode: string } }
  expect([exitCode, data.mode]).toEqual([0, 'live'])
  expect(data.fills).toBeGreaterThan(0)
}, 120_000)

test('money is moved by the account’s own key only, after a word, and never by a dry run', async () => {
  const flags = ['--config', configure('fund.yaml'), '--network', 'testnet']
  const dry = await run('fund', 'perp-to-spot', '100', ...flags, '--dry-run')
  expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining('Nothing was sent')])
  const empty = await run('fund', 'spot-to-perp', '1', ...flags, '--yes')
  expect([empty.exitCode, empty.stderr]).toEqual([6, expect.stringContaining('ORN-LIVE-007')])
  const much = await run('fund', 'perp-to-spot', '99999999', ...flags, '--dry-run')
  expect([much.exitCode, much.stderr]).toEqual([6, expect.stringContaining('free in perp: ')])
  const place = ['fund', 'between', '1', '--from', 'perp', '--to', 'XYZ', ...flags, '--dry-run']
  const unknown = await run(...place)
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('nearest: xyz')])
  expect((await run('fund', 'perp-to-spot', '100', ...flags)).exitCode).toBe(6)
  expect((await run('fund', 'perp-to-spot', '100', ...flags, '--yes')).exitCode).toBe(0)
  expect((await run('fund', 'spot-to-perp', '40.5', ...flags, '--yes')).exitCode).toBe(0)
  const between = ['fund', 'between', '10', '--from', 'spot', '--to', 'xyz']
  expect((await run(...between, ...flags, '--yes')).exitCode).toBe(0)
  expect((await run('fund', 'spot-to-perp', '1e9', ...flags, '--yes')).exitCode).toBe(2)
  const other = configure('other.yaml', (text) =>
    text.replace('key: { env: KEY }', `account: "${account}"\n  key: { env: STRANGER }`),
  )
  const refused = await run('fund', 'spot-to-perp', '1', '--config', other, ...flags.slice(2))
  expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining('ORN-LIVE-004')])
  expect(refused.stderr).toContain('not the account’s')
  await approve(privateKeyToAddress(stranger as `0x${string}`))
  const agents = await run('fund', 'spot-to-perp', '1', '--config', other, ...flags.slice(2))
  expect([agents.exitCode, agents.stderr]).toEqual([6, expect.stringContaining('an agent: agents')])
  const trading = await run(
    'live',
    other,
    '--network',
    'testnet',
    '--yes',
    '--for',
    '2s',
    '--headless',
  )
  expect([trading.exitCode, trading.stderr]).toEqual([
    0,
    expect.stringContaining('an agent of it)'),
  ])
}, 120_000)

test('no planted secret is in any output, file, dashboard frame, error or crash', async () => {
  const malformed = configure('malformed.yaml', (text) =>
    text.replace('env: KEY', 'env: MALFORMED'),
  )
  expect((await run('live', malformed, '--network', 'testnet', '--yes', '-v')).exitCode).toBe(5)
  const live = start(
    ...['live', configure('crash.yaml'), '--network', 'testnet', '--yes', '--headless'],
    ...['--session', 'crash', '--log-level', 'trace', '-v', '--json'],
  )
  expect(await live.printed('Ctrl-C stops')).toBe(true)
  live.process.kill('SIGABRT')
  const end = await live.ended
  outputs.push(end.stdout, end.stderr)
  for (const command of [['replay'], ['journal', 'verify'], ['why', '--session'], ['logs']]) {
    await run(...command, 'crash')
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
  expect(files.length).toBeGreaterThan(12)
  const texts = [...outputs, ...files]
  for (const secret of Object.values(planted)) {
    const bare = secret.replace(/^0x/, '')
    const forms = [bare, bare.toUpperCase(), Buffer.from(bare).toString('base64').slice(0, -4)]
    if (bare !== secret) forms.push(Buffer.from(bare, 'hex').toString('latin1'))
    for (const form of forms) expect(texts.some((text) => text.includes(form))).toBe(false)
  }
}, 120_000)

/** Lets another key trade for the account. */
async function approve(agentAddress: `0x${string}`): Promise<void> {
  const transport = new HttpTransport({ apiUrl: url, isTestnet: true })
  const wallet = privateKeyToAccount(planted.KEY as `0x${string}`)
  const exchange = new ExchangeClient({ transport, wallet })
  await exchange.approveAgent({ agentAddress, agentName: 'trader' })
}

/** The first frames of a session's dashboard, as text. */
function firstFrame(printed: string): Promise<string> {
  const [, host, token] = /http:\/\/(127\.0\.0\.1:\d+)\/\?token=([\w-]+)/.exec(printed)!
  const headers = { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`ws://${host}/api/v1/feed`, { headers })
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => {
      socket.close()
      resolve(String(data))
    })
    socket.once('error', reject)
  })
}
