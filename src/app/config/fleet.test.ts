import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountsOf } from './fleet-accounts.ts'
import { loadConfig } from './load.ts'
import { describesFleet, loadFleet } from './load-fleet.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
const write = (text: string): string => {
  const path = join(folder, `fleet-${count++}.yaml`)
  writeFileSync(path, text)
  return path
}
const perps = (more = '') =>
  `{ venue: { kind: hyperliquid, instruments: [BTC] }, balance: 100${more} }`
const refusal = (action: () => unknown): { code?: string; details?: readonly string[] } => {
  try {
    action()
  } catch (error) {
    return error as { code: string }
  }
  return {}
}

describe('a file with several engines', () => {
  it('holds whole configurations, or names their files beside it', () => {
    const own = write('name: taker\nvenue: { kind: hyperliquid, instruments: [ETH] }\n')
    const path = write(`name: x\nengines:\n  a: ${perps()}\n  b: { file: ${own} }\n`)
    expect(describesFleet(path)).toBe(true)
    expect(describesFleet(own)).toBe(false)
    const { engines, onFailure } = loadFleet(path)
    expect(engines.map(({ name, loaded }) => [name, loaded.config.name])).toEqual([
      ['a', 'a'],
      ['b', 'taker'],
    ])
    expect(onFailure).toBe('isolate')
  })

  it('has every mistake named with its line and its engine', () => {
    const path = write(
      `name: x\nengines:\n  a: ${perps()}\n  b:\n    strategy:\n      notionl: 5\n`,
    )
    const { code, details } = refusal(() => loadFleet(path))
    expect(code).toBe('ORN-CONF-003')
    expect(details?.[0]).toMatch(/:6 {2}b: unknown key "notionl".*did you mean "notional"/)
    const other = write('name: x\nonFailur: isolate\nengines:\n  B: {}\n')
    expect(refusal(() => loadFleet(other)).details).toEqual([
      expect.stringMatching(/:4 {2}engines.B: expected a name of lower-case/),
      expect.stringMatching(/:2 {2}unknown key "onFailur"; did you mean "onFailure"/),
    ])
  })

  it('is refused where one configuration is needed', () => {
    const path = write(`name: x\nengines:\n  a: ${perps()}\n`)
    expect(refusal(() => loadConfig(path)).code).toBe('ORN-FLEET-004')
  })
})

describe('accounts of several engines', () => {
  const accounts = (text: string) => accountsOf(loadFleet(write(`name: x\nengines:\n${text}`)))

  it('are those that they name, with all their instruments and the sum of their money', () => {
    const found = accounts(
      `  a: ${perps()}\n` +
        '  b: { balance: 50, venue: { kind: hyperliquid, instruments: [ETH, BTC] } }\n' +
        '  c: { balance: 7, venue: { kind: alpaca, instruments: [AAPL] } }\n' +
        '  d: { venue: { kind: hyperliquid, network: testnet, instruments: [SOL] } }\n',
    )
    expect(
      found.map(({ name, engines, whole: { config } }) => [
        name,
        engines.map((engine) => engine.name).join(),
        config.balance,
        config.venue?.instruments.join(),
      ]),
    ).toEqual([
      ['hyperliquid', 'a,b', 150, 'BTC,ETH'],
      ['alpaca', 'c', 7, 'AAPL'],
      ['hyperliquid-2', 'd', 10_000, 'SOL'],
    ])
  })

  it('are refused where engines do not agree about them, or would adopt the same difference', () => {
    const { code, details } = refusal(() =>
      accounts(`  a: ${perps(', seed: 2, onDifference: adopt')}\n  b: ${perps()}\n`),
    )
    expect(code).toBe('ORN-FLEET-005')
    expect(details).toEqual(['seed: a 2, b 1', 'onDifference: adopt in a, but b trades BTC too'])
  })

  it('have finished bars of one length for each instrument', () => {
    const bars = (symbol: string, interval: string, more = '') =>
      `{ venue: { kind: alpaca, instruments: [${symbol}] }, signal: { source: bar, prices: book, ` +
      `interval: ${interval} }${more} }`
    const [account] = accounts(`  a: ${bars('BTC/USD', '1m')}\n  b: ${bars('AAPL', '390m')}\n`)
    expect([...account!.whole.barsOf!]).toEqual([
      ['BTC/USD', 60_000_000],
      ['AAPL', 23_400_000_000],
    ])
    const { details } = refusal(() =>
      accounts(`  a: ${bars('BTC/USD', '1m')}\n  b: ${bars('BTC/USD', '5m')}\n`),
    )
    expect(details).toEqual(['signal.interval of the bars of BTC/USD: a and b differ'])
  })
})
