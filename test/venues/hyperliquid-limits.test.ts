import { describe, expect, test } from 'vitest'
import { createAccount } from '../../src/app/simulators/hyperliquid/state/account.ts'
import {
  checkBudget,
  createLimitBook,
  limitOf,
} from '../../src/app/simulators/hyperliquid/state/limits.ts'
import { venueLimits } from '../../src/app/simulators/hyperliquid/venue.ts'
import { createBench, listen } from './hyperliquid-bench.ts'

const noop = { type: 'noop' }

describe('the request budget of an address', () => {
  const account = createAccount('0xa', 0)
  const ask = (used: number, changes = {}) => {
    account.requestsUsed = used
    return checkBudget(book, account, { count: 1, isCancel: false, time: 0, ...changes })
  }
  const book = createLimitBook()

  test('is ten thousand and one per unit traded; cancels get more', () => {
    expect(ask(9_999)).toEqual({ ok: true, isTrickle: false })
    expect(ask(9_999, { count: 2 })).toEqual({ ok: false, used: 10_001, cap: 10_000 })
    expect(ask(19_999, { isCancel: true })).toEqual({ ok: true, isTrickle: false })
    account.volume = 500n * 10n ** 8n
    expect(ask(10_499, { count: 2 })).toEqual({ ok: false, used: 10_501, cap: 10_500 })
    limitOf(book, '0xa').reserved = 7
    expect(ask(10_499, { count: 2 })).toEqual({ ok: true, isTrickle: false })
  })

  test('lets one request pass in ten seconds when it is used up', () => {
    expect(ask(99_999)).toEqual({ ok: true, isTrickle: true })
    limitOf(book, '0xa').trickleTime = 0
    expect(ask(99_999, { time: 9_999_999 })).toMatchObject({ ok: false })
    expect(ask(99_999, { time: 10_000_000 })).toEqual({ ok: true, isTrickle: true })
    expect(ask(99_999, { time: 10_000_000, count: 2 })).toMatchObject({ ok: false })
  })

  test('is refused in the words of the venue, trickling', async () => {
    const bench = createBench({ limits: { requestBudget: true } })
    bench.venue.state.accounts.get(bench.user)!.requestsUsed = 10_000
    expect(await bench.act(noop)).toMatchObject({ status: 'ok' })
    expect(await bench.act(noop)).toEqual({
      status: 'err',
      response:
        'Too many cumulative requests sent (10002 > 10000) for cumulative volume traded $0. Place taker orders to free up 1 request per USDC traded.',
    })
    bench.run(10_000_000)
    expect(await bench.act(noop)).toMatchObject({ status: 'ok' })
  })

  test('pays fivefold for actions that arrive too late', async () => {
    const bench = createBench()
    const expiresAfter = Math.floor(bench.now() / 1000) - 1
    expect(await bench.act(noop, { expiresAfter })).toMatchObject({ status: 'err' })
    expect(await bench.info({ type: 'userRateLimit', user: bench.user })).toMatchObject({
      nRequestsUsed: 5,
    })
  })
})

describe('the limits of one address', () => {
  const types = { type: 'allMids' }

  test('weigh replies by their length', async () => {
    const bench = createBench({ limits: { weightPerMinute: 100 } })
    const req = { coin: 'BTC', interval: '1m', startTime: 0 }
    const ask = async () => (await bench.http('/info', { type: 'candleSnapshot', req })).status
    expect([await ask(), await ask(), await ask(), await ask(), await ask()]).toEqual([
      200, 200, 200, 200, 200,
    ])
    expect(await ask()).toBe(429)
    bench.run(60_000_000)
    expect(await ask()).toBe(200)
  })

  test('allow ten sockets, and a new one when one has gone', () => {
    const bench = createBench({ limits: venueLimits })
    const clients = Array.from({ length: 11 }, () => listen(bench))
    expect(clients.map(({ closed }) => closed.length)).toEqual([...Array(10).fill(0), 1])
    expect(bench.venue.dropSockets()).toBe(10)
    expect(listen(bench).closed).toEqual([])
  })

  test('count subscriptions and users over all sockets', () => {
    const bench = createBench({ limits: { subscriptions: 3, users: 1 } })
    const [first, second] = [listen(bench), listen(bench)]
    const user = (digit: string) => `0x${digit.repeat(40)}`
    first!.send({ method: 'subscribe', subscription: { type: 'userEvents', user: user('1') } })
    second!.send({ method: 'subscribe', subscription: { type: 'userEvents', user: user('2') } })
    second!.send({ method: 'subscribe', subscription: { type: 'userEvents', user: user('1') } })
    expect(second!.of('error')).toEqual(['Cannot track more than 1 total users.'])
    first!.send({ method: 'subscribe', subscription: types })
    second!.send({ method: 'subscribe', subscription: types })
    expect(second!.of('error')).toHaveLength(2)
  })
})
