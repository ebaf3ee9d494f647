import { describe, expect, it } from 'vitest'
import {
  fill,
  fills,
  pushed,
  started,
  statuses,
} from '../../../../test/support/hyperliquid-frames.ts'
import {
  createStage,
  finish,
  order,
  startMs,
  startTime,
  testAddress,
} from '../../../../test/support/hyperliquid-stage.ts'
import { emptyAccount, json } from '../../../../test/support/scripted-venue.ts'

describe('executions', () => {
  it('are delivered once, with our id, side, fee and liquidity', async () => {
    const stage = await started()
    const frame = fills([
      fill(1, startMs + 5),
      fill(2, startMs + 5, { side: 'A', crossed: true, fee: '-0.001' }),
    ])
    await pushed(stage, frame, frame)
    const executed = stage.sink.of('executed').map(({ execution }) => execution)
    expect(executed).toHaveLength(2)
    expect(executed[0]).toEqual({
      executionId: `${startMs + 5}:BTC:1`,
      clientOrderId: order(1).clientOrderId,
      venueOrderId: '9',
      instrument: 1,
      side: 'buy',
      price: 500_000,
      quantity: 100,
      liquidity: 'maker',
      fee: 750_000n,
      venueTime: startTime + 5_000,
    })
    expect(executed[1]).toMatchObject({ side: 'sell', liquidity: 'taker', fee: -100_000n })
    expect(stage.adapter.statistics.duplicateExecutionsDropped).toBe(2)
  })

  it('of the snapshot count when they are not older than the start', async () => {
    const stage = createStage()
    stage.venue.info['clearinghouseState'] = emptyAccount(startMs - 50)
    stage.venue.snapshots['userFills'] = () =>
      fills([fill(1, startMs - 60_000), fill(2, startMs - 50), fill(3, startMs)], true)
    await stage.start()
    const ids = stage.sink.of('executed').map(({ execution }) => execution.executionId)
    expect(ids).toEqual([`${startMs - 50}:BTC:2`, `${startMs}:BTC:3`])
    expect(stage.adapter.statistics.historyExecutionsDropped).toBe(1)
  })

  it('of live frames count whatever their time: clocks differ', async () => {
    const stage = await started()
    await pushed(stage, fills([fill(1, startMs - 10)]))
    expect(stage.sink.of('executed')).toHaveLength(1)
  })

  it('with a known id and another content are passed on for the core to judge', async () => {
    const stage = await started()
    await pushed(stage, fills([fill(1, startMs)]), fills([fill(1, startMs, { px: '50001.0' })]))
    expect(stage.sink.of('executed')).toHaveLength(2)
  })

  it('without our cloid find our order by the venue’s id', async () => {
    const stage = await started()
    stage.venue.exchange['order'] = {
      status: 'ok',
      response: { type: 'order', data: { statuses: [{ resting: { oid: 9 } }] } },
    }
    stage.adapter.submit(order(1))
    await stage.environment.run(1)
    const { cloid: _, ...bare } = fill(1, startMs)
    await pushed(stage, fills([bare, { ...bare, oid: 10, tid: 2 }]))
    const owners = stage.sink.of('executed').map(({ execution }) => execution.clientOrderId)
    expect(owners).toEqual([order(1).clientOrderId, null])
  })

  it('of other coins and of other users are not ours to deliver', async () => {
    const stage = await started()
    const frame = fills([fill(1, startMs)])
    await pushed(stage, fills([fill(1, startMs, { coin: 'SOL' })]), {
      ...frame,
      data: { ...frame.data, user: '0x0000000000000000000000000000000000000001' },
    })
    expect(stage.sink.of('executed')).toHaveLength(0)
    expect(stage.adapter.statistics.foreignReports).toBe(1)
  })

  it('that cannot be read make a gap, and are fetched until they can', async () => {
    const stage = await started()
    const before = statuses(stage).length
    stage.venue.info['userFillsByTime'] = [fill(1, startMs, { sz: '0.0000001' })]
    await pushed(stage, fills([fill(1, startMs, { sz: '0.0000001' })]))
    expect(statuses(stage).slice(before)).toEqual(['account all gap'])
    stage.venue.info['userFillsByTime'] = [fill(1, startMs)]
    await stage.environment.run(1_100)
    expect(statuses(stage).slice(before)).toEqual(['account all gap', 'account all connected'])
    expect(stage.sink.of('executed')).toHaveLength(1)
  })
})

describe('a consumer that fails', () => {
  it('is not mistaken for a frame that cannot be read', async () => {
    const stage = await started()
    const failing = { ...stage.sink, event: stage.sink.event }
    Object.assign(stage.sink, {
      event: () => {
        throw new Error('a bug of the core')
      },
    })
    stage.venue.push(fills([fill(1, startMs)]))
    await expect(stage.environment.run(1)).rejects.toThrow('a bug of the core')
    Object.assign(stage.sink, failing)
    expect(stage.adapter.statistics.framesRefused).toBe(0)
  })
})

describe('order updates', () => {
  it('are evidence under our id, with the venue’s time', async () => {
    const stage = await started()
    const update = (status: string, cloid: string | null, oid = 9) => ({
      order: {
        coin: 'BTC',
        side: 'B',
        limitPx: '50000.0',
        sz: '0.001',
        oid,
        timestamp: startMs,
        origSz: '0.001',
        ...(cloid === null ? {} : { cloid }),
      },
      status,
      statusTimestamp: startMs + 7,
    })
    const ours = `0x${order(1).clientOrderId}`
    await pushed(stage, {
      channel: 'orderUpdates',
      data: [update('open', ours), update('filled', null), update('open', null, 10)],
    })
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['accepted', 'filled'])
    expect(stage.sink.of('orderReported')[0]!.venueTime).toBe(startTime + 7_000)
    expect(stage.adapter.statistics.foreignReports).toBe(1)
  })
})

describe('funding', () => {
  it('is delivered once an hour and coin, from snapshots and live', async () => {
    const stage = await started()
    const paid = (time: number, usdc: string) => ({
      time,
      coin: 'BTC',
      usdc,
      szi: '0.5',
      fundingRate: '0.0000125',
      nSamples: null,
    })
    const frame = (list: readonly unknown[], isSnapshot = false) => ({
      channel: 'userFundings',
      data: { user: testAddress, fundings: list, isSnapshot },
    })
    await pushed(
      stage,
      frame([paid(startMs - 3_600_000, '9.0'), paid(startMs + 17, '-0.3125')], true),
      frame([paid(startMs + 18, '-0.3125')]),
    )
    expect(stage.sink.of('fundingPaid')).toMatchObject([
      { instrument: 1, amount: -31_250_000n, rateE9: 12_500, venueTime: startTime + 17_000 },
    ])
  })
})

describe('a lost connection', () => {
  it('is told at once, and comes back subscribed, caught up and connected', async () => {
    const stage = await started()
    await pushed(stage, fills([fill(1, startMs + 1)]))
    const before = statuses(stage).length
    stage.faults.disconnect()
    expect(statuses(stage).slice(before)).toEqual([
      'book all disconnected',
      'trades all disconnected',
      'account all disconnected',
    ])
    stage.venue.info['userFillsByTime'] = [fill(1, startMs + 1), fill(2, startMs + 40)]
    await stage.environment.run(2_000)
    expect(
      statuses(stage)
        .slice(before + 3)
        .sort(),
    ).toEqual([
      'account all connected',
      'book 0 connected',
      'book 1 connected',
      'trades 0 connected',
      'trades 1 connected',
    ])
    expect(stage.sink.of('executed').map(({ execution }) => execution.executionId)).toEqual([
      `${startMs + 1}:BTC:1`,
      `${startMs + 40}:BTC:2`,
    ])
    expect(stage.adapter.statistics.backfilledExecutions).toBe(1)
  })

  it('is not called connected while the back-fill fails', async () => {
    const stage = await started()
    stage.venue.info['userFillsByTime'] = json('down', 503)
    stage.faults.disconnect()
    await stage.environment.run(20_000)
    expect(statuses(stage).at(-1)).not.toBe('account all connected')
    stage.venue.info['userFillsByTime'] = []
    await stage.environment.run(31_000)
    expect(statuses(stage).at(-1)).toBe('account all connected')
  })

  it('pages through everything it missed', async () => {
    const stage = await started()
    const many = Array.from({ length: 4_500 }, (_, i) => fill(i, startMs + Math.floor(i / 7)))
    stage.venue.info['userFillsByTime'] = (body: Record<string, unknown>) =>
      many.filter(({ time }) => time >= (body['startTime'] as number)).slice(0, 2_000)
    stage.faults.disconnect()
    await stage.environment.run(120_000)
    const ids = stage.sink.of('executed').map(({ execution }) => execution.executionId)
    expect(new Set(ids).size).toBe(4_500)
    expect(ids).toHaveLength(4_500)
  })

  it('is made up for from where it began, whatever came before the back-fill worked', async () => {
    const stage = await started()
    await pushed(stage, fills([fill(1, startMs + 1)]))
    stage.venue.info['userFillsByTime'] = json('down', 503)
    stage.faults.disconnect()
    await stage.environment.run(200_000)
    // Connected again, but what was missed cannot be asked for yet.
    await pushed(stage, fills([fill(3, startMs + 150_000)]))
    const all = [fill(1, startMs + 1), fill(2, startMs + 40), fill(3, startMs + 150_000)]
    stage.venue.info['userFillsByTime'] = (body: Record<string, unknown>) =>
      all.filter(({ time }) => time >= (body['startTime'] as number))
    await stage.environment.run(60_000)
    const ids = stage.sink.of('executed').map(({ execution }) => execution.executionId)
    expect(ids).toEqual([1, 3, 2].map((tid) => `${all[tid - 1]!.time}:BTC:${tid}`))
  })

  it('over many hours is made up for in funding, page by page, also at a second attempt', async () => {
    const stage = await started()
    const hour = (n: number) => startMs - (startMs % 3_600_000) + n * 3_600_000
    const row = (time: number, coin: string) => ({
      time,
      hash: '0x0',
      delta: { type: 'funding', coin, usdc: '-0.01', szi: '1.0', fundingRate: '0.0000125' },
    })
    const rows = Array.from({ length: 600 }, (_, n) => [
      row(hour(n + 1) + 20, 'BTC'),
      row(hour(n + 1) + 20, 'ETH'),
    ]).flat()
    await stage.environment.run(3_600_000)
    stage.venue.info['userFunding'] = json('down', 503)
    stage.faults.disconnect()
    await stage.environment.run(600 * 3_600_000)
    await pushed(stage, {
      channel: 'userFundings',
      data: {
        user: testAddress,
        fundings: [{ time: hour(601) + 20, coin: 'BTC', usdc: '-0.01', fundingRate: '0.0000125' }],
      },
    })
    stage.venue.info['userFunding'] = (body: Record<string, unknown>) =>
      rows.filter(({ time }) => time >= (body['startTime'] as number)).slice(0, 500)
    stage.faults.disconnect()
    await stage.environment.run(5_000)
    expect(stage.sink.of('fundingPaid')).toHaveLength(1_201)
  })

  it('is retried for ever, at a bounded rate, with growing waits', async () => {
    const stage = await started()
    stage.faults.refusesSockets = true
    stage.faults.disconnect()
    const lost: number[] = []
    for (let minute = 0; minute < 60; minute++) {
      const before = stage.adapter.statistics.connectionsLost
      await stage.environment.run(60_000)
      lost.push(stage.adapter.statistics.connectionsLost - before)
    }
    expect(Math.max(...lost)).toBeLessThanOrEqual(20)
    expect(lost.at(-1)).toBeGreaterThanOrEqual(2)
    stage.faults.refusesSockets = false
    await stage.environment.run(40_000)
    expect(statuses(stage).at(-1)).toMatch(/connected$/)
  })

  it('is noticed when the venue falls silent without closing', async () => {
    const stage = await started()
    stage.faults.frame = () => 'lose'
    await stage.environment.run(60_000)
    expect(stage.notices.map(({ text }) => text).join()).toContain('nothing received')
    stage.faults.frame = null
    await stage.environment.run(40_000)
    expect(statuses(stage).at(-1)).toMatch(/connected$/)
  })

  it('does not happen to a quiet market: pongs are enough', async () => {
    const stage = await started()
    await stage.environment.run(600_000)
    expect(stage.adapter.statistics.connectionsLost).toBe(0)
    expect(stage.venue.frames.filter(({ method }) => method === 'ping').length).toBeGreaterThan(20)
  })

  it('follows when subscriptions are not confirmed', async () => {
    const stage = createStage()
    stage.venue.confirms = false
    await finish(stage.environment, stage.adapter.loadInstruments(['BTC']))
    const starting = stage.adapter.start(stage.sink)
    await expect(finish(stage.environment, starting)).rejects.toMatchObject({
      code: 'VENUE_UNREACHABLE',
      message: expect.stringContaining('not confirmed: orderUpdates'),
    })
    await stage.environment.run(120_000)
    expect(stage.environment.pending).toBe(0)
  })
})
