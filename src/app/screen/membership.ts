import { InputError, splitCsv } from '../../adapters/mod.ts'
import { type DayNumber, dayNumber } from '../../core/mod.ts'

/** When a name was in the index. */
interface Spell {
  readonly symbol: string
  readonly from: DayNumber
  /** First day that it is not; null while it is. */
  readonly until: DayNumber | null
}

/** A change of the index as it was published. */
export interface IndexChange {
  readonly symbol: string
  readonly action: 'joins' | 'leaves'
  readonly announced: DayNumber
  readonly effective: DayNumber
}

/** Members of an index over time, as far as files know. */
export interface Membership {
  readonly spells: readonly Spell[]
  readonly changes: readonly IndexChange[]
  /** Last day on which the spells change: what is later is known from changes alone. */
  readonly spellsUntil: DayNumber
}

/** Members on a day, and what was announced by then for later. */
export interface Members {
  readonly symbols: readonly string[]
  readonly announced: readonly IndexChange[]
}

/** A file of rows with a header, and its name for messages. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/**
 * Reads spells (columns ticker, start_date, end_date exclusive or empty) and, where given,
 * published changes (action Addition or Deletion, ticker, announcement_date, effective_date).
 * Throws InputError (4) naming file and line.
 */
export function readMembership(spells: NamedText, changes: NamedText | null): Membership {
  const own = rowsOf(spells, ['ticker', 'start_date', 'end_date']).map(({ cells, line }): Spell => {
    const [symbol, from, until] = cells as [string, string, string]
    const at = { file: spells.name, line }
    return { symbol, from: dayOf(from, at), until: until === '' ? null : dayOf(until, at) }
  })
  const days = own.flatMap(({ from, until }) => (until === null ? [from] : [from, until]))
  const columns = ['action', 'ticker', 'announcement_date', 'effective_date']
  return {
    spells: own,
    spellsUntil: days.reduce((last, day) => Math.max(last, day), 0),
    changes:
      changes === null
        ? []
        : rowsOf(changes, columns).map(({ cells, line }) => changeOf(cells, changes.name, line)),
  }
}

function changeOf(cells: readonly string[], file: string, line: number): IndexChange {
  const [action, symbol, announced, effective] = cells as [string, string, string, string]
  if (action !== 'Addition' && action !== 'Deletion') {
    throw unreadable(file, line, `action "${action}"`, 'Addition or Deletion')
  }
  const at = { file, line }
  return {
    ...{ symbol, action: action === 'Addition' ? 'joins' : 'leaves' },
    announced: dayOf(announced, at),
    effective: dayOf(effective, at),
  }
}

/**
 * Members on a day. Of what happens later only what was announced by then is told: nothing of the
 * result depends on a later day. Changes count from where the spells end.
 */
export function membersOn(membership: Membership, day: DayNumber): Members {
  const { spells, changes, spellsUntil } = membership
  const symbols = new Set(
    spells.flatMap(({ symbol, from, until }) =>
      from <= day && (until === null || until > day) ? [symbol] : [],
    ),
  )
  const later = changes
    .filter(({ effective }) => effective > spellsUntil && effective <= day)
    .toSorted((a, b) => a.effective - b.effective)
  for (const { symbol, action } of later) {
    if (action === 'joins') symbols.add(symbol)
    else symbols.delete(symbol)
  }
  const announced = changes.filter((change) => change.announced <= day && change.effective > day)
  return { symbols: [...symbols].sort(), announced }
}

/** Sectors by symbol out of a file with columns symbol (or ticker) and sector (or GICS Sector). */
export function readSectors(file: NamedText): ReadonlyMap<string, string> {
  const header = headerOf(file)
  const find = (names: readonly string[]): string => {
    const found = header.find((cell) => names.includes(cell.toLowerCase()))
    if (found === undefined) {
      throw unreadable(file.name, 1, `no column ${names[0]}`, `one of ${names.join(', ')}`)
    }
    return found
  }
  const columns = [find(['symbol', 'ticker']), find(['sector', 'gics sector', 'gics_sector'])]
  return new Map(rowsOf(file, columns).map(({ cells }) => [cells[0]!, cells[1]!]))
}

const headerOf = ({ text }: NamedText): readonly string[] => splitCsv(linesOf(text)[0] ?? '') ?? []

const linesOf = (text: string): readonly string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/)

/** Cells of the named columns by row. */
function rowsOf(
  file: NamedText,
  columns: readonly string[],
): readonly { readonly cells: readonly string[]; readonly line: number }[] {
  const header = headerOf(file)
  const at = columns.map((column) => {
    const index = header.indexOf(column)
    if (index < 0) {
      throw unreadable(file.name, 1, `no column ${column}`, `a header with ${columns.join(', ')}`)
    }
    return index
  })
  return linesOf(file.text).flatMap((text, i) => {
    if (i === 0 || text.trim() === '') return []
    const cells = splitCsv(text)
    if (cells === null || at.some((index) => cells[index] === undefined)) {
      throw unreadable(file.name, i + 1, 'a row with other columns', `${header.length} columns`)
    }
    return [{ cells: at.map((index) => cells[index]!.trim()), line: i + 1 }]
  })
}

function dayOf(text: string, at: { readonly file: string; readonly line: number }): DayNumber {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) throw unreadable(at.file, at.line, `day "${text}"`, 'YYYY-MM-DD')
  return dayNumber(Number(match[1]), Number(match[2]), Number(match[3]))
}

const unreadable = (file: string, line: number, found: string, allowed: string): InputError =>
  new InputError({
    code: 'ORN-SCREEN-003',
    exitCode: 4,
    message: `${file}, line ${line}: ${found}`,
    details: [`allowed: ${allowed}`],
  })
