import { join } from 'node:path'
import { type WrittenReport, writeBoth } from '../report/write-report.ts'
import type { Comparison } from './compared-run.ts'
import { comparisonJson } from './comparison-json.ts'
import { renderComparison } from './render-comparison.ts'

/**
 * Writes `compare.html` and `compare.json` into a directory, making it if needed. Both appear whole,
 * or neither does. Throws AdapterError when the disk refuses.
 */
export function writeComparison(directory: string, comparison: Comparison): WrittenReport {
  const htmlPath = join(directory, 'compare.html')
  const jsonPath = join(directory, 'compare.json')
  const page = renderComparison(comparison)
  writeBoth([jsonPath, `${comparisonJson(comparison)}\n`], [htmlPath, page])
  return { htmlPath, jsonPath }
}
