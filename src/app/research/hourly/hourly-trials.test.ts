import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../../core/mod.ts'
import { countHourlyTrial, trialsVerdict } from './hourly-trials.ts'

const folder = mkdtempSync(join(tmpdir(), 'trials-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const trial = (configurationHash: string, drift: number, dataHash = 'd') => {
  const random = createRandom(9 + drift * 1e4)
  return {
    ...{ name: 'x', configurationHash, dataHash, codeHash: 'k', commit: 'c', seed: 1 },
    ...{ parameters: {}, metrics: {}, returnInterval: 'session, net', reportPath: '.' },
    sessions: {
      day: Int32Array.from({ length: 120 }, (_, i) => 18_000 + i),
      returns: Float64Array.from({ length: 120 }, () => drift + 0.01 * random.normal()),
    },
  }
}

describe('counting hourly runs', () => {
  const path = join(folder, 'runs.sqlite')

  it('has no figures of choice for a first trial, and says why', () => {
    const first = countHourlyTrial(path, trial('a', 0.002), true)
    expect(first).toMatchObject({ runId: 'r1', trials: 1, columns: 1 })
    expect(first.overfitting).toEqual({ value: null, reason: 'fewer than two trials' })
    expect(first.dsr.value).toBeNull()
    expect(trialsVerdict(first)).toMatch(/^1 configuration tried .* none \(fewer than two trials/)
  })

  it('deflates by what was tried before, and an equal run is no further trial', () => {
    countHourlyTrial(path, trial('b', 0), true)
    const third = countHourlyTrial(path, trial('c', 0.001), true)
    expect(third).toMatchObject({ runId: 'r3', trials: 3, columns: 3, best: 'x (r1)' })
    expect(third.dsr.value!).toBeLessThan(third.psr.value!)
    expect(third.overfitting.value).toBeGreaterThanOrEqual(0)
    const again = countHourlyTrial(path, trial('c', 0.001), true)
    expect(again).toMatchObject({ runId: 'r4', trials: 3, columns: 3 })
  })

  it('only reads where the run is not to be counted, and knows nothing of other data', () => {
    expect(countHourlyTrial(path, trial('c', 0.001), false)).toMatchObject({
      runId: null,
      trials: 3,
    })
    expect(countHourlyTrial(path, trial('e', 0, 'other'), true)).toMatchObject({
      runId: 'r5',
      trials: 1,
    })
  })
})
