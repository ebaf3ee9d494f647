import type { QueueModel } from './options.ts'

/** Where a resting order stands in the queue of its price level. Mutable; whole lots. */
export interface QueuePlace {
  /** Displayed lots before us; -1 while the level's quantity is not known. */
  ahead: number
  /** Displayed quantity of the level when it was last published; -1 when never. */
  displayed: number
  /** Lots printed at this price since then: they explain as much of the next decrease. */
  tradedSince: number
  /** Decrease of the last publication that no trade had explained, and what it took off `ahead`. */
  unexplained: number
  takenOff: number
}

/** Not in a queue yet, or in one that cannot be seen. */
export const nowhereInQueue = (): QueuePlace => ({
  ahead: -1,
  displayed: -1,
  tradedSince: 0,
  unexplained: 0,
  takenOff: 0,
})

/** At the end of a queue: `free` of the `displayed` lots are still there to be served before us. */
export const joinQueue = (displayed: number, free: number): QueuePlace => ({
  ahead: free,
  displayed,
  tradedSince: 0,
  unexplained: 0,
  takenOff: 0,
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
  const before = place.ahead
  const afterTrades = place.displayed - place.tradedSince
  const unexplained = Math.max(0, afterTrades - quantity)
  let ahead = before
  if (unexplained > 0) {
    if (model === 'proRata') {
      ahead -= Math.floor((Math.min(before, afterTrades) * unexplained) / afterTrades)
    } else if (model === 'optimistic') {
      ahead -= Math.min(before, unexplained)
    }
  }
  place.ahead = Math.min(ahead, quantity)
  place.displayed = quantity
  place.tradedSince = 0
  place.unexplained = unexplained
  place.takenOff = before - place.ahead
}

/**
 * Notes a trade of `quantity` lots at the level, before its effect on `ahead` is worked out by the
 * caller. `age` compares it with the level's last publication: a trade that came `after` explains
 * the next decrease. One from `before` (or, as far as it can be told, the `same` instant) is part
 * of what was published already: the share of the decrease that was taken for cancellations is
 * given back, so that the queue is not eaten twice.
 */
export function tradeNoted(
  place: QueuePlace,
  quantity: number,
  age: 'before' | 'same' | 'after',
): void {
  if (age === 'after') {
    place.tradedSince += quantity
    return
  }
  const explained = Math.min(quantity, place.unexplained)
  if (explained > 0) {
    const back = Math.ceil((place.takenOff * explained) / place.unexplained)
    place.ahead += back
    place.takenOff -= back
    place.unexplained -= explained
  }
  if (age === 'same') place.tradedSince += quantity - explained
}
