import { type Figure, selectionLuck } from '../../../core/mod.ts'
import { type SessionReturns, selectModel, topDecileReturns } from '../../../models/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { openRunLedger, type RunLedger } from '../ledger/run-ledger.ts'
import { formatNumber } from '../report/format.ts'
import type { PanelForecast } from './blend-routes.ts'
import type { Study } from './study.ts'

/** A run as it is counted: what was tried, on what, and what came of it. */
export interface HourlyTrial {
  readonly name: string
  readonly configurationHash: string
  readonly dataHash: string
  readonly codeHash: string
  readonly commit: string
  readonly seed: number
  readonly parameters: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number | null>>
  /** What the returns are, in words; trials compare within one kind. */
  readonly returnInterval: string
  readonly sessions: SessionReturns
  readonly reportPath: string
}

/** How much of a result trying many explains. */
export interface HourlyTrials {
  /** Of this run in the ledger; null when it is only read. */
  readonly runId: string | null
  readonly returnInterval: string
  /** Configurations tried on these data, this one among them. */
  readonly trials: number
  /** Of them, those whose returns are kept for the same sessions as this run's. */
  readonly columns: number
  /** The best of those, by its Sharpe ratio. */
  readonly best: string | null
  /** Of this run's returns, a session. */
  readonly sharpe: Figure
  /** The highest to expect of as many trials without skill. */
  readonly luckySharpe: Figure
  readonly psr: Figure
  readonly dsr: Figure
  /** Probability of backtest overfitting: how often the best of one half is no good in the other. */
  readonly overfitting: Figure
}

const STRATEGY = 'hourly'
const DAY_US = 86_400_000_000

/** Net returns of a backtest's sessions. */
export const netReturns = ({ sessions }: HourlyRecord): SessionReturns => ({
  // The exchange closes on the UTC day that its session has in New York.
  day: Int32Array.from(sessions.time, (time) => Math.floor(time / DAY_US)),
  returns: sessions.returns,
})

/** What the best tenth of forecasts brought over all names, of a walk-forward that trades nothing. */
export function spreadReturns(study: Study, { scores }: PanelForecast): SessionReturns {
  const { panel, labels, labelOptions, data } = study
  const { horizonBars } = labelOptions
  const { sessionDay, barOfSession } = panel.grid
  if (scores === null) return { day: new Int32Array(0), returns: new Float64Array(0) }
  return topDecileReturns(
    { names: data.names, bars: data.features.bars, scores, labels: labels.excessReturn },
    { sessionDay, barOfSession, horizonBars },
  )
}

/**
 * Appends a run to the ledger (where `isCounted`) and says what its figures are worth after all that
 * was tried on the same data. Throws InputError where the ledger is damaged.
 */
export function countHourlyTrial(
  ledgerPath: string,
  trial: HourlyTrial,
  isCounted: boolean,
): HourlyTrials {
  const { sessions, ...facts } = trial
  const { day, returns } = sessions
  const ledger = openRunLedger(ledgerPath)
  try {
    const entry = {
      ...{ ...facts, time: Date.now() * 1000, strategy: STRATEGY, sweepId: null, returns },
      ...({ kind: 'backtest', mode: 'backtest' } as const),
      metrics: { ...facts.metrics, firstDay: day[0] ?? null, lastDay: day.at(-1) ?? null },
    }
    const runId = isCounted ? ledger.recordRun(entry) : null
    const known = ledger.trialStatistics(STRATEGY, trial.dataHash, trial.returnInterval)
    const others = comparable(ledger, trial)
    const candidates = [{ name: `${trial.name} (this run)`, returns }, ...others]
    const { best, overfitting } = selectModel(candidates, known)
    const columns = candidates.map((each) => each.returns)
    const own = selectionLuck({ columns, chosen: returns, tried: columns.length, known })
    const { trials, bestSharpe: sharpe, luckySharpe, psr, dsr } = own
    return {
      ...{ runId, returnInterval: trial.returnInterval, trials, columns: columns.length, best },
      ...{ sharpe, luckySharpe, psr, dsr, overfitting },
    }
  } finally {
    ledger.close()
  }
}

/** Latest run of every other configuration with returns of the same kind over the same sessions. */
function comparable(
  ledger: RunLedger,
  { configurationHash, dataHash, returnInterval, sessions }: HourlyTrial,
): { readonly name: string; readonly returns: Float64Array }[] {
  const seen = new Set([configurationHash])
  const { day, returns } = sessions
  return ledger.listRuns({ strategy: STRATEGY, dataHash }).flatMap((run) => {
    const { firstDay, lastDay } = run.metrics
    const isLike =
      run.returnInterval === returnInterval &&
      firstDay === day[0] &&
      lastDay === day.at(-1) &&
      run.observations === returns.length
    if (!isLike || seen.has(run.configurationHash)) return []
    seen.add(run.configurationHash)
    return [{ name: `${run.name} (${run.id})`, returns: ledger.readReturns(run.id)! }]
  })
}

/** What trying many says of this run, in a sentence. */
export function trialsVerdict({ trials, dsr, overfitting, columns }: HourlyTrials): string {
  const text = ({ value, reason }: Figure): string =>
    value === null ? `none (${reason})` : formatNumber(value, 3)
  const count = `${trials} ${trials === 1 ? 'configuration' : 'configurations'} tried on these data`
  return `${count}: deflated Sharpe ratio ${text(dsr)}; probability of backtest overfitting ${text(overfitting)}, of ${columns} kept return columns.`
}
