import { FAR_TIME, type RunHalts, type RunRecord } from '../../../core/mod.ts'
import { formatCount, formatDuration, formatPercent, formatTime } from './format.ts'
import { type Html, html, table } from './html.ts'
import { type ReportInput, section } from './section.ts'

const ROWS_MOST = 100

/** Times in which no new risk was taken, for releases of figures and times of the configuration. */
export function haltsSection({ record }: ReportInput): Html {
  const { halts } = record
  if (halts === undefined) return html``
  const { windows, missing } = halts
  const share = formatPercent(haltedUs(record) / Math.max(1, spanUs(record)), false, 2)
  const sum = `${formatCount(windows.length)} ${windows.length === 1 ? 'time' : 'times'} in which no new risk was taken, ${share} of the run. Exits passed.`
  return section(
    'halts',
    'Halts',
    html`<p>${sum}</p>${missing.map((text) => html`<p>${text}</p>`)}${
      windows.length > 0 &&
      table({
        caption: windows.length > ROWS_MOST ? `The first ${ROWS_MOST}` : 'Halts',
        head: ['From (UTC)', 'Through (UTC)', 'Length', 'For'],
        rows: windows
          .slice(0, ROWS_MOST)
          .map(({ name, fromTime, untilTime }) => [
            formatTime(Math.max(fromTime, record.data.firstTime), 0),
            untilTime >= FAR_TIME ? 'the end' : formatTime(untilTime - 1, 0),
            untilTime >= FAR_TIME ? '' : formatDuration(untilTime - 1 - fromTime),
            name,
          ]),
        className: 'plain',
      })
    }`,
  )
}

const spanUs = ({ data }: RunRecord): number => data.lastTime - data.firstTime

function haltedUs(record: RunRecord): number {
  const { firstTime, lastTime } = record.data
  const windows = record.halts?.windows ?? []
  return windows.reduce(
    (sum, { fromTime, untilTime }) =>
      sum + Math.min(untilTime, lastTime) - Math.max(fromTime, firstTime),
    0,
  )
}

/** The same as plain data; `through` is the last instant halted, null for one without an end. */
export function haltsData(halts: RunHalts | undefined): unknown {
  if (halts === undefined) return null
  const iso = (time: number): string => new Date(time / 1000).toISOString()
  return {
    windows: halts.windows.map(({ name, fromTime, untilTime }) => ({
      name,
      from: fromTime === 0 ? null : iso(fromTime),
      through: untilTime >= FAR_TIME ? null : iso(Math.floor((untilTime - 1) / 1000) * 1000),
    })),
    missing: halts.missing,
  }
}
