import type { TimeUs } from '../../../core/mod.ts'
import type { AlpacaOptions } from './options.ts'

/** Length of the finished bars that are delivered of a symbol, us; null for none. */
export const barIntervalOf = (
  { barIntervalUs, barIntervals }: Pick<AlpacaOptions, 'barIntervalUs' | 'barIntervals'>,
  symbol: string,
): TimeUs | null =>
  barIntervals === undefined ? (barIntervalUs ?? null) : (barIntervals.get(symbol) ?? null)
