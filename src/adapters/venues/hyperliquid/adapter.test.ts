import { describe, expect, it } from 'vitest'
import {
  cancelOf,
  createStage,
  finish,
  order,
  startMs,
} from '../../../../test/support/hyperliquid-stage.ts'

const resting = (oid: number) => ({
  status: 'ok',
  response: { type: 'order', data: { statuses: [{ resting: { oid } }] } },
})

describe('a Hyperliquid session', () => {
  it('loads the named perpetuals in order with the account’s own fees', async () => {
    const { adapter, environment } = createStage()
    const [eth, btc] = await finish(environment, adapter.loadInstruments(['ETH', 'BTC']))
    expect(eth).toMatchObject({ id: 0, symbol: 'ETH', priceDecimals: 2, quantityDecimals: 4 })
    expect(btc).toMatchObject({ id: 1, symbol: 'BTC', priceDecimals: 1, quantityDecimals: 5 })
    expect(btc?.fees).toEqual({ makerE9: 150_000, takerE9: 450_000 })
    expect(btc?.minimumNotional).toBe(1_000_000_000n)
  })

  it('names the nearest symbols when one is unknown', async () => {
    const { adapter, environment } = createStage()
    await expect(finish(environment, adapter.loadInstruments(['BTX']))).rejects.toMatchObject({
      code: 'VENUE_UNKNOWN_INSTRUMENT',
      message: expect.stringContaining('nearest: BTC'),
    })
    await expect(finish(environment, adapter.loadInstruments(['OLD']))).rejects.toMatchObject({
      message: 'OLD is delisted',
    })
  })

  it('subscribes, catches up and calls every stream connected', async () => {
    const stage = createStage()
    await stage.start()
    const connected = stage.sink
      .of('streamStatus')
      .map((e) => `${e.stream} ${e.instrument} ${e.status}`)
    expect(connected.sort()).toEqual([
      'account null connected',
      'book 0 connected',
      'book 1 connected',
      'trades 0 connected',
      'trades 1 connected',
    ])
    await stage.adapter.stop()
    await stage.environment.run(1)
    expect(stage.environment.pending).toBe(0)
  })

  it('places an order with our id as cloid and reports it accepted', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['order'] = resting(77)
    const placed = order(1, { postOnly: true })
    stage.adapter.submit(placed)
    await stage.environment.run(100)
    const request = stage.venue.requests.find(({ path }) => path === '/exchange')!.body
    expect(request['action']).toEqual({
      type: 'order',
      orders: [
        {
          a: 1,
          b: true,
          p: '50000',
          s: '0.001',
          r: false,
          t: { limit: { tif: 'Alo' } },
          c: `0x${placed.clientOrderId}`,
        },
      ],
      grouping: 'na',
    })
    expect(request['nonce']).toBe(startMs)
    expect(request['expiresAfter']).toBe(startMs + 10_000)
    expect(stage.sink.evidence(placed.clientOrderId)).toEqual(['accepted'])
    expect(stage.sink.of('orderReported')[0]!.report.venueOrderId).toBe('77')
  })

  it('cancels by cloid', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['cancelByCloid'] = {
      status: 'ok',
      response: { type: 'cancel', data: { statuses: ['success'] } },
    }
    stage.adapter.cancel(cancelOf(order(1)))
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['canceled'])
  })
})
