import type { RunBenchmark, RunRecord } from './run-record.ts'

/** Instruments named in a held benchmark before the rest is counted. */
const NAMED_MOST = 3

/**
 * What a run is compared with: its own benchmark when it has one, else holding its instruments in
 * equal parts from its first to its last equity row, at the marks of its own data, without costs or
 * funding. An instrument counts as cash until its first mark. Null without equity or marks.
 */
export function benchmarkOf(record: RunRecord): RunBenchmark | null {
  if (record.benchmark !== undefined) return record.benchmark
  const { time } = record.equity
  const marks = marksOf(record)
  if (time.length < 2 || marks.length === 0) return null
  const value = new Float64Array(time.length)
  for (const mark of marks) {
    let next = 0
    let base = 0
    let ratio = 1
    for (let row = 0; row < time.length; row++) {
      while (next < mark.time.length && mark.time[next]! <= time[row]!) next++
      if (next > 0) {
        const level = mark.half[next - 1]!
        if (base === 0) base = level
        ratio = level / base
      }
      value[row]! += ratio / marks.length
    }
  }
  return { name: nameOf(marks.map(({ symbol }) => symbol)), hash: record.dataHash, time, value }
}

interface Marks {
  readonly symbol: string
  readonly time: Float64Array
  readonly half: Float64Array
}

/** Mids by instrument, or bar closes where an instrument has none. */
function marksOf(record: RunRecord): readonly Marks[] {
  return record.instruments.flatMap(({ id, symbol }) => {
    const mids = record.mids.find((each) => each.instrument === id)
    if (mids !== undefined && mids.time.length > 0) {
      return [{ symbol, time: mids.time, half: mids.halfMid }]
    }
    const bars = record.bars.find((each) => each.instrument === id)
    return bars === undefined || bars.time.length === 0
      ? []
      : [{ symbol, time: bars.time, half: bars.close }]
  })
}

function nameOf(symbols: readonly string[]): string {
  if (symbols.length === 1) return `Holding ${symbols[0]}`
  const named = symbols.slice(0, NAMED_MOST).join(', ')
  const others = symbols.length - NAMED_MOST
  return `Holding ${named}${others > 0 ? ` and ${others} more` : ''} in equal parts`
}
