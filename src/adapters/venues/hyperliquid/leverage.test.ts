import { describe, expect, it } from 'vitest'
import { createStage, finish, type Stage } from '../../../../test/support/hyperliquid-stage.ts'
import type { LeverageOptions } from './options.ts'

const ok = { status: 'ok', response: { type: 'default' } }
const err = (response: string) => ({ status: 'err', response })
const dexMeta = {
  universe: [
    { name: 'xyz:GOLD', szDecimals: 4, maxLeverage: 25 },
    { name: 'xyz:SP500', szDecimals: 3, maxLeverage: 20, onlyIsolated: true },
  ],
  marginTables: [],
}
const symbols = ['BTC', 'ETH', 'xyz:GOLD', 'xyz:SP500']

function stageWith(leverage: LeverageOptions): Stage {
  const stage = createStage({ leverage })
  const { info, exchange } = stage.venue
  const native = info['meta']
  info['meta'] = ({ dex }: { dex?: string }) => (dex === undefined ? native : dexMeta)
  info['perpDexs'] = [null, { name: 'xyz', deployerFeeScale: '1.0' }]
  exchange['updateLeverage'] = ok
  return stage
}
async function start(stage: Stage): Promise<void> {
  await finish(stage.environment, stage.adapter.loadInstruments(symbols))
  await finish(stage.environment, stage.adapter.start(stage.sink))
}
const sent = (stage: Stage): readonly string[] =>
  stage.venue.requests
    .filter(({ path }) => path === '/exchange')
    .map(({ body }) => body['action'] as { asset: number; isCross: boolean; leverage: number })
    .map(({ asset, isCross, leverage }) => `${asset} ${isCross ? 'cross' : 'isolated'} ${leverage}`)

describe('leverage at start', () => {
  it('is cross on native coins, isolated on builders’, and at most the venue’s', async () => {
    const stage = stageWith({ value: 30, isCross: true })
    await start(stage)
    expect(sent(stage)).toEqual([
      '1 cross 30',
      '0 cross 25',
      '110000 isolated 25',
      '110001 isolated 20',
    ])
  })

  it('leaves alone what it is told to', async () => {
    const stage = stageWith({ value: 5, isCross: true, except: ['ETH', 'xyz:SP500'] })
    await start(stage)
    expect(sent(stage)).toEqual(['1 cross 5', '110000 isolated 5'])
  })

  it('follows what is said of one coin', async () => {
    const perCoin = { BTC: { value: 3, isCross: false }, 'xyz:GOLD': { isCross: true } }
    const stage = stageWith({ value: 5, isCross: true, perCoin })
    await start(stage)
    expect(sent(stage)).toEqual([
      '1 isolated 3',
      '0 cross 5',
      '110000 cross 5',
      '110001 isolated 5',
    ])
  })

  it.each([
    [
      'above the venue’s',
      { BTC: { value: 41 } },
      'VENUE_UNSUPPORTED',
      'BTC: leverage 41 of at most 40',
    ],
    [
      'of a fraction',
      { BTC: { value: 2.5 } },
      'VENUE_UNSUPPORTED',
      'BTC: leverage 2.5 is not a whole',
    ],
    ['of nothing', { BTC: { value: 0 } }, 'VENUE_UNSUPPORTED', 'BTC: leverage 0 is not a whole'],
    [
      'across where margin is isolated',
      { 'xyz:SP500': { isCross: true } },
      'VENUE_UNSUPPORTED',
      'xyz:SP500: the venue allows isolated margin only',
    ],
    [
      'of a coin that is not loaded',
      { 'XYZ:GOLD': { value: 2 } },
      'VENUE_UNKNOWN_INSTRUMENT',
      '"XYZ:GOLD" is not a coin of this session (leverage); nearest: xyz:GOLD',
    ],
  ])('%s is refused while loading, before anything is sent', async (_, perCoin, code, words) => {
    const stage = stageWith({ value: 2, isCross: true, perCoin })
    const error = await start(stage).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code, disposition: 'fatal' })
    expect((error as Error).message).toContain(words)
    expect(sent(stage)).toEqual([])
  })

  it.each([
    ['Cannot switch leverage type with open position.', 'leverageOpenPosition'],
    [
      'Cross position does not have sufficient margin available to decrease leverage. To decrease leverage, deposit more collateral.',
      'leverageMargin',
    ],
    [
      'Isolated position does not have sufficient margin available to decrease leverage. To decrease leverage, add margin to the position.',
      'leverageMargin',
    ],
    ['Invalid leverage value', 'leverageInvalid'],
    ['Must deposit before performing actions. User: 0x1', 'leverageNoDeposit'],
    ['something nobody wrote down', 'leverageRefused'],
  ])('refused with "%s" is the notice %s, and the session goes on', async (text, code) => {
    const stage = stageWith({ value: 5, isCross: true })
    stage.venue.exchange['updateLeverage'] = ({ action }: { action: { asset: number } }) =>
      action.asset === 1 ? err(text) : ok
    await start(stage)
    expect(stage.notices).toEqual([{ code, text: `BTC: 5x cross not set: ${text}` }])
    expect(sent(stage)).toHaveLength(4)
  })

  it('is set isolated where the venue turns out not to allow cross margin', async () => {
    const stage = stageWith({ value: 5, isCross: true })
    stage.venue.exchange['updateLeverage'] = ({ action }: { action: { isCross: boolean } }) =>
      action.isCross ? err('Cross margin is not allowed for this asset.') : ok
    await start(stage)
    expect(sent(stage).slice(0, 2)).toEqual(['1 cross 5', '1 isolated 5'])
    expect(stage.notices.map(({ code }) => code)).toEqual(Array(2).fill('leverageCrossNotAllowed'))
  })
})
