import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/app/config/load.ts'
import { runBacktest } from '../../src/app/mod.ts'
import { discoverFromConfig } from '../../src/app/research/pairs/discover-from-config.ts'
import { writeWhitelist } from '../../src/app/research/pairs/write-whitelist.ts'
import { loadFittingMarket } from '../../src/app/run/load-market.ts'
import { sharedFile, sharedNote } from '../support/shared-data.ts'

const file = sharedFile('data', 'hyperliquid', 'hl_perp_1m_20250721_26_shared20.parquet')
const folder = mkdtempSync(join(tmpdir(), 'ornstein-recorded-pairs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const configured = (companions: string): string => {
  const path = join(folder, 'config.yaml')
  writeFileSync(
    path,
    `name: recorded
data: { kind: bars, file: ${file}, symbols: [BTC, ETH, NEAR, SOL, UNI] }
signal: { source: bar, trendWindow: 0 }
strategy: { trendGate: false, imbalanceThreshold: off }
execution: { takerSlippageMax: 30bp }
risk: { dailyLossMax: off, dailyDrawdownMax: off }
companions:
${companions}
`,
  )
  return path
}

describe.skipIf(file === null)(`recorded minutes of perps${sharedNote(file !== null)}`, () => {
  const whitelist = join(folder, 'pairs.json')

  it('show pairs in two days; what they do afterwards is another matter', async () => {
    const path = configured('  pairs: { whitelist: pairs.json, fundingMax: off }')
    const flags = { until: '2025-07-23T12:00:00Z' }
    const found = await discoverFromConfig(path, flags, folder)
    expect(found).toMatchObject({
      schema: 'ornstein.pairs/1',
      dataFrom: '2025-07-21T12:00:00.000Z',
      dataTo: '2025-07-23T12:00:00.000Z',
      knownTime: '2025-07-23T12:00:00.000Z',
      tested: 10,
    })
    expect(found.pairs.length).toBeGreaterThan(0)
    for (const { adjustedPValue, halfLifeMinutes, samples } of found.pairs) {
      expect(adjustedPValue).toBeLessThanOrEqual(0.05)
      expect(samples).toBe(2880)
      expect(10 * halfLifeMinutes).toBeLessThan(samples)
    }
    writeWhitelist(whitelist, found)
    expect(JSON.parse(readFileSync(whitelist, 'utf8')).pairs).toHaveLength(found.pairs.length)

    const { config, hash } = loadConfig(path)
    const recording = await loadFittingMarket(config, folder)
    const { collected } = runBacktest({ config, configurationHash: hash, codeHash: '', recording })
    const own = collected.fills.filter(({ intentId }) => intentId.startsWith('pairs-'))
    expect(own.length).toBeGreaterThan(10)
    expect(Math.min(...own.map(({ time }) => time))).toBeGreaterThan(
      Date.parse(found.knownTime) * 1000,
    )
  })

  it('refuse a whitelist that was made of all of them', async () => {
    const path = configured('  pairs: { whitelist: pairs.json, fundingMax: off }')
    const text = readFileSync(whitelist, 'utf8')
    writeFileSync(
      whitelist,
      text.replace(/"knownTime": ".*"/, '"knownTime": "2025-07-26T05:40:00Z"'),
    )
    await expect(loadFittingMarket(loadConfig(path).config, folder)).rejects.toMatchObject({
      code: 'ORN-PAIRS-004',
    })
  })

  it('let momentum trade under its own name', async () => {
    const path = configured('  momentum: { instruments: [SOL, ETH] }')
    const { config, hash } = loadConfig(path)
    const recording = await loadFittingMarket(config, folder)
    const result = runBacktest({ config, configurationHash: hash, codeHash: '', recording })
    const tags = result.collected.fills.map(({ instrument, intentId }) => {
      return `${result.instruments[instrument]!.symbol} ${intentId.split('-')[0]}`
    })
    const found = [...new Set(tags)].sort()
    expect(found).toEqual([
      ...['BTC reversion', 'ETH momentum', 'NEAR reversion', 'SOL momentum', 'UNI reversion'],
    ])
  })
})
