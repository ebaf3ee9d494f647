import type { HourPanel } from '../../core/mod.ts'

/** Arrays that a panel may hold. */
type Column = Float64Array | Int32Array | Int16Array | Uint8Array

const ALIGNMENT = 8

/** The same panel with all its arrays in one piece of memory that threads share; a copy of it. */
export function sharePanel(panel: HourPanel): HourPanel {
  let bytes = 0
  mapColumns(panel, (column) => {
    bytes += alignedBytes(column)
    return column
  })
  const buffer = new SharedArrayBuffer(bytes)
  let at = 0
  return mapColumns(panel, (column) => {
    const copy = viewLike(column, buffer, at)
    copy.set(column)
    at += alignedBytes(column)
    return copy
  })
}

const alignedBytes = (column: Column): number =>
  Math.ceil(column.byteLength / ALIGNMENT) * ALIGNMENT

function viewLike(column: Column, buffer: SharedArrayBuffer, at: number): Column {
  const { length } = column
  if (column instanceof Float64Array) return new Float64Array(buffer, at, length)
  if (column instanceof Int32Array) return new Int32Array(buffer, at, length)
  if (column instanceof Int16Array) return new Int16Array(buffer, at, length)
  return new Uint8Array(buffer, at, length)
}

/** Plain data with each of its arrays replaced by one of the same kind. */
function mapColumns<Data>(data: Data, change: (column: Column) => Column): Data {
  if (ArrayBuffer.isView(data)) return change(data as unknown as Column) as Data
  if (Array.isArray(data)) return data.map((each) => mapColumns(each, change)) as Data
  if (data === null || typeof data !== 'object') return data
  const entries = Object.entries(data).map(([key, value]) => [key, mapColumns(value, change)])
  return Object.fromEntries(entries) as Data
}
