/**
 * Splits one line of comma-separated values (RFC 4180 quotes, no line breaks inside).
 * Returns null when a quote is not closed.
 */
export function splitCsv(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',')
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quoted) {
      if (c !== '"') cell += c
      else if (line[i + 1] === '"') {
        cell += '"'
        i++
      } else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') {
      cells.push(cell)
      cell = ''
    } else cell += c
  }
  if (quoted) return null
  cells.push(cell)
  return cells
}

/** A finite number, or NaN for anything else (also for an empty cell). */
export const parseNumber = (cell: unknown): number => {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : Number.NaN
  if (typeof cell !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell.trim())) {
    return Number.NaN
  }
  return Number(cell)
}
