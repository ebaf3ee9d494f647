import { describe, expect, it } from 'vitest'
import { changeConfig } from './change-config.ts'
import { builderTier, classOf, nativeTier } from './classes.ts'
import { loadBuilderCoins, loadNative } from './load.ts'
import { deviationOf, screenBuilders, screenNative } from './score.ts'

const swing = (percent: number): number[] =>
  Array.from({ length: 12 }, (_, i) => 100 + (i % 2 === 0 ? percent : -percent))

const builder = (coin: string, change: object = {}) => ({
  ...{ coin, maxLeverage: 10, dayVolume: 2e6, openInterest: 5e6, closes: swing(4) },
  ...change,
})
const options = { top: 10, volumeMin: 500_000 }

describe('screening builders’ coins', () => {
  it('scores movement x size over the largest of each, x the bonus', () => {
    const { chosen } = screenBuilders(
      [builder('xyz:TSLA'), builder('xyz:GOLD', { closes: swing(1), dayVolume: 1e6 })],
      options,
    )
    const gold = 1.5 * (Math.log(2) / Math.log(5)) * (Math.log(1 + 5e12) / Math.log(1 + 1e13))
    expect(chosen.map(({ coin }) => coin)).toEqual(['xyz:TSLA', 'xyz:GOLD'])
    expect(chosen[0]!.score).toBe(1.5)
    expect(chosen[1]!.score).toBeCloseTo(gold, 12)
  })

  it('spreads the chosen ones over classes, whatever the candidates are', () => {
    const indexes = ['SP500', 'XYZ100', 'JP225', 'NDX'].map((name, i) =>
      builder(`xyz:${name}`, { closes: swing(4 - i / 100) }),
    )
    const dull = builder('xyz:TSLA', { closes: swing(2.6) })
    const { chosen } = screenBuilders([...indexes, dull], { ...options, top: 4 })
    // Two indexes are the target; from then on a duller coin of another class is worth more.
    expect(chosen.map(({ coin, bonus }) => `${coin} ${bonus}`)).toEqual([
      'xyz:SP500 1.5',
      'xyz:XYZ100 1.5',
      'xyz:TSLA 1.5',
      'xyz:JP225 1',
    ])
  })

  it('lets memes count a tenth', () => {
    const { chosen } = screenBuilders([builder('xyz:GME'), builder('xyz:EUR')], options)
    expect(chosen.map(({ bonus }) => bonus)).toEqual([1.5, 0.1])
    expect(chosen.at(-1)).toMatchObject({ coin: 'xyz:GME', class: 'MEME' })
  })

  it('counts what is out by the first reason', () => {
    const { chosen, excluded, candidates } = screenBuilders(
      [
        builder('a:A', { openInterest: 999_999 }),
        builder('a:B', { dayVolume: 499_999 }),
        builder('a:C', { closes: swing(1).slice(0, 9) }),
        builder('a:D', { openInterest: 1e6, dayVolume: 500_000, closes: swing(1).slice(0, 10) }),
      ],
      options,
    )
    expect(excluded).toEqual({ 'open interest': 1, volume: 1, history: 1 })
    expect(chosen.map(({ coin }) => coin)).toEqual(['a:D'])
    expect(candidates).toBe(4)
  })

  it('measures the deviation of the population in percent of the mean', () => {
    expect(deviationOf([2, 4, 4, 4, 5, 5, 7, 9])).toBe(40)
  })
})

describe('screening native coins', () => {
  const native = (coin: string, dayVolume: number, change: object = {}) => ({
    ...{ coin, maxLeverage: 10, dayVolume, spreadBp: 1 },
    ...change,
  })

  it('ranks by volume what has leverage and a narrow spread, BTC and ETH aside', () => {
    const { chosen, excluded } = screenNative(
      [
        native('BTC', 9e9),
        native('SOL', 5e8),
        native('DOGE', 6e8),
        native('LOW', 4e8, { maxLeverage: 2 }),
        native('WIDE', 4e8, { spreadBp: 5.01 }),
        native('HALF', 4e8, { spreadBp: null }),
        native('THIN', 4e5),
        native('LAST', 1e8, { spreadBp: 5, maxLeverage: 3 }),
      ],
      { top: 3, volumeMin: 1e6 },
    )
    expect(chosen.map(({ coin }) => coin)).toEqual(['DOGE', 'SOL', 'LAST'])
    expect(excluded).toEqual({ leverage: 1, spread: 2, volume: 1 })
  })
})

describe('thresholds by class', () => {
  it('follow class and deviation', () => {
    expect(classOf('para:BTCD')).toBe('CRYPTO_INDEX')
    expect(classOf('xyz:MSTR')).toBe('EQUITY')
    const entries = (name: Parameters<typeof builderTier>[0], ...percents: number[]) =>
      percents.map((percent) => builderTier(name, percent).shortEntry)
    expect(entries('EQUITY', 2.9, 3, 5, 8)).toEqual([1.5, 1.75, 2, 2.5])
    expect(entries('COMMODITY', 1.49, 1.5)).toEqual([1.5, 1.75])
    expect(nativeTier('PAXG')).toMatchObject({ longEntry: -0.25, longExit: -0.1 })
    expect(nativeTier('BTC')).toBeNull()
  })
})

const yaml = `# my desk
name: demo
venue:
  instruments: # chosen by hand
    - BTC # the first
    - ETH
    - xyz:GOLD # gold
strategy:
  notional: 100 # small
  overrides:
    xyz:GOLD: { longEntry: -3 }
`

describe('changing a configuration', () => {
  const tier = builderTier('INDEX', 0)

  it('keeps comments, other coins and thresholds that are there', () => {
    const { text, changes } = changeConfig(yaml, {
      kind: 'hip3',
      coins: [
        { coin: 'xyz:GOLD', tier },
        { coin: 'xyz:SP500', tier },
      ],
    })
    expect(changes.map(({ sign, key }) => `${sign} ${key}`)).toEqual([
      '+ venue.instruments',
      '+ strategy.overrides.xyz:SP500',
    ])
    const parts = yaml.split(/\n| (?=#)/).map((part) => part.trim())
    for (const part of parts) expect(text).toContain(part)
    expect(text).toContain('    - xyz:SP500\n')
    expect(text).toContain(
      'xyz:SP500: { longEntry: -1.5, longExit: -0.3, shortEntry: 1.5, shortExit: 0.3 }',
    )
  })

  it('takes out coins of the kind that were not chosen, and no others', () => {
    const { text, changes } = changeConfig(yaml, {
      kind: 'perps',
      coins: [
        { coin: 'BTC', tier: null },
        { coin: 'SOL', tier: null },
      ],
    })
    expect(changes.map(({ sign, value }) => sign + value)).toEqual(['-ETH', '+SOL'])
    expect(text).toContain('- BTC # the first')
    expect(text).toContain('- xyz:GOLD # gold')
    expect(text).not.toContain('ETH')
  })

  it('leaves a file alone that has the selection, and fills one that has none', () => {
    const coins = ['BTC', 'ETH'].map((coin) => ({ coin, tier: null }))
    expect(changeConfig(yaml, { kind: 'perps', coins })).toEqual({ text: yaml, changes: [] })
    const bare = changeConfig('name: demo\n', { kind: 'perps', coins: [{ coin: 'SOL', tier }] })
    expect(bare.text).toContain('instruments:\n    - SOL\n')
    expect(bare.changes).toHaveLength(2)
  })
})

const context = (change: object = {}) => ({
  ...{ funding: '0.0000125', openInterest: '100.0', prevDayPx: '1.0', dayNtlVlm: '2000000.5' },
  ...{ premium: null, oraclePx: '50000.0', markPx: '50000.0', midPx: null, impactPxs: null },
  ...{ dayBaseVlm: '1.0', ...change },
})

/** A venue that answers from a table and writes down what it was asked and how long we waited. */
function sourceOf(answer: (body: Record<string, unknown>) => unknown) {
  const asked: Record<string, unknown>[] = []
  let waitedMs = 0
  const environment = {
    async fetch(_url: string, init: RequestInit) {
      const body = JSON.parse(String(init.body)) as Record<string, unknown>
      asked.push(body)
      return Response.json(answer(body))
    },
    async sleep(ms: number) {
      waitedMs += ms
    },
    now: () => 1_800_000_000_000_000,
    variables: {},
  }
  return { source: { url: 'http://venue/', environment }, asked, waited: () => waitedMs }
}

describe('asking the venue', () => {
  it('looks at books of coins that can pass, and at no others', async () => {
    const universe = [
      { name: 'BTC', szDecimals: 5, maxLeverage: 40 },
      { name: 'OLD', szDecimals: 1, maxLeverage: 5, isDelisted: true },
      { name: 'LOW', szDecimals: 1, maxLeverage: 2, isDelisted: null },
      { name: 'EMPTY', szDecimals: 1, maxLeverage: 3 },
    ]
    const level = (px: string) => ({ px, sz: '1.0', n: 1 })
    const { source, asked, waited } = sourceOf(({ type, coin }) => {
      if (type === 'metaAndAssetCtxs') return [{ universe }, universe.map(() => context())]
      return coin === 'BTC' ? { coin, levels: [[level('99.99')], [level('100.01')]] } : null
    })
    expect(await loadNative(source, 1e6)).toEqual([
      { coin: 'BTC', maxLeverage: 40, dayVolume: 2_000_000.5, spreadBp: expect.closeTo(2, 6) },
      { coin: 'LOW', maxLeverage: 2, dayVolume: 2_000_000.5, spreadBp: null },
      { coin: 'EMPTY', maxLeverage: 3, dayVolume: 2_000_000.5, spreadBp: null },
    ])
    expect(asked.map(({ coin }) => coin)).toEqual([undefined, 'BTC', 'EMPTY'])
    expect(waited()).toBe(1000 + 100 + 100)
  })

  it('takes every builder’s dex, prefixes once, and leaves the forming candle out', async () => {
    const now = 1_800_000_000_000
    const { source, asked } = sourceOf(({ type, dex }) => {
      if (type === 'perpDexs') return [null, { name: 'xyz' }, { name: 'flx' }]
      if (type === 'metaAndAssetCtxs') {
        const name = dex === 'xyz' ? 'xyz:GOLD' : 'GAS'
        return [{ universe: [{ name, maxLeverage: 10 }] }, [context()]]
      }
      return [
        { T: now - 1, c: '10.0' },
        { T: now, c: '11.0' },
      ]
    })
    const all = await loadBuilderCoins(source, 500_000)
    expect(all.map(({ coin }) => coin)).toEqual(['xyz:GOLD', 'flx:GAS'])
    expect(all[0]).toMatchObject({ openInterest: 5e6, closes: [10] })
    expect(asked.at(-1)).toEqual({
      type: 'candleSnapshot',
      req: { coin: 'flx:GAS', interval: '4h', startTime: now - 604_800_000, endTime: now },
    })
  })

  it('refuses a reply of another shape', async () => {
    const { source } = sourceOf(() => [{ universe: [] }, [context()]])
    await expect(loadNative(source, 0)).rejects.toMatchObject({ code: 'VENUE_UNREADABLE' })
  })
})
