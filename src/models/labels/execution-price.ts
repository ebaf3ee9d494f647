/** Prices at which one name first traded in each of its minutes, ascending by time. */
export interface MinutePrices {
  /** When the minute began, us. */
  readonly openTime: Float64Array
  readonly open: Float64Array
}

/** What an execution price is looked for with. Times in microseconds. */
export interface ExecutionQuery {
  /** When the decision was known. */
  readonly knownTime: number
  /** From then until an order can trade. */
  readonly latencyUs: number
  /** Null: there are only bars. */
  readonly minutes: MinutePrices | null
  /** Nothing is looked for from here on: the next decision, or the end of what is held. */
  readonly endTime: number
  /** The bar after the decision. */
  readonly nextOpenTime: number
  readonly nextOpen: number
}

/** A price at which an order could have traded. */
export interface ExecutionPrice {
  readonly price: number
  /** When it was printed, us. */
  readonly time: number
  readonly basis: 'first minute after the decision' | 'next open'
  /** Whether it may have been printed before an order could trade. */
  readonly isOptimistic: boolean
}

/**
 * The first price after the decision is known and the latency has passed, where there are minutes:
 * a minute that began earlier does not count. Else the next open, optimistic if it was printed
 * before that. Null where there is no price until the end.
 */
export function executionPrice(query: ExecutionQuery): ExecutionPrice | null {
  const { minutes, nextOpen, nextOpenTime, endTime } = query
  const earliest = query.knownTime + query.latencyUs
  if (minutes === null) {
    if (Number.isNaN(nextOpen) || nextOpenTime >= endTime) return null
    const isOptimistic = nextOpenTime < earliest
    return { price: nextOpen, time: nextOpenTime, basis: 'next open', isOptimistic }
  }
  for (let i = firstFrom(minutes.openTime, earliest); i < minutes.openTime.length; i++) {
    const time = minutes.openTime[i]!
    if (time >= endTime) return null
    const price = minutes.open[i]!
    if (Number.isNaN(price)) continue
    return { price, time, basis: 'first minute after the decision', isOptimistic: false }
  }
  return null
}

/** Index of the first time that is not before an instant. */
function firstFrom(times: Float64Array, instant: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < instant) low = middle + 1
    else high = middle
  }
  return low
}
