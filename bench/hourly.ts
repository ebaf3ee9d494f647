import { loadHighs, openTreeKernels, type ThreadedTreeKernels } from '../src/adapters/mod.ts'
import { runHourlyBacktest } from '../src/app/run/hourly/hourly-backtest.ts'
import {
  annualisation,
  createRandom,
  freshGovernor,
  generatePanel,
  type HourPanel,
  provenOr,
  type SolvePortfolio,
  updateGovernor,
} from '../src/core/mod.ts'
import {
  calibrateReturns,
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  FeatureEngine,
  features,
  forecastOf,
  scoreTrees,
  type TreeLoss,
  type TreesModel,
  toBasisPoints,
  trainTrees,
} from '../src/models/mod.ts'
import { HourMemory } from '../src/strategies/hourly/hour-memory.ts'
import { decideHour, type Forecast, HOURLY_PRESETS, panelHours } from '../src/strategies/mod.ts'
import {
  type Benchmark,
  duel,
  median,
  type Result,
  requireEqual,
  significant,
  threadSeconds,
  timed,
} from './harness.ts'

const NAMES = 500
const SESSIONS = 1260
const DECISION_SESSIONS = 60
const TRAINING_ROWS = 50_000
const TREES = 200
const SCORED_ROWS = 50_000
const ROUNDS = 3
/** Decisions before the first that is measured: covariance and windows are warm then. */
const WARM_BARS = 120
const CAPITAL = 1_000_000
const DECISION_SECONDS_MAX = 1
const BACKTEST_SECONDS_MAX = 30
/** Between training and calibration: labels of five bars must not reach over. */
const PURGED_BARS = 12
/** Five sessions. */
const CALIBRATION_BLOCK_BARS = 35
/** Bars that a forecast drawn anew lasts. */
const HELD_BARS = 5

/** What the trees of the backtest can find. */
const EDGE = { column: 'sentiment_score', bpPer5Bars: 10 } as const

const settings = HOURLY_PRESETS.corrected

/** What an hourly decision waits for, and how long years of them take to trade. */
export const hourly: Benchmark = {
  name: 'hourly',
  summary: `decisions of ${NAMES} names hour by hour, and the backtest of ${SESSIONS} sessions`,
  async run({ shrink }) {
    const names = Math.max(30, Math.floor(NAMES / shrink))
    const panel = generatePanel({ seed: 5, names, sessions: DECISION_SESSIONS })
    const kernels = await openTreeKernels(1)
    const models = trainBoth(panel, kernels)
    const highs = await loadHighs()
    const proven = provenOr(highs)
    const results = [
      decisions(panel, { kernels, models, how: 'proven or HiGHS', solve: proven }),
      decisions(panel, { kernels, models, how: 'HiGHS', solve: highs }),
    ]
    results.push(scoring(panel, { kernels, models }))
    const sessions = Math.max(60, Math.floor(SESSIONS / shrink))
    const years = generatePanel({ seed: 5, names, sessions, edge: EDGE })
    results.push(...backtests(years, { kernels, solve: proven }, shrink === 1))
    await kernels.close()
    return results
  },
}

interface Models {
  readonly excess: TreesModel
  readonly event: TreesModel
}

/** Trees of the bars before `endBar`. */
function trainBoth(
  panel: HourPanel,
  kernels: ThreadedTreeKernels,
  endBar = panel.grid.openTime.length,
): Models {
  const bars = panel.grid.openTime.length
  const { columns } = computeFeatures(panel)
  const labels = computeLabels(panel, DEFAULT_LABELS)
  const train = (loss: TreeLoss, target: Float32Array | Float64Array): TreesModel => {
    const rows = Int32Array.from(target.keys()).filter(
      (row) => row % bars < endBar && !Number.isNaN(target[row]!),
    )
    const stride = Math.max(1, Math.floor(rows.length / TRAINING_ROWS))
    return trainTrees({
      ...{ columns, features: features.map(({ name }) => name), target, kernels, seed: 1 },
      rows: rows.filter((_, i) => i % stride === 0),
      parameters: { loss, trees: TREES, leavesMax: 31, rowsMin: 100, learningRate: 0.05 },
    })
  }
  return {
    excess: train('squared', labels.excessReturn),
    event: train('logistic', labels.downsideEvent),
  }
}

interface Way {
  readonly kernels: ThreadedTreeKernels
  readonly models: Models
  readonly how: string
  readonly solve: SolvePortfolio
}

/** Decides bar by bar and holds what was decided: features, forecasts and weights each time. */
function decisions(panel: HourPanel, { kernels, models, how, solve }: Way): Result {
  const { barsPerYear } = annualisation(panel.grid)
  const source = panelHours(panel, barsPerYear)
  const memory = new HourMemory(source, settings)
  const engine = new FeatureEngine(panel)
  const governorState = freshGovernor()
  const shares = new Float64Array(source.names)
  const price = new Float64Array(source.names)
  const all: number[] = []
  const parts = { features: [] as number[], forecast: [] as number[], portfolio: [] as number[] }
  for (let bar = 0; bar < panel.grid.openTime.length; bar++) {
    const start = performance.now()
    const rows = engine.next(bar)
    const known = performance.now()
    const forecast = forecastOfBar(rows, source.names, { kernels, models })
    const foretold = performance.now()
    const facts = memory.learn(bar)
    facts.close.forEach((close, name) => {
      if (close > 0) price[name] = close
    })
    const time = panel.grid.decisionTime[bar]!
    const decided = decideHour(
      {
        ...{ bar, time, tradeTime: time, facts, memory, barsPerYear, forecast, solve },
        ...{ sectors: source.sectors, standing: { equity: CAPITAL, shares, price } },
        governor: updateGovernor(governorState, settings.governor, CAPITAL),
      },
      settings,
    )
    const end = performance.now()
    shares.fill(0)
    decided.decision.weights.forEach(([name, weight]) => {
      shares[name] = (weight * CAPITAL) / price[name]!
    })
    if (bar < WARM_BARS) continue
    all.push(end - start)
    parts.features.push(known - start)
    parts.forecast.push(foretold - known)
    parts.portfolio.push(end - foretold)
  }
  const most = Math.max(...all)
  const middles = Object.entries(parts).map(
    ([part, each]) => `${part} ${significant(median(each))}`,
  )
  return {
    name: `hourly decision of ${source.names} names, ${how}`,
    value: significant(median(all)),
    unit: 'ms',
    ratio: null,
    target: `<= ${DECISION_SECONDS_MAX} s`,
    met: most <= DECISION_SECONDS_MAX * 1000,
    note: `median by the clock, at most ${significant(most)} ms in ${all.length}; ${middles.join(', ')} ms`,
  }
}

function forecastOfBar(
  rows: Float32Array,
  names: number,
  { kernels, models }: Pick<Way, 'kernels' | 'models'>,
): Forecast {
  const columns = features.map((_, f) => rows.subarray(f * names, (f + 1) * names))
  const every = Int32Array.from({ length: names }, (_, name) => name)
  const score = (model: TreesModel) => kernels.score(model, columns, every)
  return {
    alphaBp: score(models.excess).map((value) => value * 1e4),
    downside: score(models.event).map((value) => forecastOf('logistic', value)),
  }
}

/** Scores of many rows, by the compiled kernel and by TypeScript in turn. */
function scoring(panel: HourPanel, { kernels, models }: Pick<Way, 'kernels' | 'models'>): Result {
  const { columns } = computeFeatures(panel)
  const rows = Int32Array.from({ length: Math.min(SCORED_ROWS, columns[0]!.length) }, (_, i) => i)
  let own: Float64Array = new Float64Array()
  let plain: Float64Array = new Float64Array()
  const ours = () => {
    own = kernels.score(models.excess, columns, rows)
  }
  const theirs = () => {
    plain = scoreTrees(models.excess, columns, rows)
  }
  const seen = duel(
    () => timed(ours, threadSeconds),
    () => timed(theirs, threadSeconds),
    ROUNDS,
  )
  own.forEach((score, i) => {
    requireEqual('a score', score, plain[i]!)
  })
  const rate = rows.length / seen.seconds
  return {
    name: `rows scored by ${TREES} trees, one thread`,
    value: significant(rate / 1e3),
    unit: 'k/s',
    ratio: significant(seen.ratio!),
    target: null,
    met: null,
    note: `by processor time, to TypeScript's; 4.4M rows of one model in ${significant(4.4e6 / rate)} s`,
  }
}

/**
 * Trades through engine and simulated exchange, all costs and rules: by what trained and calibrated
 * trees forecast, and by forecasts that are drawn anew every five bars, which no model is as restless as.
 */
function backtests(
  panel: HourPanel,
  { kernels, solve }: Pick<Way, 'kernels' | 'solve'>,
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
