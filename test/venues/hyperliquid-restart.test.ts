import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testKey } from './hyperliquid-bench.ts'
import { spawnVenue, startVenue, type VenueChild } from './venue-process.ts'

const wallet = privateKeyToAccount(testKey)
const user = wallet.address

let folder = ''
let running: VenueChild[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ornstein-venue-'))
})
afterEach(async () => {
  await Promise.all(running.map((child) => child.kill()))
  running = []
  rmSync(folder, { recursive: true, force: true })
})

async function start(extra: readonly string[] = []): Promise<VenueChild> {
  const child = await startVenue([
    ...['--state', folder, '--user', user, '--coins', 'BTC,ETH', '--seed', '11', ...extra],
  ])
  running.push(child)
  return child
}

const clients = (child: VenueChild) => {
  const transport = new HttpTransport({ apiUrl: `http://127.0.0.1:${child.ready.port}` })
  return {
    info: new InfoClient({ transport }),
    exchange: new ExchangeClient({ transport, wallet }),
  }
}

const cloidOf = (n: number): `0x${string}` => `0x${n.toString(16).padStart(32, '0')}`

describe('a killed venue process', () => {
  test('keeps every acknowledged order and never shows half of one', async () => {
    let next = 1
    const acknowledged = new Set<number>()
    for (let life = 0; life < 3; life++) {
      const child = await start()
      expect(child.ready.resumed).toBe(life > 0)
      const { info, exchange } = clients(child)
      const open = await info.openOrders({ user })
      const shown = new Set(open.map(({ cloid }) => Number(BigInt(cloid!))))
      for (const n of acknowledged) expect(shown).toContain(n)
      for (const n of shown) expect(n).toBeLessThan(next)
      expect(new Set(open.map(({ oid }) => oid)).size).toBe(open.length)
      const mid = Number((await info.allMids())['BTC'])
      const price = Math.round(mid * 0.9)
      try {
        for (;;) {
          const n = next++
          await exchange.order({
            orders: [
              {
                a: 0,
                b: true,
                p: price,
                s: '0.001',
                r: false,
                t: { limit: { tif: 'Alo' } },
                c: cloidOf(n),
              },
            ],
            grouping: 'na',
          })
          acknowledged.add(n)
          if (acknowledged.size === 5 * (life + 1)) void child.kill()
        }
      } catch (error) {
        expect(String(error)).toMatch(/HttpRequestError|fetch failed/)
      }
      await child.kill()
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(15)
  })

  test('goes on with positions, fills, nonces and market', async () => {
    const first = await start()
    const before = clients(first)
    const mid = Number((await before.info.allMids())['BTC'])
    const nonces: number[] = []
    const exchange = new ExchangeClient({
      transport: new HttpTransport({ apiUrl: `http://127.0.0.1:${first.ready.port}` }),
      wallet,
      nonceManager: () => {
        nonces.push(Date.now() + nonces.length)
        return nonces.at(-1)!
      },
    })
    const bought = await exchange.order({
      orders: [
        {
          a: 0,
          b: true,
          p: Math.round(mid * 1.05),
          s: '0.01',
          r: false,
          t: { limit: { tif: 'Ioc' } },
        },
      ],
      grouping: 'na',
    })
    expect(bought.response.data.statuses[0]).toHaveProperty('filled.totalSz', '0.01')
    const fills = await before.info.userFills({ user })
    const candles = await before.info.candleSnapshot({ coin: 'BTC', interval: '1m', startTime: 0 })
    await first.kill()

    const second = await start()
    const { info } = clients(second)
    expect(await info.userFills({ user })).toEqual(fills)
    const state = await info.clearinghouseState({ user })
    expect(state.assetPositions[0]!.position).toMatchObject({ coin: 'BTC', szi: '0.01' })
    const after = await info.candleSnapshot({ coin: 'BTC', interval: '1m', startTime: 0 })
    expect(after.slice(0, candles.length - 1)).toEqual(candles.slice(0, -1))
    const again = new ExchangeClient({
      transport: new HttpTransport({ apiUrl: `http://127.0.0.1:${second.ready.port}` }),
      wallet,
      nonceManager: () => nonces[0]!,
    })
    await expect(again.updateLeverage({ asset: 0, isCross: true, leverage: 5 })).rejects.toThrow(
      `Invalid nonce: duplicate nonce ${nonces[0]}`,
    )
  })

  test('a second process on one folder is refused, an ended one leaves it free', async () => {
    const child = await start()
    const second = await spawnVenue(['--state', folder])
    expect(second).toMatchObject({ exitCode: 2 })
    expect((second as { stderr: string }).stderr).toContain('Another simulated venue is running')
    expect(await child.kill('SIGTERM')).toBe(0)
    const third = await start()
    expect(third.ready.resumed).toBe(true)
  })

  test('outlives an interrupt, and ends a while after its standard input closed', async () => {
    const child = await start(['--grace-ms', '300'])
    child.process.kill('SIGINT')
    const { info } = clients(child)
    await info.exchangeStatus()
    const ended = new Promise((resolve) => child.process.once('close', resolve))
    child.process.stdin!.end()
    await info.exchangeStatus()
    expect(await ended).toBe(0)
  })
})
