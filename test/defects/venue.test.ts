import { describe, expect, it } from 'vitest'
import { readOrderReply } from '../../src/adapters/venues/hyperliquid/command-reply.ts'
import { createStage, finish } from '../support/hyperliquid-stage.ts'
import { emptyAccount } from '../support/scripted-venue.ts'

describe('5: a builder’s dex that does not answer', () => {
  it('makes the whole query a failed one: its positions are not gone', async () => {
    const stage = createStage()
    const { info } = stage.venue
    const native = info['meta']
    const universe = [{ name: 'xyz:GOLD', szDecimals: 2, maxLeverage: 10, onlyIsolated: true }]
    const builder = { universe, marginTables: [], collateralToken: 0 }
    info['meta'] = ({ dex }: { dex?: string }) => (dex === undefined ? native : builder)
    info['perpDexs'] = [null, { name: 'xyz', deployerFeeScale: '1.0' }]
    await finish(stage.environment, stage.adapter.loadInstruments(['BTC', 'xyz:GOLD']))
    await finish(stage.environment, stage.adapter.start(stage.sink))
    const reported = stage.sink.of('accountReported').length
    info['clearinghouseState'] = ({ dex }: { dex?: string }) =>
      dex === undefined ? emptyAccount(stage.environment.now() / 1000) : null
    stage.adapter.queryAccount(0)
    await stage.environment.run(100_000)
    expect(stage.sink.of('accountReported')).toHaveLength(reported)
    expect(stage.sink.of('accountQueryFailed').at(-1)?.text).toContain('xyz')
  })
})

describe('8: an envelope', () => {
  it('of a refusal, whose body is a text, refuses every order in it', () => {
    const reply = { status: 'err', response: 'Insufficient margin to place order.' }
    expect(readOrderReply(reply, 2).map(({ evidence }) => evidence)).toEqual([
      'rejected',
      'rejected',
    ])
  })

  it('that says ok is not yet an order: each verdict is its own', () => {
    const statuses = [{ resting: { oid: 7 } }, { error: 'Order has invalid price.' }]
    const reply = { status: 'ok', response: { type: 'order', data: { statuses } } }
    expect(readOrderReply(reply, 2).map(({ evidence }) => evidence)).toEqual([
      'accepted',
      'rejected',
    ])
  })
})
