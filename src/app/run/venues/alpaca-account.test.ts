import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig, parseConfig } from '../../config/load.ts'
import type { VenueSectionOf } from '../../config/venue-schema.ts'
import { addressesOf, readKeys } from './alpaca-account.ts'
import { venueKindOf } from './table.ts'

const folder = mkdtempSync(join(tmpdir(), 'alpaca-account-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const section = (venue: object) =>
  parseConfig(JSON.stringify({ name: 'x', venue: { kind: 'alpaca', ...venue } }), 'x.yaml').config
    .venue as VenueSectionOf<'alpaca'>
const from = (environment: Record<string, string>) => ({ environment, askPassword: null })
const paperKeys = { ALPACA_API_KEY_ID: 'PKONE', ALPACA_API_SECRET_KEY: 'first' }
const liveKeys = { ALPACA_API_KEY_LIVE: 'AKTWO', ALPACA_API_SECRET_LIVE: 'second' }

describe('where an account at Alpaca is', () => {
  it('follows from the account and the feed, and is elsewhere where the file says so', () => {
    expect(addressesOf(section({ account: 'live', feed: 'sip' }))).toEqual({
      tradingUrl: 'https://api.alpaca.markets',
      dataUrl: 'https://data.alpaca.markets',
      accountStreamUrl: 'wss://api.alpaca.markets/stream',
      dataStreamUrl: 'wss://stream.data.alpaca.markets/v1beta3/crypto/us',
      stockStreamUrl: 'wss://stream.data.alpaca.markets/v2/sip',
    })
    const host = '//127.0.0.1:4501'
    const named = { tradingUrl: `http:${host}/`, dataUrl: `http:${host}`, streamUrl: `ws:${host}` }
    expect(addressesOf(section(named))).toMatchObject({
      accountStreamUrl: `ws:${host}/stream`,
      stockStreamUrl: `ws:${host}/v2/iex`,
    })
    expect(() => section({ tradingUrl: 'http://127.0.0.1:4501' })).toThrow('2 mistakes')
  })

  it('has keys of its own: those of the paper account are never used for real money', async () => {
    const all = from({ ...paperKeys, ...liveKeys })
    expect(await readKeys(section({}), all)).toEqual({ keyId: 'PKONE', secret: 'first' })
    const live = section({ account: 'live' })
    expect(await readKeys(live, all)).toEqual({ keyId: 'AKTWO', secret: 'second' })
    await expect(readKeys(live, from(paperKeys))).rejects.toMatchObject({
      code: 'ORN-KEYSTORE-006',
      exitCode: 3,
    })
  })
})

describe('orders at Alpaca', () => {
  /** What is said against a file of these lines and flags. */
  async function refusals(
    lines: string,
    given: { account?: string; network?: string },
  ): Promise<readonly string[]> {
    const file = join(folder, 'desk.yaml')
    writeFileSync(file, `name: desk\n${lines}\n`)
    const loaded = loadConfig(file)
    try {
      await venueKindOf(loaded, 'live').openAccount(loaded, given, from(paperKeys))
      return []
    } catch (error) {
      expect(error).toMatchObject({ code: 'ORN-LIVE-001', exitCode: 6 })
      return (error as { details: readonly string[] }).details
    }
  }
  const paper = 'mode: live\nvenue: { kind: alpaca, account: paper }'

  it('need the account in the file and on the command line, and the mode, before a connection', async () => {
    expect(await refusals(paper, { account: 'paper' })).toEqual([])
    expect(await refusals(paper, {})).toEqual(['--account is not given: paper or live'])
    expect(await refusals(paper, { account: 'live' })).toEqual([
      '--account live and venue.account paper do not agree',
    ])
    expect(await refusals('venue: { kind: alpaca }', { account: 'paper' })).toEqual([
      'venue.account is not written: paper or live',
      '"mode: live" is not written',
    ])
    expect(await refusals(paper, { account: 'paper', network: 'mainnet' })).toEqual([
      '--network is not for Alpaca: --account is',
    ])
  })

  it('of real money go to its own addresses only, within limits for real money', async () => {
    const host = '//127.0.0.1:4501'
    const elsewhere = `tradingUrl: http:${host}, dataUrl: http:${host}, streamUrl: ws:${host}`
    const lines = [
      'mode: live',
      'limits: { preset: seed, of: paper }',
      'risk: { dailyLossMax: off }',
      `venue: { kind: alpaca, account: live, ${elsewhere} }`,
    ].join('\n')
    expect(await refusals(lines, { account: 'live' })).toEqual([
      "venue.tradingUrl: real money is at Alpaca's own addresses only",
      "venue.dataUrl: real money is at Alpaca's own addresses only",
      "venue.streamUrl: real money is at Alpaca's own addresses only",
      'risk.dailyLossMax is off',
      'limits.of: paper has limits for money that does not exist',
    ])
  })
})
