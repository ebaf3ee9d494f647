import { describe, expect, it } from 'vitest'
import { pushed, started } from '../../../../test/support/hyperliquid-frames.ts'

const context = (funding: unknown, coin = 'BTC') => ({
  channel: 'activeAssetCtx',
  data: { coin, ctx: { funding, openInterest: '1.0', oraclePx: '50000.0', markPx: '50001.0' } },
})

describe('funding rates', () => {
  it('become records when they are news, and are told again while they stand', async () => {
    const stage = await started({ rates: true, silenceMs: 3_600_000 })
    const rates = () => stage.sink.rates.map(({ instrument, rateE9 }) => [instrument, rateE9])
    await pushed(stage, context('0.0000125'), context('0.0000125'), context('-0.0000001234', 'ETH'))
    expect(rates()).toEqual([
      [1, 12_500],
      [0, -123.4],
    ])
    await stage.environment.run(601_000)
    await pushed(stage, context('0.0000125'))
    expect(rates()).toHaveLength(3)
    await pushed(stage, context('0.00002'))
    expect(rates().at(-1)).toEqual([1, 20_000])
  })

  it('are left out where they cannot be read, and trading goes on', async () => {
    const stage = await started({ rates: true })
    const events = stage.sink.events.length
    await pushed(stage, context(null), context('1e-5'), context('0.1', 'SOL'), context('NaN'))
    expect(stage.sink.rates).toEqual([])
    expect(stage.sink.events).toHaveLength(events)
  })

  it('are asked for of every coin where they are wanted, and needed by none to start', async () => {
    const asked = async (changes: object) => {
      const { venue } = await started(changes)
      return venue.frames.filter((frame) => JSON.stringify(frame).includes('activeAssetCtx'))
    }
    expect(await asked({})).toEqual([])
    expect(await asked({ rates: true })).toHaveLength(2)
  })
})
