import { document } from '../../report/document.ts'
import { formatNumber, formatPercent } from '../../report/format.ts'
import { type Html, html, table } from '../../report/html.ts'
import { figureBlock, section } from '../../report/section.ts'
import type { ComparedRow, FundComparison, KnownSharpe } from './fund-comparison.ts'
import { dollarsText, type FundChart, percentText } from './fund-texts.ts'
import { FUND_CAVEATS, FUND_SOURCES, PUBLISHED_SNAPSHOT } from './public-funds.ts'

/** The comparison as a page that needs nothing from outside. */
export function fundPage(
  comparison: FundComparison,
  charts: readonly FundChart[],
  data: string,
): string {
  const { own } = comparison
  return document({
    title: `${own.name}, beside public funds`,
    body: body(comparison, charts),
    data,
  })
}

function body(comparison: FundComparison, charts: readonly FundChart[]): Html {
  const { own } = comparison
  const twin = numbers(comparison)
  return html`<div class="ribbon backtest"><span>BACKTEST: ${own.quality} data, no money was managed</span></div><header class="top"><div><h1>Beside public funds</h1><p class="sub">${own.name}, ${own.basis}<br><a href="report.html">Back to the report</a></p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="json">JSON</button></div></header><nav>${[
    ...charts.map(({ file, title }) => html`<a href="#${file}">${title}</a>`),
    html`<a href="#weeks">What eight weeks show</a>`,
    html`<a href="#sources">Sources</a>`,
  ]}</nav><main><p class="verdict">For scale, not a ranking: a simulation of ${dollarsText(own.capitalBillion!)} US dollars on ${own.quality} data beside funds that managed money.</p><div class="box warnings"><h3>Read this first</h3><ul>${FUND_CAVEATS.map((text) => html`<li>${text}</li>`)}${
    comparison.ownReason !== null &&
    html`<li>This run has no return a year: ${comparison.ownReason}.</li>`
  }</ul></div>${section('table', 'Figures', html`<p class="muted">Return times money is for scale alone. How sure: of funds as the table’s author marked them, of backtests what their data are.</p>${twin}${kinds(comparison)}`)}${charts.map(
    ({ file, title, caption, drawing }) =>
      section(file, title, figureBlock(caption, drawing, twin)),
  )}${section('weeks', 'What eight weeks show', weeks(comparison))}${section('sources', 'Sources', sources())}</main>`
}

const none = html`<span class="na">—</span>`

function numbers({ rows }: FundComparison): Html {
  const cell = (value: number | null, text: (value: number) => string): Html =>
    value === null ? none : html`${text(value)}`
  const line = (row: ComparedRow): readonly (string | Html)[] => [
    row.name,
    cell(row.returnPercent, percentText),
    cell(row.capitalBillion, dollarsText),
    cell(row.scaleBillion, dollarsText),
    cell(row.gainsBillion, dollarsText),
    row.isBacktest ? `${row.quality} data` : row.quality,
  ]
  return table({
    caption: 'US dollars',
    head: [
      'Name',
      'Return a year',
      'Money',
      'Return × money a year',
      'Net gains of investors',
      'How sure',
    ],
    rows: rows.map(line),
  })
}

const kinds = ({ rows }: FundComparison): Html =>
  table({
    caption: 'What they are',
    head: ['Name', 'Kind', 'Strategy', 'Years', 'Source'],
    rows: rows.map(({ name, category, family, basis, source }) => [
      name,
      category,
      family,
      basis,
      source,
    ]),
    className: 'text',
  })

function weeks({ snapshot, ownSharpe, own }: FundComparison): Html {
  const { sharpe, years, totalReturnError, returnError, volatilityError } = snapshot
  const published = PUBLISHED_SNAPSHOT
  const percent = (value: number, digits = 2): string => formatPercent(value, false, digits)
  const rows: readonly (readonly (string | Html)[])[] = [
    ['Total return', percent(published.totalReturn, 4), `± ${percent(totalReturnError)}`],
    ['CAGR', percent(published.cagr, 4), `± ${percent(returnError)}`],
    ['Volatility a year', percent(published.volatility, 4), `± ${percent(volatilityError)}`],
    [
      'Sharpe ratio',
      formatNumber(published.sharpe, 4),
      `± ${formatNumber(sharpe.standardError, 2)}`,
    ],
    ['Sortino ratio', formatNumber(published.sortino, 4), none],
    ['Calmar ratio', formatNumber(published.calmar, 4), none],
    ['Largest drawdown', percent(published.maximumDrawdown, 4), none],
    ['Turnover a bar, two ways', formatNumber(published.turnover, 4), none],
    ['Exposure', percent(published.exposure, 4), none],
  ]
  return html`<p>${snapshotSentence(snapshot)}</p>${table({
    caption: `The earlier system’s snapshot, ${published.from} to ${published.to}, as published, each with one standard error where it follows from what was published`,
    head: ['Figure', 'Published', 'Standard error'],
    rows,
  })}<p class="muted">${ownSharpe === null ? 'This run is too short for a Sharpe ratio.' : sharpeSentence(own.name, ownSharpe)}</p><p class="muted">Standard error of a Sharpe ratio per observation √((1 + SR²/2)/T), Lo (2002), The statistics of Sharpe ratios, Financial Analysts Journal 58(4), for independent returns, times the root of the observations of a year; of the return over the weeks σ√years and a year σ/√years, of the volatility σ/√(2T). T is ${sharpe.returns} hourly points, ${formatNumber(years, 2)} years at the ${published.barsPerYear} hours a year that it was annualised with. Returns that follow each other, or have fat tails, make the true errors larger.</p>`
}

/** What the published snapshot can show. */
function snapshotSentence({ sharpe, years }: FundComparison['snapshot']): string {
  const { low, high, standardError, returns, yearsNeeded } = sharpe
  const two = (value: number): string => formatNumber(value, 2)
  return `Eight weeks (${returns} hourly points, ${two(years)} years) can show that a system runs and what it did then, not that it is good: the Sharpe ratio of ${two(sharpe.sharpe)} has a standard error of ${two(standardError)}, its 95 % interval is ${two(low)} to ${two(high)} and holds 0. A true ratio of that size takes ${formatNumber(yearsNeeded!, 1)} years to lie 1.96 standard errors above 0. The data were generated with a rise of their own in every name, so the return is no evidence of skill either.`
}

function sharpeSentence(name: string, known: KnownSharpe): string {
  const two = (value: number): string => formatNumber(value, 2)
  return `${name}: Sharpe ratio ${two(known.sharpe)} from ${known.returns} sessions, standard error ${two(known.standardError)} by the same formula, 95 % interval ${two(known.low)} to ${two(known.high)}.`
}

function sources(): Html {
  const link = (text: string): Html =>
    text.startsWith('https://')
      ? html`<a href="${text}" rel="noreferrer">${text}</a>`
      : html`${text}`
  return html`<dl class="facts">${Object.entries(FUND_SOURCES).map(
    ([key, all]) => html`<dt>${key}</dt><dd>${all.map((text) => html`${link(text)}<br>`)}</dd>`,
  )}</dl>`
}
