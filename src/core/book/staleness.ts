import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

/** How often a stream speaks when all is well, and how long its silence is believed. */
export interface StreamCadence {
  /** Expected time between updates, us, positive. */
  readonly cadenceUs: number
  /** Updates that may be missed before the stream counts as stale, at least 1. */
  readonly allowedMisses: number
}

/** Age in us up to which a stream of this cadence is fresh: (allowed misses + 1) x cadence. */
export function ageBudgetUs(cadence: StreamCadence): number {
  const { cadenceUs, allowedMisses } = cadence
  assert(cadenceUs > 0 && Number.isSafeInteger(cadenceUs), `cadence ${cadenceUs} us: positive`)
  assert(allowedMisses >= 1, `allowed misses ${allowedMisses}: at least 1`)
  return Math.ceil((allowedMisses + 1) * cadenceUs)
}

/** Age of one stream of one instrument, judged by received time only. Plain data. */
export interface StreamAge {
  /** Oldest age in us that still counts as fresh. */
  readonly budgetUs: number
  /** Received time of the last update, -Infinity when there was none since the last connect. */
  receivedTime: TimeUs
  /** What `observeAge` last found. */
  fresh: boolean
}

/** A stream that has not been heard of. */
export function createStreamAge(budgetUs: number): StreamAge {
  assert(budgetUs > 0, `age budget ${budgetUs} us: positive`)
  return { budgetUs, receivedTime: Number.NEGATIVE_INFINITY, fresh: false }
}

/** Notes an update received at `receivedTime`. Does not judge: `observeAge` does. */
export function touchStream(age: StreamAge, receivedTime: TimeUs): void {
  age.receivedTime = receivedTime
}

/** The stream broke: stale until its next update. */
export function loseStream(age: StreamAge): void {
  age.receivedTime = Number.NEGATIVE_INFINITY
}

/** Age in us at `now`, Infinity when nothing was received. */
export function ageUs(age: StreamAge, now: TimeUs): number {
  return now - age.receivedTime
}

/** True while the age at `now` is inside the budget (a budget of exactly that age is fresh). */
export function isFresh(age: StreamAge, now: TimeUs): boolean {
  return now - age.receivedTime <= age.budgetUs
}

/** First instant in us at which the stream turns stale without a further update. */
export function staleTime(age: StreamAge): TimeUs {
  return age.receivedTime + age.budgetUs + 1
}

/** Judges the stream at `now` and says what changed since the last judgement. */
export function observeAge(
  age: StreamAge,
  now: TimeUs,
): 'unchanged' | 'turnedFresh' | 'turnedStale' {
  const fresh = isFresh(age, now)
  if (fresh === age.fresh) return 'unchanged'
  age.fresh = fresh
  return fresh ? 'turnedFresh' : 'turnedStale'
}
