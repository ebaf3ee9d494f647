import { describe, expect, it } from 'vitest'
import {
  book,
  fill,
  fills,
  pushed,
  started,
  statuses,
  trade,
} from '../../../../test/support/hyperliquid-frames.ts'
import { type Stage, startMs, startTime } from '../../../../test/support/hyperliquid-stage.ts'

describe('market data', () => {
  it('become records with both times', async () => {
    const stage = await started()
    await stage.environment.run(5)
    await pushed(stage, book(startMs + 3), {
      channel: 'trades',
      data: [trade(1, startMs + 4), trade(2, startMs + 4, { side: 'A', sz: '0.00001' })],
    })
    expect(stage.sink.books).toEqual([
      {
        receivedTime: startTime + 5_000,
        venueTime: startTime + 3_000,
        instrument: 1,
        bids: [[500_000, 100_000]],
        asks: [[500_010, 200_000]],
      },
    ])
    expect(stage.sink.trades.map(({ aggressor, quantity }) => [aggressor, quantity])).toEqual([
      ['buy', 50_000],
      ['sell', 1],
    ])
    expect(stage.adapter.statistics.framesScanned).toBe(2)
  })

  it('of the first trades frame older than the subscription are history', async () => {
    const stage = await started()
    await pushed(stage, {
      channel: 'trades',
      data: [trade(1, startMs - 5_000), trade(2, startMs + 1)],
    })
    await pushed(stage, { channel: 'trades', data: [trade(3, startMs - 1)] })
    expect(stage.sink.trades.map(({ tradeId }) => tradeId)).toEqual([2, 3])
    expect(stage.adapter.statistics.historyTradesDropped).toBe(1)
  })

  it('carry each trade once, also after a reconnect', async () => {
    const stage = await started()
    await pushed(stage, { channel: 'trades', data: [trade(1, startMs + 1)] })
    stage.faults.disconnect()
    await stage.environment.run(2_000)
    await pushed(stage, {
      channel: 'trades',
      data: [trade(1, startMs + 1), trade(2, startMs + 3_000)],
    })
    expect(stage.sink.trades.map(({ tradeId }) => tradeId)).toEqual([1, 2])
    expect(stage.adapter.statistics.duplicateTradesDropped).toBe(1)
  })

  it('in an unusual spelling go through the parser and are counted', async () => {
    const stage = await started()
    await pushed(stage, JSON.stringify(book(startMs), null, 1))
    await pushed(stage, book(startMs, { spread: '1.0' }))
    expect(stage.sink.books).toHaveLength(2)
    expect(stage.adapter.statistics.framesParsed).toBe(2)
  })

  it.each([
    ['a price between quanta', { levels: [[{ px: '50000.05', sz: '1.0', n: 1 }], []] }, '1'],
    ['a price of zero', { levels: [[{ px: '0.0', sz: '1.0', n: 1 }], []] }, '1'],
    ['no price', { levels: [[{ px: 'NaN', sz: '1.0', n: 1 }], []] }, '1'],
    ['no time', { time: null }, 'all'],
    ['a huge price', { levels: [[{ px: '999999999.0', sz: '1.0', n: 1 }], []] }, '1'],
    [
      'levels out of order',
      {
        levels: [
          [
            { px: '1.0', sz: '1.0', n: 1 },
            { px: '2.0', sz: '1.0', n: 1 },
          ],
          [],
        ],
      },
      '1',
    ],
  ])('with %s open a gap that the next good frame closes', async (_, changes, whose) => {
    const stage = await started()
    const before = statuses(stage).length
    await pushed(stage, book(startMs, changes))
    expect(stage.sink.books).toHaveLength(0)
    await pushed(stage, book(startMs + 1))
    expect(stage.sink.books).toHaveLength(1)
    expect(statuses(stage).slice(before)).toEqual([`book ${whose} gap`, 'book 1 connected'])
    expect(stage.adapter.statistics.framesRefused).toBe(1)
  })

  it('of coins that are not loaded and of other channels are ignored and counted', async () => {
    const stage = await started()
    await pushed(stage, book(startMs, { coin: 'SOL' }), { channel: 'allMids', data: {} })
    await pushed(stage, 'Websocket connection established.')
    expect(stage.adapter.statistics.framesIgnored).toBe(3)
    expect(statuses(stage)).not.toContain('book all gap')
  })

  it('subscribe to the chosen stream only', async () => {
    const types = (stage: Stage) =>
      stage.venue.frames.map(({ subscription }) => {
        const { type, coin, fast } = subscription as Record<string, unknown>
        return `${type} ${coin ?? ''} ${fast ?? ''}`.trim()
      })
    const fast = await started({
      bookStream: 'l2BookFast',
      trades: false,
      userAddress: null,
      privateKey: null,
    })
    expect(types(fast)).toEqual(['l2Book ETH true', 'l2Book BTC true'])
    expect(fast.adapter.capabilities).toMatchObject({ bookCadenceUs: 540_000, bookLevels: 5 })
    const best = await started({
      bookStream: 'bbo',
      trades: false,
      userAddress: null,
      privateKey: null,
    })
    expect(types(best)).toEqual(['bbo ETH', 'bbo BTC'])
    expect(best.adapter.capabilities).toMatchObject({ bookCadenceUs: 0, bookLevels: 1 })
    const whole = await started({ trades: false, userAddress: null, privateKey: null })
    expect(types(whole)).toEqual(['l2Book ETH', 'l2Book BTC'])
    expect(whole.adapter.capabilities).toMatchObject({ bookCadenceUs: 5_400_000, bookLevels: 20 })
    await pushed(best, {
      channel: 'bbo',
      data: { coin: 'BTC', time: startMs, bbo: [null, { px: '50001.0', sz: '2.0', n: 1 }] },
    })
    expect(best.sink.books[0]).toMatchObject({ bids: [], asks: [[500_010, 200_000]] })
  })

  it('never bring the receive time backwards, even when the clock jumps', async () => {
    const stage = await started()
    let offset = 0
    const { now } = stage.environment
    stage.environment.now = () => now() + offset
    await pushed(stage, book(startMs))
    offset = -3_000_000
    await pushed(stage, book(startMs + 1))
    await pushed(stage, fills([fill(1, startMs + 1)]))
    const times = stage.sink.receivedTimes
    expect([...times].sort((a, b) => a - b)).toEqual(times)
  })
})
