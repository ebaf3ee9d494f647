import type { Forecaster } from '../../../strategies/mod.ts'
import type { PanelForecast } from './blend-routes.ts'

/** Forecasts of a panel as the strategy asks for them: each was made without its bar. */
export function panelForecaster(
  { excessReturnBps, downsideProbability }: PanelForecast,
  names: number,
  bars: number,
): Forecaster {
  const alphaBp = new Float64Array(names)
  const downside = new Float64Array(names)
  const fill = (into: Float64Array, from: Float64Array | null, bar: number): void => {
    for (let name = 0; name < names; name++) {
      into[name] = from === null ? Number.NaN : from[name * bars + bar]!
    }
  }
  return {
    forecast(bar) {
      fill(alphaBp, excessReturnBps, bar)
      fill(downside, downsideProbability, bar)
      return { alphaBp, downside }
    },
  }
}
