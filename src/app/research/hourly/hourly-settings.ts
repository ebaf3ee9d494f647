import { InputError } from '../../../adapters/mod.ts'
import { HOURLY_PRESETS, type HourlySettings } from '../../../strategies/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'

/** How a configuration decides and trades: its preset, and what the file says before it. */
export function settingsOf({ preset, portfolio, execution }: HourlyConfig): HourlySettings {
  const base = HOURLY_PRESETS[preset]
  const { limits, band, costs } = base
  const settings: HourlySettings = {
    ...base,
    limits: {
      nameMax: portfolio.nameMax ?? limits.nameMax,
      sectorMax: portfolio.sectorMax ?? limits.sectorMax,
      exposureMax: portfolio.exposureMax ?? limits.exposureMax,
      turnoverMax: portfolio.turnoverMax ?? limits.turnoverMax,
    },
    band: {
      low: portfolio.volatilityLow ?? band.low,
      high: portfolio.volatilityHigh ?? band.high,
    },
    aversion: portfolio.aversion ?? base.aversion,
    downsideChargeBp: portfolio.downsideCharge ?? base.downsideChargeBp,
    dollarVolumeMin: portfolio.dollarVolumeMin ?? base.dollarVolumeMin,
    everyBars: portfolio.everyBars ?? base.everyBars,
    remainder: execution.remainder ?? base.remainder,
    costs: { ...costs, participationMax: execution.participationMax ?? costs.participationMax },
  }
  refuseContradictions(settings)
  return settings
}

/** Limits that no portfolio could keep. Throws InputError (3) naming the keys. */
function refuseContradictions({ limits, band }: HourlySettings): void {
  const problems = [
    [band.low > band.high, 'portfolio.volatilityLow', band.low, 'volatilityHigh', band.high],
    [limits.exposureMax > 1, 'portfolio.exposureMax', limits.exposureMax, 'all of the equity', 1],
    [limits.nameMax > 1, 'portfolio.nameMax', limits.nameMax, 'all of the equity', 1],
  ] as const
  const details = problems
    .filter(([isWrong]) => isWrong)
    .map(
      ([, key, value, bound, most]) => `${key} is ${value}: allowed is at most ${most} (${bound})`,
    )
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-HOUR-002',
    exitCode: 3,
    message: 'The limits of the portfolio contradict each other',
    details,
  })
}
