/**
 * Where an hour's bars begin: at full hours of the clock (09:30 to 10:00 is the first, shorter bar),
 * or each hour from the session's open. Series of different anchors are never joined.
 */
export type BarAnchor = 'clockHour' | 'sessionOpen'

/** The hours of a panel, ascending; every array has one element a bar. Times in microseconds. */
export interface HourGrid {
  readonly anchor: BarAnchor
  readonly openTime: Float64Array
  readonly closeTime: Float64Array
  /** When a bar is decided on, after its close: only what was known strictly before may be used. */
  readonly decisionTime: Float64Array
  /** Days since 1970 of the session, in New York. */
  readonly sessionDay: Int32Array
  /** 0 for the session's first bar. */
  readonly barOfSession: Uint8Array
}
