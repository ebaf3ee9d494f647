import { DAY_US, formatSpan, formatUtcDate } from '../calendar/civil-time.ts'
import { moneyToNumber } from '../domain/money.ts'
import {
  type EquityStatistics,
  MINIMUM_ANNUAL_DAYS,
  SETTLED_ANNUAL_DAYS,
} from './equity-statistics.ts'
import type { RunAnalysis, RunWarning, RunWarningCode } from './run-figures.ts'
import type { RunData, RunDataCheck, RunRecord } from './run-record.ts'
import { unfundedHours } from './unfunded-hours.ts'

/** Figures that verdict and warnings are drawn from. */
export type Judged = Omit<RunAnalysis, 'verdict' | 'warnings' | 'companion'>

const percent = (value: number, digits = 2): string => `${(value * 100).toFixed(digits)} %`
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** One sentence in words, by fixed rules: sign after costs, cost share, luck, null twin. */
export function runVerdict(record: RunRecord, figures: Judged): string {
  if (record.fills.length === 0) return `No trades: ${whyNot(record)}.`
  const parts = [signPart(figures)]
  const luck = luckPart(figures)
  if (luck !== '') parts.push(luck)
  const { nullTwin } = figures
  if (nullTwin !== null) {
    parts.push(
      `${nullTwin.atLeastAsGood} of ${many(nullTwin.runs, 'random-walk twin')} did at least as well`,
    )
  }
  return `${parts.join('; ')}.`
}

function signPart({ costs }: Judged): string {
  const perTraded = (value: bigint): number => (Number(value) / Number(costs.tradedNotional)) * 1e4
  const gross = moneyToNumber(costs.gross)
  if (costs.net > 0n) {
    const share = costs.costShareOfGross.value
    if (share === null) {
      return 'Positive only through spread, slippage or funding earned: the signal itself did not earn'
    }
    return share > 0
      ? `Positive after costs, which take ${percent(share, 0)} of gross`
      : 'Positive after costs, with more earned on spread and funding than paid'
  }
  if (costs.net === 0n) return 'Exactly zero after costs'
  if (gross > 0) {
    const earned = `${perTraded(costs.gross).toFixed(2)} bps of what was traded`
    const paid = `${perTraded(costs.gross - costs.net).toFixed(2)}`
    return `Negative after costs: gross earned ${earned}, costs took ${paid}`
  }
  return 'Negative before costs too: the signal itself lost'
}

function luckPart({ equity, trades, costs }: Judged): string {
  const { psr, dsr } = equity
  if (equity.sharpe.value === null) {
    const { low, high } = trades.expectancyBpsInterval
    if (low === null || high === null) {
      return `too short to judge (${spanText(equity)}, ${many(trades.trips, 'round trip')})`
    }
    const verdict =
      low > 0 ? 'above zero' : high < 0 ? 'below zero' : 'not distinguishable from zero'
    return `mean net result per round trip ${verdict} at 95 % over ${many(trades.trips, 'round trip')} in ${spanText(equity)}`
  }
  if (costs.net <= 0n || psr.value === null) return ''
  const deflated = dsr.value === null ? `DSR ${dsr.reason}` : `DSR ${dsr.value.toFixed(2)}`
  const figuresText = `(PSR ${psr.value.toFixed(2)}, ${deflated})`
  return psr.value >= 0.95 && (dsr.value ?? 0) >= 0.95
    ? `unlikely to be luck at 95 % ${figuresText}`
    : `not distinguishable from luck at 95 % ${figuresText}`
}

const spanText = ({ spanDays }: EquityStatistics): string => formatSpan(spanDays * DAY_US)

function whyNot(record: RunRecord): string {
  const { counts } = record
  if (counts.evaluations === 0) return 'the strategy was never evaluated (windows did not warm up)'
  const [first] = Object.entries(counts.evaluationsByOutcome).toSorted(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  )
  if (first === undefined) return `${many(counts.evaluations, 'evaluation')}, none recorded why`
  const share = percent(first[1] / counts.evaluations, 1)
  return `most evaluations ended at "${first[0]}" (${share} of ${counts.evaluations})`
}

/** Warnings in fixed order, most damning first; empty when there is nothing to say. */
export function runWarnings(record: RunRecord, figures: Judged): readonly RunWarning[] {
  return [
    ...dataWarnings(record),
    ...sampleWarnings(record, figures),
    ...fillWarnings(record, figures),
    ...bookWarnings(record, figures),
  ]
}

function dataWarnings(record: RunRecord): RunWarning[] {
  const { data } = record
  const warnings: RunWarning[] = []
  const add = (code: RunWarningCode, text: string) => warnings.push({ code, text })
  if (data.kind === 'generated') {
    add('GENERATED_DATA', 'The market data are generated: results say nothing about a real market.')
  }
  if (data.licenceClass === 'C') {
    add('NOT_FOR_PUBLICATION', 'Data of licence class C: for internal use, not for publication.')
  }
  warnings.push(...rowWarnings(data))
  if (data.gaps.length > 0) {
    const total = data.gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0)
    const longest = data.gaps.reduce((most, gap) => Math.max(most, gap.to - gap.from), 0)
    add(
      'GAPS',
      `${many(data.gaps.length, 'gap')} in the data, ${formatSpan(total)} in all, the longest ${formatSpan(longest)}.`,
    )
  }
  if (data.skewUs !== 0) {
    add(
      'CLOCK_SKEW',
      `Received times were shifted by ${formatSpan(Math.abs(data.skewUs))} because the recording clock was off.`,
    )
  }
  const unfunded = unfundedHours(record)
  if (unfunded.length > 0) {
    const list = unfunded.map(({ symbol, hours }) => `${symbol} (${many(hours, 'full hour')} held)`)
    add(
      'FUNDING_MISSING',
      `The data hold no funding rates: none was paid or received for ${list.join(', ')}.`,
    )
  }
  if (data.survivorship !== '') add('SURVIVORSHIP', `Survivorship: ${data.survivorship}`)
  if (data.lookahead === '') {
    add('LOOKAHEAD_UNCHECKED', 'Look-ahead was not checked for this run.')
  }
  return warnings
}

/** What was done with rows of the data files: put aside with reasons, or sorted; by file. */
export function rowWarnings({
  files,
  checks,
}: Pick<RunData, 'files' | 'checks'>): readonly RunWarning[] {
  const warnings: RunWarning[] = []
  for (const [file, ofName] of Map.groupBy(files, (each) => each.file)) {
    const rows = ofName.reduce((sum, each) => sum + each.rows, 0)
    const own = checks.filter((check) => check.file === file)
    const aside = own.filter(({ outcome }) => outcome === 'quarantined')
    const count = aside.reduce((sum, check) => sum + check.count, 0)
    if (count > 0) {
      warnings.push({
        code: 'ROWS_PUT_ASIDE',
        text: `${file}: ${count} of ${many(rows, 'row')} put aside: ${aside.map(findingText).join('; ')}.`,
      })
    }
    for (const check of own.filter((each) => each.check === 'time order')) {
      warnings.push({
        code: 'ROWS_OUT_OF_ORDER',
        text: `${file}: ${many(check.count, 'row')} out of order in time, sorted: ${check.examples[0] ?? ''}.`,
      })
    }
  }
  return warnings
}

const findingText = ({ check, count, examples }: RunDataCheck): string =>
  `${check} ${count} (${examples.join('; ')}${count > examples.length ? '; ...' : ''})`

function sampleWarnings(
  record: RunRecord,
  { equity, trades, openPositions }: Judged,
): RunWarning[] {
  const warnings: RunWarning[] = []
  const add = (code: RunWarningCode, text: string) => warnings.push({ code, text })
  if (equity.spanDays < MINIMUM_ANNUAL_DAYS) {
    add(
      'SHORT_SAMPLE',
      `Short sample: ${spanText(equity)}. Annual figures need ${MINIMUM_ANNUAL_DAYS} days and are refused.`,
    )
  } else if (equity.spanDays < SETTLED_ANNUAL_DAYS) {
    add(
      'SHORT_SAMPLE',
      `Short sample: ${spanText(equity)}. Annual figures are provisional below ${SETTLED_ANNUAL_DAYS} days; read the intervals.`,
    )
  }
  if (record.fills.length > 0 && trades.trips < 30) {
    add(
      'FEW_TRIPS',
      `Only ${many(trades.trips, 'closed round trip')}: averages over them are unstable.`,
    )
  }
  const share = trades.largestShareOfNet.value
  if (share !== null && share > 0.25 && trades.trips > 1) {
    add('ONE_TRIP_DECIDES', `One round trip is ${percent(share, 0)} of the net result.`)
  }
  if (openPositions > 0) {
    add(
      'OPEN_POSITION',
      `${many(openPositions, 'position')} still open at the end, valued at the last mid.`,
    )
  }
  if (record.trials === null) {
    add(
      'TRIALS_UNKNOWN',
      'The number of configurations tried is unknown: the deflated Sharpe ratio is unproven.',
    )
  }
  if (record.trials !== null && record.trials.count > 1) {
    add(
      'IN_SAMPLE',
      `In-sample: ${record.trials.count} configurations were tried on these data; the best of many looks better than it is.`,
    )
  }
  if (equity.ruinTime !== null) {
    add('RUIN', `Equity fell to zero or below on ${formatUtcDate(equity.ruinTime)}.`)
  }
  return warnings
}

function fillWarnings(record: RunRecord, figures: Judged): RunWarning[] {
  const warnings: RunWarning[] = []
  const add = (code: RunWarningCode, text: string) => warnings.push({ code, text })
  if (record.gatesOff.length > 0) {
    add('GATES_OFF', `Switched off by the configuration: ${record.gatesOff.join(', ')}.`)
  }
  for (const text of record.halts?.missing ?? []) add('CALENDAR_MISSING', text)
  if (record.fillModel.queueModel === 'optimistic' && figures.costs.makerNotional > 0n) {
    add('OPTIMISTIC_FILLS', 'Resting orders were filled optimistically (front of the queue).')
  }
  const companion = record.companion?.equity.value
  const own = record.equity.value
  if (companion !== undefined && companion.length > 0 && own.length > 0) {
    const ours = own[own.length - 1]! - record.startEquity
    const theirs = companion[companion.length - 1]! - record.startEquity
    if (Math.sign(ours) !== Math.sign(theirs)) {
      add('COMPANION_DISAGREES', 'The sign of the result depends on the assumed queue position.')
    }
  }
  const { fillsWithoutMid, fillsWithoutDecisionMid } = figures.costs
  const unmeasured = Math.max(fillsWithoutMid, fillsWithoutDecisionMid)
  if (unmeasured > 0) {
    add(
      'COSTS_UNMEASURED',
      `${many(unmeasured, 'fill')} without a known mid: their spread or slippage counts as 0, inside gross.`,
    )
  }
  return warnings
}

function bookWarnings(record: RunRecord, figures: Judged): RunWarning[] {
  const warnings: RunWarning[] = []
  const tolerance = Math.max(0.01, record.startEquity * 1e-7)
  if (Math.abs(figures.reconciliationDifference) > tolerance) {
    warnings.push({
      code: 'BOOKS_DISAGREE',
      text: `Fills and funding differ from the change of equity by ${figures.reconciliationDifference.toFixed(2)} ${record.currency}.`,
    })
  }
  const currencies = new Set(
    record.fills.map((fill) => record.instruments[fill.instrument]?.quoteCurrency),
  )
  if (currencies.size > 1) {
    const list = [...currencies].toSorted().join(', ')
    warnings.push({
      code: 'SEVERAL_CURRENCIES',
      text: `Amounts in ${list} are added one for one.`,
    })
  }
  return warnings
}
