import { join } from 'node:path'
import { formatUtcDate, type HourPanel } from '../../../core/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { document } from '../report/document.ts'
import { formatCount, formatTime } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import { writeBoth } from '../report/write-report.ts'
import type { Diagnosis } from './diagnose.ts'
import { modelSections } from './model-report.ts'
import { portfolioSections } from './portfolio-report.ts'

/** What an hourly report is made of. */
export interface HourlyReport {
  readonly config: HourlyConfig
  readonly configurationHash: string
  readonly codeHash: string
  readonly command: string
  readonly panel: HourPanel
  readonly diagnosis: Diagnosis
  /** Null where nothing was traded, of a walk-forward alone. */
  readonly record: HourlyRecord | null
}

/** Writes `report.html` and `report.json` into a folder, both or neither. */
export function writeHourlyReport(folder: string, report: HourlyReport): string {
  const data = JSON.stringify(reportData(report))
  const page = document({ title: `Hourly: ${report.config.name}`, body: body(report), data })
  const path = join(folder, 'report.html')
  writeBoth([join(folder, 'report.json'), `${data}\n`], [path, page])
  return path
}

/** The report as plain data, schema "ornstein.hourly/1": never a NaN. */
export function reportData({ panel, diagnosis, record, ...rest }: HourlyReport) {
  const { grid, symbols, dataKind, provenance } = panel
  return {
    schema: 'ornstein.hourly/1',
    ...rest,
    data: {
      kind: dataKind,
      provenance,
      names: symbols.length,
      bars: grid.openTime.length,
      anchor: grid.anchor,
      from: formatUtcDate(grid.openTime[0]!),
      to: formatUtcDate(grid.closeTime.at(-1)!),
    },
    diagnosis,
    portfolio: record === null ? null : portfolioData(record),
  }
}

/** What is not in the tables beside the report. */
function portfolioData(record: HourlyRecord) {
  const { settings, account, notes, isComplete, annualisation, figures, months, coverage } = record
  const { drawdowns, statistics } = record
  const facts = { settings, account, notes, isComplete, annualisation }
  return { ...facts, figures, statistics, drawdowns, months, coverage }
}

function body(report: HourlyReport): Html {
  const { config, panel, diagnosis, record } = report
  const { grid, symbols, dataKind, provenance } = panel
  const isGenerated = dataKind === 'generated'
  return html`<div class="ribbon backtest"><span>BACKTEST: ${
    isGenerated ? 'generated panel, no company of these names exists' : 'real data'
  }</span></div><header class="top"><div><h1>${config.name}</h1><p class="sub">Hourly portfolio, ${formatCount(symbols.length)} names, ${formatCount(grid.openTime.length)} bars<br>${formatTime(grid.openTime[0]!)} to ${formatTime(grid.closeTime.at(-1)!)} UTC<br>Preset: ${config.preset}; configuration ${report.configurationHash.slice(0, 12)}${record === null ? null : html`<br><a href="comparison.html">Beside public funds</a>`}</p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="json">JSON</button></div></header><main><div class="box warnings"><h3>Read this first</h3><ul>${provenance.map((text) => html`<li>${text}</li>`)}<li>${
    isGenerated
      ? 'Generated data hold no survivorship gap; they say nothing of real markets.'
      : 'Names that left are missing where the data do not hold them: see the coverage.'
  }</li><li>Features and forecasts use only what was known before each decision; labels enter after the next open, which is optimistic where bars follow at once.</li></ul></div>${record === null ? null : portfolioSections(record)}${modelSections(diagnosis)}${section(
    'settings',
    'Settings',
    settingsTable(config),
  )}</main><footer class="base" id="reproduce"><h2>Reproduce</h2><dl class="facts"><div><dt>Command<dd><code>${report.command}</code></div><div><dt>Configuration<dd><code>${report.configurationHash}</code></div><div><dt>Code<dd><code>${report.codeHash}</code></div></dl></footer>`
}

/** Every setting of a configuration, dotted, with its value. */
export function settingRows(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, each]) =>
      settingRows(each, path === '' ? key : `${path}.${key}`),
    )
  }
  return [[path, value === null ? 'off' : String(value)]]
}

const settingsTable = (config: HourlyConfig): Html =>
  table({ caption: 'Settings', head: ['Setting', 'Value'], rows: settingRows(config) })
