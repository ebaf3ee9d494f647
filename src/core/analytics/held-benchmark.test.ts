import { expect, test } from 'vitest'
import { benchmarkOf } from './held-benchmark.ts'
import { analyzeRun } from './run-analysis.ts'
import type { RunRecord } from './run-record.ts'
import { emptyRun, sampleInstrument, sampleRun } from './sample-run.ts'

const two = (): RunRecord => {
  const base = emptyRun()
  return {
    ...base,
    instruments: [sampleInstrument, { ...sampleInstrument, id: 1, symbol: 'OTHER' }],
    equity: { time: Float64Array.of(10, 20, 30), value: Float64Array.of(100, 100, 100) },
    mids: [{ instrument: 0, time: Float64Array.of(5, 15), halfMid: Float64Array.of(200, 220) }],
    bars: [
      {
        instrument: 1,
        time: Float64Array.of(20, 30),
        close: Float64Array.of(50, 40),
        z: Float64Array.of(0, 0),
        imbalance: Float64Array.of(0, 0),
      },
    ],
  }
}

test('holding is in equal parts, from mids or closes, cash until an instrument has a mark', () => {
  const held = benchmarkOf(two())!
  expect(held.name).toBe('Holding SAMPLE, OTHER in equal parts')
  expect([...held.value].map((each) => each.toFixed(9))).toEqual([
    '1.000000000',
    '1.050000000',
    '0.950000000',
  ])
})

test('a run of its own benchmark keeps it; a run without marks has none', () => {
  const own = { name: 'index', hash: 'h', time: Float64Array.of(1), value: Float64Array.of(2) }
  expect(benchmarkOf({ ...two(), benchmark: own })).toBe(own)
  expect(benchmarkOf({ ...two(), mids: [], bars: [] })).toBeNull()
})

test('a run is compared with holding what it traded', () => {
  const record = sampleRun({ seed: 1, bars: 24 * 60, barUs: 3600e6, entryZ: 2 })
  const { benchmark } = analyzeRun(record)
  const { halfMid } = record.mids[0]!
  expect(benchmark!.name).toBe('Holding SAMPLE')
  expect(
    Math.abs(benchmark!.totalReturn.value! - (halfMid[halfMid.length - 1]! / halfMid[0]! - 1)),
  ).toBeLessThan(0.02)
  expect(benchmark!.droppedDays).toBe(0)
})
