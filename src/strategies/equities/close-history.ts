/** Closes of one session: half price quanta by instrument, 0 where there is none. */
export interface SessionCloses {
  /** Day in New York. */
  readonly day: number
  readonly closes: number[]
}

/** Notes a close of a session that may be new; keeps the last `keep` sessions. */
export function putClose(
  rows: SessionCloses[],
  close: { readonly day: number; readonly id: number; readonly halfQuanta: number },
  size: { readonly names: number; readonly keep: number },
): void {
  let at = rows.length
  while (at > 0 && rows[at - 1]!.day > close.day) at--
  let row = rows[at - 1]
  if (row?.day !== close.day) {
    row = { day: close.day, closes: new Array<number>(size.names).fill(0) }
    rows.splice(at, 0, row)
  }
  row.closes[close.id] = close.halfQuanta
  if (rows.length > size.keep) rows.splice(0, rows.length - size.keep)
}

/**
 * The last `length` closes of an instrument, oldest first; one that is missing is the one before,
 * at most `maxGap` times in a row. Null where more are missing, or the last is.
 */
export function lastCloses(
  rows: readonly SessionCloses[],
  id: number,
  length: number,
  maxGap: number,
): Float64Array | null {
  const from = rows.length - length
  if (from < 0 || rows.at(-1)!.closes[id] === 0) return null
  const closes = new Float64Array(length)
  let last = 0
  let missing = 0
  for (let i = Math.max(0, from - maxGap); i < rows.length; i++) {
    const close = rows[i]!.closes[id]!
    missing = close > 0 ? 0 : missing + 1
    if (close > 0) last = close
    if (i < from) continue
    if (last === 0 || missing > maxGap) return null
    closes[i - from] = last
  }
  return closes
}

/** Simple returns: one fewer than the closes. */
export function returnsOf(closes: Float64Array): Float64Array {
  const returns = new Float64Array(closes.length - 1)
  for (let i = 0; i < returns.length; i++) returns[i] = closes[i + 1]! / closes[i]! - 1
  return returns
}
