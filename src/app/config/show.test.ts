import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { limitPresets } from './limit-presets.ts'
import { parseConfig } from './load.ts'
import { doubts, limitLine, limitRows, renderConfig } from './show.ts'

const load = (values: object) => parseConfig(JSON.stringify({ name: 'x', ...values }), 'x.yaml')

describe('a preset of limits', () => {
  it('is where risk begins, and what the file says counts before it', () => {
    const { config } = load({ limits: { preset: 'later' }, risk: { dailyLossMax: 75 } })
    expect(config.risk).toMatchObject({ orderNotionalMax: 550, netNotionalMax: 200 })
    const rows = Object.fromEntries(limitRows(config).map(({ key, from }) => [key, from]))
    expect(rows).toMatchObject({
      'risk.orderNotionalMax': 'later',
      'risk.dailyLossMax': 'file',
      'risk.dailyDrawdownMax': 'later',
      'risk.grossNotionalMax': 'default',
    })
    expect(limitLine(config)).toMatch(/^limits \(later, live\): orderNotionalMax 550, /)
  })

  it('says whose days the daily limits go by', () => {
    const line = (values: object) => limitLine(load(values).config)
    const shares = { signal: { source: 'bar', interval: '390m', calendar: 'us-equities' } }
    expect(line({})).toMatch(/, tradingDayStart 0s,/)
    expect(line(shares)).toMatch(/, tradingDay us-equities$/)
    expect(line(shares)).not.toContain('tradingDayStart')
    expect(line({ ...shares, risk: { tradingDay: 'utc' } })).toContain(', tradingDayStart 0s')
  })

  it('has wider figures for paper money', () => {
    const of = (limits: object) => load({ limits }).config.risk.orderNotionalMax
    expect([of({ preset: 'seed' }), of({ preset: 'seed', of: 'paper' })]).toEqual([100, 1500])
    expect([of({ preset: 'later' }), of({ preset: 'later', of: 'paper' })]).toEqual([550, 2000])
  })

  it('is part of what a configuration hashes to', () => {
    const hashes = [{}, { limits: { preset: 'seed' } }, { limits: { preset: 'later' } }]
    expect(new Set(hashes.map((values) => load(values).hash)).size).toBe(3)
  })

  it('is refused by a name that nobody knows', () => {
    const refused = () => load({ limits: { preset: 'sed' } })
    expect(refused).toThrow('x.yaml has a mistake')
    try {
      refused()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'ORN-CONF-003',
        details: [expect.stringContaining('did you mean "seed"? allowed: seed, later')],
      })
    }
  })

  it('is documented figure by figure', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
    const section = page.slice(page.indexOf('## limits'), page.indexOf('## risk'))
    const documented = [...section.matchAll(/^\| `risk\.(\w+)` \|(.+)\|$/gm)].map(
      ([, key, cells]) => [key, ...cells!.split('|').map((cell) => cell.trim())],
    )
    const { hyperliquid, alpaca } = limitPresets
    const setsOf = ({ seed, later }: typeof alpaca) => [
      ...[seed.live, seed.paper, later.live, later.paper],
    ]
    const text = (value: unknown): string =>
      typeof value === 'object'
        ? Object.entries(value ?? {})
            .map(([key, one]) => `${key} ${one}`)
            .join(', ')
        : String(value ?? '')
    const known = [hyperliquid, alpaca].map(setsOf).flatMap((sets) => {
      const keys = new Set(sets.flatMap((set) => Object.keys(set)))
      return [...keys].map((key) => [key, ...sets.map((set) => text(set[key]))])
    })
    expect(documented.toSorted()).toEqual(known.toSorted())
  })
})

describe('showing a configuration', () => {
  it('names coins by who lists them, and what is off', () => {
    const text = renderConfig(
      load({ venue: { instruments: ['BTC', 'xyz:GOLD'] }, strategy: { stopLoss: 'off' } }),
    )
    expect(text).toContain('natives   1: BTC')
    expect(text).toContain('builders  1: xyz:GOLD')
    expect(text).toMatch(/off +stop loss/)
  })

  it('says what entries are worth where instruments differ, and doubts those above a limit', () => {
    const own = load({
      venue: { instruments: ['BTC', 'ETH', 'xyz:GOLD'] },
      strategy: { notional: 50, notionals: { BTC: 80, 'xyz:*': 120 } },
      risk: { orderNotionalMax: 100 },
    })
    expect(renderConfig(own)).toContain('entries   50 to 120, by instrument')
    expect(doubts(own.config)).toEqual([
      'strategy.notionals.xyz:* 120 is above risk.orderNotionalMax 100: every entry in xyz:* is refused',
    ])
  })

  it('doubts shorts of coins that are owned outright', () => {
    const of = (venue: string, direction: string) =>
      doubts(
        parseConfig(
          `name: d\nvenue: { kind: alpaca, instruments: [${venue}] }\nstrategy: { direction: ${direction} }`,
          'd.yaml',
        ).config,
      )
    const said = 'at Alpaca cannot be sold short and go long only'
    expect(of('BTC/USD', 'both')).toEqual([`strategy.direction is both: coins ${said}`])
    expect(of('BTC/USD, AAPL', 'both')).toEqual([`strategy.direction is both: BTC/USD ${said}`])
    expect(of('BTC/USD', 'long')).toEqual([])
    expect(of('AAPL', 'both')).toEqual([])
  })

  it('doubts entries that no limit lets pass', () => {
    const { config } = load({ limits: { preset: 'seed' } })
    expect(doubts(config)).toEqual([
      'strategy.notional 250 is above risk.orderNotionalMax 100: every entry is refused',
    ])
    expect(doubts(load({}).config)).toEqual([])
    const blind = load({ limits: { preset: 'later' }, risk: { netNotionalMax: 300 } })
    expect(doubts(blind.config)).toEqual([
      'risk.regime watches none of venue.instruments: it never pauses',
    ])
  })
})
