import { loadHighs } from '../../../adapters/mod.ts'
import {
  ascendByCoordinates,
  type Figure,
  type HourPanel,
  type InterestTerm,
  PRIME_SPREAD_E9,
  panelFrom,
  primeRateRule,
  provenOr,
  type SolvePortfolio,
} from '../../../core/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { EVER } from '../../config/shares.ts'
import {
  HOURLY_ACCOUNT,
  type HourlyBacktest,
  runHourlyBacktest,
} from '../../run/hourly/hourly-backtest.ts'
import { type HourlyRecord, hourlyRecord } from '../../run/hourly/hourly-record.ts'
import type { PanelForecast } from './blend-routes.ts'
import { panelForecaster } from './forecaster.ts'
import { settingsOf } from './hourly-settings.ts'
import type { Study, Tell } from './study.ts'
import type { WalkForward } from './walk-forward.ts'

/** A backtest of forecasts, over the bars that have them and a lead that teaches the covariance. */
export interface HourlyRun {
  /** From the lead on. */
  readonly panel: HourPanel
  readonly run: HourlyBacktest
  readonly record: HourlyRecord
}

/** What trading one way through the panel came to. */
export interface PathOutcome {
  readonly netReturn: Figure
  readonly sharpe: Figure
}

/** Sessions before the first forecast that risk is learnt from; nothing is held in them. */
const LEAD_SESSIONS = 10
/** Bars from one report of progress to the next. */
const TELL_EVERY = 500

/**
 * Trades what was forecast, hour by hour, through engine and simulated exchange: every way through
 * the panel by itself. The run is that of the first.
 */
export async function backtestForecasts(
  config: HourlyConfig,
  study: Study,
  { forecasts, tell }: { readonly forecasts: WalkForward; readonly tell: Tell },
): Promise<HourlyRun & { readonly outcomes: readonly PathOutcome[] }> {
  const first = leadBar(study.panel, forecasts.firstBar)
  const panel = panelFrom(study.panel, first)
  const solve = await solverOf(config)
  const { paths } = forecasts
  const runs = paths.map((path, i) => {
    const phase = paths.length === 1 ? 'backtest' : `backtest of path ${i + 1} of ${paths.length}`
    const run = tradePath(config, panel, {
      ...{ path, first, solve, minutes: study.minutes },
      tell: (done, of) => tell(phase, done, of),
    })
    return { run, record: hourlyRecord(panel, run) }
  })
  const outcomes = runs.map(({ record: { figures } }) => ({
    netReturn: figures.totalReturn,
    sharpe: figures.sharpeFromSessions,
  }))
  return { panel, ...runs[0]!, outcomes }
}

async function solverOf({ portfolio }: HourlyConfig): Promise<SolvePortfolio> {
  if (portfolio.solver === 'heuristic') return ascendByCoordinates
  const exact = await loadHighs()
  return portfolio.solver === 'highs' ? exact : provenOr(exact)
}

function tradePath(
  config: HourlyConfig,
  panel: HourPanel,
  by: {
    readonly path: PanelForecast
    /** Bar of the forecast that is the panel's first. */
    readonly first: number
    readonly solve: SolvePortfolio
    readonly minutes: Study['minutes']
    readonly tell: (done: number, of: number) => void
  },
): HourlyBacktest {
  const { path, first, solve, minutes, tell } = by
  const own = panelForecaster(path, panel.symbols.length, first + panel.grid.openTime.length)
  const { account: kind, lotDecimals } = config.execution
  const cashInterest = cashInterestOf(config)
  const run = runHourlyBacktest({
    panel,
    settings: settingsOf(config),
    forecaster: { forecast: (bar) => own.forecast(bar + first) },
    account: { ...HOURLY_ACCOUNT, balance: config.capital, kind, lotDecimals, cashInterest },
    ...{ minutes, solve },
    progress: (bar, of) => {
      if (bar % TELL_EVERY === 0) tell(bar, of)
      return false
    },
  })
  tell(run.bars, run.bars)
  return run
}

/** What cash earns, by the figures that borrowed money costs elsewhere. */
function cashInterestOf({ execution }: HourlyConfig): readonly InterestTerm[] {
  const { cashInterest } = execution
  if (cashInterest === 0) return []
  if (cashInterest !== 'federalFunds') {
    return [{ from: EVER, rateE9: Math.round(cashInterest * 1e9) }]
  }
  return primeRateRule.rows.map(({ from, value }) => ({ from, rateE9: value - PRIME_SPREAD_E9 }))
}

/** First bar of the session that lies so many sessions before a bar, or of the panel. */
function leadBar({ grid }: HourPanel, bar: number): number {
  let sessions = 0
  let first = bar
  while (first > 0 && sessions <= LEAD_SESSIONS) {
    first--
    if (grid.barOfSession[first] === 0) sessions++
  }
  return first
}
