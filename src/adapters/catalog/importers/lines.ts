import { splitCsv } from '../csv.ts'
import { type ReadInput, textOf } from '../importer.ts'

/** Calls `handle` for every line that is not blank, with its 1-based number. */
export async function eachLine(
  input: ReadInput,
  handle: (line: string, row: number) => void,
): Promise<void> {
  let row = 0
  for await (const line of textOf(input.probe)) {
    row++
    if (line.trim() !== '') handle(line, row)
  }
}

/** Calls `handle` for every data row of comma-separated values; rejects rows of another width. */
export async function eachCsvRow(
  input: ReadInput,
  options: { readonly header: boolean; readonly width: number },
  handle: (cells: readonly string[], row: number) => void,
): Promise<void> {
  let header = options.header
  await eachLine(input, (line, row) => {
    if (header) {
      header = false
      return
    }
    const cells = splitCsv(line)
    if (cells === null || cells.length !== options.width) {
      const found = cells === null ? 'a quote that is not closed' : `${cells.length} cells`
      input.reject(row, 'unreadable row', `${found}, ${options.width} cells are expected`)
      return
    }
    handle(cells, row)
  })
}

/** One line of a socket capture: when it was received (us) and what it says. */
export interface CapturedLine {
  readonly receivedUs: number
  readonly message: Record<string, unknown>
}

/** Reads "nanoseconds {json}". Returns a sentence on what is wrong when it is not that. */
export function parseCaptured(line: string): CapturedLine | string {
  const space = line.indexOf(' ')
  const stamp = line.slice(0, space)
  if (!/^\d{19}$/.test(stamp)) return `no nanosecond time at its start: ${line.slice(0, 40)}`
  const message = parseObject(line.slice(space + 1))
  if (message === null) return `no JSON object after the time: ${line.slice(20, 60)}`
  return { receivedUs: Number(stamp.slice(0, -3)), message }
}

/** A JSON object, or null. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** True for a plain object of JSON. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Milliseconds as published (number or digits) in us; NaN when it is neither. */
export const fromMilliseconds = (value: unknown): number => {
  const ms = typeof value === 'number' ? value : Number.parseInt(String(value), 10)
  return Number.isSafeInteger(ms) ? ms * 1000 : Number.NaN
}
