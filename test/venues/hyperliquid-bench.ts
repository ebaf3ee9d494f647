import { signL1Action } from '@nktkas/hyperliquid/signing'
import { privateKeyToAccount } from 'viem/accounts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
  type HyperliquidVenueOptions,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import { defaultUniverse } from '../../src/app/simulators/market/generator.ts'
import { MONEY_UNIT } from '../../src/core/mod.ts'

/** A key for tests only. */
export const testKey = `0x${'11'.repeat(32)}` as const
export const otherKey = `0x${'22'.repeat(32)}` as const
export const startTime = Date.UTC(2026, 0, 5, 12, 0, 0) * 1000

/** A venue in virtual time, and a client that signs for real. */
export interface Bench {
  readonly venue: HyperliquidVenue
  readonly user: string
  now(): number
  run(us: number): void
  http(
    path: string,
    body: unknown,
    changes?: { contentType?: string; method?: string },
  ): Promise<{
    status: number
    contentType: string
    body: string
  }>
  info(body: object): Promise<never>
  act(action: object, changes?: ActChanges): Promise<never>
}

export interface ActChanges {
  readonly nonce?: number
  readonly key?: `0x${string}`
  readonly isTestnet?: boolean
  readonly expiresAfter?: number
  readonly vaultAddress?: `0x${string}`
  readonly settle?: boolean
}

/** Two generated coins with a history of some minutes. */
export const benchMarket = (historyMinutes: number): HyperliquidVenueOptions['market'] => ({
  kind: 'generated',
  instruments: defaultUniverse().slice(0, 2),
  model: 'zeroEdge',
  historyMinutes,
})

/** Options of the usual test venue: two generated coins, one user with 100,000 USDC. */
export const benchOptions = (
  now: () => number,
  changes: Partial<HyperliquidVenueOptions> = {},
): HyperliquidVenueOptions => ({
  market: benchMarket(3),
  seed: 7,
  startTime,
  now,
  users: [{ address: privateKeyToAccount(testKey).address, deposit: 100_000n * MONEY_UNIT }],
  ...changes,
})

/** Starts a venue two seconds after its market began. */
export function createBench(changes: Partial<HyperliquidVenueOptions> = {}): Bench {
  let now = startTime + 2_000_000
  let nonce = 0
  const venue = createHyperliquidVenue(benchOptions(() => now, changes))
  venue.advance(now)
  const user = privateKeyToAccount(testKey).address.toLowerCase()
  const http: Bench['http'] = (path, body, { contentType, method } = {}) =>
    venue.handleHttp({
      method: method ?? 'POST',
      path,
      headers: { 'content-type': contentType ?? 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      receivedTimeUs: now,
    })
  return {
    venue,
    user,
    now: () => now,
    run(us) {
      now += us
      venue.advance(now)
    },
    http,
    async info(body) {
      return JSON.parse((await http('/info', body)).body) as never
    },
    async act(action, given = {}) {
      nonce = given.nonce ?? Math.max(nonce + 1, Math.floor(now / 1000))
      const { expiresAfter, vaultAddress } = given
      const extras = {
        ...(expiresAfter === undefined ? {} : { expiresAfter }),
        ...(vaultAddress === undefined ? {} : { vaultAddress }),
      }
      const signature = await signL1Action({
        wallet: privateKeyToAccount(given.key ?? testKey),
        action: action as Record<string, unknown>,
        nonce,
        isTestnet: given.isTestnet ?? false,
        ...extras,
      })
      const reply = await http('/exchange', { action, nonce, signature, ...extras })
      return JSON.parse(reply.body) as never
    },
  }
}

/** A limit order as clients send it. */
export const limit = (order: {
  readonly asset?: number
  readonly isBuy: boolean
  readonly price: string
  readonly size: string
  readonly tif?: 'Gtc' | 'Ioc' | 'Alo'
  readonly reduceOnly?: boolean
  readonly cloid?: string
}) => ({
  a: order.asset ?? 0,
  b: order.isBuy,
  p: order.price,
  s: order.size,
  r: order.reduceOnly ?? false,
  t: { limit: { tif: order.tif ?? 'Gtc' } },
  ...(order.cloid === undefined ? {} : { c: order.cloid }),
})

export const orders = (...list: readonly object[]) => ({
  type: 'order',
  orders: list,
  grouping: 'na',
})

/** Frames a client of the bench receives, parsed; plain texts as they are. */
export function listen(bench: Bench): {
  readonly frames: { readonly channel: string; readonly data: never }[]
  readonly texts: string[]
  readonly closed: number[]
  send(message: unknown): void
  of(channel: string): never[]
} {
  const frames: { channel: string; data: never }[] = []
  const texts: string[] = []
  const closed: number[] = []
  const connection = bench.venue.openConnection(
    (text) => {
      if (text.startsWith('{')) frames.push(JSON.parse(text) as never)
      else texts.push(text)
    },
    (code) => closed.push(code),
  )
  return {
    frames,
    texts,
    closed,
    send: (message) =>
      connection.message(typeof message === 'string' ? message : JSON.stringify(message)),
    of: (channel) => frames.filter((frame) => frame.channel === channel).map(({ data }) => data),
  }
}
