import { loadHighs } from '../../../adapters/mod.ts'
import {
  type HourPanel,
  type InterestTerm,
  PRIME_SPREAD_E9,
  panelFrom,
  primeRateRule,
} from '../../../core/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { EVER } from '../../config/shares.ts'
import {
  HOURLY_ACCOUNT,
  type HourlyBacktest,
  runHourlyBacktest,
} from '../../run/hourly/hourly-backtest.ts'
import { type HourlyRecord, hourlyRecord } from '../../run/hourly/hourly-record.ts'
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

/** Sessions before the first forecast that risk is learnt from; nothing is held in them. */
const LEAD_SESSIONS = 10
/** Bars from one report of progress to the next. */
const TELL_EVERY = 500

/** Trades what a walk-forward forecast, hour by hour, through engine and simulated exchange. */
export async function backtestForecasts(
  config: HourlyConfig,
  study: Study,
  { forecasts, tell }: { readonly forecasts: WalkForward; readonly tell: Tell },
): Promise<HourlyRun> {
  const first = leadBar(study.panel, forecasts.firstBar)
  const panel = panelFrom(study.panel, first)
  const bars = study.panel.grid.openTime.length
  const own = panelForecaster(forecasts.paths[0]!, panel.symbols.length, bars)
  const { account: kind, lotDecimals } = config.execution
  const cashInterest = cashInterestOf(config)
  const run = runHourlyBacktest({
    panel,
    settings: settingsOf(config),
    forecaster: { forecast: (bar) => own.forecast(bar + first) },
    account: { ...HOURLY_ACCOUNT, balance: config.capital, kind, lotDecimals, cashInterest },
    minutes: study.minutes,
    ...(config.portfolio.solver === 'highs' ? { solve: await loadHighs() } : {}),
    progress: (bar, of) => {
      if (bar % TELL_EVERY === 0) tell('backtest', bar, of)
      return false
    },
  })
  tell('backtest', run.bars, run.bars)
  return { panel, run, record: hourlyRecord(panel, run) }
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
