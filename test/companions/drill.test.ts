import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadConfig, runDrill } from '../../src/app/mod.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const loaded = loadConfig(join(root, 'examples', '04-companions', 'companions.yaml'))
const drill = (seed: number, minutes: number) =>
  runDrill({ loaded, codeHash: '', seed, durationUs: minutes * 60_000_000, faults: true })

describe('a drill of three strategies at once', () => {
  for (const seed of [203, 205]) {
    it(`keeps every promise under the faults of seed ${seed}, and leaves no leg behind`, async () => {
      const { violations, summary } = await drill(seed, 12)
      expect(violations).toEqual([])
      expect(summary.fills).toBeGreaterThan(10)
      expect(Object.keys(summary.outcomes)).toContain('ETH/BTC: open, hedged')
    })
  }

  it('gives the same entry stream for the same seed', async () => {
    const first = await drill(204, 3)
    expect((await drill(204, 3)).chainHead).toBe(first.chainHead)
  })
})
