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

/** Simple returns of equity over aligned intervals, the same intervals whatever the trial did. */
export function intervalReturns(
  startEquity: number,
  equity: { readonly time: Float64Array; readonly value: Float64Array },
  span: ReturnSpan,
): Float64Array {
  const { first, last, intervalUs } = span
  const begin = Math.ceil(first / intervalUs)
  const count = Math.max(0, Math.floor(last / intervalUs) - begin)
  const returns = new Float64Array(count)
  let at = 0
  let before = startEquity
  for (let i = 0; i < count; i++) {
    const end = (begin + i + 1) * intervalUs
    let now = before
    while (at < equity.time.length && equity.time[at]! <= end) now = equity.value[at++]!
    returns[i] = before === 0 ? 0 : now / before - 1
    before = now
  }
  return returns
}

/** The interval of a span in words: trials compare within one interval. */
export const spanText = ({ intervalUs }: ReturnSpan, barUs: number): string =>
  intervalUs === barUs ? `${barUs / 1e6} s bar` : `${intervalUs / barUs} bars of ${barUs / 1e6} s`
