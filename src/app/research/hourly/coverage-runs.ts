import type { DayCoverage } from '../../../core/mod.ts'

/** Sessions one after the other that have and lack the same members. */
export interface CoverageRun extends DayCoverage {
  /** The last of them; `day` is the first. */
  readonly untilDay: number
}

/** Coverage by runs of equal sessions: the same said in a small part of the room. */
export function coverageRuns(days: readonly DayCoverage[]): readonly CoverageRun[] {
  const runs: CoverageRun[] = []
  for (const each of days) {
    const last = runs.at(-1)
    if (last !== undefined && isEqual(last, each)) {
      runs[runs.length - 1] = { ...last, untilDay: each.day }
    } else runs.push({ ...each, untilDay: each.day })
  }
  return runs
}

const isEqual = (a: DayCoverage, b: DayCoverage): boolean =>
  a.members === b.members &&
  a.withBars === b.withBars &&
  a.missing.length === b.missing.length &&
  a.missing.every((symbol, i) => symbol === b.missing[i])
