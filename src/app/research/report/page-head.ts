import { MINIMUM_ANNUAL_DAYS, type RunAnalysis, type RunRecord } from '../../../core/mod.ts'
import {
  formatCount,
  formatDuration,
  formatPercent,
  joined,
  timeElement,
  zoneName,
} from './format.ts'
import { type Html, html } from './html.ts'
import { keyFigures } from './key-figures.ts'

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

/** Buttons that work with scripts only, and are only seen then. */
const tools = html`<button type="button" data-do="theme">Light / dark</button><button type="button" data-do="zone" aria-pressed="false">Times: ${zoneName}</button><button type="button" data-do="equity" title="At most 1 600 rows; report.json has more">Equity CSV</button><button type="button" data-do="trips" title="At most 2 000 rows; report.json has all">Trades CSV</button><button type="button" data-do="drawdowns" title="The ten deepest">Drawdowns CSV</button><button type="button" data-do="json">JSON</button>`

/** Title, period and instruments, with the tools that scripts switch on. */
export function titleBlock(record: RunRecord, { benchmark }: RunAnalysis): Html {
  const { data } = record
  const symbols = record.instruments.map((instrument) => `${instrument.venue}:${instrument.symbol}`)
  const listed =
    symbols.length > 6
      ? `${symbols.slice(0, 6).join(', ')} and ${symbols.length - 6} more`
      : symbols.join(', ')
  return html`<header class="top"><div><h1>${record.name}</h1><p class="sub">${
    record.strategy
  } on ${listed}<br>${timeElement(data.firstTime)} to ${timeElement(data.lastTime)} ${zoneName} (${formatDuration(
    data.lastTime - data.firstTime,
  )})<br>Benchmark: ${benchmark === null ? 'none' : benchmarkText(record, benchmark.name)}</p></div><div class="tools">${tools}</div></header>`
}

const benchmarkText = (record: RunRecord, name: string): string =>
  record.benchmark === undefined ? `${name}, at the run’s own marks, without costs` : name

/** Verdict line, warnings, key figures and conventions: what fits one page. */
export function pageOne(record: RunRecord, analysis: RunAnalysis): Html {
  const way = analysis.costs.net > 0n ? 'up' : analysis.costs.net < 0n ? 'down' : ''
  const classC =
    record.data.licenceClass === 'C' &&
    html`<p class="notice" role="note">Internal use only. The data behind this report are of licence class C (no licence stated): it must not be published or quoted.</p>`
  return html`<p class="verdict ${way}">${joined(analysis.verdict)}</p>${classC}${warningBox(analysis)}${keyFigures(
    record,
    analysis,
  )}${conventionsBox(record, analysis)}`
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
    'Days, weeks and months are UTC. Costs: + is a cost. Markouts: + is in our favour.',
  ]
  return html`<div class="box" id="conventions"><h3>Conventions</h3><ul>${lines.map(
    (line) => html`<li>${line}</li>`,
  )}</ul></div>`
}
