import { describe, expect, it } from 'vitest'
import { InputError } from '../../adapters/mod.ts'
import { parseConfig, parseObject } from './load.ts'

function failureOf(text: string): InputError {
  try {
    parseConfig(text, 'folder/bot.yaml')
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

const detailsOf = (text: string): readonly string[] => failureOf(text).details

const strategyOf = (text: string) => parseConfig(`name: bot\nstrategy: ${text}`, '').config.strategy

const hashOf = (text: string): string => parseConfig(text, '').hash

it('says that an empty file is empty, and names an example that anybody can run', () => {
  for (const text of ['', '# only a comment\n']) {
    const { code, message, fix } = failureOf(text)
    expect(`${code} ${message}`).toBe('ORN-CONF-003 folder/bot.yaml is empty: it holds no settings')
    expect(fix).toContain('examples/02-backtest/backtest.yaml')
  }
})

it('names line and nearest spelling of an instrument that is not generated', () => {
  const text = 'name: bot\ndata:\n  kind: generated\n  instruments: [BTC, DOGGE]\n'
  expect(detailsOf(text)[0]).toMatch(/^bot\.yaml:4 {2}.*"DOGGE", did you mean "DOGE"\?/)
})

describe('units', () => {
  it('reads times as microseconds, shares as fractions and off as null', () => {
    const { config } = parseConfig(
      `
name: bot
signal: { interval: 1.5m }
strategy: { stopLoss: 50bp, timeStop: off, revertGate: { hold: 250ms, favourableBp: 3 } }
risk: { dailyDrawdownMax: 2.5%, ordersPerMinuteMax: off }
fills: { makerFee: -0.2bp }
`,
      'bot.yaml',
    )
    expect(config.signal.interval).toBe(90_000_000)
    expect(config.strategy.stopLoss).toBe(0.005)
    expect(config.strategy.timeStop).toBeNull()
    expect(config.strategy.revertGate).toEqual({ hold: 250_000, favourableBp: 3 })
    expect(config.risk.dailyDrawdownMax).toBe(0.025)
    expect(config.risk.ordersPerMinuteMax).toBeNull()
    expect(config.fills.makerFee).toBeCloseTo(-0.00002, 15)
  })

  it('takes off as a text, quoted or not, and as false', () => {
    for (const off of ['off', '"off"', 'false']) {
      expect(strategyOf(`{ stopLoss: ${off}, costGate: ${off} }`)).toMatchObject({
        stopLoss: null,
        costGate: null,
      })
    }
  })

  it('has every protection on unless told otherwise', () => {
    const strategy = strategyOf('{}')
    const { imbalanceThreshold, trendGate, revertGate, stopLoss, timeStop, costGate } = strategy
    expect({ imbalanceThreshold, trendGate, revertGate, stopLoss, timeStop, costGate }).toEqual({
      imbalanceThreshold: 0,
      trendGate: true,
      revertGate: { hold: 60_000_000, favourableBp: 10 },
      stopLoss: 0.01,
      timeStop: 3_600_000_000,
      costGate: { marginBp: 0, hold: 3_600_000_000 },
    })
  })

  it.each([
    ['signal: { interval: 5 }', 'signal.interval: found 5, a time with its unit'],
    ['signal: { interval: "5 min" }', 'signal.interval: found "5 min"'],
    ['signal: { interval: 0.3us }', 'signal.interval: found "0.3us"'],
    ['strategy: { stopLoss: 0.01 }', 'a share with its unit'],
    ['strategy: { stopLoss: }', 'strategy.stopLoss: found null'],
    ['strategy: { revertGate: { hold: 5, favourableBp: 1 } }', 'strategy.revertGate.hold: found 5'],
    ['balance: .inf', 'balance: found Infinity'],
    ['balance: -1', 'balance: found -1, must be more than 0'],
  ])('refuses %s', (line, text) => {
    expect(detailsOf(`name: bot\n${line}\n`).join()).toContain(text)
  })

  it.each([
    ['signal: { interval: 0s }', 'signal.interval'],
    ['heartbeat: 0s', 'heartbeat'],
    ['heartbeat: 999us', 'heartbeat'],
    ['data: { kind: generated, duration: 0s }', 'data.duration'],
    ['execution: { answerTimeout: 0s }', 'execution.answerTimeout'],
    ['execution: { takerSlippageMax: -1bp }', 'execution.takerSlippageMax'],
    ['strategy: { timeStop: 0s }', 'strategy.timeStop'],
    ['strategy: { stopLoss: -1% }', 'strategy.stopLoss'],
    ['strategy: { stopLoss: 0% }', 'strategy.stopLoss'],
    ['risk: { dailyDrawdownMax: -2% }', 'risk.dailyDrawdownMax'],
    ['risk: { priceBandMax: 0bp }', 'risk.priceBandMax'],
    ['fills: { barHalfSpread: -1bp }', 'fills.barHalfSpread'],
    ['fills: { barImpact: -1bp }', 'fills.barImpact'],
  ])('refuses %s, which would trade in another way than it says', (line, key) => {
    const details = detailsOf(`name: bot\n${line}\n`)
    expect(details).toHaveLength(1)
    expect(details[0]).toContain(`bot.yaml:2  ${key}: found`)
    expect(details[0]).toMatch(/(more than|at least) (zero|1ms)/)
  })

  it('refuses a trend gate without a trend, which would never let anything in', () => {
    const text = 'name: bot\nsignal: { trendWindow: 0 }\nstrategy:\n  trendGate: '
    expect(detailsOf(`${text}true`)[0]).toContain('bot.yaml:4  strategy.trendGate: found true')
    expect(parseConfig(`${text}false`, '').config.signal.trendWindow).toBe(0)
  })

  it('refuses thresholds in the wrong order', () => {
    const [detail] = detailsOf('name: bot\nstrategy:\n  tier:\n    longEntry: -0.1\n')
    expect(detail).toContain('bot.yaml:3  strategy.tier')
    expect(detail).toContain('longEntry < longExit and shortExit < shortEntry')
  })
})

describe('mistakes', () => {
  it('names an unknown key on its own line with the nearest spelling', () => {
    const text = 'name: bot\nsignal:\n  window: 60\n  intervall: 5s\nstrategy:\n  stoploss: off\n'
    expect(detailsOf(text)).toEqual([
      'bot.yaml:4  unknown key "intervall" in signal; did you mean "interval"?',
      'bot.yaml:6  unknown key "stoploss" in strategy; did you mean "stopLoss"?',
    ])
  })

  it('gives the line of the key, not of what stands below it', () => {
    expect(detailsOf('name: bot\nstrtegy:\n\n  notional: 1\n')).toEqual([
      'bot.yaml:2  unknown key "strtegy" in (top level); did you mean "strategy"?',
    ])
  })

  it('knows the keys inside gates, tiers by symbol and kinds of data', () => {
    const gate = 'name: bot\nstrategy:\n  costGate:\n    marginBp: 1\n    hodl: 1h\n'
    expect(detailsOf(gate)[0]).toBe(
      'bot.yaml:5  unknown key "hodl" in strategy.costGate; did you mean "hold"?',
    )
    const tier = 'name: bot\nstrategy:\n  overrides:\n    BTC: { longEnty: -2 }\n'
    expect(detailsOf(tier)[0]).toBe(
      'bot.yaml:4  unknown key "longEnty" in strategy.overrides.BTC; did you mean "longEntry"?',
    )
    const data = 'name: bot\ndata:\n  kind: generated\n  modl: zeroEdge\n'
    expect(detailsOf(data)[0]).toContain('bot.yaml:4  unknown key "modl" in data')
  })

  it('lists the kinds of data and other allowed words, with the nearest', () => {
    const kinds = 'hyperliquid-book, bars, generated, segments, catalog'
    expect(detailsOf('name: bot\ndata:\n  kind: generatd\n')).toEqual([
      `bot.yaml:3  data.kind: found "generatd", did you mean "generated"? allowed: ${kinds}`,
    ])
    expect(detailsOf('name: bot\ndata: {}\n')).toEqual([
      `bot.yaml:2  data.kind: found nothing, allowed: ${kinds}`,
    ])
    expect(detailsOf('name: bot\nsignal: { source: mids }\n')).toEqual([
      'bot.yaml:2  signal.source: found "mids", did you mean "mid"? allowed: mid, trade, bar',
    ])
  })

  it('refuses lists that name something twice, and slippage that leaves nothing of a price', () => {
    for (const wrong of [
      'venue: { instruments: [BTC, ETH, BTC] }',
      'data: { kind: generated, instruments: [ETH, ETH] }',
      'data: { kind: catalog, sources: [a], symbols: [BTC, BTC] }',
      'data: { kind: catalog, sources: [a, a] }',
      'shadow: [BTC, BTC]',
    ]) {
      expect(detailsOf(`name: x\n${wrong}`)).toEqual([expect.stringMatching(/each only once/)])
    }
    expect(detailsOf('name: x\nexecution: { takerSlippageMax: 100% }')).toEqual([
      expect.stringMatching(/below 100%/),
    ])
  })

  it('is a configuration error for broken YAML, repeated keys and unknown aliases', () => {
    for (const text of ['name: [bot', 'name: bot\nname: bot', 'name: bot\nseed: *none\n']) {
      expect(failureOf(text)).toMatchObject({ code: 'ORN-CONF-002', exitCode: 3 })
    }
  })

  it('asks for a name where there is none', () => {
    expect(detailsOf('seed: 1')).toEqual(['bot.yaml:1  name: found nothing, expected string'])
  })
})

describe('secrets', () => {
  const secret = `0x${'a1'.repeat(32)}`
  const digits = String(Number(secret)).slice(0, 6)

  it.each([
    ['quoted', `name: bot\nvenue: { key: "${secret}" }\n`],
    ['unquoted, which YAML reads as a number', `name: bot\nvenue: { key: ${secret} }\n`],
    ['anywhere else', `name: bot\nseed: ${secret}\n`],
    ['as a key', `name: bot\n${secret}: 1\n`],
    ['beside a mistake', `name: bot\nsignl: 1\nvenue: { key: { env: ${secret} } }\n`],
    ['in broken YAML', `name: bot\nvenue: { key: [${secret} }\n`],
  ])('are refused unseen: %s', (_name, text) => {
    const error = failureOf(text)
    const told = [error.message, ...error.details, error.fix, String(error.cause)].join('\n')
    expect(error.exitCode).toBe(3)
    expect(told).not.toContain('a1a1')
    expect(told).not.toContain(digits)
  })

  it('are taken by reference', () => {
    const { config } = parseConfig('{ name: bot, venue: { key: { env: BOT_KEY } } }', '')
    expect(config.venue).toMatchObject({ key: { env: 'BOT_KEY' } })
  })
})

describe('hash', () => {
  const plain = 'name: bot\nsignal:\n  interval: 60s\n  window: 60\nstrategy: { stopLoss: 1% }\n'

  it('is the same however the same settings are written', () => {
    const hash = hashOf(plain)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOf(`# a comment\n\nsignal: { window: 60, interval: 1m }\n"name": 'bot'\n`)).toBe(
      hash,
    )
    expect(hashOf('{"strategy": {"stopLoss": "100bp"}, "name": "bot"}')).toBe(hash)
    expect(parseObject({ name: 'bot' }, 'other/path.yaml').hash).toBe(hash)
  })

  it('is another for other settings', () => {
    const others = ['seed: 2', 'balance: 10001', 'heartbeat: 2s', 'fills: { queueModel: proRata }']
    const hashes = others.map((line) => hashOf(`${plain}${line}\n`))
    expect(new Set([hashOf(plain), ...hashes]).size).toBe(others.length + 1)
  })
})
