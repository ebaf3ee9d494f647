import { loadHighs, openTreeKernels, type ThreadedTreeKernels } from '../src/adapters/mod.ts'
import {
  annualisation,
  freshGovernor,
  generatePanel,
  type HourPanel,
  provenOr,
  type SolvePortfolio,
  updateGovernor,
} from '../src/core/mod.ts'
import {
  computeFeatures,
  FeatureEngine,
  features,
  forecastOf,
  scoreTrees,
  type TreesModel,
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
import { hourlyBacktests } from './hourly-backtests.ts'
import { type Models, TREES, trainBoth } from './hourly-trees.ts'

const NAMES = 500
const SESSIONS = 1260
/** So many that a fifth of them holds the blocks that a calibration needs. */
const SESSIONS_MIN = 320
const DECISION_SESSIONS = 60
const SCORED_ROWS = 50_000
const ROUNDS = 3
/** Decisions before the first that is measured: covariance and windows are warm then. */
const WARM_BARS = 120
const CAPITAL = 1_000_000
const DECISION_SECONDS_MAX = 1

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
    const sessions = Math.max(SESSIONS_MIN, Math.floor(SESSIONS / shrink))
    const years = generatePanel({ seed: 5, names, sessions, edge: EDGE })
    results.push(...hourlyBacktests(years, { kernels, solve: proven }, shrink === 1))
    await kernels.close()
    return results
  },
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
