import { z } from 'zod'
import { positiveDuration } from './quantities.ts'

/** Whether a session sets thresholds of its own when it begins. */
export const calibrateSchema = z
  .boolean()
  .default(false)
  .describe('what `overrides` does not name is set by class and deviation when a session begins')

/** A time stop in place of the usual one while US stock exchanges are open. */
export const stockHoursSchema = positiveDuration()
  .optional()
  .meta({
    description: 'in its place while US stock exchanges are open (holidays and half days kept)',
    examples: ['30m'],
  })

/** The time stop of stock hours where a configuration has one. */
export const stockHours = (own: { readonly timeStopStockHours?: number | undefined }) =>
  own.timeStopStockHours === undefined ? {} : { timeStopStockHoursUs: own.timeStopStockHours }
