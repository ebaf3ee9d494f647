import type { ParameterChange } from '../../core/mod.ts'
import type { Tier } from './parameters.ts'

/** What an operator may change in one instrument while a session runs. */
export const adjustableKeys = [
  'longEntry',
  'longExit',
  'shortEntry',
  'shortExit',
  'notional',
] as const
export type AdjustableKey = (typeof adjustableKeys)[number]

/** What was changed in one instrument: absent is as configured, 0 is a value. */
export type Adjustment = Partial<Record<AdjustableKey, number>>

/** Takes a change in; a key that is not adjustable changes nothing. */
export function adjust(adjustments: (Adjustment | null)[], change: ParameterChange): void {
  const key = adjustableKeys.find((one) => one === change.key)
  const before = adjustments[change.instrument]
  if (key === undefined || before === undefined) return
  adjustments[change.instrument] = { ...before, [key]: change.value }
}

/** The thresholds that hold in an instrument now, `tier` being those it was configured with. */
export function adjustedTier(tier: Tier, adjustment: Adjustment | null | undefined): Tier {
  if (adjustment === null || adjustment === undefined) return tier
  return {
    longEntry: adjustment.longEntry ?? tier.longEntry,
    longExit: adjustment.longExit ?? tier.longExit,
    shortEntry: adjustment.shortEntry ?? tier.shortEntry,
    shortExit: adjustment.shortExit ?? tier.shortExit,
  }
}
