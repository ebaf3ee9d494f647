/** Most returns that are kept of a trial: what is longer is cut into longer intervals. */
const RETURNS_MOST = 20_000

/** The aligned intervals of which every trial of a sweep keeps a return. Times in us. */
export interface ReturnSpan {
  readonly first: number
  readonly last: number
  readonly intervalUs: number
}

/** Intervals of so many bars that a column of returns stays readable. */
export function returnSpan(data: {
  readonly firstTime: number
  readonly lastTime: number
  readonly barUs: number
}): ReturnSpan {
  const { firstTime, lastTime, barUs } = data
  const bars = Math.max(1, Math.ceil((lastTime - firstTime) / barUs / RETURNS_MOST))
  return { first: firstTime, last: lastTime, intervalUs: bars * barUs }
}

/** How many whole intervals a span has. */
export const returnCount = ({ first, last, intervalUs }: ReturnSpan): number =>
  Math.max(0, Math.floor(last / intervalUs) - Math.ceil(first / intervalUs))

/** By interval: the last of increasing times at or before its end, -1 before the first. */
export function lastRows(times: Float64Array, span: ReturnSpan): Int32Array {
  const { first, intervalUs } = span
  const begin = Math.ceil(first / intervalUs)
  const rows = new Int32Array(returnCount(span))
  let at = 0
  for (let i = 0; i < rows.length; i++) {
    const end = (begin + i + 1) * intervalUs
    while (at < times.length && times[at]! <= end) at++
    rows[i] = at - 1
  }
  return rows
}

/** Simple returns of equity over aligned intervals, the same intervals whatever the trial did. */
export function intervalReturns(
  startEquity: number,
  equity: { readonly time: Float64Array; readonly value: Float64Array },
  span: ReturnSpan,
): Float64Array {
  const rows = lastRows(equity.time, span)
  const returns = new Float64Array(rows.length)
  writeReturns(startEquity, equity.value, rows, returns)
  return returns
}

/** The same where the last row of every interval is known, in room that is there. Hot. */
export function writeReturns(
  startEquity: number,
  values: Float64Array,
  rows: Int32Array,
  returns: Float64Array,
): void {
  let before = startEquity
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    const now = row < 0 ? startEquity : values[row]!
    returns[i] = before === 0 ? 0 : now / before - 1
    before = now
  }
}

/** The interval of a span in words: trials compare within one interval. */
export const spanText = ({ intervalUs }: ReturnSpan, barUs: number): string =>
  intervalUs === barUs ? `${barUs / 1e6} s bar` : `${intervalUs / barUs} bars of ${barUs / 1e6} s`
