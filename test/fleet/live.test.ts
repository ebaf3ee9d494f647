import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { envelopeOf, type RunningCommand, startCommand } from '../support/ornstein-process.ts'

/** Several engines with real orders: the account is real to them, the venue a simulated testnet. */

const folder = mkdtempSync(join(tmpdir(), 'fleet-live-'))
const environment = { HOME: folder, USERPROFILE: folder, KEY: '' }
let venue: RunningCommand
let config = ''

beforeAll(async () => {
  venue = startCommand(folder, [
    ...['venue', 'serve', 'hyperliquid', '--json', '--port', '0', '--network', 'testnet'],
  ])
  const line = await new Promise<string>((resolve) => {
    let text = ''
    venue.process.stdout!.on('data', (data: Buffer) => {
      text += data.toString('utf8')
      if (text.includes('\n')) resolve(text.split('\n')[0]!)
    })
  })
  const ready = JSON.parse(line) as { url: string; testAccount: { key: string } }
  environment.KEY = ready.testAccount.key
  const restless = readFileSync(fileURLToPath(new URL('./restless.yaml', import.meta.url)), 'utf8')
  config = restless
    .replaceAll('    seed: 3\n', '    seed: 3\n    mode: live\n')
    .replaceAll(
      '      kind: hyperliquid\n',
      '      kind: hyperliquid\n      network: testnet\n      key: { env: KEY }\n' +
        `      restUrl: ${ready.url}\n      socketUrl: ${ready.url.replace('http', 'ws')}/ws\n`,
    )
}, 120_000)
afterAll(() => {
  venue.process.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}
const live = (file: string, ...more: readonly string[]) =>
  startCommand(folder, ['live', file, '--headless', '--json', '--yes', ...more], environment).ended

interface LiveData {
  readonly engines: readonly { readonly summary: { readonly fills: number } }[]
  readonly accounts: readonly {
    readonly equal: boolean
    readonly money: readonly { readonly unallocated: string }[]
  }[]
}

it('live engines share what is theirs of an account and leave the rest alone', async () => {
  const file = write('live.yaml', config)
  const refused = await live(
    write('unready.yaml', config.replace('    mode: live\n', '')),
    '--network',
    'testnet',
  )
  expect(envelopeOf(refused)).toMatchObject({
    error: { code: 'ORN-LIVE-001', details: ['taker: "mode: live" is not written'] },
  })
  const other = await live(file, '--network', 'mainnet')
  expect(envelopeOf(other)).toMatchObject({ error: { code: 'ORN-LIVE-001' } })
  const greedy = write('greedy.yaml', config.replace('balance: 4000', 'balance: 99000'))
  const tooMuch = await live(greedy, '--network', 'testnet', '--session', 'greedy')
  expect(envelopeOf(tooMuch)).toMatchObject({ error: { code: 'ORN-FLEET-002' } })
  for (const resume of [[], ['--resume']]) {
    const end = await live(file, '--network', 'testnet', '--for', '10s', ...resume)
    expect(end.stderr).toContain('taker: a share of 4000, entries 200')
    expect(end.exitCode).toBe(0)
    const { engines, accounts } = envelopeOf(end).data as unknown as LiveData
    expect(engines.some(({ summary }) => summary.fills > 0)).toBe(true)
    expect(accounts).toMatchObject([{ equal: true, money: [{ unallocated: '93000.00000000' }] }])
  }
})
