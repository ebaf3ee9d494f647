import type { ThreadedTreeKernels } from '../src/adapters/mod.ts'
import { runHourlyBacktest } from '../src/app/run/hourly/hourly-backtest.ts'
import { createRandom, type HourPanel, type SolvePortfolio } from '../src/core/mod.ts'
import {
  calibrateReturns,
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  forecastOf,
  toBasisPoints,
} from '../src/models/mod.ts'
import { type Forecast, HOURLY_PRESETS } from '../src/strategies/mod.ts'
import { type Result, significant, threadSeconds, timed } from './harness.ts'
import { trainBoth } from './hourly-trees.ts'

const BACKTEST_SECONDS_MAX = 30
/** Between training and calibration: labels of five bars must not reach over. */
const PURGED_BARS = 12
/** Five sessions. */
const CALIBRATION_BLOCK_BARS = 35
/** Bars that a forecast drawn anew lasts. */
const HELD_BARS = 5

const settings = HOURLY_PRESETS.corrected

/**
 * Trades through engine and simulated exchange, all costs and rules: by what trained and calibrated
 * trees forecast, and by forecasts that are drawn anew every five bars, which no model is as restless as.
 */
export function hourlyBacktests(
  panel: HourPanel,
  { kernels, solve }: { readonly kernels: ThreadedTreeKernels; readonly solve: SolvePortfolio },
  isWhole: boolean,
): readonly Result[] {
  const trained = forecastsOf(panel, kernels)
  const bars = panel.grid.openTime.length
  const random = createRandom(5)
  const calm = (bar: number, forecast: Forecast): void => {
    for (let name = 0; name < forecast.alphaBp.length; name++) {
      forecast.alphaBp[name] = trained.alphaBp[name * bars + bar]!
      forecast.downside[name] = trained.downside[name * bars + bar]!
    }
  }
  const restless = (bar: number, { alphaBp, downside }: Forecast): void => {
    downside.fill(0.05)
    if (bar % HELD_BARS !== 0) return
    for (let name = 0; name < alphaBp.length; name++) alphaBp[name] = 20 * random.normal()
  }
  const most = BACKTEST_SECONDS_MAX
  return [
    backtest(panel, { solve, fill: calm, of: 'calibrated trees', most: isWhole ? most : null }),
    backtest(panel, { solve, fill: restless, of: 'forecasts drawn anew', most: null }),
  ]
}

/** What trees of the first fifth of the bars, calibrated on the second, forecast of all cells. */
function forecastsOf(panel: HourPanel, kernels: ThreadedTreeKernels): Forecast {
  const { columns } = computeFeatures(panel)
  const bars = panel.grid.openTime.length
  const [trainEnd, end] = [Math.floor(bars / 5), Math.floor((2 * bars) / 5)]
  const models = trainBoth(panel, kernels, trainEnd)
  const every = Int32Array.from(columns[0]!.keys())
  const scores = kernels.score(models.excess, columns, every)
  const { excessReturn } = computeLabels(panel, DEFAULT_LABELS)
  const unseen = every.filter((row) => {
    const bar = row % bars
    return bar >= trainEnd + PURGED_BARS && bar < end && !Number.isNaN(excessReturn[row]!)
  })
  const calibration = calibrateReturns(
    {
      scores: Float64Array.from(unseen, (row) => scores[row]!),
      outcomes: Float64Array.from(unseen, (row) => excessReturn[row]!),
      blocks: unseen.map((row) => Math.floor((row % bars) / CALIBRATION_BLOCK_BARS)),
    },
    'linear',
  )
  if (calibration.kind === 'refused') throw new Error(calibration.reason)
  return {
    alphaBp: toBasisPoints(calibration, scores),
    downside: kernels
      .score(models.event, columns, every)
      .map((value) => forecastOf('logistic', value)),
  }
}

interface Trading {
  readonly solve: SolvePortfolio
  readonly fill: (bar: number, forecast: Forecast) => void
  readonly of: string
  /** Target, seconds; null of none. */
  readonly most: number | null
}

function backtest(panel: HourPanel, { solve, fill, of, most }: Trading): Result {
  const names = panel.symbols.length
  const forecast = { alphaBp: new Float64Array(names), downside: new Float64Array(names) }
  let decided = 0
  const forecaster = {
    forecast(bar: number) {
      decided++
      fill(bar, forecast)
      return forecast
    },
  }
  let fills = 0
  const seconds = timed(() => {
    fills = runHourlyBacktest({ panel, settings, forecaster, solve }).fills.length
  }, threadSeconds)
  return {
    name: `backtest of ${names} names x ${panel.grid.openTime.length} hours, ${of}`,
    value: significant(seconds),
    unit: 's',
    ratio: null,
    target: most === null ? null : `<= ${most} s`,
    met: most === null ? null : seconds <= most,
    note: `processor time after training; ${decided} decisions, ${fills} fills`,
  }
}
