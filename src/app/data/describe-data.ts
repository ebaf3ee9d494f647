import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  DEFAULT_CATALOG,
  dataError,
  InputError,
  listManifests,
  loadRecording,
  type Manifest,
  nearest,
  type RecordingInfo,
  readManifest,
} from '../../adapters/mod.ts'
import { describeRecording, type InstrumentDescription } from './describe-recording.ts'
import { isSegmentFolder } from './import-segments.ts'
import { loadSegmentRecording } from './segment-recording.ts'
import { formatDuration, formatTime, textTable } from './text-table.ts'

/** What to describe. */
interface DescribeDataOptions {
  /**
   * Data sets by id, or paths of data files; several of one instrument are joined. Or one folder of
   * segments that a session recorded.
   */
  readonly sources: readonly string[]
  /** Default `.ornstein/data`. */
  readonly catalog?: string
  readonly symbols?: readonly string[]
  /** For files that carry no symbol. */
  readonly symbol?: string
  /** Pauses longer than this are gaps, us. */
  readonly gapLimitUs?: number
}

/** Figures per instrument, and what every report says about the data. */
interface DescribeDataReport {
  /** Null for data without market records: reference tables, executions, summaries. */
  readonly recording: RecordingInfo | null
  readonly instruments: readonly InstrumentDescription[]
  /** Manifests of the data sets among the sources. */
  readonly manifests: readonly Manifest[]
}

/** Describes data sets or files: spans, cadence, gaps, spreads, imbalance. Throws InputError. */
export async function describeData(options: DescribeDataOptions): Promise<DescribeDataReport> {
  const { sources, catalog = DEFAULT_CATALOG, ...rest } = options
  if (sources.length === 0) throw dataError('001', 'No data set or file was named')
  const [only] = sources
  if (sources.length === 1 && isSegments(only!)) {
    const recording = await loadSegmentRecording(only!)
    return { recording: recording.info, instruments: describeRecording(recording), manifests: [] }
  }
  const manifests: Manifest[] = []
  const paths: string[] = []
  for (const source of sources) {
    if (existsSync(join(catalog, source, 'manifest.json'))) {
      manifests.push(await readManifest(catalog, source))
      paths.push(join(catalog, source))
    } else if (existsSync(source)) paths.push(source)
    else throw await unknownSource(catalog, source)
  }
  try {
    const recording = await loadRecording({ ...rest, sources: paths })
    return { recording: recording.info, instruments: describeRecording(recording), manifests }
  } catch (cause) {
    const withoutRecords = cause instanceof InputError && cause.code === 'ORN-DATA-009'
    if (!withoutRecords || manifests.length === 0) throw cause
    return { recording: null, instruments: [], manifests }
  }
}

const isSegments = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true &&
  isSegmentFolder(readdirSync(path))

async function unknownSource(catalog: string, source: string): Promise<Error> {
  const ids = (await listManifests(catalog)).map((manifest) => manifest.id)
  const near = nearest(source, ids)
  return dataError('021', `There is no data set or file ${source}`, [
    `catalog: ${catalog} (${ids.length} data sets)`,
    ...(near === null ? [] : [`nearest: ${near}`]),
  ])
}

/** The report as lines for people. */
export function renderDescribe(report: DescribeDataReport): string {
  const parts: string[] = []
  for (const manifest of report.manifests) parts.push(renderManifest(manifest))
  if (report.recording !== null) parts.push(renderRecording(report.recording, report.instruments))
  return parts.join('\n\n')
}

function renderRecording(
  info: RecordingInfo,
  instruments: readonly InstrumentDescription[],
): string {
  const overview = instruments.map((each) => [
    each.instrument,
    formatTime(each.firstTime),
    formatTime(each.lastTime),
    each.books,
    each.trades,
    each.bars,
    formatDuration(each.cadenceUs),
    each.gaps,
    formatDuration(each.longestGapUs),
    each.spreadBp === null ? null : Number(each.spreadBp.mean.toFixed(3)),
    each.locked,
    each.crossed,
  ])
  const depths = instruments.flatMap((each) =>
    each.imbalance.map((rho) => [
      each.instrument,
      rho.depth,
      Number(rho.mean.toFixed(4)),
      Number(rho.deviation.toFixed(4)),
      Number(rho.changeDeviation.toFixed(4)),
      rho.signFlips,
      Number(rho.sharePositive.toFixed(4)),
      Number(rho.lagOneCorrelation.toFixed(4)),
    ]),
  )
  const lines = [
    `${info.kind} data, licence class ${info.licenceClass}: ${info.source}`,
    `clock: ${info.skew.method} (smallest delay ${formatDuration(info.skew.minimumDelayUs)})`,
    `left out: ${info.quarantined.length} bad rows, ${info.duplicatesDropped} repeated trades, ` +
      `${info.historyDropped} trades older than the first book`,
    '',
    textTable(
      [
        'symbol',
        'first',
        'last',
        'books',
        'trades',
        'bars',
        'cadence',
        `gaps over ${formatDuration(info.gapLimitUs)}`,
        'longest',
        'spread bp',
        'locked',
        'crossed',
      ],
      overview,
    ),
  ]
  if (depths.length > 0) {
    lines.push(
      '',
      textTable(
        ['symbol', 'levels', 'imbalance', 'sd', 'sd of change', 'sign flips', 'positive', 'lag 1'],
        depths,
      ),
    )
  }
  return lines.join('\n')
}

function renderManifest(manifest: Manifest): string {
  const tables = manifest.tables.map((table) => [table.shape, table.rows, table.columns.length])
  return [
    `${manifest.id}: ${manifest.title} (${manifest.kind})`,
    `licence class ${manifest.source.licenceClass}: ${manifest.source.text}`,
    `source ${manifest.source.file}, sha256 ${manifest.source.sha256.slice(0, 16)}`,
    `times: ${manifest.timeZone}; units: ${manifest.units}`,
    textTable(['table', 'rows', 'columns'], tables),
    ...manifest.checks.map(
      ({ outcome, check, count, examples }) =>
        `${outcome} ${check}: ${count}${examples[0] === undefined ? '' : ` (${examples[0]})`}`,
    ),
  ].join('\n')
}
