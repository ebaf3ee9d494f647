import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { envAlpaca, envIgnored, envVariables, envWithoutEqual } from './env-variables.ts'
import { configFromEnv } from './from-env.ts'
import { parseConfig } from './load.ts'

const key = `0x${'5e'.repeat(32)}`
const launch = {
  EXECUTION_MODE: 'LIVE',
  ALPACA_TRADING_MODE: 'live',
  EXECUTION_STYLE: 'maker',
  HL_UNIVERSE: 'BTC,ETH,SOL,DOGE,AVAX,LINK,kSHIB,HYPE',
  HIP3_DEXS: 'xyz',
  HIP3_UNIVERSE: 'xyz:HIMS,xyz:HOOD,CRCL',
  HIP3_LEVERAGE: '5',
  HL_WALLET_ADDRESS: `0x${'AB'.repeat(20)}`,
  HL_PRIVATE_KEY: key,
  PATH: '/bin',
}
const make = (variables: Record<string, string>) => configFromEnv(variables, 'later')
const config = (variables: Record<string, string>) =>
  parseConfig(make(variables).text, 'from-env.yaml').config

function problemsOf(variables: Record<string, string>): string {
  try {
    make(variables)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ORN-CONF-017', exitCode: 3 })
    return (error as { details: readonly string[] }).details.join('\n')
  }
  return ''
}

describe('a configuration from variables', () => {
  it('says what the published launch said, and holds no secret', () => {
    const { text } = make(launch)
    expect(text).not.toContain(key.slice(2))
    const made = config(launch)
    expect(made).toMatchObject({
      mode: 'live',
      limits: { preset: 'later', of: 'live' },
      venue: { leverage: 5, key: { env: 'HL_PRIVATE_KEY' }, account: `0x${'ab'.repeat(20)}` },
      risk: { netNotionalMax: 200, orderNotionalMax: 550, sessionLossMax: null },
    })
    expect(made.venue?.instruments.slice(-3)).toEqual(['xyz:HIMS', 'xyz:HOOD', 'xyz:CRCL'])
    expect(made.execution.routing?.builder.takeFrom).toBe(3)
    expect(made.strategy).toMatchObject({ timeStop: 3600e6, timeStopStockHours: 1800e6 })
    expect(made.strategy.overrides['SOL']).toMatchObject({ longEntry: -2.5, shortExit: 0.75 })
    expect(made.strategy).toMatchObject({ calibrate: true })
    expect(Object.keys(made.strategy.overrides)).toEqual(['SOL', 'AVAX', 'LINK'])
  })

  it('puts every variable where it belongs', () => {
    const made = config({
      ...launch,
      ...{ PER_PAIR_NOTIONAL: '100', NOTIONAL_PER_TRADE_OVERRIDE: '50', Z_ENTRY: '-2' },
      Z_OVERRIDE_xyz_HIMS: '-3,-1,3,1',
      ...{ MAX_NET_NOTIONAL: '375', REDUCE_ONLY_K_ACTIVATE: '2', REGIME_1H_ABS_RETURN: '0.02' },
      ...{ HL_SESSION_LOSS_GUARD_USD: '112.5', SHADOW_COINS: 'xyz:HOOD' },
      ...{ SMOKE_TEST_SYMBOLS: 'BTC,xyz:HIMS,xyz:HOOD' },
    })
    expect(made.venue?.instruments).toEqual(['BTC', 'xyz:HIMS', 'xyz:HOOD'])
    expect(made.strategy).toMatchObject({ notional: 50, tier: { longEntry: -2 } })
    expect(made.strategy.overrides['xyz:HIMS']).toMatchObject({ longEntry: -3, shortExit: 1 })
    expect(made.shadow).toEqual(['xyz:HOOD'])
    expect(made.risk).toMatchObject({
      netNotionalMax: 375,
      sessionLossMax: 112.5,
      reduceOnly: { activate: 2, release: 1.25 },
      regime: { returnMax: 0.02, pause: 10_800_000_000 },
    })
  })

  it('is the former defaults where nothing is set', () => {
    const made = config({})
    expect(made.venue?.instruments).toEqual(['BTC', 'ETH'])
    expect(made).toMatchObject({ strategy: { notional: 250, entry: 'aggressive' } })
    expect(made.mode).toBeUndefined()
  })

  it('names all that it cannot take, and shows no secret', () => {
    const problems = problemsOf({
      ...launch,
      ...{ ALPACA_TRADING_MODE: 'paper', HIP3_LEVRAGE: '5', HIP3_LEVERAGE: '2.5', Z_ENTRY: 'low' },
      ...{ HL_WALLET_ADDRESS: key, PAUSE_NEW_ENTRIES: '1', Z_OVERRIDE_XRP: '-1,0,1,0' },
      ...{ HIP3_UNIVERSE: 'flx:GAS', EXECUTION_STYLE: 'sniper', SHADOW_COINS: 'xyz:HOOD' },
    })
    for (const words of [
      'EXECUTION_MODE LIVE needs ALPACA_TRADING_MODE live',
      'HIP3_LEVRAGE: not known; did you mean HIP3_LEVERAGE?',
      'HIP3_LEVERAGE: found "2.5", allowed: a whole number of at least 1',
      'Z_ENTRY: found "low", allowed: a number',
      'HL_WALLET_ADDRESS: found "[redacted]", allowed: 0x and 40 hexadecimal digits',
      'PAUSE_NEW_ENTRIES: has no equal here; `ornstein control pause`',
      'Z_OVERRIDE_XRP: no such coin',
      'HIP3_UNIVERSE: flx:GAS is of no dex in HIP3_DEXS (xyz)',
      'EXECUTION_STYLE: found "sniper", allowed: taker, maker',
      'SHADOW_COINS: xyz:HOOD is none of',
    ]) {
      expect(problems).toContain(words)
    }
    expect(problems).not.toContain(key.slice(2))
  })

  it('says what it does not use', () => {
    expect(make({ SHOCK_ARM: '4', Z4H_EXIT_SOL: '1,2' }).ignored).toEqual([
      'SHOCK_ARM: not used: a program of its own',
      'Z4H_EXIT_SOL: not used: companions.momentum.slowExit, one for all coins',
    ])
  })
})

describe('a configuration of an engine at Alpaca', () => {
  const desk = {
    ...{ ALPACA_API_KEY_ID: 'PKPAPER', ALPACA_API_SECRET_KEY: 'of-the-paper-account' },
    ...{ PER_PAIR_NOTIONAL: '500', Z_ENTRY: '-1.5' },
  }
  const of = (engine: 'coins' | 'equities', variables: Record<string, string>) => {
    const { text, ignored } = configFromEnv(variables, 'seed', engine)
    return { text, ignored, made: parseConfig(text, 'from-env.yaml').config }
  }

  it('has the 28 pairs, by taker or by maker, and no secret', () => {
    const { made, text } = of('coins', desk)
    expect(text).not.toContain('of-the-paper-account')
    expect(made.venue?.instruments).toHaveLength(28)
    expect(made).toMatchObject({
      limits: { preset: 'seed', of: 'paper' },
      venue: {
        ...{ kind: 'alpaca', account: 'paper', keyId: { env: 'ALPACA_API_KEY_ID' } },
        secretKey: { env: 'ALPACA_API_SECRET_KEY' },
      },
      strategy: { notional: 500, entry: 'aggressive', tier: { longEntry: -1.5, longExit: -0.5 } },
      risk: { positionsMax: 28, dailyDrawdownMax: 0.02, dailyLossMax: 500 },
    })
    const maker = of('coins', { ...desk, EXECUTION_STYLE: 'maker' }).made
    expect(maker.strategy.entry).toBe('passive')
    expect(maker.execution).toMatchObject({ repriceDrift: 0.001, repriceInterval: 2_000_000 })
  })

  it('has the published shares with their sectors', () => {
    const { made } = of('equities', desk)
    expect(made.venue?.instruments).toHaveLength(141)
    expect(made.strategy.equities?.sectors?.of['Semiconductors']?.cap).toBe(2)
    expect(made.signal).toMatchObject({ prices: 'book', window: 60 })
  })

  it('is live with the keys of real money where both variables say so', () => {
    const live = { EXECUTION_MODE: 'LIVE', ALPACA_TRADING_MODE: 'live' }
    const keys = { ALPACA_API_KEY_LIVE: 'AK', ALPACA_API_SECRET_LIVE: 'of-real-money' }
    const { made } = of('coins', { ...desk, ...live, ...keys })
    expect(made).toMatchObject({
      ...{ mode: 'live', limits: { of: 'live' } },
      venue: { account: 'live', keyId: { env: 'ALPACA_API_KEY_LIVE' } },
    })
    expect(() => of('coins', { ...desk, EXECUTION_MODE: 'LIVE' })).toThrow()
  })

  it('takes all addresses or none, and says what is of another engine', () => {
    const base = { ALPACA_BASE_URL: 'http://127.0.0.1:3001' }
    expect(() => of('coins', base)).toThrow()
    const all = {
      ALPACA_DATA_URL: 'http://127.0.0.1:3001',
      ALPACA_STREAM_URL: 'ws://127.0.0.1:3001',
    }
    expect(of('coins', { ...base, ...all }).made.venue).toMatchObject({
      tradingUrl: 'http://127.0.0.1:3001',
      streamUrl: 'ws://127.0.0.1:3001',
    })
    expect(() => of('coins', { ...base, ...all, ALPACA_STREAM_URL: 'nowhere' })).toThrow()
    expect(of('coins', { HL_UNIVERSE: 'BTC' }).ignored).toEqual([
      'HL_UNIVERSE: not used: it is of --engine perps',
    ])
    expect(make(desk).ignored).toContain(
      'ALPACA_API_KEY_ID: not used: it is of --engine coins or equities',
    )
  })
})

it('docs/from-env.md has the variables of the code, each with its key', () => {
  const page = readFileSync(new URL('../../../docs/from-env.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([\w*]+)` \| (.+?) \|/gm)].map(([, name, what]) => [
    name,
    what!.replaceAll('`', ''),
  ])
  const known = [
    ...[...envVariables, ...envAlpaca].map(({ name, key: to }) => [name, to]),
    ...Object.entries(envWithoutEqual).map(([name, [usual]]) => [name, usual]),
    ...Object.entries(envIgnored),
  ].map(([name, what]) => [name, what!.replaceAll('`', '')])
  expect(rows.toSorted()).toEqual(known.toSorted())
})
