import { signL1Action, signUserSignedAction } from '@nktkas/hyperliquid/signing'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Bench, createBench, limit, orders, otherKey, testKey } from './hyperliquid-bench.ts'

interface Statuses {
  readonly status: 'ok'
  readonly response: {
    readonly type: string
    readonly data: { readonly statuses: readonly (string | object)[] }
  }
}

let bench: Bench
let mid = 0
const asset = 0

beforeEach(async () => {
  bench = createBench()
  mid = Math.round(Number(((await bench.info({ type: 'allMids' })) as { BTC: string }).BTC))
})

const far = (share: number): string => String(Math.round(mid * share))
const statusesOf = (reply: Statuses) => reply.response.data.statuses
const place = async (...list: readonly object[]) => statusesOf(await bench.act(orders(...list)))
const cloid = `0x${'c1'.repeat(16)}`
const openOids = async (): Promise<number[]> => {
  const open = (await bench.info({ type: 'openOrders', user: bench.user })) as { oid: number }[]
  return open.map(({ oid }) => oid)
}
const lifeOf = async (oid: number | string): Promise<string> => {
  const reply = await bench.info({ type: 'orderStatus', user: bench.user, oid })
  return (reply as { order: { status: string } }).order.status
}

describe('an order', () => {
  test('that crosses is filled at once, and its reply says at which price', async () => {
    const [status] = await place(limit({ isBuy: true, price: far(1.02), size: '0.01', tif: 'Ioc' }))
    expect(status).toEqual({
      filled: {
        totalSz: '0.01',
        avgPx: expect.stringMatching(/^\d+\.\d+$/),
        oid: expect.any(Number),
      },
    })
  })

  test('that does not cross rests under its client order id', async () => {
    const [status] = await place(limit({ isBuy: true, price: far(0.9), size: '0.01', cloid }))
    expect(status).toEqual({ resting: { oid: expect.any(Number), cloid } })
    expect(await lifeOf(cloid)).toBe('open')
  })

  test.for([
    [
      'far off the tick',
      { price: '64250.5', size: '0.01' },
      'Price must be divisible by tick size. asset=0',
    ],
    [
      'finer than any price',
      { price: '64250.123456789', size: '0.01' },
      'Order has invalid price.',
    ],
    ['at no price', { price: 'abc', size: '0.01' }, 'Order has invalid price.'],
    ['at zero', { price: '0', size: '0.01' }, 'Order has invalid price.'],
    ['of a broken lot', { price: '64250', size: '0.000001' }, 'Order has invalid size.'],
    ['of nothing', { price: '64250', size: '0' }, 'Order has zero size.'],
    [
      'below ten dollars',
      { price: '60000', size: '0.00016' },
      'Order must have minimum value of $10. asset=0',
    ],
    [
      'beyond the band',
      { price: '10000', size: '0.01' },
      'Order price cannot be more than 80% away from the reference price',
    ],
    [
      'above the margin',
      { price: '60000', size: '90' },
      'Insufficient margin to place order. asset=0',
    ],
    [
      'that only reduces nothing',
      { price: '60000', size: '0.01', reduceOnly: true },
      'Reduce only order would increase position. asset=0',
    ],
    [
      'that takes nothing',
      { price: '60000', size: '0.01', tif: 'Ioc' },
      'Order could not immediately match against any resting orders. asset=0',
    ],
    [
      'of an unknown coin',
      { price: '60000', size: '0.01', asset: 77 },
      'Asset not found. asset=77',
    ],
  ] as const)('%s is refused in the words of the venue', async ([, order, text]) => {
    expect(await place(limit({ isBuy: true, ...order }))).toEqual([{ error: text }])
    expect(await openOids()).toEqual([])
  })

  test('that must not take is refused with the best prices', async () => {
    const book = (await bench.info({ type: 'l2Book', coin: 'BTC' })) as {
      levels: { px: string }[][]
    }
    const [bid, ask] = book.levels.map(([best]) => String(Number(best!.px)))
    const [status] = await place(
      limit({ isBuy: true, price: far(1.01), size: '0.01', tif: 'Alo', cloid }),
    )
    const text = `Post only order would have immediately matched, bbo was ${bid}@${ask}. asset=0`
    expect(status).toEqual({ error: text })
    expect(await lifeOf(cloid)).toBe('badAloPxRejected')
  })

  test('with an integer price may have more than five figures', async () => {
    const [status] = await place(limit({ isBuy: false, price: '100001', size: '0.01' }))
    expect(status).toHaveProperty('resting')
  })

  test('fails alone in a batch, unless it cannot be read at all', async () => {
    const good = limit({ isBuy: true, price: far(0.9), size: '0.01' })
    const offTick = limit({ isBuy: true, price: '60000.5', size: '0.01' })
    expect(await place(good, offTick, good)).toEqual([
      { resting: { oid: expect.any(Number) } },
      { error: 'Price must be divisible by tick size. asset=0' },
      { resting: { oid: expect.any(Number) } },
    ])
    const unreadable = limit({ isBuy: true, price: 'x', size: '0.01' })
    expect(await place(good, unreadable)).toEqual([{ error: 'Order has invalid price.' }])
    expect(await openOids()).toHaveLength(2)
  })

  test('below ten dollars may reduce', async () => {
    await place(limit({ isBuy: true, price: far(1.02), size: '0.001', tif: 'Ioc' }))
    const [status] = await place(
      limit({ isBuy: false, price: far(0.98), size: '0.0001', tif: 'Ioc', reduceOnly: true }),
    )
    expect(status).toHaveProperty('filled')
  })

  test('that reduces more than there is ends with the position', async () => {
    await place(limit({ isBuy: true, price: far(1.02), size: '0.001', tif: 'Ioc' }))
    const [status] = await place(
      limit({ isBuy: false, price: far(0.98), size: '5', tif: 'Ioc', reduceOnly: true }),
    )
    expect(status).toMatchObject({ filled: { totalSz: '0.001' } })
    const state = await bench.info({ type: 'clearinghouseState', user: bench.user })
    expect(state).toMatchObject({ assetPositions: [] })
  })

  test('that rests is shown in the public book, until it is canceled', async () => {
    const price = far(0.999)
    const find = async () => {
      const book = (await bench.info({ type: 'l2Book', coin: 'BTC' })) as {
        levels: { px: string; sz: string }[][]
      }
      return book.levels[0]!.find(({ px }) => Number(px) === Number(price))?.sz
    }
    const before = Number((await find()) ?? '0')
    const [status] = await place(limit({ isBuy: true, price, size: '0.5' }))
    const after = Number((await find()) ?? 'NaN')
    if (Number.isFinite(after)) expect(after - before).toBeCloseTo(0.5, 6)
    const { oid } = (status as { resting: { oid: number } }).resting
    await bench.act({ type: 'cancel', cancels: [{ a: asset, o: oid }] })
    expect(Number((await find()) ?? '0')).toBeCloseTo(before, 6)
  })
})

describe('a cancel', () => {
  test('by venue order id and by client order id succeeds once', async () => {
    const [first] = await place(
      limit({ isBuy: true, price: far(0.9), size: '0.01' }),
      limit({ isBuy: true, price: far(0.9), size: '0.01', cloid }),
    )
    const { oid } = (first as { resting: { oid: number } }).resting
    const byOid = { type: 'cancel', cancels: [{ a: asset, o: oid }] }
    const byCloid = { type: 'cancelByCloid', cancels: [{ asset, cloid }] }
    const gone = { error: 'Order was never placed, already canceled, or filled. asset=0' }
    for (const action of [byOid, byCloid]) {
      const reply = await bench.act(action)
      expect(reply).toEqual({
        status: 'ok',
        response: { type: 'cancel', data: { statuses: ['success'] } },
      })
      expect(statusesOf(await bench.act(action))).toEqual([gone])
    }
    expect(await lifeOf(oid)).toBe('canceled')
    expect(await openOids()).toEqual([])
  })

  test('of the right order under the wrong coin finds nothing', async () => {
    const [status] = await place(limit({ isBuy: true, price: far(0.9), size: '0.01' }))
    const { oid } = (status as { resting: { oid: number } }).resting
    const reply = await bench.act({ type: 'cancel', cancels: [{ a: 1, o: oid }] })
    expect(statusesOf(reply)).toEqual([
      { error: 'Order was never placed, already canceled, or filled. asset=1' },
    ])
  })
})

describe('a modification', () => {
  test('gives a new venue order id and keeps the client order id', async () => {
    await place(limit({ isBuy: true, price: far(0.9), size: '0.01', cloid }))
    const [before] = await openOids()
    const order = limit({ isBuy: true, price: far(0.91), size: '0.02' })
    expect(await bench.act({ type: 'modify', oid: cloid, order })).toEqual({
      status: 'ok',
      response: { type: 'default' },
    })
    const [after, ...rest] = await openOids()
    expect(rest).toEqual([])
    expect(after).not.toBe(before)
    expect(await lifeOf(before!)).toBe('canceled')
    expect(await lifeOf(cloid)).toBe('open')
  })

  test('that would cross has lost the original; another side or an Ioc leaves it', async () => {
    const reply = await place(limit({ isBuy: true, price: far(0.9), size: '0.01', cloid }))
    const { oid } = (reply[0] as { resting: { oid: number } }).resting
    const modify = (order: object) => bench.act({ type: 'modify', oid, order })
    const invalid = { status: 'err', response: 'Attempted to modify to invalid new order' }
    const flipped = limit({ isBuy: false, price: far(1.1), size: '0.01' })
    expect(await modify(flipped)).toEqual(invalid)
    const ioc = limit({ isBuy: true, price: far(0.9), size: '0.01', tif: 'Ioc' })
    expect(await modify(ioc)).toEqual(invalid)
    expect(await openOids()).toEqual([oid])
    const crossing = limit({ isBuy: true, price: far(1.01), size: '0.01' })
    expect(await modify(crossing)).toMatchObject({
      status: 'err',
      response: expect.stringContaining('Post only order would have immediately matched'),
    })
    expect(await openOids()).toEqual([])
    expect(await modify(crossing)).toEqual({
      status: 'err',
      response: 'Cannot modify canceled or filled order',
    })
  })

  test('of a batch answers like orders', async () => {
    const order = limit({ isBuy: true, price: far(0.9), size: '0.01' })
    await place(order, order)
    const oids = await openOids()
    const modifies = oids.map((oid) => ({
      oid,
      order: limit({ isBuy: true, price: far(0.92), size: '0.01' }),
    }))
    const reply = await bench.act({ type: 'batchModify', modifies })
    expect(statusesOf(reply)).toEqual(oids.map(() => ({ resting: { oid: expect.any(Number) } })))
  })
})

describe('leverage and the dead man’s switch', () => {
  test('leverage within the coin’s limit is kept, and margin follows it', async () => {
    const set = (leverage: number, isCross = true) =>
      bench.act({ type: 'updateLeverage', asset, isCross, leverage })
    expect(await set(41)).toEqual({ status: 'err', response: 'Invalid leverage value' })
    expect(await set(2)).toEqual({ status: 'ok', response: { type: 'default' } })
    const [status] = await place(limit({ isBuy: true, price: far(0.99), size: '4' }))
    expect(status).toEqual({ error: 'Insufficient margin to place order. asset=0' })
    await set(10)
    await place(limit({ isBuy: true, price: far(1.01), size: '4', tif: 'Ioc' }))
    expect(await set(1)).toMatchObject({
      response: expect.stringContaining('does not have sufficient margin available to decrease'),
    })
    expect(await set(10, false)).toEqual({
      status: 'err',
      response: 'Cannot switch leverage type with open position.',
    })
  })

  test('scheduleCancel needs volume at the venue, and cancels everything at its time', async () => {
    const time = () => Math.floor(bench.now() / 1000) + 6_000
    expect(await bench.act({ type: 'scheduleCancel', time: time() })).toEqual({
      status: 'err',
      response:
        'Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $0.',
    })
    bench = createBench({ rules: { scheduleCancelVolume: 0 } })
    await place(limit({ isBuy: true, price: far(0.9), size: '0.01', cloid }))
    await bench.act({ type: 'scheduleCancel', time: time() })
    bench.run(5_900_000)
    expect(await openOids()).toHaveLength(1)
    bench.run(200_000)
    expect(await openOids()).toEqual([])
    expect(await lifeOf(cloid)).toBe('scheduledCancel')
    await place(limit({ isBuy: true, price: far(0.9), size: '0.01' }))
    await bench.act({ type: 'scheduleCancel', time: time() })
    await bench.act({ type: 'scheduleCancel' })
    bench.run(20_000_000)
    expect(await openOids()).toHaveLength(1)
  })
})

describe('a signature', () => {
  const stranger = privateKeyToAccount(otherKey).address.toLowerCase()
  const noop = { type: 'noop' }

  test('of a stranger names the stranger', async () => {
    expect(await bench.act(noop, { key: otherKey })).toEqual({
      status: 'err',
      response: `User or API Wallet ${stranger} does not exist.`,
    })
  })

  test('over another order of keys, chain or content names a random address', async () => {
    const signed = orders(limit({ isBuy: true, price: far(0.9), size: '0.01' }))
    const nonce = Math.floor(bench.now() / 1000)
    const signature = await signL1Action({
      wallet: privateKeyToAccount(testKey),
      action: signed,
      nonce,
    })
    const { type, orders: list, grouping } = signed
    for (const action of [
      { orders: list, type, grouping },
      { ...signed, orders: [{ ...list[0], s: '0.02' }] },
    ]) {
      const { body } = await bench.http('/exchange', { action, nonce, signature })
      const { status, response } = JSON.parse(body) as { status: string; response: string }
      expect(status).toBe('err')
      expect(response).toMatch(/^User or API Wallet 0x[0-9a-f]{40} does not exist\.$/)
      expect(response).not.toContain(bench.user)
    }
    const other = (await bench.act(noop, { isTestnet: true })) as { response: string }
    expect(other.response).toMatch(/does not exist/)
    expect(await openOids()).toEqual([])
  })

  test('that nobody can have made is told apart', async () => {
    const nonce = Math.floor(bench.now() / 1000)
    const signature = { r: `0x${'f'.repeat(64)}`, s: `0x${'f'.repeat(64)}`, v: 27 }
    const { body } = await bench.http('/exchange', { action: noop, nonce, signature })
    expect(JSON.parse(body)).toEqual({ status: 'err', response: 'Unable to recover signer.' })
  })

  test('of an approved agent trades for its owner, until another takes its name', async () => {
    const approve = async (agentAddress: string, agentName: string | null) => {
      const nonce = Math.floor(bench.now() / 1000)
      bench.run(1_000)
      const action = {
        type: 'approveAgent',
        signatureChainId: '0x66eee',
        hyperliquidChain: 'Mainnet',
        agentAddress,
        ...(agentName === null ? {} : { agentName }),
        nonce,
      }
      const signature = await signUserSignedAction({
        wallet: privateKeyToAccount(testKey),
        action: { ...action, agentName: agentName ?? '' } as never,
        types: {
          'HyperliquidTransaction:ApproveAgent': [
            { name: 'hyperliquidChain', type: 'string' },
            { name: 'agentAddress', type: 'address' },
            { name: 'agentName', type: 'string' },
            { name: 'nonce', type: 'uint64' },
          ],
        },
      })
      const { body } = await bench.http('/exchange', { action, nonce, signature })
      return JSON.parse(body) as object
    }
    const done = { status: 'ok', response: { type: 'default' } }
    expect(await approve(stranger, null)).toEqual(done)
    bench.run(1_000_000)
    const order = orders(limit({ isBuy: true, price: far(0.9), size: '0.01' }))
    expect(statusesOf(await bench.act(order, { key: otherKey }))[0]).toHaveProperty('resting')
    expect(await openOids()).toHaveLength(1)
    expect(await bench.info({ type: 'userRole', user: stranger })).toEqual({
      role: 'agent',
      data: { user: bench.user },
    })
    expect(await approve(`0x${'5'.repeat(40)}`, null)).toEqual(done)
    bench.run(1_000_000)
    expect(await bench.act(order, { key: otherKey })).toMatchObject({ status: 'err' })
    expect(await approve(`0x${'6'.repeat(40)}`, 'desk')).toEqual(done)
    expect(await bench.info({ type: 'extraAgents', user: bench.user })).toEqual([
      { name: 'desk', address: `0x${'6'.repeat(40)}`, validUntil: expect.any(Number) },
    ])
  })
})

describe('a nonce', () => {
  const noop = { type: 'noop' }
  const done = { status: 'ok', response: { type: 'default' } }
  const nowMs = () => Math.floor(bench.now() / 1000)

  test('is used once, also by a refused action', async () => {
    const nonce = nowMs()
    expect(await bench.act(noop, { nonce })).toEqual(done)
    const duplicate = { status: 'err', response: `Invalid nonce: duplicate nonce ${nonce}` }
    expect(await bench.act(noop, { nonce })).toEqual(duplicate)
    const order = orders(limit({ isBuy: true, price: '10000', size: '0.01' }))
    await bench.act(order, { nonce: nonce + 1 })
    expect(await bench.act(noop, { nonce: nonce + 1 })).toMatchObject({ status: 'err' })
  })

  test('may come out of order while fewer than a hundred higher ones are known', async () => {
    const first = nowMs()
    for (let i = 1; i <= 100; i++) expect(await bench.act(noop, { nonce: first + i })).toEqual(done)
    expect(await bench.act(noop, { nonce: first })).toEqual({
      status: 'err',
      response: `Invalid nonce: nonce too low ${first} < ${first + 1}`,
    })
  })

  test('must be near the present', async () => {
    const day = 86_400_000
    const tooLow = await bench.act(noop, { nonce: nowMs() - 2 * day - 1 })
    expect(tooLow).toMatchObject({ response: expect.stringContaining('nonce too low') })
    const tooHigh = await bench.act(noop, { nonce: nowMs() + day + 1 })
    expect(tooHigh).toMatchObject({ response: expect.stringContaining('nonce too high') })
  })

  test('is no use after the action has expired', async () => {
    const reply = await bench.act(noop, { expiresAfter: nowMs() - 1 })
    expect(reply).toMatchObject({ status: 'err', response: expect.stringContaining('expired') })
    expect(await bench.act(noop, { expiresAfter: nowMs() + 1000 })).toEqual(done)
  })

  test('of a vault nobody has registered is refused', async () => {
    const vaultAddress = `0x${'7'.repeat(40)}` as const
    expect(await bench.act(noop, { vaultAddress })).toMatchObject({
      response: expect.stringContaining('Vault not registered'),
    })
  })
})
