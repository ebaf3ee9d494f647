/** Lines of a table for people: columns padded, numbers to the right, two spaces between. */
export function textTable(
  headers: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell))))
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const isNumeric = headers.map((_, column) =>
    rows.every((row) => typeof row[column] === 'number' || row[column] === null),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric[column] === true && rows.length > 0
          ? cell.padStart(widths[column]!)
          : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  return [line(headers), ...cells.map(line)].join('\n')
}

/** "2025-09-04 19:46:56Z", or "-" for null. */
export function formatTime(timeUs: number | null): string {
  if (timeUs === null || !Number.isFinite(timeUs)) return '-'
  return `${new Date(Math.floor(timeUs / 1000)).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** "540 ms", "5.4 s", "1 min", "1 h", "1 d". */
export function formatDuration(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return '-'
  const units: readonly (readonly [number, string])[] = [
    [86_400e6, 'd'],
    [3_600e6, 'h'],
    [60e6, 'min'],
    [1e6, 's'],
    [1e3, 'ms'],
  ]
  const [size, name] = units.find(([unit]) => us >= unit) ?? [1, 'us']
  return `${Number((us / size).toPrecision(4))} ${name}`
}
