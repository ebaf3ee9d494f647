import { describe, expect, it } from 'vitest'
import { featureIndex, features, featuresOfSet, LOOK_BACK_BARS, perBarDivisor } from './registry.ts'

/** The columns of the earlier system, in its own order. */
const SEED = `ret_1h ret_3h ret_5h mom_10h gap_prev_close_open intrahour_range close_open_ret
dist_to_vwap_20h rsi_14h macd_hist ma20_zscore rolling_max_dd_20h rv_5h rv_20h downside_semivol_20h
atr_norm_14h dollar_volume dollar_vol_z_20h turnover_proxy amihud_20h hl_spread_proxy
participation_need volume_shock_20h beta_spy_60h idio_vol_60h residual_mom_10h sector_rel_rank_5h
reversal_rank_1h corr_spy_60h breadth_percentile f_eps_surprise_std f_revenue_surprise_std
f_guidance_sentiment f_est_revision_rate f_days_since_filing f_gross_margin_ttm f_roe_ttm
f_net_debt_ebitda sent_level sent_dispersion sent_mention_abnormal sent_mom_6h analyst_net_updown
analyst_target_revision analyst_action_recency_hours hours_since_sentiment_update
hours_since_fundamental_update hours_since_analyst_update m_vix m_vix_chg_1h m_spy_rv_20h
m_yield_curve_slope m_y2_chg_1h m_dxy_ret_5h m_wti_ret_5h m_gold_ret_5h m_cpi_surprise_state
m_liquidity_stress m_regime_prob`.split(/\s+/)

describe('the registry', () => {
  it('has the 59 features of the earlier system by their names', () => {
    const seed = features.filter(({ origin }) => origin === 'seed').map(({ name }) => name)
    expect(seed).toHaveLength(59)
    expect(seed.toSorted()).toEqual(SEED.toSorted())
    expect(featuresOfSet('seed')).toEqual(features.slice(0, 59))
  })

  it('names every feature once', () => {
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length)
    features.forEach(({ name }, index) => {
      expect(featureIndex(name)).toBe(index)
    })
    expect(() => featureIndex('ret_2h')).toThrow('ret_2h is a feature')
  })

  it('points from a duplicate to a feature that is kept', () => {
    const duplicates = features.filter(({ collinearWith }) => collinearWith !== null)
    expect(duplicates.map(({ name }) => name)).toContain('breadth_percentile')
    for (const { collinearWith } of duplicates) {
      expect(features[featureIndex(collinearWith!)]!.collinearWith).toBeNull()
    }
  })

  it('says what every volatility is of', () => {
    expect(perBarDivisor('rv_5h')).toBe(Math.sqrt(5))
    expect(perBarDivisor('idio_vol_60h')).toBe(Math.sqrt(1638))
    expect(perBarDivisor('idio_vol_60h', 1764)).toBe(42)
    expect(perBarDivisor('m_spy_rv_20h')).toBe(1)
    expect(() => perBarDivisor('ret_1h')).toThrow('ret_1h is a volatility')
    for (const { name, volatilityBars } of features) {
      if (/^rv_|vol_\d|^m_spy_rv/.test(name) && !/dollar|_rank|_z/.test(name)) {
        expect(volatilityBars, name).not.toBeNull()
      }
    }
  })

  it('needs no more bars than a quarter of a year', () => {
    expect(LOOK_BACK_BARS).toBe(300)
  })
})
