import type { HourGrid } from '../../core/mod.ts'
import type { BarWindow } from './folds.ts'

/** A stretch of time, both ends included. Microseconds. */
export interface TimeWindow {
  readonly fromTime: number
  readonly toTime: number
}

/**
 * Times that a model's training saw, for its file: from the open of each window's first bar to the
 * close of its last, which is the last that its labels reach.
 */
export function trainedTimes(
  trainedOn: readonly BarWindow[],
  grid: Pick<HourGrid, 'openTime' | 'closeTime'>,
): readonly TimeWindow[] {
  return trainedOn.map(({ first, last }) => ({
    fromTime: grid.openTime[first]!,
    toTime: grid.closeTime[last]!,
  }))
}

/**
 * The first of a saved model's training times that meets what it is to forecast; null where none
 * does. A model must not be tested on dates that it was trained on.
 */
export function seenTimes(trained: readonly TimeWindow[], wanted: TimeWindow): TimeWindow | null {
  const meets = ({ fromTime, toTime }: TimeWindow): boolean =>
    fromTime <= wanted.toTime && toTime >= wanted.fromTime
  return trained.find(meets) ?? null
}
