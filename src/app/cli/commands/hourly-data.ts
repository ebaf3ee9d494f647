import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseDocument } from 'yaml'
import {
  type LoadedPanel,
  writeFileAtomically,
  writeMinutes,
  writePanelTables,
} from '../../../adapters/mod.ts'
import { formatUtcDate, tablesOfPanel } from '../../../core/mod.ts'
import type { LoadedHourly } from '../../config/load-hourly.ts'
import { nonMembersText } from '../../research/hourly/data-report.ts'
import { panelHash } from '../../research/hourly/panel-hash.ts'
import { panelOf } from '../../research/hourly/study.ts'
import type { CommandResult } from '../output.ts'

/** What `hourly data` is asked for beside a configuration. */
export interface HourlyDataFlags {
  /** Folder to write the panel's tables into; undefined for none. */
  readonly out?: string
  readonly format?: 'csv' | 'parquet'
}

/**
 * Loads the panel of a configuration, says what it holds, and writes its tables where a folder is
 * given, with a configuration that reads them. Throws InputError where the data cannot be used.
 */
export async function hourlyData(
  { config, path }: LoadedHourly,
  { out, format = 'csv' }: HourlyDataFlags,
): Promise<CommandResult> {
  const loaded = await panelOf(config, dirname(path))
  const { panel, coverage, minutes } = loaded
  const { grid, symbols, dataKind, provenance, tables, actions, delistings } = panel
  const members = coverage.reduce((sum, day) => sum + day.members, 0)
  const withBars = coverage.reduce((sum, day) => sum + day.withBars, 0)
  const bars = grid.openTime.length
  const from = formatUtcDate(grid.openTime[0]!)
  const to = formatUtcDate(grid.closeTime.at(-1)!)
  const share = members === 0 ? null : withBars / members
  const written = out === undefined ? [] : await writePanel(loaded, path, { folder: out, format })
  const nonMembers = nonMembersText(panel, coverage)
  const facts = {
    ...{ kind: dataKind, names: symbols.length, bars, anchor: grid.anchor, from, to },
    ...{ hash: panelHash(loaded), actions: actions.length, delistings: delistings.length },
  }
  const lines = [
    `${dataKind === 'generated' ? 'Generated data' : 'Real data'}, ${symbols.length} names, ${bars} bars (${grid.anchor}), ${from} to ${to}`,
    `${actions.length} actions, ${delistings.length} delistings, ${minutes === null ? 'no minutes' : 'minutes to trade at'}`,
    share === null
      ? 'no table of members: every name with bars counts as one, which looks ahead'
      : `${(share * 100).toFixed(1)} % of the members of a session have bars in it`,
    ...(nonMembers === null ? [] : [nonMembers]),
    ...tables.map((each) => `${each.kind}: ${each.rows} rows of ${each.source}; ${each.lagRule}`),
    ...provenance,
    ...written.map((file) => `written: ${file}`),
  ]
  return {
    data: { ...facts, tables, provenance, memberShare: share, coverage, written },
    text: `${lines.join('\n')}\n`,
  }
}

/** The name of the configuration beside the tables. */
const CONFIGURATION = 'hourly.yaml'

/** Writes the tables, and the configuration with them in the place of its data. */
async function writePanel(
  { panel, minutes }: LoadedPanel,
  configuration: string,
  to: { readonly folder: string; readonly format: 'csv' | 'parquet' },
): Promise<readonly string[]> {
  const { folder, format } = to
  const { sectorNames, grid, benchmark, dataKind } = panel
  const tables = tablesOfPanel(panel)
  const files = [...(await writePanelTables(folder, tables, { sectorNames, format }))]
  if (minutes !== null) {
    await writeMinutes(join(folder, 'minutes'), panel.symbols, minutes, format)
    files.push(`minutes.${format}`)
  }
  const day = (of: number): string => formatUtcDate(of * 86_400e6)
  const document = parseDocument(readFileSync(configuration, 'utf8'))
  document.set('data', {
    ...{ kind: 'files', folder: '.', anchor: grid.anchor },
    firstDay: day(grid.sessionDay[0]!),
    endDay: day(grid.sessionDay.at(-1)! + 1),
    ...{ benchmark: benchmark?.symbol ?? 'off', origin: dataKind },
  })
  writeFileAtomically(join(folder, CONFIGURATION), String(document), { mode: 0o644 })
  return [...files, CONFIGURATION].map((file) => join(folder, file))
}
