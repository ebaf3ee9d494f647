import { describe, expect, it } from 'vitest'
import {
  cancelOf,
  createStage,
  order,
  type Stage,
  startMs,
} from '../../../../test/support/hyperliquid-stage.ts'
import { json } from '../../../../test/support/scripted-venue.ts'
import { quantity } from '../../../core/mod.ts'

const envelope = (type: string, status: unknown) => ({
  status: 'ok',
  response: { type, data: { statuses: [status] } },
})
const placed = (status: unknown) => envelope('order', status)
const noSuchOrder = 'Order was never placed, already canceled, or filled. asset=1'

async function evidenceOf(answer: unknown, changes = {}): Promise<readonly string[]> {
  const stage = createStage()
  await stage.start()
  stage.venue.exchange['order'] = answer
  const sent = order(1, changes)
  stage.adapter.submit(sent)
  await stage.environment.run(15_000)
  return stage.sink.evidence(sent.clientOrderId)
}

/** Submits orders in turns of their own, so that each is a request of its own. */
async function submitApart(stage: Stage, orders: readonly ReturnType<typeof order>[]) {
  for (const each of orders) {
    stage.adapter.submit(each)
    await Promise.resolve()
  }
}
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)

const ordersSent = (stage: Stage): number =>
  stage.venue.requests.filter(({ path }) => path === '/exchange').length

describe('the outcome of an order', () => {
  it.each([
    ['a resting order', placed({ resting: { oid: 1 } }), ['accepted']],
    ['a filled order', placed({ filled: { oid: 1, totalSz: '0.001', avgPx: '1' } }), ['accepted']],
    ['one waiting for its fill', placed('waitingForFill'), ['accepted']],
    ['one waiting for its trigger', placed('waitingForTrigger'), ['accepted']],
    [
      'a refused tick',
      placed({ error: 'Price must be divisible by tick size. asset=1' }),
      ['rejected:tick'],
    ],
    [
      'too small an order',
      placed({ error: 'Order must have minimum value of $10. asset=1' }),
      ['rejected:minimumNotional'],
    ],
    [
      'no margin',
      placed({ error: 'Insufficient margin to place order. asset=1' }),
      ['rejected:insufficientMargin'],
    ],
    [
      'a crossing post-only order',
      placed({
        error: 'Post only order would have immediately matched, bbo was 49999@50000. asset=1',
      }),
      ['rejected:postOnlyWouldCross'],
    ],
    [
      'an IOC order without a match',
      placed({ error: 'Order could not immediately match against any resting orders. asset=1' }),
      ['rejected:iocNoMatch'],
    ],
    [
      'a reduce-only order that would increase',
      placed({ error: 'Reduce only order would increase position. asset=1' }),
      ['rejected:reduceOnlyWouldIncrease'],
    ],
    ['a halt', placed({ error: 'Trading is halted.' }), ['rejected:halted']],
    [
      'a used-up allowance',
      { status: 'err', response: 'Too many cumulative requests sent (1 > 0) for volume $1.' },
      ['rejected:rateLimited'],
    ],
    [
      'an unknown signer',
      { status: 'err', response: 'User or API Wallet 0x12 does not exist.' },
      ['rejected:other'],
    ],
    [
      'a copy of bytes that came before',
      { status: 'err', response: 'Invalid nonce: duplicate nonce 17' },
      ['unknown'],
    ],
    ['a refusing gateway', json('slow down', 429), ['rejected:rateLimited']],
    ['a refusing parser', json('Failed to deserialize the JSON body', 422), ['rejected:other']],
    ['a failing venue', json('bad gateway', 502), ['unknown']],
    ['an unreadable reply', { status: 200, contentType: 'text/html', body: '<p>' }, ['unknown']],
    ['half a reply', { status: 200, contentType: 'application/json', body: '{"st' }, ['unknown']],
    ['an envelope of no known form', { status: 'ok', response: {} }, ['unknown']],
    ['no status at all', { status: 'ok', response: { type: 'order', data: {} } }, ['unknown']],
    ['a status of no known form', placed({ wondering: true }), ['unknown']],
  ])('of %s is told as it is', async (_, answer, evidence) => {
    expect(await evidenceOf(answer)).toEqual(evidence)
  })

  it('of an IOC order filled in part is accepted, and its rest canceled', async () => {
    const answer = placed({ filled: { oid: 1, totalSz: '0.0004', avgPx: '50000.0' } })
    expect(await evidenceOf(answer, { timeInForce: 'ioc' })).toEqual(['accepted', 'canceled'])
    expect(await evidenceOf(answer)).toEqual(['accepted'])
  })

  it('is unknown when the reply is lost, and nothing is sent again', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['order'] = placed({ resting: { oid: 1 } })
    stage.faults.http = ({ path }) => (path === '/exchange' ? 'loseReply' : 'none')
    stage.adapter.submit(order(1))
    await stage.environment.run(60_000)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['unknown'])
    expect(ordersSent(stage)).toBe(1)
  })

  it('is unknown when the connection fails, for nobody knows how far it came', async () => {
    const stage = createStage()
    await stage.start()
    stage.faults.http = () => 'refuse'
    stage.adapter.submit(order(1))
    await stage.environment.run(60_000)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['unknown'])
  })

  it('is a refusal of ours for what the SDK would not sign, and for a session without a key', async () => {
    const stage = createStage()
    await stage.start()
    stage.adapter.submit(order(1, { price: 0 as never }))
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['rejected:other'])
    expect(ordersSent(stage)).toBe(0)
    const reader = createStage({ privateKey: null })
    await reader.start()
    reader.adapter.submit(order(1))
    expect(reader.sink.evidence(order(1).clientOrderId)).toEqual(['rejected:other'])
  })
})

describe('cancels', () => {
  it.each([
    ['done', envelope('cancel', 'success'), ['canceled']],
    ['too late', envelope('cancel', { error: noSuchOrder }), ['cancelRejected:other']],
    ['lost in a failure', json('oops', 500), ['unknown']],
    ['refused as a whole', { status: 'err', response: 'x' }, ['cancelRejected:other']],
  ])('are told when %s', async (_, answer, evidence) => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['cancelByCloid'] = answer
    stage.adapter.cancel(cancelOf(order(1)))
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(evidence)
  })

  it('are not held up by an order whose reply is lost', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['order'] = placed({ resting: { oid: 1 } })
    stage.venue.exchange['cancelByCloid'] = envelope('cancel', 'success')
    stage.faults.http = ({ body }) => (body.includes('"type":"order"') ? 'loseRequest' : 'none')
    stage.adapter.submit(order(1))
    stage.adapter.cancel(cancelOf(order(2)))
    await stage.environment.run(1)
    expect(stage.sink.evidence(order(2).clientOrderId)).toEqual(['canceled'])
  })

  it('find room when orders have used up the minute, and orders are refused then', async () => {
    const stage = createStage({ weightPerMinute: 100 })
    await stage.start()
    stage.venue.exchange['order'] = placed({ resting: { oid: 1 } })
    stage.venue.exchange['cancelByCloid'] = envelope('cancel', 'success')
    await submitApart(
      stage,
      range(90).map((i) => order(i)),
    )
    await stage.environment.run(100)
    stage.adapter.cancel(cancelOf(order(1)))
    stage.adapter.submit(order(91, { reduceOnly: true, side: 'sell' }))
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toContain('canceled')
    expect(stage.sink.evidence(order(91).clientOrderId)).toEqual(['accepted'])
    await stage.environment.run(3_000)
    const refused = stage.sink
      .of('orderReported')
      .filter(({ report }) => report.code === 'rateLimited')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]!.report.text).toContain('not sent')
    expect(ordersSent(stage) + refused.length).toBe(92)
  })

  it('withdraw an order that still waits for room', async () => {
    const stage = createStage({ weightPerMinute: 100 })
    await stage.start()
    stage.venue.exchange['order'] = placed({ resting: { oid: 1 } })
    await submitApart(
      stage,
      range(90).map((i) => order(i)),
    )
    stage.adapter.cancel(cancelOf(order(90)))
    await stage.environment.run(5_000)
    expect(stage.sink.evidence(order(90).clientOrderId)).toEqual(['canceled'])
    const cloids = stage.venue.requests.map(({ body }) => JSON.stringify(body)).join()
    expect(cloids).not.toContain(order(90).clientOrderId)
  })
})

describe('a status query', () => {
  const found = (status: string, changes = {}) => ({
    status: 'order',
    order: {
      order: {
        coin: 'BTC',
        side: 'B',
        limitPx: '50000.0',
        sz: '0.001',
        origSz: '0.001',
        oid: 9,
        timestamp: startMs,
        reduceOnly: false,
        orderType: 'Limit',
        tif: 'Gtc',
        cloid: `0x${order(1).clientOrderId}`,
        ...changes,
      },
      status,
      statusTimestamp: startMs + 5,
    },
  })
  const query = async (answer: unknown, ms = 100): Promise<Stage> => {
    const stage = createStage()
    await stage.start()
    stage.venue.info['orderStatus'] = answer
    stage.adapter.queryOrder(order(1).clientOrderId)
    await stage.environment.run(ms)
    return stage
  }

  it.each([
    ['open', 'accepted'],
    ['triggered', 'accepted'],
    ['filled', 'filled'],
    ['canceled', 'canceled'],
    ['scheduledCancel', 'canceled'],
    ['selfTradeCanceled', 'canceled:selfTrade'],
    ['reduceOnlyCanceled', 'canceled:reduceOnlyWouldIncrease'],
    ['someNewCanceled', 'canceled:other'],
    ['badAloPxRejected', 'rejected:postOnlyWouldCross'],
    ['someNewRejected', 'rejected:other'],
    ['pondering', 'unknown'],
    ['constructor', 'unknown'],
  ])('answered "%s" is evidence of %s', async (status, evidence) => {
    const { sink } = await query(found(status))
    expect(sink.evidence(order(1).clientOrderId)).toEqual([evidence])
  })

  it('answered "filled" for an IOC order adds its executions up', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.info['orderStatus'] = found('filled', { tif: 'Ioc' })
    stage.venue.info['userFillsByTime'] = [
      {
        coin: 'BTC',
        px: '50000.0',
        sz: '0.0004',
        side: 'B',
        time: startMs,
        oid: 9,
        tid: 1,
        crossed: true,
        fee: '0.01',
      },
    ]
    stage.adapter.queryOrder(order(1).clientOrderId)
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['canceled'])
  })

  it('that fails leaves the order unknown', async () => {
    const { sink } = await query(json('oops', 500))
    expect(sink.evidence(order(1).clientOrderId)).toEqual(['unknown'])
  })

  it('believes "never heard of it" at once for an order nobody sent', async () => {
    const { sink } = await query({ status: 'unknownOid' })
    expect(sink.evidence(order(1).clientOrderId)).toEqual(['notFound'])
  })

  it('believes it only when the order can no longer arrive', async () => {
    const stage = createStage()
    await stage.start()
    stage.faults.http = ({ path }) => (path === '/exchange' ? 'loseRequest' : 'none')
    stage.venue.info['orderStatus'] = { status: 'unknownOid' }
    stage.adapter.submit(order(1))
    await stage.environment.run(11_000)
    stage.adapter.queryOrder(order(1).clientOrderId)
    await stage.environment.run(500)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['unknown'])
    await stage.environment.run(1_500)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['unknown', 'notFound'])
  })

  it('after a restart waits for what the last process may have left on its way', async () => {
    const stage = createStage({
      nonceStore: { last: () => startMs - 4_000, save: () => undefined },
    })
    await stage.start()
    stage.venue.info['orderStatus'] = { status: 'unknownOid' }
    stage.adapter.queryOrder(order(1).clientOrderId)
    await stage.environment.run(7_000)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual([])
    await stage.environment.run(2_000)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['notFound'])
  })
})

describe('nonces', () => {
  it('rise strictly, are saved before sending, and continue after a restart', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['order'] = placed({ resting: { oid: 1 } })
    await submitApart(
      stage,
      range(5).map((i) => order(i)),
    )
    await stage.environment.run(10)
    const sent = stage.venue.requests
      .filter(({ path }) => path === '/exchange')
      .map(({ body }) => body['nonce'] as number)
    expect(sent).toEqual([startMs, startMs + 1, startMs + 2, startMs + 3, startMs + 4])
    expect(stage.nonceStore.saved).toEqual(sent)
    const later = createStage({
      nonceStore: { last: () => startMs + 60_000, save: () => undefined },
    })
    await later.start()
    later.venue.exchange['order'] = placed({ resting: { oid: 1 } })
    later.adapter.submit(order(6))
    await later.environment.run(10)
    expect(later.venue.requests.at(-1)!.body['nonce']).toBe(startMs + 60_001)
  })

  it('that cannot be saved keep the order at home', async () => {
    const full = (): never => {
      throw new Error('disk full')
    }
    const stage = createStage({ nonceStore: { last: () => 0, save: full } })
    await stage.start()
    stage.adapter.submit(order(1))
    await stage.environment.run(10)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['rejected:other'])
    expect(stage.sink.of('orderReported')[0]!.report.text).toBe('not sent: disk full')
    expect(ordersSent(stage)).toBe(0)
  })
})

describe('stopping', () => {
  it('reports what is unanswered as unknown and what never left as canceled', async () => {
    const stage = createStage({ weightPerMinute: 90 })
    await stage.start()
    stage.faults.http = () => 'loseRequest'
    await submitApart(
      stage,
      range(80).map((i) => order(i, { quantity: quantity(100 + i) })),
    )
    await stage.environment.run(10)
    await stage.adapter.stop()
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['unknown'])
    expect(stage.sink.evidence(order(80).clientOrderId)).toEqual(['canceled'])
    const before = stage.sink.events.length
    await stage.environment.run(60_000)
    expect(stage.sink.events).toHaveLength(before)
    expect(stage.environment.pending).toBe(0)
  })
})
