import type { Money } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import type { Dex } from './dexs.ts'
import { readMoney } from './money-text.ts'
import type { WireListing } from './wire.ts'

/** From a notional on, the highest leverage. */
export interface MarginTier {
  readonly lowerBound: Money
  readonly maximumLeverage: number
}

/** How positions in an asset may be margined. */
export interface MarginRules {
  /** False: positions have margin of their own, apart from the account's. */
  readonly isCrossAllowed: boolean
  /** False: margin of an isolated position can be added, not taken away. */
  readonly isMarginRemovable: boolean
  /** By notional, the first from 0; initial margin is notional / leverage, maintenance half of it. */
  readonly tiers: readonly MarginTier[]
}

/** Reads the flags and the margin table of a listed coin. Throws AdapterError VENUE_UNREADABLE. */
export function marginRulesOf(dex: Dex, listed: WireListing): MarginRules {
  const { onlyIsolated, marginMode, marginTableId, maxLeverage } = listed
  const isCrossAllowed =
    onlyIsolated !== true && marginMode !== 'strictIsolated' && marginMode !== 'noCross'
  const table = dex.meta.marginTables?.find(([id]) => id === marginTableId)?.[1]
  const tiers = table?.marginTiers.map((tier): MarginTier => {
    const lowerBound = readMoney(tier.lowerBound)
    if (lowerBound === null) throw unreadable('meta')
    return { lowerBound, maximumLeverage: tier.maxLeverage }
  })
  return {
    isCrossAllowed,
    isMarginRemovable: marginMode !== 'strictIsolated',
    // A coin without a table of its own has one tier at its maximum.
    tiers: tiers ?? [{ lowerBound: 0n, maximumLeverage: maxLeverage }],
  }
}
