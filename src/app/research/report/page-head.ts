import {
  formatUtcDate,
  MINIMUM_ANNUAL_DAYS,
  type RunAnalysis,
  type RunRecord,
} from '../../../core/mod.ts'
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
  formatTime,
  joined,
  tinted,
} from './format.ts'
import { type Html, html } from './html.ts'

/** Mode ribbon: text and pattern, first on the page. */
export function ribbon(record: RunRecord): Html {
  return html`<div class="ribbon ${record.mode}"><span>${modeText(record)}</span></div>`
}

function modeText({ mode, data }: RunRecord): string {
  const kind = data.kind === 'generated' ? 'generated market' : 'recorded market'
  switch (mode) {
    case 'backtest':
      return `BACKTEST: ${kind}, simulated fills`
    case 'replay':
      return 'REPLAY: a journal stepped again'
    case 'drill':
      return 'DRILL: simulated venue in virtual time'
    case 'rehearse':
      return 'REHEARSE: simulated venue, real wire protocol, no real money'
    case 'paper':
      return 'PAPER: live market, simulated fills'
    case 'shadow':
      return 'SHADOW: live market, orders computed, none sent'
    case 'live':
      return 'LIVE: real orders, real money'
  }
}

/** Title, period and instruments, with the tools that scripts switch on. */
export function titleBlock(record: RunRecord): Html {
  const { data } = record
  const symbols = record.instruments.map((instrument) => `${instrument.venue}:${instrument.symbol}`)
  const listed =
    symbols.length > 6
      ? `${symbols.slice(0, 6).join(', ')} and ${symbols.length - 6} more`
      : symbols.join(', ')
  return html`<header class="top"><div><h1>${record.name}</h1><p class="sub">${
    record.strategy
  } on ${listed}<br>${formatTime(data.firstTime)} to ${formatTime(data.lastTime)} UTC (${formatDuration(
    data.lastTime - data.firstTime,
  )})</p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="equity">Equity CSV</button><button type="button" data-do="trips">Trades CSV</button><button type="button" data-do="json">JSON</button></div></header>`
}

/** Verdict line, key figures, warnings and conventions: what fits one page. */
export function pageOne(record: RunRecord, analysis: RunAnalysis): Html {
  const way = analysis.costs.net > 0n ? 'up' : analysis.costs.net < 0n ? 'down' : ''
  const classC =
    record.data.licenceClass === 'C' &&
    html`<p class="notice" role="note">Internal use only. The data behind this report are of licence class C (no licence stated): it must not be published or quoted.</p>`
  return html`<p class="verdict ${way}">${joined(analysis.verdict)}</p>${classC}${keyFigures(
    record,
    analysis,
  )}<div class="cols">${warningBox(analysis)}${conventionsBox(record, analysis)}</div>`
}

function warningBox({ warnings }: RunAnalysis): Html {
  if (warnings.length === 0) {
    return html`<div class="box"><h3>Warnings</h3><p>None by the rules of this report.</p></div>`
  }
  return html`<div class="box warnings"><h3>Read this first</h3><ul>${warnings.map(
    ({ code, text }) => html`<li data-code="${code}">${joined(text)}</li>`,
  )}</ul></div>`
}

function conventionsBox(record: RunRecord, analysis: RunAnalysis): Html {
  const { calendar, riskFreeAnnual, riskFreeSource } = record.conventions
  const { equity, daily } = analysis
  const days =
    calendar.kind === 'continuous'
      ? 'days end at 00:00 UTC, 365 a year'
      : `days end at ${calendar.exchange} closes, ${calendar.perYear} a year`
  const lines = [
    'Returns are net, time-weighted, marked to market at mid, open positions included.',
    `Ratios come from ${formatCount(equity.days)} complete daily returns: ${days}${
      daily.stubs > 0
        ? `; ${daily.stubs} incomplete ${daily.stubs === 1 ? 'day' : 'days'} left out`
        : ''
    }.`,
    'CAGR uses elapsed calendar time (365.25 days a year).',
    `Risk-free rate ${formatPercent(riskFreeAnnual)} a year (${riskFreeSource}).`,
    `Intervals: stationary block bootstrap, mean block ${equity.meanBlockDays} d, 2 000 draws, fixed seed.`,
    `Below ${MINIMUM_ANNUAL_DAYS} days annual figures are refused.`,
    'All times are UTC. Costs: + is a cost. Markouts: + is in our favour.',
  ]
  return html`<div class="box" id="conventions"><h3>Conventions</h3><ul>${lines.map(
    (line) => html`<li>${line}</li>`,
  )}</ul></div>`
}

interface Card {
  readonly label: string
  readonly value: Html
  readonly note: string | Html
  readonly provisional?: boolean
}

function keyFigures(record: RunRecord, analysis: RunAnalysis): Html {
  const cards = [...returnCards(record, analysis), ...tradeCards(record, analysis)]
  return html`<dl class="kpis" id="figures">${cards.map(
    (card) =>
      html`<div${card.provisional === true ? html` class="provisional"` : null}><dt>${
        card.label
      }</dt><dd>${card.value}<small>${card.note}</small></dd></div>`,
  )}</dl>`
}

function returnCards(
  record: RunRecord,
  { equity, drawdowns, costs, benchmark }: RunAnalysis,
): readonly Card[] {
  const { provisional } = equity
  const fall = drawdowns.deepest
  const annual = provisional ? 'provisional; ' : ''
  return [
    {
      label: 'Net return',
      value: tinted(equity.totalReturn, formatPercent(equity.totalReturn, true)),
      note: html`${formatMoney(costs.net, record.currency, true)} on ${formatNumber(record.startEquity, 0)}${
        benchmark !== null &&
        html`; ${benchmark.name} ${formatFigure(benchmark.totalReturn, (value) => formatPercent(value, true))}`
      }`,
    },
    {
      label: 'Largest drawdown',
      value: html`${fall === null ? 'none' : formatPercent(fall.depth)}`,
      note:
        fall === null
          ? 'equity never fell below its peak'
          : `${formatUtcDate(fall.peakTime)}, ${
              fall.recoveryTime === null
                ? 'ongoing at the end'
                : `recovered after ${formatDuration(fall.days * 86_400e6)}`
            }`,
    },
    {
      label: 'Sharpe ratio',
      value: formatFigure(equity.sharpe, formatRatio),
      note:
        equity.sharpe.value === null
          ? ''
          : annual + formatInterval(equity.sharpeInterval, formatRatio),
      provisional,
    },
    {
      label: 'Sortino ratio',
      value: formatFigure(equity.sortino, formatRatio),
      note:
        equity.sortino.value === null
          ? ''
          : annual + formatInterval(equity.sortinoInterval, formatRatio),
      provisional,
    },
    {
      label: 'Calmar ratio',
      value: formatFigure(equity.calmar, formatRatio),
      note:
        equity.calmar.value === null
          ? ''
          : annual + formatInterval(equity.calmarInterval, formatRatio),
      provisional,
    },
    {
      label: 'CAGR',
      value: formatFigure(equity.cagr, (value) => formatPercent(value, true)),
      note: html`volatility ${formatFigure(equity.volatility, formatPercent)}`,
      provisional,
    },
  ]
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
