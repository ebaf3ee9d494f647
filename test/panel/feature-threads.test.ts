import { describe, expect, it } from 'vitest'
import { computeFeaturesOnThreads } from '../../src/adapters/mod.ts'
import { generatePanel, type HourPanel } from '../../src/core/mod.ts'
import { computeFeatures, SEED_FEATURE_OPTIONS } from '../../src/models/mod.ts'

const panel = generatePanel({ seed: 4, names: 21, sessions: 45 })

describe('features on threads', () => {
  it.each([1, 2, 3])('have the same bits on %i', async (threads) => {
    const alone = computeFeatures(panel)
    const together = await computeFeaturesOnThreads(panel, SEED_FEATURE_OPTIONS, threads)
    expect(together.names).toEqual(alone.names)
    expect(bytesOf(together.values).equals(bytesOf(alone.values))).toBe(true)
  })

  it('of a panel without sources are null columns, not a failure', async () => {
    const bare: HourPanel = {
      ...panel,
      benchmark: null,
      fundamentals: null,
      sentiment: null,
      analyst: null,
      macro: null,
    }
    const columns = await computeFeaturesOnThreads(bare, SEED_FEATURE_OPTIONS, 2)
    const nulls = columns.names.filter((_, i) => columns.columns[i]!.every(Number.isNaN))
    expect(nulls).toHaveLength(6 + 18 + 11)
    expect(nulls).toContain('beta_spy_60h')
    expect(nulls).toContain('m_vix')
  })

  it('reject when a thread fails, and leave none running', async () => {
    const broken = { ...panel, bars: null } as unknown as HourPanel
    await expect(computeFeaturesOnThreads(broken, SEED_FEATURE_OPTIONS, 2)).rejects.toThrow(
      TypeError,
    )
  })
})

const bytesOf = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)
