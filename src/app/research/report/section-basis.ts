import {
  median,
  type RunData,
  type RunDataCheck,
  type RunFeed,
  type RunGap,
} from '../../../core/mod.ts'
import {
  formatBps,
  formatCount,
  formatDuration,
  formatFigure,
  formatNumber,
  formatPercent,
  formatTime,
} from './format.ts'
import { type Html, html, table } from './html.ts'
import { extent, figureSvg, linearScale, niceTicks, padded, pixel } from './plot.ts'
import { figureBlock, PLOT_RIGHT, type ReportInput, section, WIDTH } from './section.ts'

/** Rows of the table of evaluation outcomes, and of instruments. */
const OUTCOMES_MOST = 20
const INSTRUMENTS_MOST = 50

/** Why it traded or did not: counts from events to fills, and where evaluations ended. */
export function decisionsSection({ record }: ReportInput): Html {
  const { counts } = record
  const funnel: [string, number][] = [
    ['Events', counts.events],
    ['Evaluations', counts.evaluations],
    ['Signals', counts.signals],
    ['Orders', counts.orders],
    ['Fills', counts.fills],
    ['Rejected by the venue', counts.rejects],
  ]
  const outcomes = Object.entries(counts.evaluationsByOutcome).toSorted(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  )
  const denials = Object.entries(counts.denials).toSorted((a, b) => (a[0] < b[0] ? -1 : 1))
  const most = Math.max(1, outcomes[0]?.[1] ?? 0)
  const share = (count: number): string =>
    counts.evaluations > 0 ? formatPercent(count / counts.evaluations, false, 1) : '—'
  const shown = outcomes.slice(0, OUTCOMES_MOST)
  const others = outcomes.slice(OUTCOMES_MOST).reduce((sum, [, count]) => sum + count, 0)
  if (others > 0) shown.push([`${outcomes.length - OUTCOMES_MOST} rarer ones`, others])
  const outcomeRows = shown.map(([name, count]) => [
    name,
    formatCount(count),
    share(count),
    html`<span class="bar" style="width:${Math.max(1, Math.min(160, Math.round((count / most) * 160)))}px"></span>`,
  ])
  return section(
    'decisions',
    'Why it traded, and why not',
    html`<div class="pair"><div>${table({
      caption: 'From data to fills',
      head: ['Stage', 'Count'],
      rows: funnel.map(([name, count]) => [name, formatCount(count)]),
    })}${
      denials.length > 0 &&
      table({
        caption: 'Orders denied by the risk gate',
        head: ['Code', 'Count'],
        rows: denials.map(([code, count]) => [code, formatCount(count)]),
      })
    }</div><div>${
      outcomes.length === 0
        ? html`<p class="muted">No evaluation outcome was recorded.</p>`
        : table({
            caption: 'Where evaluations ended: the first gate that failed, or the action taken',
            head: ['Outcome', 'Count', 'Share', ''],
            rows: outcomeRows,
          })
    }</div></div>`,
  )
}

/** The same rules on random walks of the same volatility. */
export function nullTwinSection({ record, analysis }: ReportInput): Html {
  const { nullTwin: twin } = record
  const comparison = analysis.nullTwin
  if (twin === undefined || comparison === null) return html``
  const ours = analysis.equity.totalReturn
  const rows: (string | Html)[][] = [
    [
      'Net return',
      formatPercent(ours, true, 3),
      formatPercent(comparison.medianNetReturn, true, 3),
    ],
    [
      'Gross bps per round trip',
      formatFigure(analysis.trades.grossBpsMean, (value) => formatBps(value)),
      formatFigure(comparison.medianGrossBps, (value) => formatBps(value)),
    ],
    [
      'Round trips',
      formatCount(analysis.trades.trips),
      formatNumber(median(twin.runs.map((run) => run.trips)), 1),
    ],
  ]
  const p =
    comparison.pValue.value === null
      ? `A chance is not given: ${comparison.pValue.reason}.`
      : `Chance of a return at least this good without any edge: ${formatNumber(comparison.pValue.value, 3)} (one-sided).`
  return section(
    'null-twin',
    'Against its null twins',
    html`<p>${twin.description} ${comparison.atLeastAsGood} of ${comparison.runs} did at least as well as this run. ${p}</p>${twinFigure(
      twin.runs.map((run) => run.netReturn),
      ours,
    )}${table({
      caption: 'This run and the median twin',
      head: ['', 'This run', 'Median twin'],
      rows,
      className: 'plain',
    })}`,
  )
}

function twinFigure(returns: readonly number[], ours: number): Html {
  const x = linearScale(...padded(...extent(returns, [ours, 0])!, 0.05), 20, PLOT_RIGHT)
  const columns = new Map<number, number>()
  const dots = returns
    .toSorted((a, b) => a - b)
    .map((value) => {
      const column = Math.round(x(value) / 9)
      const stack = columns.get(column) ?? 0
      columns.set(column, stack + 1)
      return html`<circle class="fill-muted mark" cx="${column * 9}" cy="${66 - Math.min(stack, 6) * 9}" r="4.2"/>`
    })
  const ticks = niceTicks(x.low, x.high, 8)
  const at = pixel(x(ours))
  const side = x(ours) > WIDTH - 140 ? 'end' : ''
  const labelX = side === 'end' ? x(ours) - 8 : x(ours) + 8
  const drawing = figureSvg({
    id: 'svg-twins',
    title: 'Net returns of the null twins and of this run',
    description: `${returns.length} twins between ${formatPercent(Math.min(...returns), true)} and ${formatPercent(Math.max(...returns), true)}; this run ${formatPercent(ours, true)}.`,
    width: WIDTH,
    height: 100,
    body: html`<line class="zero" x1="20" x2="${PLOT_RIGHT}" y1="74" y2="74"/>${ticks.values.map(
      (tick) =>
        html`<text class="tick mid" x="${pixel(x(tick))}" y="90">${formatPercent(tick, true, Math.max(0, ticks.digits - 2))}</text>`,
    )}${dots}<line class="whisker" x1="${at}" x2="${at}" y1="4" y2="74" style="stroke-width:2"/><text class="label strong ${side}" x="${pixel(labelX)}" y="14">this run</text>`,
  })
  return figureBlock('Each dot is one random walk; the line is this run.', drawing)
}

/** Where the data came from and what is wrong with them. */
export function dataSection({ record }: ReportInput): Html {
  const { data } = record
  const rows: [string, string | Html][] = [
    ['Kind', data.kind],
    ['What', data.description],
    [
      'Span',
      `${formatTime(data.firstTime, 3)} to ${formatTime(data.lastTime, 3)} UTC (${formatDuration(data.lastTime - data.firstTime)})`,
    ],
    ['Book stream', html`${feedTexts(record).map((text) => html`<div>${text}</div>`)}`],
    ['Licence class', licenceText(data.licenceClass)],
    ['Clock skew corrected', data.skewUs === 0 ? 'none' : formatDuration(Math.abs(data.skewUs))],
    ['Survivorship', data.survivorship === '' ? 'the question does not arise' : data.survivorship],
    ['Look-ahead', data.lookahead === '' ? 'not checked' : data.lookahead],
    [
      'Gaps',
      data.gaps.length === 0
        ? 'none'
        : `${formatCount(data.gaps.length)}, ${formatDuration(data.gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0))} in all`,
    ],
    ['Rows', html`${rowTexts(data).map((text) => html`<div>${text}</div>`)}`],
    ['Hash', html`<code>${data.hash}</code>`],
  ]
  return section(
    'data',
    'Data',
    html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>${
      data.gaps.length > 0 && gapTable({ record, gaps: data.gaps })
    }${data.checks.length > 0 && checkTable(data.checks)}`,
  )
}

/** What became of each file's rows, a line a file. */
function rowTexts({ files, checks }: RunData): readonly string[] {
  if (files.length === 0) return ['made by us, none read from a file']
  return files.map(({ file, rows }) => {
    const aside = checks
      .filter((check) => check.file === file && check.outcome === 'quarantined')
      .reduce((sum, check) => sum + check.count, 0)
    return `${file}: ${formatCount(rows)} read, ${aside === 0 ? 'none' : formatCount(aside)} put aside`
  })
}

/** Findings of the checks of the files, rows put aside first. */
const checkTable = (checks: readonly RunDataCheck[]): Html =>
  table({
    caption: 'What the checks of the files found',
    head: ['File', 'Finding', 'Rows', 'What became of them', 'The first'],
    rows: checks
      .toSorted((a, b) => (a.outcome < b.outcome ? 1 : a.outcome > b.outcome ? -1 : 0))
      .map((check) => [
        check.file,
        check.check,
        formatCount(check.count),
        check.outcome === 'quarantined'
          ? 'put aside'
          : check.check === 'time order'
            ? 'sorted'
            : 'kept',
        check.examples.join('; '),
      ]),
    className: 'plain',
  })

/** Streams in words; instruments that are fed alike share a line. */
function feedTexts({ data, instruments }: ReportInput['record']): readonly string[] {
  const symbols = new Map<string, string[]>()
  for (const feed of data.feeds) {
    const text = feedText(feed, data.kind)
    const symbol = instruments[feed.instrument]?.symbol ?? '?'
    symbols.set(text, [...(symbols.get(text) ?? []), symbol])
  }
  if (symbols.size <= 1) return [...symbols.keys()]
  return [...symbols].map(([text, names]) => `${names.join(', ')}: ${text}`)
}

function feedText(feed: RunFeed, origin: RunData['kind']): string {
  const what = {
    snapshots: `${feed.levels} levels`,
    changes: 'changes of single levels',
    bars: 'bars, no book,',
  }[feed.kind]
  const pause = feed.cadenceUs === null ? 'once' : `every ${formatDuration(feed.cadenceUs)}`
  return `${what} ${pause} as ${origin}, ${feed.hasTrades ? 'with' : 'without'} trades`
}

function licenceText(licence: 'A' | 'B' | 'C' | null): string {
  switch (licence) {
    case null:
      return 'our own'
    case 'A':
      return 'A: permissive or public domain'
    case 'B':
      return 'B: copyleft source, exchange facts'
    case 'C':
      return 'C: no licence stated; internal use, not for publication'
  }
}

function gapTable(input: { record: ReportInput['record']; gaps: readonly RunGap[] }): Html {
  const longest = input.gaps
    .toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)
    .slice(0, 10)
  return table({
    caption: input.gaps.length > 10 ? 'The ten longest gaps' : 'Gaps',
    head: ['From (UTC)', 'Length', 'Instrument', 'Reason'],
    rows: longest.map((gap) => [
      formatTime(gap.from, 3),
      formatDuration(gap.to - gap.from),
      gap.instrument === null ? 'all' : (input.record.instruments[gap.instrument]?.symbol ?? '?'),
      gap.reason,
    ]),
    className: 'plain',
  })
}

/** Parameters and assumptions, instrument rules included. */
export function parametersSection({ record }: ReportInput): Html {
  const { z } = record
  const own = flatten('', record.parameters)
  const signal: [string, string][] = [
    ['z window, bars', String(z.window)],
    ['z degrees of freedom', `n − ${z.ddof}`],
    [
      'z current bar',
      z.current === 'include' ? 'included in its window' : 'excluded from its window',
    ],
    ['z longest gap inside a window, bars', String(z.maxGap)],
    ['Gates switched off', record.gatesOff.length === 0 ? 'none' : record.gatesOff.join(', ')],
  ]
  return section(
    'parameters',
    'Parameters and assumptions',
    html`<div class="pair"><div>${table({
      caption: 'Strategy parameters',
      head: ['Parameter', 'Value'],
      rows: own.length > 0 ? own : [['none', '']],
    })}</div><div>${table({ caption: 'Signal', head: ['Setting', 'Value'], rows: signal })}</div></div>${table(
      {
        caption:
          record.instruments.length > INSTRUMENTS_MOST
            ? `The first ${INSTRUMENTS_MOST} of ${record.instruments.length} instruments`
            : 'Instruments',
        head: ['Instrument', 'Kind', 'Maker fee', 'Taker fee', 'Price step', 'Lot'],
        rows: record.instruments
          .slice(0, 50)
          .map((instrument) => [
            `${instrument.venue}:${instrument.symbol}`,
            instrument.kind,
            formatBps(instrument.fees.makerE9 / 1e5),
            formatBps(instrument.fees.takerE9 / 1e5),
            String(10 ** -instrument.priceDecimals),
            String(10 ** -instrument.quantityDecimals),
          ]),
      },
    )}`,
  )
}

/** Dotted keys of nested parameters, sorted, values as text. */
function flatten(prefix: string, value: unknown): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .toSorted((a, b) => (a[0] < b[0] ? -1 : 1))
      .flatMap(([key, inner]) => flatten(prefix === '' ? key : `${prefix}.${key}`, inner))
  }
  const text = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? 'undefined')
  return [[prefix, typeof value === 'string' ? value : text]]
}

/** What is needed to make this report again. */
export function reproduceFooter({ record }: ReportInput): Html {
  const rows: [string, string][] = [
    ['Command', record.command],
    ['Seed', String(record.seed)],
    ['Commit', record.commit],
    ['Configuration', record.configurationHash],
    ['Data', record.dataHash],
    ['Code', record.codeHash],
    ['Run', `${record.name}, ${record.mode}, ${record.strategy}`],
    ['Format', 'ornstein.report/1'],
  ]
  return html`<footer class="base" id="reproduce"><h2>Reproduce</h2><p class="muted">The same inputs, seed and commit give this file byte for byte; it contains no clock.</p><dl class="facts">${rows.map(
    ([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`,
  )}</dl><p class="muted"><small>Past results, simulated or real, do not predict future ones. Nothing here is investment advice.</small></p></footer>`
}
