import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/app/config/load.ts'
import { runDrill } from '../../src/app/run/drill.ts'

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
