/** A row of the public comparison: a fund, or a backtest beside the funds. Amounts in US dollars. */
export interface FundRow {
  readonly name: string
  readonly category: string
  readonly family: string
  /** Per cent a year; null where none is published, or none is defined. */
  readonly returnPercent: number | null
  /** Money managed, of a backtest the money simulated, billions. */
  readonly capitalBillion: number | null
  /** Net gains of investors since the start, billions. */
  readonly gainsBillion: number | null
  readonly basis: string
  /**
   * How sure the table's author was of a fund; what the data of a backtest are. A backtest is never
   * verified.
   */
  readonly quality: 'verified' | 'estimated' | 'generated' | 'real'
  readonly source: string
  readonly isBacktest: boolean
}

const PRIVATE = 'private hedge fund'

const fund = (
  row: Omit<FundRow, 'isBacktest' | 'category' | 'capitalBillion' | 'gainsBillion'> &
    Partial<Pick<FundRow, 'category' | 'capitalBillion' | 'gainsBillion'>>,
): FundRow => ({
  category: PRIVATE,
  capitalBillion: null,
  gainsBillion: null,
  isBacktest: false,
  ...row,
})

/** Published figures of eight funds as the earlier system listed them; nothing checked again. */
export const PUBLIC_FUNDS: readonly FundRow[] = [
  fund({
    ...{ name: 'Renaissance Medallion (closed)', family: 'short-horizon statistical arbitrage' },
    ...{ returnPercent: 39.1, capitalBillion: 10, basis: '1988 to 2018, net' },
    ...{ quality: 'estimated', source: 'medallion_book_cornell' },
  }),
  fund({
    ...{ name: 'Citadel Wellington', family: 'multi-strategy' },
    ...{ returnPercent: 19.5, gainsBillion: 83, basis: 'since 1990' },
    ...{ quality: 'estimated', source: 'lch_forbes_2024' },
  }),
  fund({
    ...{ name: 'D.E. Shaw Composite', family: 'systematic and discretionary' },
    ...{ returnPercent: 12.9, capitalBillion: 33.4, gainsBillion: 67.2 },
    ...{ basis: 'since 2001; gains as LCH counts them' },
    ...{ quality: 'estimated', source: 'reuters_deshaw_2026_lch' },
  }),
  fund({
    ...{ name: 'Millennium platform', family: 'pods' },
    ...{ returnPercent: 14, capitalBillion: 83.4, gainsBillion: 65.5 },
    ...{ basis: 'since 1989; gains as LCH counts them' },
    ...{ quality: 'estimated', source: 'lch_forbes_2024' },
  }),
  fund({
    ...{ name: 'Bridgewater Pure Alpha', family: 'global macro' },
    ...{ returnPercent: 13, capitalBillion: 81, basis: 'since 1991' },
    ...{ quality: 'estimated', source: 'pionline_bridgewater_2015' },
  }),
  fund({
    ...{ name: 'iShares MTUM', category: 'ETF', family: 'momentum' },
    ...{ returnPercent: 13.42, capitalBillion: 10.41, basis: '10 years to 2024-03' },
    ...{ quality: 'verified', source: 'ishares_mtum_factsheet_2024' },
  }),
  fund({
    ...{ name: 'AQR Managed Futures', category: 'mutual fund', family: 'managed futures' },
    ...{ returnPercent: 3.17, capitalBillion: 1.722, basis: 'since inception, to 2025-03' },
    ...{ quality: 'verified', source: 'aqr_managed_futures_2025' },
  }),
  fund({
    ...{ name: 'Man AHL Diversified A USD', category: 'public fund', family: 'trend following' },
    ...{ returnPercent: 3.84, capitalBillion: 0.13, basis: 'since inception of the share class' },
    ...{ quality: 'estimated', source: 'man_ahl_shareclass_public' },
  }),
]

/** The earlier system's own row: its test window, annualised, of generated data. */
export const PUBLISHED_DEMO: FundRow = {
  ...{ name: 'Earlier Python system, demo', category: 'backtest', family: 'hourly long-only' },
  ...{ returnPercent: 6.3, capitalBillion: 0.0001, gainsBillion: null },
  basis: '2026-01-01 to 2026-02-26, eight weeks annualised',
  ...{ quality: 'generated', source: 'this_repo_test_snapshot', isBacktest: true },
}

/** Where the published figures come from, by key. */
export const FUND_SOURCES: Readonly<Record<string, readonly string[]>> = {
  lch_forbes_2024: [
    'https://forbes.com/sites/hanktucker/2025/01/19/citadel-de-shaw-and-the-worlds-top-20-hedge-funds-gained-a-record-94-billion-in-2024/',
    'https://reuters.com/markets/hedge-funds-deliver-double-digit-returns-2024-2025-01-02/',
    'https://reuters.com/business/finance/hedge-funds-have-charged-almost-2-trillion-fees-since-1969-says-lch-2025-01-20/',
  ],
  reuters_deshaw_2026_lch: [
    'https://reuters.com/business/finance/de-shaws-flagship-funds-trump-market-volatility-beat-sp-500-2025-source-says-2026-01-02/',
  ],
  pionline_bridgewater_2015: [
    'https://pionline.com/article/20150219/INTERACTIVE/150219857/bridgewater-s-pure-alpha-strategy-up-more-than-13-annually-since-its-inception',
    'https://reuters.com/article/idUSL1N13J1XX20151124/',
    'https://reuters.com/article/hedgefunds-bridgewater/bridgewaters-pure-alpha-ends-2018-with-146-pct-gain-source-idUSL1N1Z609N/',
  ],
  medallion_book_cornell: [
    'G. Zuckerman, The Man Who Solved the Market (2019)',
    'https://cornell-capital.com/blog/2020/02/medallion-fund-the-ultimate-counterexample.html',
  ],
  ishares_mtum_factsheet_2024: [
    'https://ishares.com/us/literature/fact-sheet/mtum-ishares-msci-usa-momentum-factor-etf-fund-fact-sheet-en-us.pdf',
  ],
  aqr_managed_futures_2025: ['https://funds.aqr.com/funds/aqr-managed-futures-strategy-fund'],
  man_ahl_shareclass_public: [
    'https://man.com/document?doc-type=TAP&instrument=rs30508&locale=en',
    'https://trustnet.com/factsheets/B/ED50/man-ahl-diversified-plc-dn',
  ],
  this_repo_test_snapshot: ['the earlier system’s own demo, on data that it generated'],
}

/** What keeps the rows from being a ranking. */
export const FUND_CAVEATS: readonly string[] = [
  'Private funds, an ETF, mutual funds and backtests differ in fees, leverage, lock-up, and in who may invest; their years differ too.',
  'Figures, marks and addresses of the funds are those of the table of the earlier system. Neither they nor their sources were checked again.',
  'Money a year is the return of one period times the money of one date: scale for the eye, nobody earned it.',
  'Backtests managed no money and stand apart. Capital, execution and capacity are what separates them from the funds, not the return alone.',
  'What is annualised from weeks is not what a year brings.',
]

/** The earlier system’s snapshot of its test window, as published; shares are fractions. */
export const PUBLISHED_SNAPSHOT = {
  from: '2025-12-31 20:00 UTC',
  to: '2026-02-25 20:00 UTC',
  /** Hours of a year that it annualised with: 252 x 6.5. */
  barsPerYear: 1638,
  totalReturn: 0.010534,
  cagr: 0.062988,
  volatility: 0.04035,
  sharpe: 1.5341,
  sortino: 2.4397,
  calmar: 4.6222,
  maximumDrawdown: 0.013627,
  turnover: 0.0793,
  exposure: 0.250382,
} as const
