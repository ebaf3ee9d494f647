import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { DAY_US, formatUtcDate } from '../calendar/civil-time.ts'
import { percentileInterval, stationaryBootstrap } from './bootstrap.ts'
import { drawdowns } from './drawdown.ts'
import { equityStatistics } from './equity-statistics.ts'
import { dailySeries, growthPath } from './growth.ts'
import { autocorrelation, mean, sampleDeviation, shape } from './moments.ts'
import { deflatedSharpe, expectedMaximumSharpe, probabilisticSharpe } from './significance.ts'

const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
const present = existsSync(`${data}oracles.json`)
const skipped = !present && process.env['CI'] === undefined
// biome-ignore lint/suspicious/noExplicitAny: the oracle file is free JSON, checked by use.
type Oracle = any
const oracle = (): Record<string, Oracle> => JSON.parse(readFileSync(`${data}oracles.json`, 'utf8'))
const withData = (name: string, body: () => Promise<void> | void): void => {
  test.skipIf(skipped)(skipped ? `${name} (skipped: ../shared/data is not here)` : name, body)
}

async function rows(sql: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRows()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const close = (value: number | null, expected: number, tolerance = 1e-9): void => {
  expect(value).not.toBeNull()
  expect(Math.abs(value! - expected)).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(expected)),
  )
}

withData('buy and hold of the index funds has the published figures', async () => {
  const expected = oracle()['metrics_buy_and_hold_price_return']
  const table = await rows(
    `select symbol, epoch_us(date::timestamp), close from '${data}equities_daily/lean_etf_daily_spy_qqq_iwm_2010_2018.parquet' order by symbol, date`,
  )
  for (const [symbol, want] of Object.entries<Oracle>(expected)) {
    const own = table.filter((row) => row[0] === symbol)
    const time = Float64Array.from(own, (row) => Number(row[1]))
    const value = Float64Array.from(own, (row) => Number(row[2]))
    const path = growthPath(value[0]!, { time, value })
    const calendar = { kind: 'sessions' as const, exchange: 'XNYS', closes: time, perYear: 252 }
    const falls = drawdowns(path)
    const daily = dailySeries(path, calendar)
    const result = equityStatistics({
      path,
      daily,
      deepest: falls.deepest,
      annualiser: 252,
      riskFreeAnnual: 0,
      trials: null,
    })
    expect(own.length).toBe(want.rows)
    close(result.totalReturn, want.total_return)
    close(result.cagr.value, want['cagr_calendar_365.25'])
    close(result.volatility.value, want.vol_ddof1_252)
    close(result.sharpe.value, want.sharpe_rf0_ddof1_252)
    close(result.sortino.value, want.sortino_rf0_target0_alln_252)
    close(-falls.deepest!.depth, want.maxdd)
    expect(formatUtcDate(falls.deepest!.peakTime)).toBe(want.dd_peak)
    expect(formatUtcDate(falls.deepest!.troughTime)).toBe(want.dd_trough)
    const recovery = falls.deepest!.recoveryTime
    expect(recovery === null ? null : formatUtcDate(recovery)).toBe(want.dd_recovery)
    close(result.skewness.value, want.skew_sample_g1_biased)
    close(result.excessKurtosis.value, want.kurt_excess_biased)
    close(result.autocorrelation.value, want.lag1_autocorr)
    close(autocorrelation(daily.returns, 1), want.lag1_autocorr)
  }
})

/** Daily returns of the z-score machine on 138 names: the oracle's portfolio, one unit a name. */
async function meanReversionReturns(costBp: number): Promise<Float64Array> {
  const table = await rows(
    `with u as (select symbol from read_csv('${data}equities_daily/universe_138.csv'))
     select d.symbol, epoch_us(d.date::timestamp), d.open, d.close, d.adjusted_close
     from '${data}equities_daily/us_daily_shared_2010_2018.parquet' d join u using (symbol)
     order by d.symbol, d.date`,
  )
  const sessions = 2264
  const daily = new Float64Array(sessions)
  for (let at = 0; at < table.length; at += sessions) {
    const own = table.slice(at, at + sessions)
    const closes = own.map((row) => Number(row[4]))
    const opens = own.map((row) => (Number(row[2]) * Number(row[4])) / Number(row[3]))
    const decimals = Math.max(...closes.map((value) => `${value}`.split('.')[1]?.length ?? 0))
    const ticks = closes.map((value) => BigInt(Math.round(value * 10 ** decimals)))
    let position = 0
    for (let t = 59; t < sessions; t++) {
      const z = zScore(ticks, t)
      const before = position
      if (position === 1 && z !== null && z > -0.5) position = 0
      else if (position === -1 && z !== null && z < 0.5) position = 0
      else if (position === 0 && z !== null) position = z < -1.25 ? 1 : z > 1.25 ? -1 : 0
      if (t + 1 >= sessions) {
        // What is still open is sold at the last close, and pays for it.
        if (before !== 0) daily[t]! -= costBp / 1e4
        break
      }
      const [yesterday, open, today] = [closes[t]!, opens[t + 1]!, closes[t + 1]!]
      if (before === 0 && position !== 0) {
        daily[t + 1]! += position * (today / open - 1) - costBp / 1e4
      } else if (before !== 0 && position === 0) {
        daily[t + 1]! += before * (open / yesterday - 1) - costBp / 1e4
      } else if (position !== 0) daily[t + 1]! += position * (today / yesterday - 1)
    }
  }
  return daily.subarray(60).map((value) => value / 138)
}

function zScore(ticks: readonly bigint[], row: number): number | null {
  let sum = 0n
  let squares = 0n
  for (let i = row - 59; i <= row; i++) {
    sum += ticks[i]!
    squares += ticks[i]! * ticks[i]!
  }
  const spread = 60n * squares - sum * sum
  if (spread === 0n) return null
  return Number(60n * ticks[row]! - sum) / 60 / Math.sqrt(Number(spread) / (60 * 59))
}

withData('the daily mean-reversion portfolio has the published figures and interval', async () => {
  const want = oracle()['equities_daily_mr'].base_long_short
  const psr = oracle()['psr_dsr'].daily_base_long_short
  const returns = await meanReversionReturns(5)
  expect(returns.length).toBe(want.sessions)
  const perDay = mean(returns) / sampleDeviation(returns)
  close(mean(returns) * 252, want.ann_return_arith_net)
  close(sampleDeviation(returns) * Math.sqrt(252), want.ann_vol)
  close(perDay * Math.sqrt(252), want.sharpe_net)
  close(perDay, psr.sr_per_obs)
  const { skewness, kurtosis } = shape(returns)
  close(skewness, psr.skew_biased)
  close(kurtosis, psr.kurt_nonexcess_biased)
  const sample = { sharpe: perDay, observations: returns.length, skewness, kurtosis }
  close(probabilisticSharpe(sample).value, psr.PSR_vs_0)
  const level = Float64Array.from(returns)
  let wealth = 1
  level.forEach((value, i) => {
    wealth *= 1 + value
    level[i] = wealth
  })
  const path = growthPath(1, { time: level.map((_, i) => i * DAY_US), value: level })
  close(path.index[path.index.length - 1]!, want.final_equity_net)
  close(-drawdowns(path).deepest!.depth, want.maxdd_net)
  const options = { draws: 2000, meanBlock: 20, seed: 7 }
  const [draws] = stationaryBootstrap(returns, options, 1, (resampled, out) => {
    out[0] = (mean(resampled) / sampleDeviation(resampled)) * Math.sqrt(252)
  })
  const interval = percentileInterval(draws!)
  const [low, median, high] = want.sharpe_net_ci95_stationary_bootstrap_L20_seed7
  expect(Math.abs(interval.low! - low)).toBeLessThan(0.05)
  expect(Math.abs(interval.median! - median)).toBeLessThan(0.05)
  expect(Math.abs(interval.high! - high)).toBeLessThan(0.05)
})

withData('the deflated Sharpe ratio reproduces the published example', () => {
  const { worked, expected_max_sharpe_N: expectedMaximum } = oracle()['psr_dsr']
  const { inputs } = worked
  const sharpe = inputs.sr_annual / Math.sqrt(inputs.periods_per_year)
  close(sharpe, worked.sr_per_obs)
  const variance = inputs.var_sr_annual_trials / inputs.periods_per_year
  close(Math.sqrt(variance) * expectedMaximumSharpe(inputs.N), worked.SR0_per_obs)
  const sample = {
    sharpe,
    observations: inputs.T,
    skewness: inputs.skew,
    kurtosis: inputs.kurtosis,
  }
  close(deflatedSharpe(sample, inputs.N, variance).value, worked.DSR)
  for (const [trials, value] of Object.entries(expectedMaximum)) {
    close(expectedMaximumSharpe(Number(trials)), value as number)
  }
})
