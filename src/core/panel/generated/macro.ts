import type { Random } from '../../lib/random.ts'
import { MACRO_FIELDS } from '../fields.ts'
import { barCount, type HourGrid } from '../hour-grid.ts'
import type { KnownSeries } from '../hour-panel.ts'
import type { MarketPath } from './market.ts'
import type { GeneratedPanelSettings } from './options.ts'

const MACRO_KNOWN_US = 60_000_000

/**
 * One row a bar, quoted at its close and known a minute later: VIX follows the level of volatility,
 * the rest are walks of their own that know nothing of prices.
 */
export function drawMacro(
  random: Random,
  grid: HourGrid,
  market: MarketPath,
  settings: GeneratedPanelSettings,
): KnownSeries {
  const bars = barCount(grid)
  const columns = MACRO_FIELDS.map(() => new Float64Array(bars))
  let [ten, two, dollar, oil, gold] = [4, 4.2, 103, 75, 1900]
  for (let bar = 0; bar < bars; bar++) {
    ten = Math.max(0.1, ten + 0.009 * random.normal())
    two = Math.max(0.1, two + 0.01 * random.normal())
    dollar *= Math.exp(0.0007 * random.normal())
    oil *= Math.exp(0.002 * random.normal())
    gold *= Math.exp(0.0015 * random.normal())
    const vix = 100 * settings.marketVolatility * market.level[bar]! + 0.25 * random.normal()
    const row = [
      Math.max(8, vix),
      ten,
      two,
      dollar,
      oil,
      gold,
      0.2 * random.normal(),
      Math.abs(random.normal()),
      random.next(),
    ]
    for (const [k, value] of row.entries()) columns[k]![bar] = value
  }
  return {
    knownTime: grid.closeTime.map((close) => close + MACRO_KNOWN_US),
    eventTime: grid.closeTime.slice(),
    fields: Object.fromEntries(MACRO_FIELDS.map((field, k) => [field, columns[k]!])),
  }
}
