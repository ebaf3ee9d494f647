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
 * Writes `report.html` and `report.json` into a directory, making it if needed. Each file appears
 * whole or not at all. Throws AdapterError when the disk refuses.
 */
export function writeReport(
  directory: string,
  record: RunRecord,
  analysis: RunAnalysis = analyzeRun(record),
): WrittenReport {
  const htmlPath = join(directory, 'report.html')
  const jsonPath = join(directory, 'report.json')
  const page = renderReport(record, analysis)
  writeWhole(jsonPath, `${reportJson(record, analysis)}\n`)
  writeWhole(htmlPath, page)
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
  writeWhole(jsonPath, `${sweepJson(record, analysis)}\n`)
  writeWhole(htmlPath, page)
  return { htmlPath, jsonPath }
}

/** Writes a text file that everybody may read; throws AdapterError. */
function writeWhole(path: string, text: string): void {
  try {
    writeFileAtomically(path, text, { mode: 0o666 })
  } catch (cause) {
    throw new AdapterError('REPORT_NOT_WRITTEN', `cannot write ${path}`, 'fatal', cause)
  }
}
