import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
const friend = `0x${'12'.repeat(20)}` as const

interface Ready {
  readonly url: string
  readonly controlUrl: string | null
  readonly coins: readonly string[]
  readonly testAccount: { readonly address: string; readonly key: `0x${string}` }
}

let child: ChildProcess | null = null

afterEach(() => {
  child?.kill('SIGKILL')
})

function serve(...flags: string[]) {
  const args = [main, 'venue', 'serve', 'hyperliquid', '--json', '--port', '0', ...flags]
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let rest = ''
  const ready = Promise.withResolvers<Ready>()
  const ended = Promise.withResolvers<number | null>()
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    const parts = (rest + part).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
    if (lines[0]?.includes('"ready":true') === true) ready.resolve(JSON.parse(lines[0]) as Ready)
  })
  child.on('close', (code) => ended.resolve(code))
  return { ready: ready.promise, ended: ended.promise, lines, process: child }
}

test('venue serve funds accounts, answers clients and stops at an interrupt', async () => {
  const running = serve(
    ...['--coins', 'BTC', '--dexs', 'flx', '--control-port', '0', '--deposit', `${friend}=5000`],
  )
  const { url, controlUrl, coins, testAccount } = await running.ready
  expect(coins).toEqual(['BTC', 'flx:GAS', 'flx:OIL', 'flx:USDE'])
  const transport = new HttpTransport({ apiUrl: url })
  const info = new InfoClient({ transport })
  const funded = await info.clearinghouseState({ user: friend })
  expect(funded.marginSummary.accountValue).toBe('5000.0')
  const wallet = privateKeyToAccount(testAccount.key)
  expect(wallet.address.toLowerCase()).toBe(testAccount.address)
  const exchange = new ExchangeClient({ transport, wallet })
  const mid = Number((await info.allMids())['BTC'])
  const orders = [
    {
      a: 0,
      b: true,
      p: Math.round(mid * 1.02),
      s: '0.01',
      r: false,
      t: { limit: { tif: 'Ioc' as const } },
    },
  ]
  await exchange.order({ orders, grouping: 'na' })
  expect(await info.userFills({ user: wallet.address })).not.toEqual([])
  const faults = await fetch(`${controlUrl}/faults`)
  expect(await faults.json()).toEqual({ rates: {}, happened: {} })
  running.process.kill('SIGINT')
  expect(await running.ended).toBe(0)
  expect(JSON.parse(running.lines.at(-1)!)).toMatchObject({ command: 'venue serve', ok: true })
})

test.for([
  [['--coins', 'BTX'], 'ORN-SIM-007', 'BTC'],
  [['--faults', '{"replyLots":1}'], 'ORN-SIM-006', 'did you mean replyLost?'],
] as const)('venue serve refuses %j', async ([flags, code, words]) => {
  const running = serve(...flags)
  expect(await running.ended).toBe(2)
  const { error } = JSON.parse(running.lines.at(-1)!) as {
    error: { code: string; message: string; details: string[] }
  }
  expect(error.code).toBe(code)
  expect([error.message, ...error.details].join(' ')).toContain(words)
})
