import type { BarMean, ScoreReport } from '../../../models/mod.ts'
import { formatCount, formatNumber } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import type { Diagnosis } from './diagnose.ts'
import { driftSection } from './drift-section.ts'
import { calibrationFigure, decileFigure } from './model-figures.ts'
import { featuresSection, partsSections } from './parts-report.ts'
import type { PathOutcome } from './run-backtest.ts'

const number = (value: number | null, digits = 4, factor = 1): string =>
  value === null ? '—' : formatNumber(value * factor, digits, true)

/** What cannot be negative has no sign. */
const plain = (value: number | null, digits: number, factor = 1): string =>
  value === null ? '—' : formatNumber(value * factor, digits)

/** Sections of a report that say what the forecasts are worth. */
export function modelSections(diagnosis: Diagnosis, outcomes: readonly PathOutcome[]): Html {
  const { scores, probabilities, baselines, folds, labels } = diagnosis
  return html`${section('model', 'Forecasts', html`<p class="verdict">${verdictOf(scores)}</p>${summary(diagnosis)}${pathTable(diagnosis.paths, outcomes)}`)}${section(
    'against',
    'Against forecasts that know nothing',
    html`${comparison([...forecastsOf(diagnosis), ...baselines])}${exchangeText(diagnosis)}`,
  )}${section('deciles', 'Returns by score', decileFigure(scores))}${section(
    'hours',
    'By bar of the session',
    hours(scores),
  )}${partsSections(diagnosis.parts)}${featuresSection(diagnosis.routes)}${driftSection(diagnosis.drift)}${
    probabilities === null
      ? null
      : section(
          'calibration',
          'Downside probabilities',
          html`${probabilityTable(probabilities)}${probabilities.curve.length > 0 ? calibrationFigure(probabilities) : null}`,
        )
  }${section('folds', 'Folds', foldTable(folds))}${section('labels', 'Labels', labelTable(labels))}`
}

/** What the rank correlation says, in a sentence. */
export function verdictOf({ rankIc, bars }: ScoreReport): string {
  const { value, low, high } = rankIc.mean.neweyWest
  if (value === null || low === null || high === null) {
    return `The forecasts cannot be judged: they tell names apart in ${formatCount(bars)} hours with an outcome, too few. Where calibration finds no edge, all names are forecast the same.`
  }
  const text = `mean rank correlation ${formatNumber(value, 4, true)} (95 % ${formatNumber(low, 4, true)} to ${formatNumber(high, 4, true)})`
  if (low > 0) return `The forecasts order returns better than chance before costs: ${text}.`
  if (high < 0) return `The forecasts order returns worse than chance: ${text}.`
  return `The forecasts are not distinguishable from chance: ${text}.`
}

/** The routes, and the blend where there are several. */
const forecastsOf = ({ forecast, scores, routes }: Diagnosis) =>
  routes.length === 1 ? [{ name: forecast, scores }] : [{ name: forecast, scores }, ...routes]

function summary({ forecast, routes, plan, notes, scores }: Diagnosis): Html {
  const rows = [
    ['Forecast', forecast],
    ...routes.map(({ name, implementation, computes }) => [
      `What was trained as ${name}`,
      `${implementation}, ${computes}`,
    ]),
    ['Validation', plan],
    ['Hours measured', formatCount(scores.bars)],
    ['Forecasts measured', formatCount(scores.rows)],
  ]
  return html`${table({ caption: 'Model', head: ['', ''], rows })}<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`
}

/** Every way through the panel; nothing where there is only one. */
function pathTable(paths: Diagnosis['paths'], outcomes: readonly PathOutcome[]): Html | null {
  if (paths.length === 1) return null
  const rows = paths.map(({ mean }, i) => [
    String(i + 1),
    ...estimate(mean),
    number(outcomes[i]?.netReturn.value ?? null, 2, 100),
    number(outcomes[i]?.sharpe.value ?? null, 2),
  ])
  return html`<p>Every bar is tested by several folds: each path is one way through all of them. They say how far luck goes. All other figures are of path 1.</p>${table(
    {
      caption: 'Paths',
      head: [
        ...['Path', 'Rank IC', 'Newey-West', 'Session blocks'],
        ...['Net return %, where traded', 'Sharpe ratio'],
      ],
      rows,
    },
  )}`
}

function comparison(all: readonly { name: string; scores: ScoreReport }[]): Html {
  const rows = all.map(({ name, scores }) => [
    name,
    ...estimate(scores.ic.mean),
    ...estimate(scores.rankIc.mean),
    number(scores.deciles.topMinusBottom.neweyWest.value, 2, 1e4),
    number(scores.deciles.topMinusUniverse.neweyWest.value, 2, 1e4),
    plain(scores.hitRate.neweyWest.value, 2, 100),
    plain(scores.turnover.topDecile.value, 1, 100),
  ])
  return html`<p>Before any cost. Two intervals of each correlation: Newey-West, and whole sessions as blocks; they should tell the same story.</p>${table(
    {
      caption: 'Forecasts and baselines over the same hours',
      head: [
        'Forecast',
        'IC',
        'Newey-West',
        'Session blocks',
        'Rank IC',
        'Newey-West',
        'Session blocks',
        'Top less bottom decile, bp',
        'Top decile less all, bp',
        'Hit rate %',
        'Top decile replaced an hour %',
      ],
      rows,
    },
  )}`
}

/** What the exchange of outcomes among names says, in sentences. */
function exchangeText({ forecast, permutation }: Diagnosis): Html {
  const { value, low, high, p, draws, bars, reason } = permutation
  if (value === null || p === null)
    return html`<p class="muted">No exchange of outcomes: ${reason}.</p>`
  return html`<p>Permutation test: with the outcomes of other names, whole histories exchanged ${formatCount(draws)} times, the mean rank correlation of ${forecast} over ${formatCount(bars)} hours lies within ${number(low)} to ${number(high)} in 95 %; with their own it is ${number(value)} (p = ${formatNumber(p, 3)}, two-sided). Names of a sector move together, which the exchange undoes: scores that tell sectors apart look a little better than they are.</p>`
}

function estimate({ neweyWest, sessionBlocks }: BarMean): readonly string[] {
  const interval = ({ low, high }: { low: number | null; high: number | null }): string =>
    low === null || high === null ? '—' : `${number(low)} to ${number(high)}`
  return [number(neweyWest.value), interval(neweyWest), interval(sessionBlocks)]
}

function hours({ rankIc }: ScoreReport): Html {
  const rows = rankIc.byBarOfSession.map(({ barOfSession, mean, bars }) => [
    String(barOfSession + 1),
    number(mean),
    formatCount(bars),
  ])
  return html`<p>Late bars have labels that span the night.</p>${table({
    caption: 'Rank IC by bar of the session',
    head: ['Bar', 'Rank IC', 'Hours'],
    rows,
  })}`
}

function probabilityTable(report: NonNullable<Diagnosis['probabilities']>): Html {
  const rows = [
    ['Rows', formatCount(report.rows)],
    ['Base rate %', plain(report.baseRate, 2, 100)],
    ['Brier score', plain(report.brier, 5)],
    ['Brier score of the base rate', plain(report.baseRateBrier, 5)],
    ['Skill over the base rate %', number(report.brierSkill, 2, 100)],
    ['AUC', plain(report.auc, 4)],
    ['Mean gap of the bins, percentage points', plain(report.calibrationError, 2, 100)],
  ]
  return table({ caption: 'Probabilities', head: ['', ''], rows })
}

function foldTable(folds: Diagnosis['folds']): Html {
  const rows = folds.map((fold) => [
    fold.name,
    formatCount(fold.trainBars),
    formatCount(fold.purgedBars),
    formatCount(fold.embargoedBars),
    formatCount(fold.testBars),
    formatCount(fold.forecastRows),
  ])
  return table({
    caption: 'Folds: bars of training, left out, and tested',
    head: ['Fold', 'Trained on', 'Purged', 'Embargoed', 'Tested', 'Forecasts'],
    rows,
  })
}

/** What the labels look like. */
export function labelTable({ all, withinSession, overNight, byHour }: Diagnosis['labels']): Html {
  const row = (name: string, each: Diagnosis['labels']['all']): readonly string[] => [
    name,
    formatCount(each.count),
    number(each.mean, 2, 1e4),
    plain(each.deviation, 1, 1e4),
    plain(each.downsideRate, 2, 100),
  ]
  return table({
    caption: 'Labels, windows that span a night apart',
    head: ['Windows', 'Labels', 'Mean excess bp', 'Deviation bp', 'Downside events %'],
    rows: [
      row('all', all),
      row('within a session', withinSession),
      row('over a night', overNight),
      ...byHour.map((each) => row(`from ${each.hour}:00 New York`, each)),
    ],
  })
}
