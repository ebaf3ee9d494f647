import type { EngineConfig, Instrument, ParameterChange, SeedBar } from '../../core/mod.ts'
import type { Tier } from '../../strategies/mod.ts'
import type { Config } from '../config/schema.ts'
import { configuredParameters } from '../control/parameters.ts'
import {
  builderTier,
  classOf,
  estimatedDeviations,
  leastDeviations,
  nativeTier,
} from '../screen/classes.ts'

/** What an instrument's thresholds are set to at the start, and why. */
export interface Calibration {
  readonly changes: readonly ParameterChange[]
  readonly reason: string
}

/** Bars that a deviation is taken of, and the fewest that tell anything. */
const BARS = 60
const BARS_MIN = 30
/** Deviations are compared as those of four hours. */
const SPAN_US = 4 * 3_600_000_000

/**
 * Thresholds of an instrument by its class and by how far the closes of its history went from their
 * mean; null where the file names its thresholds, where another strategy trades it, and where its
 * class has none of its own.
 */
export function calibrate(
  { config, engine }: { readonly config: Config; readonly engine: EngineConfig },
  { id, symbol }: Instrument,
  bars: readonly SeedBar[],
): Calibration | null {
  const { strategy, signal } = config
  if (!strategy.calibrate || Object.hasOwn(strategy.overrides, symbol)) return null
  if (configuredParameters(engine, config).byInstrument[id] === null) return null
  const found = symbol.includes(':') ? builderRule(symbol, bars, signal.interval) : native(symbol)
  if (found === null) return null
  const changes = Object.entries(found.tier).map(([key, value]) => ({ instrument: id, key, value }))
  return { changes, reason: found.reason }
}

interface Rule {
  readonly tier: Tier
  readonly reason: string
}

function native(symbol: string): Rule | null {
  const tier = nativeTier(symbol)
  return tier === null ? null : { tier, reason: `thresholds of ${symbol}` }
}

function builderRule(symbol: string, bars: readonly SeedBar[], intervalUs: number): Rule {
  const name = classOf(symbol)
  const seen = deviationPercent(bars, intervalUs)
  const percent = seen === null ? estimatedDeviations[name] : Math.max(seen, leastDeviations[name])
  const source = seen === null ? 'estimated' : `${seen.toFixed(2)} % seen`
  return {
    tier: builderTier(name, percent),
    reason: `${name}, deviation ${percent.toFixed(2)} % (${source})`,
  }
}

/** Population deviation of the last closes in percent of their mean, as of four hours. */
export function deviationPercent(bars: readonly SeedBar[], intervalUs: number): number | null {
  const closes = bars.slice(-BARS).map(({ close }) => close)
  if (closes.length < BARS_MIN) return null
  const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length
  const variance = closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / closes.length
  return (Math.sqrt(variance) / mean) * 100 * Math.sqrt(SPAN_US / intervalUs)
}
