import { describe, expect, it } from 'vitest'
import {
  cancelOf,
  createStage,
  order,
  type Stage,
} from '../../../../test/support/hyperliquid-stage.ts'
import { json } from '../../../../test/support/scripted-venue.ts'
import { type NewOrder, price, quantity } from '../../../core/mod.ts'

const reply = (type: string, statuses: readonly unknown[]) => ({
  status: 'ok',
  response: { type, data: { statuses } },
})
const rest = (oid: number) => ({ resting: { oid } })
const tick = { error: 'Price must be divisible by tick size. asset=1' }

interface Action {
  readonly type: string
  readonly orders?: readonly { readonly r: boolean; readonly c: string }[]
  readonly cancels?: readonly { readonly cloid: string }[]
}
const actionsOf = (stage: Stage): readonly Action[] =>
  stage.venue.requests
    .filter(({ path }) => path === '/exchange')
    .map(({ body }) => body['action'] as Action)
/** Numbers of the orders in each action, in the order of sending. */
const sizes = (stage: Stage): readonly string[] =>
  actionsOf(stage).map(({ type, orders, cancels }) => `${type} ${(orders ?? cancels ?? []).length}`)
const evidenceOf = (stage: Stage, orders: readonly NewOrder[]): readonly string[] =>
  orders.map(({ clientOrderId }) => stage.sink.evidence(clientOrderId).join(' '))

async function started(): Promise<Stage> {
  const stage = createStage()
  await stage.start()
  // Rests whatever comes, with ids in order.
  let oid = 0
  stage.venue.exchange['order'] = ({ action }: { action: Action }) =>
    reply(
      'order',
      action.orders!.map(() => rest(++oid)),
    )
  stage.venue.exchange['cancelByCloid'] = ({ action }: { action: Action }) =>
    reply(
      'cancel',
      action.cancels!.map(() => 'success'),
    )
  return stage
}
const many = (count: number, changes: Partial<NewOrder> = {}) =>
  Array.from({ length: count }, (_, i) => order(i + 1, changes))

describe('commands of one turn', () => {
  it('leave as one action of each kind: cancels, then exits, then entries', async () => {
    const stage = await started()
    const entries = many(28)
    const exits = [order(101, { reduceOnly: true }), order(102, { reduceOnly: true })]
    for (const each of entries.slice(0, 14)) stage.adapter.submit(each)
    stage.adapter.cancel(cancelOf(order(200)))
    for (const each of exits) stage.adapter.submit(each)
    for (const each of entries.slice(14)) stage.adapter.submit(each)
    stage.adapter.cancel(cancelOf(order(201)))
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual(['cancelByCloid 2', 'order 2', 'order 28'])
    expect(actionsOf(stage)[1]!.orders!.every(({ r }) => r)).toBe(true)
    expect(new Set(evidenceOf(stage, [...entries, ...exits]))).toEqual(new Set(['accepted']))
    expect(stage.nonceStore.saved).toHaveLength(3)
    const venueOrderIds = stage.sink.of('orderReported').map(({ report }) => report.venueOrderId)
    expect(new Set(venueOrderIds.filter((id) => id !== null)).size).toBe(30)
  })

  it('of the next turn are another action', async () => {
    const stage = await started()
    stage.adapter.submit(order(1))
    await Promise.resolve()
    stage.adapter.submit(order(2))
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual(['order 1', 'order 1'])
  })

  it('never make an action that weighs more than one', async () => {
    const stage = await started()
    for (const each of many(100)) stage.adapter.submit(each)
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual(['order 39', 'order 39', 'order 22'])
  })

  it('may be withdrawn before they leave, without touching the others', async () => {
    const stage = await started()
    for (const each of many(3)) stage.adapter.submit(each)
    stage.adapter.cancel(cancelOf(order(2)))
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual(['order 2'])
    expect(evidenceOf(stage, many(3))).toEqual(['accepted', 'canceled', 'accepted'])
  })
})

describe('the verdicts of a batch', () => {
  it('are each order’s own inside an envelope that says ok', async () => {
    const stage = await started()
    const filled = { filled: { oid: 9, totalSz: '0.0004', avgPx: '50000.0' } }
    stage.venue.exchange['order'] = reply('order', [rest(7), tick, filled, 'pondering'])
    const orders = many(4, { timeInForce: 'ioc' })
    for (const each of orders) stage.adapter.submit(each)
    await stage.environment.run(10)
    expect(evidenceOf(stage, orders)).toEqual([
      'accepted',
      'rejected:tick',
      'accepted canceled',
      'unknown',
    ])
  })

  it.each([
    ['a refused envelope', { status: 'err', response: 'Trading is halted.' }, 'rejected:halted'],
    ['one error for all', reply('order', [tick]), 'rejected:tick'],
    [
      'a repeated nonce',
      { status: 'err', response: 'Invalid nonce: duplicate nonce 1' },
      'unknown',
    ],
    ['too few verdicts', reply('order', [rest(1), rest(2)]), 'unknown'],
    ['one verdict that is no error', reply('order', [rest(1)]), 'unknown'],
    ['no verdict', reply('order', []), 'unknown'],
    ['a failing venue', json('bad gateway', 502), 'unknown'],
    ['a refusing parser', json('Failed to deserialize', 422), 'rejected:other'],
  ])('of %s hold for every order', async (_, answer, evidence) => {
    const stage = await started()
    stage.venue.exchange['order'] = answer
    for (const each of many(3)) stage.adapter.submit(each)
    await stage.environment.run(20_000)
    expect(evidenceOf(stage, many(3))).toEqual([evidence, evidence, evidence])
    expect(actionsOf(stage)).toHaveLength(1)
  })

  it('that never come leave every order unknown until its own query tells', async () => {
    const stage = await started()
    stage.faults.http = ({ path }) => (path === '/exchange' ? 'loseReply' : 'none')
    for (const each of many(3)) stage.adapter.submit(each)
    await stage.environment.run(11_000)
    expect(evidenceOf(stage, many(3))).toEqual(['unknown', 'unknown', 'unknown'])
    stage.venue.info['orderStatus'] = { status: 'unknownOid' }
    for (const { clientOrderId } of many(3)) stage.adapter.queryOrder(clientOrderId)
    await stage.environment.run(5_000)
    expect(evidenceOf(stage, many(3))).toEqual(Array(3).fill('unknown notFound'))
    expect(actionsOf(stage)).toHaveLength(1)
  })

  it('of cancels are each cancel’s own', async () => {
    const stage = await started()
    const gone = { error: 'Order was never placed, already canceled, or filled. asset=1' }
    stage.venue.exchange['cancelByCloid'] = reply('cancel', ['success', gone, 'success'])
    for (const each of many(3)) stage.adapter.cancel(cancelOf(each))
    await stage.environment.run(10)
    expect(evidenceOf(stage, many(3))).toEqual(['canceled', 'cancelRejected:other', 'canceled'])
  })
})

describe('one bad order', () => {
  it('off the tick leaves alone: the venue may refuse its whole batch', async () => {
    const stage = await started()
    stage.venue.exchange['order'] = ({ action }: { action: Action }) =>
      action.orders!.length === 1
        ? reply('order', [tick])
        : reply(
            'order',
            action.orders!.map((__, i) => rest(i + 1)),
          )
    const bad = order(9, { price: price(500_001_3) })
    for (const each of [order(1), bad, order(2)]) stage.adapter.submit(each)
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual(['order 2', 'order 1'])
    expect(evidenceOf(stage, [order(1), bad, order(2)])).toEqual([
      'accepted',
      'rejected:tick',
      'accepted',
    ])
  })

  it.each([
    ['of nothing', { quantity: quantity(0) }, 'lot', '0 BTC, at least 0.00001'],
    [
      'below the minimum',
      { quantity: quantity(19) },
      'minimumNotional',
      '0.00019 BTC at 50000 is 9.5 USDC, at least 10 unless it only reduces',
    ],
  ])('%s is refused here with the figures, unless it reduces', async (_, changes, code, why) => {
    const stage = await started()
    stage.venue.exchange['order'] = reply('order', [rest(1)])
    const small = order(9, changes)
    stage.adapter.submit(small)
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual([])
    expect(evidenceOf(stage, [small])).toEqual([`rejected:${code}`])
    expect(stage.sink.of('orderReported')[0]!.report.text).toBe(`not sent: ${why}`)
    const exit = order(10, { quantity: quantity(1), reduceOnly: true })
    stage.adapter.submit(exit)
    await stage.environment.run(10)
    expect(evidenceOf(stage, [exit])).toEqual(['accepted'])
  })

  it('that cannot be written down is refused here, and the others leave', async () => {
    const stage = await started()
    const bad = [
      order(9, { price: price(0) }),
      order(10, { clientOrderId: 'XYZ' }),
      order(11, { price: price(1.5) }),
    ]
    for (const each of [order(1), ...bad]) stage.adapter.submit(each)
    await stage.environment.run(10)
    expect(sizes(stage)).toEqual(['order 1'])
    expect(evidenceOf(stage, bad)).toEqual(Array(3).fill('rejected:other'))
    expect(evidenceOf(stage, [order(1)])).toEqual(['accepted'])
  })
})

describe('the budget of the address', () => {
  const limited = async (used: number): Promise<Stage> => {
    const stage = createStage()
    stage.venue.info['userRateLimit'] = { cumVlm: '0.0', nRequestsUsed: used, nRequestsCap: 10_000 }
    await stage.start()
    stage.venue.exchange['order'] = ({ action }: { action: Action }) =>
      reply(
        'order',
        action.orders!.map((_, i) => rest(i + 1)),
      )
    stage.venue.exchange['cancelByCloid'] = reply('cancel', ['success'])
    return stage
  }

  it('is kept for cancels and exits before it ends: entries are refused with the figures', async () => {
    const stage = await limited(9_600)
    stage.adapter.submit(order(1))
    stage.adapter.submit(order(2, { reduceOnly: true }))
    stage.adapter.cancel(cancelOf(order(3)))
    await stage.environment.run(10)
    expect(evidenceOf(stage, [order(1), order(2), order(3)])).toEqual([
      'rejected:rateLimited',
      'accepted',
      'canceled',
    ])
    const [refused] = stage.sink.of('orderReported')
    expect(refused!.report.text).toBe(
      'not sent: 400 of 10000 requests of this address are left, kept for cancels and exits',
    )
  })

  it('counts every order of a batch, and asks again before it refuses for good', async () => {
    const stage = await limited(9_480)
    for (const each of many(28)) stage.adapter.submit(each)
    await stage.environment.run(11_000)
    stage.adapter.submit(order(50))
    expect(stage.sink.evidence(order(50).clientOrderId)).toEqual(['rejected:rateLimited'])
    stage.venue.info['userRateLimit'] = { nRequestsUsed: 0, nRequestsCap: 50_000 }
    await stage.environment.run(11_000)
    stage.adapter.submit(order(51))
    await stage.environment.run(10)
    stage.adapter.submit(order(52))
    await stage.environment.run(10)
    expect(stage.sink.evidence(order(52).clientOrderId)).toEqual(['accepted'])
  })

  it('that the venue calls used up is asked for at once', async () => {
    const stage = await limited(0)
    const text =
      'Too many cumulative requests sent (10001 > 10000) for cumulative volume traded $0.'
    stage.venue.exchange['order'] = { status: 'err', response: text }
    await stage.environment.run(11_000)
    stage.venue.info['userRateLimit'] = { nRequestsUsed: 10_001, nRequestsCap: 10_000 }
    stage.adapter.submit(order(1))
    await stage.environment.run(10)
    stage.adapter.submit(order(2))
    expect(evidenceOf(stage, [order(1), order(2)])).toEqual(Array(2).fill('rejected:rateLimited'))
    expect(actionsOf(stage)).toHaveLength(1)
  })
})
