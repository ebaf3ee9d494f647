import { describe, expect, test } from 'vitest'
import { AdapterError } from '../../src/adapters/mod.ts'
import { createFaultPlan } from '../../src/app/simulators/faults.ts'
import { memoryStore } from '../../src/app/simulators/hyperliquid/store.ts'
import { venueLimits } from '../../src/app/simulators/hyperliquid/venue.ts'
import { createBench, limit, listen, orders } from './hyperliquid-bench.ts'

const bench = createBench()
const user = bench.user

/** Valid in all but its depth. */
const bottomless = `{"action":{"type":"noop","x":${'['.repeat(200_000)}${']'.repeat(200_000)}},"nonce":1,"signature":{"r":"0x1","s":"0x1","v":27}}`

describe('the REST border', () => {
  test.for([
    ['an unknown type', { type: 'nope' }],
    ['a missing field', { type: 'l2Book' }],
    ['a field of another type', { type: 'clearinghouseState', user: 7 }],
    ['an address that is none', { type: 'openOrders', user: '0x12' }],
    ['no object', []],
  ])('answers %s with 422 and plain text', async ([, body]) => {
    expect(await bench.http('/info', body)).toEqual({
      status: 422,
      contentType: 'text/plain; charset=utf-8',
      body: 'Failed to deserialize the JSON body into the target type',
    })
  })

  test.for([
    ['no action', { nonce: 1 }],
    ['an unknown action', { action: { type: 'nope' }, nonce: 1, signature: {} }],
    ['a bottomless action', bottomless],
    ['an order without a price', { action: orders({ a: 0 }), nonce: 1, signature: {} }],
  ])('answers %s to exchange with 422', async ([, body]) => {
    expect(await bench.http('/exchange', body)).toMatchObject({ status: 422 })
  })

  test('answers text that is not JSON with 400', async () => {
    expect(await bench.http('/info', '{"type":')).toMatchObject({
      status: 400,
      body: 'Failed to parse the request body as JSON',
    })
  })

  test('answers another content type with 415, another method with 405, another path with 404', async () => {
    expect(await bench.http('/info', {}, { contentType: 'text/plain' })).toMatchObject({
      status: 415,
      body: 'Expected request with `Content-Type: application/json`',
    })
    expect(await bench.http('/info', '', { method: 'GET' })).toMatchObject({
      status: 405,
      body: '',
    })
    expect(await bench.http('/orders', {})).toMatchObject({ status: 404 })
  })

  test('answers unknown dexes and coins as the venue does', async () => {
    const nothing = { status: 500, contentType: 'application/json', body: 'null' }
    expect(await bench.http('/info', { type: 'metaAndAssetCtxs', dex: 'nope' })).toEqual(nothing)
    const history = { type: 'fundingHistory', coin: 'NOPE', startTime: 0 }
    expect(await bench.http('/info', history)).toEqual(nothing)
    expect(await bench.http('/info', { type: 'l2Book', coin: 'NOPE' })).toEqual({
      ...nothing,
      status: 200,
    })
  })

  test('knows nothing of strangers, and says so with empty replies', async () => {
    const stranger = `0x${'8'.repeat(40)}`
    expect(await bench.info({ type: 'openOrders', user: stranger })).toEqual([])
    expect(await bench.info({ type: 'userFills', user: stranger })).toEqual([])
    expect(await bench.info({ type: 'clearinghouseState', user: stranger })).toMatchObject({
      withdrawable: '0.0',
      assetPositions: [],
    })
  })

  test('takes addresses in any case', async () => {
    const upper = `0x${user.slice(2).toUpperCase()}`
    expect(await bench.info({ type: 'userRole', user: upper })).toEqual({ role: 'user' })
  })

  test('refuses requests beyond the weight of a minute when limits are on', async () => {
    const limited = createBench({ limits: venueLimits })
    const ask = () => limited.http('/info', { type: 'meta' })
    for (let i = 0; i < 60; i++) expect((await ask()).status).toBe(200)
    expect((await ask()).status).toBe(429)
    limited.run(1_000_000)
    expect((await ask()).status).toBe(200)
  })
})

describe('faults at the border', () => {
  const order = orders(limit({ isBuy: true, price: '60000', size: '0.01' }))
  const openCount = async (each: typeof bench) =>
    ((await each.info({ type: 'openOrders', user })) as object[]).length
  const withFaults = (rates: object) => createBench({ faults: createFaultPlan({ seed: 1, rates }) })

  test.for([
    ['commandRefused', 503, 0],
    ['commandRateLimited', 429, 0],
    ['replyFailed', 502, 1],
  ] as const)('%s answers %i and leaves %i orders', async ([fault, status, count]) => {
    const faulty = withFaults({ [fault]: 1 })
    const action = { ...order }
    const nonce = Math.floor(faulty.now() / 1000)
    const { signL1Action } = await import('@nktkas/hyperliquid/signing')
    const { privateKeyToAccount } = await import('viem/accounts')
    const { testKey } = await import('./hyperliquid-bench.ts')
    const wallet = privateKeyToAccount(testKey)
    const signature = await signL1Action({ wallet, action, nonce })
    const reply = await faulty.http('/exchange', { action, nonce, signature })
    expect(reply.status).toBe(status)
    expect(await openCount(faulty)).toBe(count)
  })

  test.for([
    ['commandLost', 0],
    ['replyLost', 1],
  ] as const)('%s gives no answer for two minutes and leaves %i orders', async ([fault, count]) => {
    const faulty = withFaults({ [fault]: 1 })
    let answered = false
    const pending = faulty.act(order).then(
      () => {
        answered = true
      },
      () => {
        answered = true
      },
    )
    await new Promise(setImmediate)
    await faulty.venue.idle()
    faulty.run(119_000_000)
    await new Promise(setImmediate)
    expect(answered).toBe(false)
    expect(await openCount(faulty)).toBe(count)
    faulty.run(2_000_000)
    await pending
    expect(answered).toBe(true)
  })

  test('replyLate lets the frames come first', async () => {
    const faulty = withFaults({ replyLate: 1 })
    let answered = false
    const pending = faulty.act(order).then(() => {
      answered = true
    })
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    await faulty.venue.idle()
    expect(await openCount(faulty)).toBe(1)
    expect(answered).toBe(false)
    faulty.run(2_000_001)
    await pending
  })

  test('queryFailed and queryLost never touch orders', async () => {
    const failing = withFaults({ queryFailed: 1 })
    expect((await failing.http('/info', { type: 'meta' })).status).toBe(502)
    const losing = withFaults({ queryLost: 1 })
    const pending = losing.http('/info', { type: 'meta' })
    losing.run(121_000_000)
    expect((await pending).status).toBe(0)
  })

  test('the venue may take its time to execute', async () => {
    const slow = createBench({ latencyUs: 300_000 })
    const pending = slow.act(order)
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    await slow.venue.idle()
    expect(slow.venue.nextWakeTime()).toBe(slow.now() + 300_000)
    expect(await openCount(slow)).toBe(0)
    slow.run(300_000)
    expect(await pending).toMatchObject({ status: 'ok' })
    const [shown] = (await slow.info({ type: 'openOrders', user })) as { timestamp: number }[]
    expect(shown!.timestamp).toBe(Math.floor(slow.now() / 1000))
  })

  test('an action that cannot be stored is neither answered nor told', async () => {
    const store = memoryStore()
    let isFull = false
    const append: typeof store.append = (entry, reply) => {
      if (isFull) throw new AdapterError('SIMULATOR_WRITE_FAILED', 'disk full', 'fatal')
      return store.append(entry, reply)
    }
    const full = createBench({ store: { ...store, append } })
    const client = listen(full)
    client.send({ method: 'subscribe', subscription: { type: 'orderUpdates', user } })
    isFull = true
    await expect(full.act(order)).rejects.toThrow('disk full')
    expect(client.of('orderUpdates')).toEqual([])
    isFull = false
    const again = createBench({ store })
    expect(await openCount(again)).toBe(0)
  })
})
