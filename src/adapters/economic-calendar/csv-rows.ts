/** A line of a CSV file by the names of its columns, with its number from 1. */
export interface CsvRow {
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** Header and rows of a CSV text (RFC 4180); empty lines and lines that begin with # are left out. */
export function csvRows(text: string): { readonly header: readonly string[]; rows: CsvRow[] } {
  const records = splitRecords(text.replace(/^\uFEFF/, ''))
  const [first, ...rest] = records
  const header = (first?.cells ?? []).map((cell) => cell.trim())
  const rows = rest.map(({ line, cells }) => ({
    line,
    cells: Object.fromEntries(header.map((name, i) => [name, (cells[i] ?? '').trim()])),
  }))
  return { header, rows }
}

interface CsvRecord {
  readonly line: number
  readonly cells: string[]
}

function splitRecords(text: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  let line = 1
  let start = 1
  const end = (): void => {
    cells.push(cell)
    const isBlank = cells.length === 1 && cell.trim() === ''
    if (!isBlank && !cells[0]!.startsWith('#')) records.push({ line: start, cells })
    cells = []
    cell = ''
    start = line
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\n') line++
    if (isQuoted) {
      if (char !== '"') cell += char
      else if (text[i + 1] === '"') cell += text[++i]
      else isQuoted = false
    } else if (char === '"' && cell === '') isQuoted = true
    else if (char === ',') {
      cells.push(cell)
      cell = ''
    } else if (char === '\n') end()
    else if (char !== '\r') cell += char
  }
  if (cell !== '' || cells.length > 0) end()
  return records
}
