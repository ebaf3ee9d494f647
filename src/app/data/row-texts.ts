import type { Recording } from '../../adapters/mod.ts'
import { rowWarnings } from '../../core/mod.ts'

/** What a user must know of the rows of a recording's files, in the words of the report. */
export const rowTexts = ({ info }: Recording): readonly string[] =>
  rowWarnings({
    files: info.files.map(({ path, rows }) => ({ file: path, rows })),
    checks: info.checks,
  }).map(({ text }) => text)
