import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { gatesOff } from './build.ts'
import {
  companionSymbols,
  requireCompanionInstruments,
  requireFreshWhitelist,
  requireWhitelistBefore,
} from './companions.ts'
import { loadConfig, parseConfig } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'ornstein-companions-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const KNOWN = '2026-01-07T00:00:00Z'
const KNOWN_US = Date.parse(KNOWN) * 1000
const HOUR = 3_600_000_000

const list = (change: object = {}) => ({
  schema: 'ornstein.pairs/1',
  dataFrom: '2026-01-05T00:00:00Z',
  dataTo: KNOWN,
  knownTime: KNOWN,
  pairs: [{ legA: 'ETH', legB: 'BTC', beta: 0.9, first: 'a', score: 4 }],
  tested: 190,
  ...change,
})

const configured = (whitelist: object = list(), momentum: readonly string[] = []) =>
  parseConfig(
    JSON.stringify({
      name: 'x',
      companions: {
        pairs: { whitelist },
        ...(momentum.length === 0 ? {} : { momentum: { instruments: momentum } }),
      },
    }),
    'x.yaml',
  ).config

/** What a call throws, as it would be printed. */
function thrown(call: () => unknown): { code: string; exitCode: number; details: string } {
  try {
    call()
  } catch (error) {
    const { code, exitCode, message, details } = error as never as {
      code: string
      exitCode: number
      message: string
      details: readonly string[]
    }
    return { code, exitCode, details: [message, ...details].join('\n') }
  }
  throw new Error('nothing was thrown')
}

function load(whitelist: string): ReturnType<typeof loadConfig> {
  writeFileSync(join(folder, 'pairs.json'), whitelist)
  const path = join(folder, 'config.yaml')
  writeFileSync(path, 'name: x\ncompanions:\n  pairs:\n    whitelist: pairs.json\n')
  return loadConfig(path)
}

describe('a whitelist of pairs in a configuration', () => {
  it('may be a path beside the configuration; what is read is part of the hash', () => {
    const loaded = load(JSON.stringify(list()))
    expect(loaded.config).toEqual(configured())
    expect([...companionSymbols(loaded.config).pairs]).toEqual(['ETH', 'BTC'])
    const pairs = [{ legA: 'ETH', legB: 'BTC', beta: 0.8 }]
    expect(load(JSON.stringify(list({ pairs }))).hash).not.toBe(loaded.hash)
    // What only people read does not change what runs.
    expect(load(JSON.stringify(list({ tested: 7 }))).hash).toBe(loaded.hash)
  })

  it('is refused where it is missing, broken or empty', () => {
    expect(thrown(() => load('{'))).toMatchObject({ code: 'ORN-PAIRS-002', exitCode: 3 })
    const empty = thrown(() => load(JSON.stringify(list({ pairs: [] }))))
    expect(empty.code).toBe('ORN-CONF-003')
    expect(empty.details).toContain('companions.pairs.whitelist.pairs: found []')
    const path = join(folder, 'other.yaml')
    writeFileSync(path, 'name: x\ncompanions: { pairs: { whitelist: none.json } }\n')
    expect(thrown(() => loadConfig(path))).toMatchObject({ code: 'ORN-PAIRS-001', exitCode: 3 })
    const zero = list({ pairs: [{ legA: 'ETH', legB: 'BTC', beta: 0 }] })
    expect(thrown(() => configured(zero)).code).toBe('ORN-CONF-003')
  })

  it('is refused for data that end before it was known', () => {
    expect(() => requireWhitelistBefore(configured(), KNOWN_US + 1)).not.toThrow()
    const late = thrown(() => requireWhitelistBefore(configured(), KNOWN_US))
    expect(late).toMatchObject({ code: 'ORN-PAIRS-004', exitCode: 4 })
  })

  it('is refused by a session before it was known, and after two days', () => {
    expect(() => requireFreshWhitelist(configured(), KNOWN_US)).not.toThrow()
    expect(() => requireFreshWhitelist(configured(), KNOWN_US + 48 * HOUR)).not.toThrow()
    const early = thrown(() => requireFreshWhitelist(configured(), KNOWN_US - 1))
    expect(early.code).toBe('ORN-PAIRS-004')
    const old = thrown(() => requireFreshWhitelist(configured(), KNOWN_US + 49 * HOUR))
    expect(old).toMatchObject({ code: 'ORN-PAIRS-005', exitCode: 4 })
    expect(old.details).toContain('found 49.0 h')
  })
})

describe('companions in a configuration', () => {
  it('are off unless they are asked for', () => {
    const bare = parseConfig('name: x', 'x.yaml').config
    expect(bare.companions).toBeUndefined()
    expect(bare.strategy.sizer).toBeUndefined()
  })

  it('must have instruments, each its own', () => {
    const config = configured(list(), ['SOL'])
    expect(() => requireCompanionInstruments(config, ['BTC', 'ETH', 'SOL'])).not.toThrow()
    const unknown = thrown(() => requireCompanionInstruments(config, ['BTC', 'ETC', 'SOL']))
    expect(unknown.code).toBe('ORN-PAIRS-003')
    expect(unknown.details).toContain('there is no instrument "ETH"; did you mean "ETC"?')
    const shared = thrown(() =>
      requireCompanionInstruments(configured(list(), ['BTC']), ['BTC', 'ETH']),
    )
    expect(shared.details).toContain('BTC is claimed by momentum and by a pair')
    const half = { ...config, shadow: ['ETH'] }
    expect(
      thrown(() => requireCompanionInstruments(half, ['BTC', 'ETH', 'SOL'])).details,
    ).toContain('both are in shadow or none')
  })

  it('refuse thresholds in a wrong order', () => {
    const pairs = (text: string) =>
      thrown(() => parseConfig(`name: x\ncompanions: ${text}`, 'x.yaml')).details
    expect(pairs('{ momentum: { instruments: [SOL], slowExit: 1 } }')).toContain('slowExit')
    const whitelist = JSON.stringify(list())
    expect(pairs(`{ pairs: { whitelist: ${whitelist}, entry: 5 } }`)).toContain(
      'exit < entry < stop',
    )
  })

  it('name their protections that are off', () => {
    const text = `name: x
companions:
  momentum: { instruments: [SOL], stopLoss: off, timeStop: off }
  pairs:
    whitelist: ${JSON.stringify(list())}
    fundingMax: off
    lossMax: off
    costMarginBp: off`
    const off = gatesOff(parseConfig(text, 'x.yaml').config)
    expect(off).toEqual(expect.arrayContaining(['stop loss of momentum', 'loss stop of pairs']))
    expect(off.filter((name) => / of (momentum|pairs)$/.test(name))).toHaveLength(5)
  })
})
