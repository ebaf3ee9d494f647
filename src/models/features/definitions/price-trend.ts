import { defineFeatures, type Feature } from '../feature.ts'

/** Bars after which less than a billionth is left of the slowest average, that over 26 bars. */
const FADED = 300

const returns = 'log return'
const share = 'share of the price'

/** Price and trend: 12 of the earlier system, then ours. */
export const priceTrend: readonly Feature[] = [
  ...defineFeatures({ group: 'price and trend', source: 'bars', origin: 'seed' }, [
    {
      name: 'ret_1h',
      formula: 'r = ln(C / C[-1])',
      units: returns,
      lookBackBars: 2,
      nullWhen: 'a close is missing',
    },
    {
      name: 'ret_3h',
      formula: 'ln(C / C[-3])',
      units: returns,
      lookBackBars: 4,
      nullWhen: 'a close is missing',
    },
    {
      name: 'ret_5h',
      formula: 'ln(C / C[-5])',
      units: returns,
      lookBackBars: 6,
      nullWhen: 'a close is missing',
    },
    {
      name: 'mom_10h',
      formula: 'ln(C / C[-10])',
      units: returns,
      lookBackBars: 11,
      nullWhen: 'a close is missing',
    },
    {
      name: 'gap_prev_close_open',
      formula: 'O / C[-1] - 1',
      units: share,
      lookBackBars: 2,
      nullWhen: 'the close before is missing',
    },
    {
      name: 'intrahour_range',
      formula: '(H - L) / O',
      units: share,
      lookBackBars: 1,
      nullWhen: 'never',
    },
    {
      name: 'close_open_ret',
      formula: 'C / O - 1',
      units: share,
      lookBackBars: 1,
      nullWhen: 'never',
    },
    {
      name: 'dist_to_vwap_20h',
      formula: 'C / (sum20(C V) / sum20(V)) - 1',
      units: share,
      lookBackBars: 20,
      nullWhen: 'fewer than 5 bars, or nothing was traded',
    },
    {
      name: 'rsi_14h',
      formula: '100 - 100 / (1 + up / down); up, down = Wilder averages (1/14) of gains and losses',
      units: '0 to 100',
      lookBackBars: FADED,
      memory: 'exponential',
      nullWhen: 'fewer than 14 changes, or there was never a loss',
    },
    {
      name: 'macd_hist',
      formula: 'M - EMA9(M), M = EMA12(C) - EMA26(C)',
      units: 'dollars a share',
      lookBackBars: FADED,
      memory: 'exponential',
      nullWhen: 'fewer than 34 closes',
      departure: 'in dollars of the bar, so a split later does not change its size',
    },
    {
      name: 'ma20_zscore',
      formula: '(C - mean20(C)) / SD20(C)',
      units: 'standard deviations',
      lookBackBars: 20,
      nullWhen: 'fewer than 5 closes, or they do not vary',
    },
    {
      name: 'rolling_max_dd_20h',
      formula: 'min20(C / max20(C) - 1)',
      units: 'share of the peak, at most 0',
      lookBackBars: 39,
      nullWhen: 'fewer than 5 closes',
      departure: 'of prices; the earlier system compounded log returns as if they were simple ones',
    },
  ]),
  ...defineFeatures({ group: 'price and trend', source: 'bars', origin: 'added' }, [
    {
      name: 'macd_hist_share',
      formula: 'macd_hist / C',
      units: share,
      lookBackBars: FADED,
      memory: 'exponential',
      nullWhen: 'fewer than 34 closes',
    },
  ]),
]
