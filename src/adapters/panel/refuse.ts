import type { TableProblem } from '../../core/mod.ts'
import { InputError } from '../errors.ts'

/** Failure of a table of a panel with exit code 4; `code` is written out, ORN-PANEL-<nnn>. */
export function panelError(
  code: string,
  message: string,
  details: readonly string[] = [],
  fix?: string,
): InputError {
  return new InputError({
    code,
    exitCode: 4,
    message,
    details,
    ...(fix === undefined ? {} : { fix }),
  })
}

/** The refusal of tables with faults: each fault with its table and its first rows. */
export function refuseProblems(what: string, problems: readonly TableProblem[]): InputError {
  const faults = problems.length === 1 ? 'one fault' : `${problems.length} faults`
  return panelError(
    'ORN-PANEL-001',
    `${what} cannot be used: ${faults}`,
    problems.map(describe),
    'mend the rows at their source, or leave the table out; nothing is repaired on the way',
  )
}

function describe(problem: TableProblem): string {
  const { kind, source, text, count, rows } = problem
  const more = count > rows.length && rows.length > 0 ? ` and ${count - rows.length} more` : ''
  const where = rows.length === 0 ? '' : ` (rows ${rows.join(', ')}${more})`
  return `${source}: ${kind}: ${text}${where}`
}
