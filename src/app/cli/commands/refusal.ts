import type { ImportDataReport } from '../../data/import-data.ts'
import type { Failure } from '../envelope.ts'

/** The error of an import that refused files: the first one's code, all of them named; or null. */
export function refusal({ refused, exitCode }: ImportDataReport): Failure | null {
  const [first] = refused
  if (first === undefined) return null
  return {
    code: first.code,
    message: refused.length === 1 ? first.message : `${refused.length} files are refused`,
    details: refused.map(({ path, code, message }) => `${path}: ${code} ${message}`),
    fix: null,
    exitCode,
  }
}
