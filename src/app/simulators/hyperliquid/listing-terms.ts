import type { MarginTable } from './state/margin-table.ts'

/** A dex that somebody has built on the venue, as it was registered. */
export interface DexTerms {
  /** Lower case; the prefix of its coins. */
  readonly name: string
  readonly fullName: string
  readonly deployer: string
  readonly oracleUpdater: string | null
  readonly feeRecipient: string | null
  /** Index of the token in which its accounts are kept. */
  readonly collateral: number
  /** The deployer's share of fees, x 10^9: see the fee rates. */
  readonly deployerFeeScaleE9: number
}

/** What holds for one coin beyond its numbers; everything left out is what natives have. */
export interface PerpTerms {
  /** Isolated margin only; strict: margin cannot be taken out of an open position. */
  readonly marginMode?: 'noCross' | 'strictIsolated'
  /** Fees are a tenth. */
  readonly growthMode?: boolean
  /** Default: one tier of the instrument's highest leverage. */
  readonly marginTable?: MarginTable
  /** Largest open interest in currency units of notional; absent: none. */
  readonly openInterestCap?: number
  /** Factor of the funding rate, x 10^9. */
  readonly fundingMultiplierE9?: number
  readonly isDelisted?: boolean
}

/** Points the public record leaves open, with what is taken unless told otherwise. */
export interface ListingRules {
  /** Whether whole prices of six and more digits are on the tick (documented) or not (measured). */
  readonly integerPrices: 'always' | 'fiveFigures'
  /** A reduce-only order larger than its position is cut down when it executes, or refused. */
  readonly reduceOnlySize: 'clamp' | 'refuse'
  /** Where an isolated position's funding comes from and goes to. */
  readonly isolatedFunding: 'margin' | 'cash'
}

/** The rules unless told otherwise. */
export const defaultListingRules: ListingRules = {
  integerPrices: 'always',
  reduceOnlySize: 'clamp',
  isolatedFunding: 'margin',
}

/** What a venue lists besides the instruments themselves. */
export interface ListingTerms {
  /** The builders' dexs in order: the first has index 1. */
  readonly dexs: readonly DexTerms[]
  /** By the coin's whole name. */
  readonly perps: Readonly<Record<string, PerpTerms>>
  readonly rules?: Partial<ListingRules>
}
