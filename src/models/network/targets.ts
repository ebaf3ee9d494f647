import { type LabelColumns, type Refused, refused } from '../learner.ts'
import { labelledRows } from '../linear/linear-model.ts'

/** Where the loss of an excess return goes from squared to absolute, in deviations of labels. */
export const HUBER_DEVIATIONS = 2

/** How labels become targets, measured on the training rows and on no other. */
export interface NetworkTargets {
  readonly kind: 'targets'
  /** Excess returns are trained on less their mean, by their deviation. Log returns. */
  readonly excessMean: number
  readonly excessDeviation: number
  /** Mean Huber loss of forecasting the mean: losses of returns are divided by it. */
  readonly excessBaseLoss: number
  readonly excessRows: number
  /** Share of downside events; each class weighs one half of all. */
  readonly eventShare: number
  readonly eventRows: number
}

/** Mean balanced logistic loss of forecasting one half: losses of events are divided by it. */
export const EVENT_BASE_LOSS = Math.LN2

/**
 * Measures labels. Refused without rows, and where all excess returns or all events are equal.
 */
export function fitTargets(labels: LabelColumns, rows: Int32Array): NetworkTargets | Refused {
  const excess = labels.excessReturn
  const excessRows = labelledRows(excess, rows)
  const eventRows = labelledRows(labels.downsideEvent, rows)
  const count = excessRows.length
  if (count === 0 || eventRows.length === 0) return refused('no training rows qualify')
  let sum = 0
  for (const row of excessRows) sum += excess[row]!
  const mean = sum / count
  let squares = 0
  for (const row of excessRows) squares += (excess[row]! - mean) ** 2
  const deviation = Math.sqrt(squares / count)
  // What is left of equal labels is rounding.
  if (!(deviation > 1e-9 * Math.abs(mean)))
    return refused(`all ${count} training rows have the same excess return`)
  let loss = 0
  for (const row of excessRows) loss += huber((excess[row]! - mean) / deviation)
  let events = 0
  for (const row of eventRows) events += labels.downsideEvent[row]!
  if (events === 0 || events === eventRows.length) {
    return refused(`all ${eventRows.length} training rows have the event ${events === 0 ? 0 : 1}`)
  }
  return {
    kind: 'targets',
    excessMean: mean,
    excessDeviation: deviation,
    excessBaseLoss: loss / count,
    excessRows: count,
    eventShare: events / eventRows.length,
    eventRows: eventRows.length,
  }
}

/** Huber's loss of an error in deviations (Huber 1964). */
export function huber(error: number): number {
  const size = Math.abs(error)
  const within = Math.min(size, HUBER_DEVIATIONS)
  return within * (size - within / 2)
}

/** What an excess return is trained on. */
export const excessTarget = (
  { excessMean, excessDeviation }: NetworkTargets,
  value: number,
): number => (value - excessMean) / excessDeviation

/** Weight of a row by its event, 1 in the mean. */
export const eventWeight = ({ eventShare }: NetworkTargets, event: number): number =>
  0.5 / (event === 1 ? eventShare : 1 - eventShare)

/** Log odds at the training rows' base rate of log odds at one half. */
export const unbalancedLogit = ({ eventShare }: NetworkTargets, logit: number): number =>
  logit + Math.log(eventShare / (1 - eventShare))
