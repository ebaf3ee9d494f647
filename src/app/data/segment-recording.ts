import { resolve } from 'node:path'
import type { Recording, RecordingInfo } from '../../adapters/mod.ts'
import { type MarketBatch, MarketCursor, RecordKind } from '../../core/mod.ts'
import { parseObject } from '../config/load.ts'
import { loadMarket } from '../run/load-market.ts'

/** Longer than two of the slowest books are apart. */
const GAP_LIMIT_US = 15_000_000

/** Market data that a session recorded, as it was received. Throws InputError. */
export async function loadSegmentRecording(folder: string): Promise<Recording> {
  const data = { kind: 'segments', directory: resolve(folder) }
  const recording = await loadMarket(parseObject({ name: 'recorded', data }, folder).config, '.')
  const { info, batch } = recording
  return { ...recording, info: { ...info, gapLimitUs: GAP_LIMIT_US, ...lookAt(batch) } }
}

/** The most levels of a book, and pauses between the books of an instrument. */
function lookAt(batch: MarketBatch): Pick<RecordingInfo, 'levels' | 'gaps'> {
  const gaps: { from: number; to: number; instrument: number }[] = []
  const lastTimes = new Map<number, number>()
  const cursor = new MarketCursor()
  let levels = 0
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind !== RecordKind.snapshot) continue
    const { instrument, receivedTime: to } = cursor
    levels = Math.max(levels, cursor.quantity, cursor.price)
    const from = lastTimes.get(instrument)
    if (from !== undefined && to - from > GAP_LIMIT_US) gaps.push({ from, to, instrument })
    lastTimes.set(instrument, to)
  }
  return { levels, gaps }
}
