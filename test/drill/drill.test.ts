import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { drillCommand } from '../../src/app/cli/commands/drill.ts'
import { loadConfig } from '../../src/app/config/load.ts'
import { runDrill } from '../../src/app/run/drill/drill.ts'
import { renderSummary } from '../../src/app/run/summary.ts'
import { loadRecordings } from '../../src/app/simulators/hyperliquid/market/load-recordings.ts'
import { hasSharedData, sharedData, sharedDataNote } from '../data/shared-data.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const loaded = loadConfig(join(root, 'examples', '01-first-strategy', 'drill.yaml'))
const drill = (seed: number, minutes: number, faults = true) =>
  runDrill({ loaded, codeHash: '', seed, durationUs: minutes * 60_000_000, faults })

describe('drill', () => {
  it('gives the same entry stream for the same seed and another for another', async () => {
    const first = await drill(7, 4)
    const second = await drill(7, 4)
    const other = await drill(8, 4)
    expect(first.summary.fills).toBeGreaterThan(5)
    expect(second.chainHead).toBe(first.chainHead)
    expect(other.chainHead).not.toBe(first.chainHead)
  })

  for (const seed of [101, 102, 103]) {
    it(`keeps every promise under the faults of seed ${seed}`, async () => {
      const result = await drill(seed, 6)
      expect(result.summary.orders).toBeGreaterThan(20)
      expect(result.violations).toEqual([])
    })
  }

  it('tells at the end what an instrument in shadow would have done, apart from the account', async () => {
    const config = { ...loaded.config, shadow: ['ETH'] }
    const drilled = { loaded: { ...loaded, config }, codeHash: '', seed: 7, faults: false }
    const { summary, violations } = await runDrill({ ...drilled, durationUs: 6 * 60_000_000 })
    expect(violations).toEqual([])
    expect(summary.shadow).toMatchObject({ instruments: ['ETH'] })
    expect(Number(summary.shadow?.fees)).toBeGreaterThan(0)
    expect(summary.positions.map(({ instrument }) => instrument)).not.toContain('ETH')
    expect(renderSummary(summary)).toMatch(/In shadow ETH: would have realised -?\d+\.\d\d/)
    const plain = await drill(7, 1, false)
    expect(plain.summary.shadow).toBeNull()
  })

  it('keeps every promise with 28 coins, native and of a builder’s dex', async () => {
    const path = join(root, 'examples', '05-perpetuals', 'seed.yaml')
    const perpetuals = loadConfig(path)
    const durationUs = 5 * 60_000_000
    const result = await runDrill({
      loaded: perpetuals,
      codeHash: '',
      seed: 1,
      durationUs,
      faults: true,
    })
    expect(result.summary.orders).toBeGreaterThan(10)
    expect(result.violations).toEqual([])
  }, 60_000)
})

describe.skipIf(!hasSharedData)(`drill on recorded books${sharedDataNote}`, () => {
  const book = sharedData('hyperliquid/hl_l2book20_BTC_20250904.parquet')
  const recorded = loadConfig(join(root, 'examples', '02-backtest', 'btc-rehearse.yaml'))

  it('keeps every promise under faults', async () => {
    const result = await runDrill({
      ...{ loaded: recorded, codeHash: '', seed: 1, durationUs: 20 * 60_000_000, faults: true },
      recordings: await loadRecordings([book]),
    })
    expect(result.summary.fills).toBeGreaterThan(5)
    expect(result.violations).toEqual([])
  }, 30_000)

  it('refuses a configuration of coins that are not in the recording', async () => {
    const path = join(root, 'examples', '02-backtest', 'eth-rehearse.yaml')
    await expect(drillCommand(path, { market: [book] })).rejects.toMatchObject({
      code: 'ORN-DATA-017',
      message: expect.stringContaining('ETH'),
    })
  })
})
