import type { TimeUs } from '../domain/units.ts'
import type { RunRecord, RunSplit } from './run-record.ts'

/** Hands over the splits of a run up to and including a time, each once, oldest first. */
export function createSplits({
  splits = [],
}: Pick<RunRecord, 'splits'>): (until: TimeUs, each: (split: RunSplit) => void) => void {
  const ordered = splits.toSorted((a, b) => a.time - b.time)
  let next = 0
  return (until, each) => {
    while (next < ordered.length && ordered[next]!.time <= until) each(ordered[next++]!)
  }
}
