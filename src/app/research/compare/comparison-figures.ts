import { type Figure, figure, type Interval, missing } from '../../../core/mod.ts'
import type { ComparedRun } from './compared-run.ts'

/** How a figure is printed. */
export type FigureUnit =
  | 'count'
  | 'ratio'
  | 'percent'
  | 'share'
  | 'times'
  | 'bp'
  | 'probability'
  | 'days'

/** One figure of a run. */
export interface ComparedFigure {
  readonly key: string
  readonly label: string
  readonly unit: FigureUnit
  readonly figure: Figure
  readonly interval: Interval | null
}

const some = (value: number | null | undefined, reason: string): Figure =>
  value === null || value === undefined ? missing(reason) : figure(value)

/** Figures of a run, the same keys in the same order for every run. */
export function comparedFigures({ analysis, legs }: ComparedRun): readonly ComparedFigure[] {
  const { trades, equity, exposure, drawdowns, costs, benchmark } = analysis
  const row = (
    key: string,
    label: string,
    unit: FigureUnit,
    own: Figure,
    interval: Interval | null = null,
  ): ComparedFigure => ({ key, label, unit, figure: own, interval })
  return [
    row('trades', 'Trades closed', 'count', figure(trades.trips)),
    row('open', 'Open at the end', 'count', figure(analysis.openPositions)),
    row('grossBp', 'Gross a trade', 'bp', trades.grossBpsMean),
    row('netBp', 'Net a trade', 'bp', trades.expectancyBps, trades.expectancyBpsInterval),
    row('costBp', 'Cost of value traded', 'bp', costs.costBps),
    row('netReturn', 'Net return', 'percent', figure(equity.totalReturn)),
    row('sharpe', 'Sharpe ratio', 'ratio', equity.sharpe, equity.sharpeInterval),
    row('psr', 'Chance that it is above 0 (PSR)', 'probability', equity.psr),
    row('dsr', 'The same after all trials (DSR)', 'probability', equity.dsr),
    row('volatility', 'Volatility, annual', 'share', equity.volatility),
    row('drawdown', 'Largest drawdown', 'share', figure(drawdowns.deepest?.depth ?? 0)),
    row('turnover', 'Turnover, one way', 'times', figure(exposure.turnover)),
    row('gross', 'Gross exposure, average', 'share', figure(exposure.averageGross)),
    row('net', 'Net exposure, average', 'percent', figure(exposure.averageNet)),
    row('holding', 'Holding time, median', 'days', daysOf(trades.holdingMedianUs)),
    row('beta', 'Beta', 'ratio', some(legs.both.beta, 'no market')),
    row('alpha', 'Alpha a year', 'percent', benchmark?.alphaAnnual ?? missing('no market')),
    row('alphaT', 't of alpha', 'ratio', benchmark?.alphaT ?? missing('no market')),
  ]
}

const daysOf = ({ value, reason }: Figure): Figure =>
  value === null ? missing(reason ?? '') : figure(value / 86_400e6)
