import type { QueueModel } from './options.ts'

/** Where a resting order stands in the queue of its price level. Mutable; whole lots. */
export interface QueuePlace {
  /** Displayed lots before us; -1 while the level's quantity is not known. */
  ahead: number
  /** Displayed quantity of the level when it was last published; -1 when never. */
  displayed: number
  /** Lots printed at this price since then: they explain as much of the next decrease. */
  tradedSince: number
  /** What the last publication found, to be judged again when a trade explains it afterwards. */
  aheadBefore: number
  displayedBefore: number
  /** How much of its decrease from `displayedBefore` no trade has explained so far. */
  unexplained: number
}

/** Not in a queue yet, or in one that cannot be seen. */
export const nowhereInQueue = (): QueuePlace => ({
  ahead: -1,
  displayed: -1,
  tradedSince: 0,
  aheadBefore: 0,
  displayedBefore: 0,
  unexplained: 0,
})

/** At the end of a queue: `free` of the `displayed` lots are still there to be served before us. */
export const joinQueue = (displayed: number, free: number): QueuePlace => ({
  ahead: free,
  displayed,
  tradedSince: 0,
  aheadBefore: 0,
  displayedBefore: 0,
  unexplained: 0,
})

/**
 * The level was published with `quantity` lots. A decrease that trades do not explain is taken for
 * cancellations and shared out by the model, rounded against us; never more lots stay ahead than
 * are displayed. A level seen for the first time may have been there before us: all is ahead.
 */
export function levelPublished(place: QueuePlace, model: QueueModel, quantity: number): void {
  if (place.displayed < 0) {
    if (place.ahead < 0) place.ahead = quantity
    place.displayed = quantity
    place.tradedSince = 0
    return
  }
  place.aheadBefore = place.ahead
  place.displayedBefore = place.displayed - place.tradedSince
  place.unexplained = Math.max(0, place.displayedBefore - quantity)
  place.displayed = quantity
  place.tradedSince = 0
  place.ahead = aheadAfter(place, model, place.unexplained)
}

/** Lots ahead if of the last decrease so many were canceled; the others are still to be traded. */
function aheadAfter(place: QueuePlace, model: QueueModel, canceled: number): number {
  const { aheadBefore, displayedBefore, displayed } = place
  let taken = 0
  if (canceled > 0 && model === 'proRata') {
    taken = Math.floor((Math.min(aheadBefore, displayedBefore) * canceled) / displayedBefore)
  } else if (model === 'optimistic') taken = Math.min(aheadBefore, canceled)
  return Math.min(aheadBefore - taken, Math.max(displayed, displayedBefore) - canceled)
}

/**
 * Notes a trade of `quantity` lots at the level, before its effect on `ahead` is worked out by the
 * caller. `age` compares it with the level's last publication: a trade that came `after` explains
 * the next decrease. One from `before` (or, as far as it can be told, the `same` instant) is part
 * of what was published already: as much of the decrease is no longer taken for cancellations, so
 * that the queue is not eaten twice.
 */
export function tradeNoted(
  place: QueuePlace,
  model: QueueModel,
  quantity: number,
  age: 'before' | 'same' | 'after',
): void {
  if (age === 'after') {
    place.tradedSince += quantity
    return
  }
  const explained = Math.min(quantity, place.unexplained)
  if (explained > 0) {
    const left = place.unexplained - explained
    place.ahead += aheadAfter(place, model, left) - aheadAfter(place, model, place.unexplained)
    place.unexplained = left
  }
  if (age === 'same') place.tradedSince += quantity - explained
}

/** A trade went through the level: whatever was ahead is gone, and no later word brings it back. */
export function tradedThrough(place: QueuePlace): void {
  place.ahead = 0
  place.unexplained = 0
}
