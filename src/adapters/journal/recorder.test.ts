import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MarketBatch, MarketCursor, MarketWriter } from '../../core/mod.ts'
import { InputError } from '../errors.ts'
import { createRecorder, loadSegments, readSegments } from './recorder.ts'
import { FRAME_HEADER_BYTES } from './segment-format.ts'
import { btc, market } from './testing/kit.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segments-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const instruments = [btc]
const times = (batch: MarketBatch): number[] =>
  Array.from({ length: batch.count }, (_, i) => batch.f64[i * 5]!)
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)

function record(...batches: MarketBatch[]): void {
  const recorder = createRecorder(directory, { instruments })
  for (const batch of batches) {
    recorder.append(batch)
    recorder.sync()
  }
  recorder.close()
}

const recordedTimes = (): number[] => {
  const all: number[] = []
  for (const { batch } of readSegments(directory)) all.push(...times(batch))
  return all
}

describe('a recorder', () => {
  it('gives back the records and pools of all frames and segments as one batch', async () => {
    const recorder = createRecorder(directory, { instruments, maximumBytes: 2000 })
    for (let i = 0; i < 30; i++) recorder.append(market({ start: i * 7, count: 7 }))
    recorder.close()
    expect(readdirSync(directory).length).toBeGreaterThan(3)
    const loaded = await loadSegments(directory)
    expect(loaded.instruments).toEqual(instruments)
    const expected = new MarketWriter()
    const cursor = new MarketCursor()
    for (let i = 0; i < 30; i++) {
      const batch = market({ start: i * 7, count: 7 })
      for (let k = 0; k < 7; k++) expected.copy(batch, k, cursor)
    }
    expect(loaded.batch.u8).toEqual(expected.batch().u8)
    expect(loaded.batch.pool).toEqual(expected.batch().pool)
  })

  it('holds a record with more levels than a frame usually has', async () => {
    const writer = new MarketWriter()
    const levels = Array.from({ length: 100_000 }, (_, i) => i + 1)
    writer.snapshot({ receivedTime: 5, venueTime: 5, instrument: 0 }, levels, levels.slice(0, 2))
    record(market({ start: 1, count: 4 }), writer.batch(), market({ start: 6, count: 3 }))
    const { batch } = await loadSegments(directory)
    expect(times(batch)).toEqual(range(1, 9))
    const cursor = new MarketCursor()
    cursor.load(batch, 4)
    expect(Array.from(batch.pool.subarray(cursor.aux, cursor.aux + 100_002))).toEqual([
      ...levels,
      1,
      2,
    ])
  })

  it('goes on behind the segments that are there', () => {
    record(market({ start: 0, count: 3 }))
    record(market({ start: 3, count: 3 }))
    expect(readdirSync(directory)).toEqual(['000001.seg', '000002.seg'])
    expect(recordedTimes()).toEqual(range(0, 6))
  })

  it('removes the oldest segments when it may not keep more', () => {
    const recorder = createRecorder(directory, {
      instruments,
      maximumBytes: 1000,
      retainBytes: 6000,
    })
    for (let i = 0; i < 60; i++) recorder.append(market({ start: i * 5, count: 5 }))
    recorder.close()
    const kept = readdirSync(directory).map((name) => statSync(join(directory, name)).size)
    expect(kept.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(6000)
    const seen = recordedTimes()
    expect(seen).toEqual(range(300 - seen.length, 300))
  })

  it('writes nothing when nothing was appended', () => {
    record()
    expect(readdirSync(directory)).toEqual([])
    expect(() => recordedTimes()).toThrow('no recorded segments')
  })
})

describe('a segment whose writer died', () => {
  const path = (): string => join(directory, '000001.seg')
  const unsealed = (): Buffer => {
    record(market({ start: 0, count: 3 }), market({ start: 3, count: 3 }))
    truncateSync(path(), statSync(path()).size - FRAME_HEADER_BYTES)
    return readFileSync(path())
  }

  it('keeps its whole frames, wherever it was cut', () => {
    const bytes = unsealed()
    const kept = new Set<number>()
    for (let size = bytes.length - 150; size <= bytes.length; size++) {
      writeFileSync(path(), bytes.subarray(0, size))
      const seen = recordedTimes()
      expect(seen).toEqual(range(0, seen.length))
      kept.add(seen.length)
    }
    expect([...kept]).toEqual([3, 6])
  })

  it('may end in zeros that were never written', () => {
    unsealed()
    appendFileSync(path(), Buffer.alloc(5000))
    expect(recordedTimes()).toEqual(range(0, 6))
  })
})

describe('a damaged segment', () => {
  it('is refused, whichever bit is flipped', () => {
    record(market({ start: 0, count: 3 }), market({ start: 3, count: 3 }))
    const path = join(directory, '000001.seg')
    const bytes = readFileSync(path)
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes)
      flipped[at]! ^= 1 << (at % 8)
      writeFileSync(path, flipped)
      expect(() => recordedTimes(), `byte ${at}`).toThrow(InputError)
    }
  })

  it('names the file and what is wrong', () => {
    record(market({ start: 0, count: 3 }))
    const path = join(directory, '000001.seg')
    writeFileSync(path, 'something else, long enough to hold a header of sixty-four bytes.....')
    try {
      recordedTimes()
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'ORN-JOURNAL-007',
        exitCode: 4,
        message: 'a segment is damaged: it does not start like a segment',
        details: [path],
      })
    }
  })

  it('is refused when segments of two universes are mixed', () => {
    record(market({ start: 0, count: 3 }))
    const recorder = createRecorder(directory, { instruments: [{ ...btc, symbol: 'ETH' }] })
    recorder.append(market({ start: 3, count: 3 }))
    recorder.close()
    expect(() => recordedTimes()).toThrow('different universes')
  })
})
