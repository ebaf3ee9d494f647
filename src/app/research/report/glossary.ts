import { type Html, html } from './html.ts'
import { section } from './section.ts'

/** Figures of reports with their formulas. */
export const GLOSSARY: readonly (readonly [string, string])[] = [
  [
    'Net return',
    '(end equity − start equity − deposits) / start equity, compounded over deposits (time-weighted).',
  ],
  ['CAGR', '(1 + net return)^(365.25 / calendar days) − 1.'],
  [
    'Volatility',
    'Standard deviation of daily returns (n − 1) × √A; A is 365 around the clock, or the sessions of a year.',
  ],
  ['Downside deviation', '√(Σ min(r − r_f, 0)² / n) × √A, every day in n.'],
  [
    'Sharpe ratio',
    'mean(r − r_f) / deviation × √A, from daily returns. Adjusted: Lo (2002) for first-order autocorrelation.',
  ],
  ['Sortino ratio', 'mean(r − r_f) / downside deviation × √A.'],
  ['Calmar ratio', 'CAGR / |largest drawdown| over the same period.'],
  [
    'Interval',
    'Percentiles 2.5 and 97.5 of a stationary block bootstrap (Politis and Romano 1994), mean block ⌈1.5 ∛n⌉.',
  ],
  [
    'Probabilistic Sharpe ratio',
    'Φ((SR − SR*) √(n − 1) / √(1 − γ₃ SR + (γ₄ − 1)/4 SR²)), per day (Bailey and López de Prado 2012).',
  ],
  [
    'Deflated Sharpe ratio',
    'The same with SR* = √V((1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e))): the best of N tries without skill (2014).',
  ],
  [
    'Track record needed',
    '1 + (1 − γ₃ SR + (γ₄ − 1)/4 SR²)(z₀.₉₅ / SR)² days until the Sharpe ratio is above 0 at 95 %.',
  ],
  [
    'Drawdown',
    'equity / running peak − 1; days are calendar days from the peak to recovery, or to the end while ongoing.',
  ],
  [
    'Ulcer index',
    '√(mean of squared drawdowns at daily closes). Ulcer performance: CAGR / ulcer index.',
  ],
  [
    'Value at risk',
    'Loss not exceeded on 95 % (99 %) of days, from history. Expected shortfall: mean of the worst 5 %.',
  ],
  ['Omega, gain to pain', 'Σ gains / Σ losses of days; Σ returns / Σ losses.'],
  [
    'Round trip',
    'A position from flat to flat, however many fills. A win has net > 0; exactly zero is counted apart.',
  ],
  ['Gross', 'Result had every fill happened at the mid of its decision.'],
  [
    'Spread',
    'side × (fill − mid at the fill) × quantity: half the spread and depth walked; a maker mostly earns it.',
  ],
  [
    'Slippage',
    'side × (mid at the fill − mid at the decision) × quantity: what latency and waiting cost.',
  ],
  ['Net', 'gross − spread − slippage − fees + funding, exact to the smallest unit.'],
  [
    'Implementation shortfall',
    'spread + slippage + fees in bps of traded notional, against the mid at the decision.',
  ],
  [
    'Cost at which net is zero',
    '(gross + funding) / traded notional: an all-in cost above it loses.',
  ],
  ['Profit factor, payoff', 'Σ wins / Σ losses; average win / average loss.'],
  [
    'Markout',
    'side × (mid at t after the fill − fill price) / fill price. Fills whose window leaves the data or meets a gap are left out.',
  ],
  [
    'Exposure',
    'Position value at mid / equity, weighted by time. Turnover: half of traded notional / average equity.',
  ],
  [
    'Benchmark',
    'The local file that the run names, else its instruments held in equal parts at the run’s own marks, without costs or funding.',
  ],
  [
    'Alpha, beta',
    'Least squares of daily excess returns on the benchmark’s over the days both have; t with Newey–West errors. Treynor: mean excess × A / beta.',
  ],
  [
    'Tracking error, information ratio',
    'Deviation of daily differences to the benchmark × √A; their mean over their deviation × √A.',
  ],
  ['Capture', 'Σ of our returns on days the benchmark rose (fell) / Σ of its own on these days.'],
  [
    'Calendar periods',
    'From the end of the month, the year or the same day before, never a count of rows; blank when the history is shorter.',
  ],
  [
    'Expectancy',
    'Mean net result of a round trip. In average losses: over |average loss|, for trades without a risk of their own.',
  ],
  ['Null twin', 'The same rules on random walks of the same volatility: what no edge looks like.'],
]

/** Every figure with its formula. */
export function glossarySection(): Html {
  return section(
    'glossary',
    'Glossary',
    html`<dl class="facts">${GLOSSARY.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`,
  )
}
