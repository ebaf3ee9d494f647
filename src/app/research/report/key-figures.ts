import { type Figure, formatUtcDate, type RunAnalysis, type RunRecord } from '../../../core/mod.ts'
import {
  formatBps,
  formatCount,
  formatDuration,
  formatFigure,
  formatInterval,
  formatMoney,
  formatNumber,
  formatPercent,
  formatRatio,
  tinted,
} from './format.ts'
import { type Html, html } from './html.ts'

/** Key figures of page one: those a benchmark has too as columns, those of trading as cards. */
export function keyFigures(record: RunRecord, analysis: RunAnalysis): Html {
  return html`<div class="page" id="figures">${pairedFigures(record, analysis)}<dl class="kpis">${tradeCards(
    record,
    analysis,
  ).map(
    ({ label, value, note }) =>
      html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`,
  )}</dl></div>`
}

interface PairedRow {
  readonly label: string
  readonly value: Html
  readonly note: string | Html
  readonly benchmark: Html
  /** An annual figure, to be read with care while the span is short. */
  readonly isAnnual: boolean
}

function pairedFigures(record: RunRecord, analysis: RunAnalysis): Html {
  const { benchmark, equity } = analysis
  const rows = pairedRows(record, analysis).map(
    ({ label, value, note, benchmark: theirs, isAnnual }) => {
      const isProvisional = equity.provisional && isAnnual
      return html`<tr${isProvisional && html` class="provisional"`}><th scope="row">${label}${
        isProvisional && html` <small>(provisional)</small>`
      }<td>${value}${note !== '' && html`<small>${note}</small>`}${benchmark !== null && html`<td>${theirs}`}`
    },
  )
  return html`<div class="scroll"><table class="paired"><caption>Key figures</caption><thead><tr><th scope="col">Figure</th><th scope="col">Strategy</th>${
    benchmark !== null && html`<th scope="col">Benchmark</th>`
  }</tr></thead><tbody>${rows}</tbody></table></div>`
}

function pairedRows(record: RunRecord, analysis: RunAnalysis): readonly PairedRow[] {
  const { equity, drawdowns, costs, benchmark } = analysis
  const signed = (value: number): string => formatPercent(value, true)
  const percent = (value: number): string => formatPercent(value)
  const theirs = (
    pick: (of: NonNullable<RunAnalysis['benchmark']>) => Figure,
    format: (value: number) => string,
  ): Html => (benchmark === null ? html`` : formatFigure(pick(benchmark), format))
  const interval = (figure: Figure, of: typeof equity.sharpeInterval): string =>
    figure.value === null ? '' : formatInterval(of, formatRatio)
  const fall = drawdowns.deepest
  return [
    {
      label: 'Net return',
      value: tinted(equity.totalReturn, signed(equity.totalReturn)),
      note: `${formatMoney(costs.net, record.currency, true)} on ${formatNumber(record.startEquity, 0)}`,
      benchmark: theirs((of) => of.totalReturn, signed),
      isAnnual: false,
    },
    {
      label: 'Largest drawdown',
      value: html`${fall === null ? 'none' : percent(fall.depth)}`,
      note: fallNote(fall),
      benchmark: theirs((of) => of.maximumDrawdown, percent),
      isAnnual: false,
    },
    {
      label: 'CAGR',
      value: formatFigure(equity.cagr, signed),
      note: '',
      benchmark: theirs((of) => of.cagr, signed),
      isAnnual: true,
    },
    {
      label: 'Volatility, annual',
      value: formatFigure(equity.volatility, percent),
      note: '',
      benchmark: theirs((of) => of.volatility, percent),
      isAnnual: true,
    },
    {
      label: 'Sharpe ratio',
      value: formatFigure(equity.sharpe, formatRatio),
      note: interval(equity.sharpe, equity.sharpeInterval),
      benchmark: theirs((of) => of.sharpe, formatRatio),
      isAnnual: true,
    },
    {
      label: 'Sortino ratio',
      value: formatFigure(equity.sortino, formatRatio),
      note: interval(equity.sortino, equity.sortinoInterval),
      benchmark: theirs((of) => of.sortino, formatRatio),
      isAnnual: true,
    },
    {
      label: 'Calmar ratio',
      value: formatFigure(equity.calmar, formatRatio),
      note: interval(equity.calmar, equity.calmarInterval),
      benchmark: theirs((of) => of.calmar, formatRatio),
      isAnnual: true,
    },
  ]
}

function fallNote(fall: RunAnalysis['drawdowns']['deepest']): string {
  if (fall === null) return 'equity never fell below its peak'
  const end =
    fall.recoveryTime === null
      ? 'ongoing at the end'
      : `recovered after ${formatDuration(fall.days * 86_400e6)}`
  return `from ${formatUtcDate(fall.peakTime)}, ${end}`
}

interface Card {
  readonly label: string
  readonly value: Html
  readonly note: string | Html
}

function tradeCards(record: RunRecord, { trades, costs, exposure }: RunAnalysis): readonly Card[] {
  const all = costs.spread + costs.slippage + costs.fees
  return [
    {
      label: 'Round trips',
      value: html`${formatCount(trades.trips)}`,
      note: `${trades.wins} won, ${trades.losses} lost, ${trades.flat} flat`,
    },
    {
      label: 'Hit rate',
      value: formatFigure(trades.hitRate, (value) => formatPercent(value, false, 1)),
      note: html`before costs ${formatFigure(trades.hitRateGross, (value) => formatPercent(value, false, 1))}`,
    },
    {
      label: 'Profit factor',
      value: formatFigure(trades.profitFactor, formatRatio),
      note: html`payoff ${formatFigure(trades.payoff, formatRatio)}`,
    },
    {
      label: 'Net per round trip',
      value: formatFigure(trades.expectancyBps, (value) => formatBps(value)),
      note:
        trades.trips === 0
          ? ''
          : formatInterval(trades.expectancyBpsInterval, (value) => formatNumber(value, 2, true)),
    },
    {
      label: 'Cost of trading',
      value: formatFigure(costs.costBps, (value) => formatBps(value)),
      note: `${formatMoney(all, record.currency)} on ${formatMoney(costs.tradedNotional, record.currency)} traded`,
    },
    {
      label: 'Time in market',
      value: html`${formatPercent(exposure.timeInMarket, false, 1)}`,
      note: `gross exposure ${formatPercent(exposure.averageGross, false, 1)} on average, turnover ${formatNumber(exposure.turnover, 1)}×`,
    },
  ]
}
