import type { Dependence, FactorCount } from '../../core/mod.ts'

/** What the returns of a name are held against. */
export type ResidualFactors =
  /**
   * One factor a name: its sector's, which is an instrument of the session where `proxies` names
   * one by sector, else the mean return of the sector's other names.
   */
  | {
      readonly kind: 'sector'
      /** Sector by symbol; a name in none has no factor. */
      readonly sectors: Readonly<Record<string, string>>
      /** Symbol by sector; never traded. */
      readonly proxies: Readonly<Record<string, string>>
    }
  /** Eigenportfolios of the correlation of all names over `window` returns. */
  | { readonly kind: 'pca'; readonly window: number; readonly count: FactorCount }

/** When a residual is taken to revert; the verdict holds until the next review. */
export interface ReversionTests {
  /** Returns that are tested. */
  readonly window: number
  /** Sessions from one review to the next. */
  readonly everySessions: number
  /** Whether the data must span ten of the half-lives they suggest. */
  readonly needsHalfLife: boolean
  /** Expected share of false names among those that pass, at most. */
  readonly falseDiscoveryRate: number
  readonly dependence: Dependence
}

/** What the beta of a whole book is held to. */
export interface NeutralBook {
  /** One book against the mean return of all names, or one for every sector's factor. */
  readonly by: 'market' | 'sector'
  /** |sum of value x beta| over the sum of |value x beta|, at most. */
  readonly tolerance: number
}

/** Scores of residual returns (Avellaneda and Lee 2010). */
export interface ResidualParameters {
  readonly factors: ResidualFactors
  /** Symbol whose returns are the market's; null is the mean of all names. */
  readonly market: string | null
  /** Returns in the regression and the fitted process. */
  readonly window: number
  /** Slowest speed of an entry, per year. */
  readonly kappaMin: number
  /** Whether the mean of all names' means is taken off each. */
  readonly centreMeans: boolean
  /** Whether the score takes the residual's drift off. */
  readonly withDrift: boolean
  /** Sessions in a row whose missing close is taken from the one before. */
  readonly maxGap: number
  /** Null is without tests: every name whose speed suffices may be entered. */
  readonly tests: ReversionTests | null
  /** Null is an unbalanced book. */
  readonly neutral: NeutralBook | null
}

/** Closes that the scores look back on. */
export function closesKept({ factors, window, tests, maxGap }: ResidualParameters): number {
  const pca = factors.kind === 'pca' ? factors.window : 0
  return Math.max(window, pca, tests?.window ?? 0) + 1 + maxGap
}
