import type { HourPanel, KnownSeries } from '../../src/core/mod.ts'

type Cell = (name: number, bar: number) => number

const HOUR_US = 3_600_000_000

const present = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value))
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
const squares = (values: readonly number[]) => sum(values.map((v) => (v - mean(values)) ** 2))
const deviation = (values: readonly number[]) => Math.sqrt(squares(values) / (values.length - 1))
const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
/** Null unless the denominator is above 0. */
const over = (a: number, b: number) => (b > 0 ? a / b : Number.NaN)

/**
 * Every feature written from its formula, one value at a time, as slowly as it reads: what the
 * columns are held to.
 */
export function plainFeatures(panel: HourPanel): Readonly<Record<string, Cell>> {
  const count = panel.grid.openTime.length
  const names = panel.symbols.length
  const raw = (column: Float64Array) => (name: number, bar: number) =>
    bar < 0 ? Number.NaN : column[name * count + bar]!
  const factor = raw(panel.splitFactor)
  const rawC = raw(panel.bars.close)
  /** What has no close is no bar. */
  const ofBar = (column: Float64Array): Cell => {
    const get = raw(column)
    return (name, bar) => (Number.isNaN(rawC(name, bar)) ? Number.NaN : get(name, bar))
  }
  const price = (column: Float64Array): Cell => {
    const get = ofBar(column)
    return (name, bar) => get(name, bar) * factor(name, bar)
  }
  const O = price(panel.bars.open)
  const H = price(panel.bars.high)
  const L = price(panel.bars.low)
  const C = price(panel.bars.close)
  const rawV = ofBar(panel.bars.volume)
  const V: Cell = (n, t) => rawV(n, t) / factor(n, t)
  const D: Cell = (n, t) => rawC(n, t) * rawV(n, t)
  const hasBar = (n: number, t: number) => !Number.isNaN(C(n, t))
  const ret =
    (bars: number): Cell =>
    (n, t) =>
      Math.log(C(n, t) / C(n, t - bars))
  const r = ret(1)
  const q: Cell = (_, t) => {
    const close = panel.benchmark!.bars.close
    return t < 1 ? Number.NaN : Math.log(close[t]! / close[t - 1]!)
  }
  /** Values of the last bars, those that are there. */
  const window = (of: Cell, bars: number): ((n: number, t: number) => number[]) => {
    return (n, t) => {
      const list: number[] = []
      for (let bar = Math.max(0, t - bars + 1); bar <= t; bar++) list.push(of(n, bar))
      return present(list)
    }
  }
  const atLeast =
    (of: Cell, bars: number, countMin: number, figure: (values: number[]) => number): Cell =>
    (n, t) => {
      const values = window(of, bars)(n, t)
      return values.length >= countMin ? figure(values) : Number.NaN
    }
  const volatility = (of: Cell, bars: number, countMin: number) =>
    atLeast(of, bars, countMin, (values) => deviation(values) * Math.sqrt(bars))
  const memo = (of: Cell): Cell => {
    const known = new Map<number, number>()
    return (n, t) => {
      const key = n * count + t
      if (!known.has(key)) known.set(key, of(n, t))
      return known.get(key)!
    }
  }
  /** Exponential average of all values up to the bar, those that are there. */
  const fading = (values: readonly number[], weight: number) =>
    values.slice(1).reduce((average, value) => average + weight * (value - average), values[0]!)
  const closes = (n: number, t: number) => window(C, t + 1)(n, t)
  const changes = (n: number, t: number) =>
    closes(n, t)
      .map((close, i, all) => (i === 0 ? Number.NaN : close - all[i - 1]!))
      .slice(1)
  const rsi: Cell = (n, t) => {
    const moves = changes(n, t)
    if (moves.length < 14) return Number.NaN
    const up = fading(
      moves.map((move) => Math.max(move, 0)),
      1 / 14,
    )
    const down = fading(
      moves.map((move) => Math.max(-move, 0)),
      1 / 14,
    )
    return down === 0 ? Number.NaN : 100 - 100 / (1 + up / down)
  }
  const macd: Cell = (n, t) => {
    const all = closes(n, t)
    if (all.length < 34) return Number.NaN
    const line: number[] = []
    for (let end = 26; end <= all.length; end++) {
      const known = all.slice(0, end)
      line.push(fading(known, 2 / 13) - fading(known, 2 / 27))
    }
    return line.at(-1)! - fading(line, 2 / 10)
  }
  const drawdown: Cell = atLeast(C, 20, 5, () => 0)
  const depth: Cell = (n, t) => C(n, t) / Math.max(...window(C, 20)(n, t)) - 1 + drawdown(n, t)
  const trueRange: Cell = (n, t) =>
    Math.max(
      ...present([
        H(n, t) - L(n, t),
        Math.abs(H(n, t) - C(n, t - 1)),
        Math.abs(L(n, t) - C(n, t - 1)),
        Number.NEGATIVE_INFINITY,
      ]),
    )
  const range: Cell = (n, t) => (hasBar(n, t) ? trueRange(n, t) : Number.NaN)
  const impact: Cell = (n, t) => over(Math.abs(r(n, t)), D(n, t))
  const amihud = atLeast(impact, 20, 5, mean)
  const pairs = (n: number, t: number) => {
    const list: (readonly [number, number])[] = []
    for (let bar = Math.max(0, t - 59); bar <= t; bar++) {
      if (!Number.isNaN(r(n, bar) + q(n, bar))) list.push([r(n, bar), q(n, bar)])
    }
    return list
  }
  const covariance = (list: readonly (readonly [number, number])[]) => {
    const x = mean(list.map(([a]) => a))
    const y = mean(list.map(([, b]) => b))
    return sum(list.map(([a, b]) => (a - x) * (b - y)))
  }
  const beta: Cell = memo((n, t) => {
    const list = pairs(n, t)
    return list.length < 20 ? Number.NaN : covariance(list) / squares(list.map(([, b]) => b))
  })
  const correlation: Cell = (n, t) => {
    const list = pairs(n, t)
    if (list.length < 20) return Number.NaN
    const product = squares(list.map(([a]) => a)) * squares(list.map(([, b]) => b))
    return covariance(list) / Math.sqrt(product)
  }
  const residual: Cell = (n, t) => r(n, t) - beta(n, t) * q(n, t)
  const residualMomentum: Cell = (n, t) => {
    const market = window(q, 10)(n, t)
    return ret(10)(n, t) - beta(n, t) * (market.length >= 3 ? sum(market) : Number.NaN)
  }
  const isMember = (n: number, t: number) => panel.isMember[n * count + t] === 1
  /** Members that have the value, as the 32-bit numbers of the columns. */
  const peers = (of: Cell, t: number, isPeer: (n: number) => boolean) =>
    present(
      Array.from({ length: names }, (_, n) =>
        isMember(n, t) && isPeer(n) ? Math.fround(of(n, t)) : Number.NaN,
      ),
    )
  const rank =
    (of: Cell, isPeer: (a: number, b: number, t: number) => boolean = () => true): Cell =>
    (n, t) => {
      const own = Math.fround(of(n, t))
      if (!isMember(n, t) || Number.isNaN(own)) return Number.NaN
      const all = peers(of, t, (other) => isPeer(n, other, t))
      const below = all.filter((value) => value < own).length
      const equal = all.filter((value) => value === own).length
      return (below + (equal + 1) / 2) / all.length
    }
  const standard =
    (of: Cell): Cell =>
    (n, t) => {
      const all = peers(of, t, () => true)
      if (!isMember(n, t)) return Number.NaN
      return (Math.fround(of(n, t)) - mean(all)) / deviation(all)
    }
  const sameSector = (a: number, b: number, t: number) =>
    panel.sector[a * count + t] === panel.sector[b * count + t]
  /** Row in use: the newest event that is known, of equal ones the last known. */
  const rowOf = (series: KnownSeries | null | undefined, t: number): number => {
    const decision = panel.grid.decisionTime[t]!
    let best = -1
    if (series === null || series === undefined || t < 0) return -1
    for (let row = 0; row < series.knownTime.length; row++) {
      if (series.knownTime[row]! >= decision) continue
      if (best < 0 || series.eventTime[row]! >= series.eventTime[best]!) best = row
    }
    return best
  }
  type Table = (n: number) => KnownSeries | null | undefined
  const filings: Table = (n) => panel.fundamentals?.[n]
  const news: Table = (n) => panel.sentiment?.[n]
  const actions: Table = (n) => panel.analyst?.[n]
  const macro: Table = () => panel.macro
  const field =
    (table: Table, name: string): Cell =>
    (n, t) => {
      const row = rowOf(table(n), t)
      return row < 0 ? Number.NaN : (table(n)!.fields[name]?.[row] ?? Number.NaN)
    }
  const age =
    (table: Table, column: 'knownTime' | 'eventTime', unitUs: number): Cell =>
    (n, t) => {
      const row = rowOf(table(n), t)
      if (row < 0) return Number.NaN
      return (panel.grid.decisionTime[t]! - table(n)![column][row]!) / unitUs
    }
  const none =
    (table: Table): Cell =>
    (n, t) =>
      rowOf(table(n), t) < 0 ? 1 : 0
  const level = field(news, 'sentiment_score')
  const m = (name: string) => field(macro, name)
  const change =
    (of: Cell, bars: number): Cell =>
    (n, t) =>
      of(n, t) - of(n, t - bars)
  const growth =
    (of: Cell, bars: number): Cell =>
    (n, t) =>
      Math.log(of(n, t) / of(n, t - bars))
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    hour: 'numeric',
    hourCycle: 'h23',
  })
  const whereBar =
    (of: Cell): Cell =>
    (n, t) =>
      hasBar(n, t) ? of(n, t) : Number.NaN

  const ofBars: Record<string, Cell> = {
    ret_1h: r,
    ret_3h: ret(3),
    ret_5h: ret(5),
    mom_10h: ret(10),
    gap_prev_close_open: (n, t) => O(n, t) / C(n, t - 1) - 1,
    intrahour_range: (n, t) => (H(n, t) - L(n, t)) / O(n, t),
    close_open_ret: (n, t) => C(n, t) / O(n, t) - 1,
    dist_to_vwap_20h: (n, t) => {
      const traded = sum(window((a, b) => C(a, b) * V(a, b), 20)(n, t))
      const volumes = window(V, 20)(n, t)
      if (volumes.length < 5) return Number.NaN
      return over(C(n, t), over(traded, sum(volumes))) - 1
    },
    rsi_14h: rsi,
    macd_hist: (n, t) => macd(n, t) / factor(n, t),
    macd_hist_share: (n, t) => macd(n, t) / C(n, t),
    ma20_zscore: (n, t) =>
      atLeast(C, 20, 5, (all) => over(C(n, t) - mean(all), deviation(all)))(n, t),
    rolling_max_dd_20h: atLeast(depth, 20, 1, (all) => Math.min(...all)),
    rv_5h: volatility(r, 5, 3),
    rv_20h: volatility(r, 20, 10),
    downside_semivol_20h: volatility((n, t) => Math.min(r(n, t), 0), 20, 10),
    atr_norm_14h: (n, t) => atLeast(range, 14, 5, mean)(n, t) / C(n, t),
    dollar_volume: D,
    dollar_vol_z_20h: (n, t) =>
      atLeast(D, 20, 5, (all) => over(D(n, t) - mean(all), deviation(all)))(n, t),
    turnover_proxy: (n, t) => over(rawV(n, t), raw(panel.sharesOutstanding)(n, t)),
    amihud_20h: amihud,
    hl_spread_proxy: (n, t) => (H(n, t) - L(n, t)) / C(n, t),
    participation_need: (n, t) =>
      atLeast(V, 20, 5, (all) => over(0.02, mean(all) * factor(n, t)))(n, t),
    volume_shock_20h: (n, t) => atLeast(V, 20, 5, (all) => over(V(n, t), median(all)))(n, t),
    log_dollar_volume: (n, t) => (D(n, t) > 0 ? Math.log(D(n, t)) : Number.NaN),
    log_amihud_20h: (n, t) => (amihud(n, t) > 0 ? Math.log(1e10 * amihud(n, t)) : Number.NaN),
    beta_spy_60h: beta,
    idio_vol_60h: atLeast(residual, 60, 20, (all) => deviation(all) * Math.sqrt(1638)),
    residual_mom_10h: residualMomentum,
    corr_spy_60h: correlation,
  }
  return {
    ...Object.fromEntries(Object.entries(ofBars).map(([name, of]) => [name, whereBar(of)])),
    sector_rel_rank_5h: rank(ret(5), sameSector),
    reversal_rank_1h: rank((n, t) => -r(n, t)),
    breadth_percentile: rank(r),
    mom_10h_rank: rank(ret(10)),
    residual_mom_10h_rank: rank(whereBar(residualMomentum)),
    rv_20h_rank: rank(whereBar(volatility(r, 20, 10))),
    dollar_volume_rank: rank(D),
    ret_1h_z: standard(r),
    ret_5h_z: standard(ret(5)),
    mom_10h_z: standard(ret(10)),
    residual_mom_10h_z: standard(whereBar(residualMomentum)),
    f_eps_surprise_std: field(filings, 'eps_surprise_std'),
    f_revenue_surprise_std: field(filings, 'revenue_surprise_std'),
    f_guidance_sentiment: field(filings, 'guidance_sentiment'),
    f_est_revision_rate: field(filings, 'est_revision_rate'),
    f_days_since_filing: age(filings, 'eventTime', 24 * HOUR_US),
    f_gross_margin_ttm: field(filings, 'gross_margin_ttm'),
    f_roe_ttm: field(filings, 'roe_ttm'),
    f_net_debt_ebitda: field(filings, 'net_debt_ebitda'),
    sent_level: level,
    sent_dispersion: field(news, 'sentiment_dispersion'),
    sent_mention_abnormal: field(news, 'mention_abnormal'),
    sent_mom_6h: change(level, 6),
    analyst_net_updown: field(actions, 'net_upgrades_downgrades'),
    analyst_target_revision: field(actions, 'target_price_revision'),
    analyst_action_recency_hours: age(actions, 'eventTime', HOUR_US),
    hours_since_sentiment_update: age(news, 'knownTime', HOUR_US),
    hours_since_fundamental_update: age(filings, 'knownTime', HOUR_US),
    hours_since_analyst_update: age(actions, 'knownTime', HOUR_US),
    missing_bar: (n, t) => (hasBar(n, t) ? 0 : 1),
    missing_fundamentals: none(filings),
    missing_sentiment: none(news),
    missing_analyst: none(actions),
    m_vix: m('vix'),
    m_vix_chg_1h: change(m('vix'), 1),
    m_spy_rv_20h: atLeast(q, 20, 10, deviation),
    m_yield_curve_slope: (n, t) => m('yield_10y')(n, t) - m('yield_2y')(n, t),
    m_y2_chg_1h: change(m('yield_2y'), 1),
    m_dxy_ret_5h: growth(m('dxy'), 5),
    m_wti_ret_5h: growth(m('wti'), 5),
    m_gold_ret_5h: growth(m('gold'), 5),
    m_cpi_surprise_state: m('cpi_surprise_state'),
    m_liquidity_stress: m('liquidity_stress'),
    m_regime_prob: m('regime_prob'),
    hour_of_day: (_, t) => Number(clock.format(panel.grid.openTime[t]! / 1000)),
    night_gap: (_, t) =>
      t === 0 || panel.grid.sessionDay[t] !== panel.grid.sessionDay[t - 1] ? 1 : 0,
    missing_macro: none(macro),
  }
}
