import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AdapterError, writeFileAtomically } from '../../../adapters/mod.ts'
import {
  analyzeRun,
  analyzeSweep,
  type RunAnalysis,
  type RunRecord,
  type SweepAnalysis,
  type SweepRecord,
} from '../../../core/mod.ts'
import { renderReport } from './render-report.ts'
import { renderSweep, sweepJson } from './render-sweep.ts'
import { reportJson } from './report-json.ts'

/** Where a report was written. */
export interface WrittenReport {
  readonly htmlPath: string
  readonly jsonPath: string
}

/**
 * Writes `report.html` and `report.json` into a directory, making it if needed. Both appear whole,
 * or neither does. Throws AdapterError when the disk refuses.
 */
export function writeReport(
  directory: string,
  record: RunRecord,
  analysis: RunAnalysis = analyzeRun(record),
): WrittenReport {
  const htmlPath = join(directory, 'report.html')
  const jsonPath = join(directory, 'report.json')
  const page = renderReport(record, analysis)
  writeBoth([jsonPath, `${reportJson(record, analysis)}\n`], [htmlPath, page])
  return { htmlPath, jsonPath }
}

/**
 * Writes `sweep.html` and `sweep.json` into a directory under the contract of {@link writeReport}.
 */
export function writeSweep(
  directory: string,
  record: SweepRecord,
  analysis: SweepAnalysis = analyzeSweep(record),
): WrittenReport {
  const htmlPath = join(directory, 'sweep.html')
  const jsonPath = join(directory, 'sweep.json')
  const page = renderSweep(record, analysis)
  writeBoth([jsonPath, `${sweepJson(record, analysis)}\n`], [htmlPath, page])
  return { htmlPath, jsonPath }
}

/** Writes text files that everybody may read beside their places, then moves all of them there. */
export function writeBoth(...files: readonly (readonly [path: string, text: string])[]): void {
  const beside = (path: string): string => `${path}.${process.pid}.unfinished`
  const moved: string[] = []
  let path = ''
  try {
    for (const [place, text] of files) {
      path = place
      writeFileAtomically(beside(place), text, { mode: 0o666 })
    }
    for (const [place] of files) {
      path = place
      renameSync(beside(place), place)
      moved.push(place)
    }
  } catch (cause) {
    for (const [place] of files) removeIfThere(beside(place))
    for (const place of moved) removeIfThere(place)
    throw new AdapterError('REPORT_NOT_WRITTEN', `cannot write ${path}`, 'fatal', cause)
  }
}

/** Removes a file; where even its folder is not one there is none. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The failure that is being reported says more than this one.
  }
}
