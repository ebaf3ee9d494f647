import { describe, expect, it } from 'vitest'
import {
  createStage,
  order,
  type Stage,
  startMs,
} from '../../../../test/support/hyperliquid-stage.ts'
import { emptyAccount, json } from '../../../../test/support/scripted-venue.ts'

const fill = (tid: number, time: number) => ({
  coin: 'BTC',
  px: '50000.0',
  sz: '0.001',
  side: 'B',
  time,
  oid: 9,
  crossed: true,
  fee: '0.0225',
  tid,
  feeToken: 'USDC',
})
const position = (coin: string, szi: string) => ({
  type: 'oneWay',
  position: {
    coin,
    szi,
    entryPx: '50000.55',
    positionValue: '0.0',
    unrealizedPnl: '-12.345',
    leverage: { type: 'cross', value: 20 },
  },
})
const state = (time: number, ...positions: readonly unknown[]) => ({
  ...emptyAccount(time),
  marginSummary: { accountValue: '9987.655' },
  assetPositions: positions,
})
const openOrder = (coin: string, changes = {}) => ({
  coin,
  side: 'A',
  limitPx: '50100.0',
  sz: '0.0005',
  origSz: '0.001',
  oid: 11,
  timestamp: startMs,
  cloid: `0x${order(1).clientOrderId}`,
  ...changes,
})

async function started(): Promise<Stage> {
  const stage = createStage()
  await stage.start()
  return stage
}

describe('an account report', () => {
  it('holds orders, positions, cash without unrealised profit, and executions', async () => {
    const stage = await started()
    stage.venue.info['clearinghouseState'] = state(startMs + 9, position('BTC', '-0.02'))
    stage.venue.info['openOrders'] = [openOrder('BTC', { reduceOnly: true })]
    stage.venue.info['userFillsByTime'] = [fill(1, startMs - 5)]
    stage.adapter.queryAccount((startMs - 10) * 1000)
    await stage.environment.run(100)
    const [report] = stage.sink.of('accountReported')
    expect(report?.venueTime).toBe((startMs + 9) * 1000)
    expect(report?.account).toMatchObject({
      openOrders: [
        {
          clientOrderId: order(1).clientOrderId,
          venueOrderId: '11',
          instrument: 1,
          side: 'sell',
          price: 501_000,
          leavesQuantity: 50,
          reduceOnly: true,
        },
      ],
      positions: [{ instrument: 1, quantity: -2_000, averageEntryPrice: 500_005.5 }],
      balances: [{ currency: 'USDC', amount: 1_000_000_000_000n }],
    })
    expect(report?.account.executions).toHaveLength(1)
  })

  it('leaves out what is not loaded, and counts it', async () => {
    const stage = await started()
    stage.venue.info['clearinghouseState'] = state(startMs, position('SOL', '5.0'))
    stage.venue.info['openOrders'] = [openOrder('SOL')]
    stage.adapter.queryAccount(0)
    await stage.environment.run(100)
    const [report] = stage.sink.of('accountReported')
    expect(report?.account).toMatchObject({ openOrders: [], positions: [] })
    expect(stage.adapter.statistics.foreignReports).toBe(1)
  })

  it('is read again when a fill came in between, so that positions and executions agree', async () => {
    const stage = await started()
    let reads = 0
    let states = 0
    stage.venue.info['userFillsByTime'] = () =>
      ++reads === 1 ? [fill(1, startMs)] : [fill(1, startMs), fill(2, startMs + 1)]
    stage.venue.info['clearinghouseState'] = () =>
      state(startMs, position('BTC', ++states === 1 ? '0.001' : '0.002'))
    stage.adapter.queryAccount(0)
    await stage.environment.run(100)
    const reports = stage.sink.of('accountReported')
    expect(reports).toHaveLength(1)
    expect(reports[0]!.account.positions[0]!.quantity).toBe(200)
    expect(reports[0]!.account.executions).toHaveLength(2)
    expect(states).toBe(2)
  })

  it('fails when the account never stands still', async () => {
    const stage = await started()
    let reads = 0
    stage.venue.info['userFillsByTime'] = () => [fill(++reads, startMs + reads)]
    stage.adapter.queryAccount(0)
    await stage.environment.run(5_000)
    expect(stage.sink.of('accountReported')).toEqual([])
    expect(stage.sink.of('accountQueryFailed')[0]!.text).toContain('traded during each')
  })

  it.each([
    ['userFillsByTime', json('bad gateway', 502)],
    ['openOrders', null],
    ['clearinghouseState', {}],
    ['clearinghouseState', null],
    ['clearinghouseState', { ...emptyAccount(startMs), assetPositions: null }],
    ['clearinghouseState', { ...emptyAccount(startMs), marginSummary: { accountValue: 'NaN' } }],
    ['openOrders', [{ coin: 'BTC' }]],
    ['openOrders', [openOrder('BTC', { limitPx: '50100.05' })]],
    ['clearinghouseState', state(startMs, position('BTC', '0.0000001'))],
  ])('is a failed query, not an empty account, when %s answers %#', async (type, answer) => {
    const stage = await started()
    stage.venue.info[type] = answer
    stage.adapter.queryAccount(0)
    await stage.environment.run(100)
    expect(stage.sink.of('accountReported')).toEqual([])
    expect(stage.sink.of('accountQueryFailed')).toHaveLength(1)
  })

  it('is a failed query for a session without an account', async () => {
    const stage = createStage({ userAddress: null, privateKey: null })
    await stage.start()
    stage.adapter.queryAccount(0)
    await stage.environment.run(1)
    expect(stage.sink.of('accountQueryFailed')[0]!.text).toContain('market data only')
    expect(stage.venue.requests.map(({ body }) => body['type'])).toEqual(['meta'])
  })

  it('asked for during another one follows once, from the earlier time', async () => {
    const stage = await started()
    const asked = stage.venue.requests.length
    stage.adapter.queryAccount(3_000_000)
    stage.adapter.queryAccount(2_000_000)
    stage.adapter.queryAccount(1_000_000)
    await stage.environment.run(100)
    expect(stage.sink.of('accountReported')).toHaveLength(2)
    const starts = stage.venue.requests
      .slice(asked)
      .filter(({ body }) => body['type'] === 'userFillsByTime')
      .map(({ body }) => body['startTime'])
    expect(starts).toEqual([3_000, 3_000, 1_000, 1_000])
  })
})
