import type { TimeUs } from '../../core/mod.ts'

/** A pair as discovery found it: log price of leg A = alpha + beta x log price of leg B. */
export interface WhitelistedPair {
  readonly legA: string
  readonly legB: string
  readonly beta: number
  /** The leg that is traded first: the less liquid one. */
  readonly first: 'a' | 'b'
}

/** The pairs that may be traded, and since when that was known. */
export interface Whitelist {
  /** The last of its data could be known then, us. */
  readonly knownTime: TimeUs
  readonly pairs: readonly WhitelistedPair[]
}

/** Parameters of pair trading. */
export interface PairsParameters {
  readonly whitelist: Whitelist
  /** Age of the whitelist beyond which nothing is entered, us; null is off. */
  readonly whitelistAgeMaxUs: TimeUs | null
  /** Closes of the spread's z and of its refits. */
  readonly window: number
  /** Enter at |z| of at least it, leave at most `exit`, stop at least `stop`. */
  readonly entry: number
  readonly exit: number
  readonly stop: number
  /** Pause between two refits of beta, us. */
  readonly refitUs: TimeUs
  /** Largest distance of a refit from the discovered beta, a fraction of it. */
  readonly betaChangeMax: number
  /** Largest absolute funding rate of a leg per interval, a fraction; null is off. */
  readonly fundingMax: number | null
  /** Pause after a stop or an unwinding, us. */
  readonly lockoutUs: TimeUs
  /** Pairs that may be on at once. */
  readonly openMax: number
  /** Value of leg A, in quote units; leg B is worth |beta| times what A filled. */
  readonly notional: number
  /** A leg's entry must be over by then, us. */
  readonly legTimeoutUs: TimeUs
  /** Largest deviation of the filled hedge from the planned one, a fraction. */
  readonly hedgeErrorMax: number
  /** Loss of both legs at the mids at which a pair is stopped, in quote units; null is off. */
  readonly lossMax: number | null
  /** The expected return of the spread must exceed the costs by so many bp of A; null is off. */
  readonly costMarginBp: number | null
  /** Longest run of empty bars that does not restart a window, as the signal's own. */
  readonly maxGap: number
}

/** Bounds of |beta| beyond which no hedge makes sense. */
export const betaBounds = { least: 0.1, most: 5 } as const
