import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TABLE_FIELDS, type TableKind, type TimeUs } from '../../core/mod.ts'
import { nearest } from '../catalog/nearest.ts'
import type { PanelSource } from './port.ts'
import { panelError } from './refuse.ts'
import { tableFile } from './table-file.ts'

/** How the tables of a folder may be used. */
export interface PanelFolderOptions {
  /** How old the newest row of a table may be, us; of any age where it is not named. */
  readonly oldestUs: Readonly<Partial<Record<TableKind, TimeUs>>>
  /** How long a value of a macro table may be used, us; for ever where it is null. */
  readonly macroValidUs: TimeUs | null
}

/** Kinds of which a panel takes several: `bars-2018.csv`, `macro-vix.csv`. */
const SEVERAL: ReadonlySet<string> = new Set(['bars', 'macro'])
const ENDINGS = /\.(csv|csv\.gz|csv\.zip|parquet)$/

/** What lies in a folder. */
export interface PanelFolder {
  readonly sources: readonly PanelSource[]
  /** The file of minutes; null where there is none. */
  readonly minutes: string | null
}

const MINUTES = 'minutes'

/**
 * The tables of a folder, each a file of the name of its kind: `bars.csv`, `membership.parquet` and
 * so on; of bars and macro also several, `bars-<name>`; and `minutes`, prices to trade at. Files of
 * other endings are not looked at. Throws InputError ORN-PANEL-005 where the folder is missing, a
 * file's name is no table's, or minutes come twice.
 */
export async function panelFolder(
  folder: string,
  options: PanelFolderOptions,
): Promise<PanelFolder> {
  const files = await readdir(folder).catch((cause: Error) => {
    throw panelError('ORN-PANEL-005', `There is no folder of a panel at ${folder}`, [cause.message])
  })
  const tables = files.filter((file) => ENDINGS.test(file)).sort()
  const minutes = tables.filter((file) => stemOf(file) === MINUTES)
  if (minutes.length > 1) {
    throw panelError('ORN-PANEL-005', `${folder} has more than one file of minutes`, minutes)
  }
  const sources = tables
    .filter((file) => stemOf(file) !== MINUTES)
    .map((file) => sourceOf(folder, file, options))
  return { sources, minutes: minutes[0] === undefined ? null : join(folder, minutes[0]) }
}

const stemOf = (file: string): string => file.replace(ENDINGS, '')

function sourceOf(folder: string, file: string, options: PanelFolderOptions): PanelSource {
  const { oldestUs, macroValidUs } = options
  const kinds = Object.keys(TABLE_FIELDS) as TableKind[]
  const stem = stemOf(file)
  const kind = kinds.find(
    (each) => stem === each || (SEVERAL.has(each) && stem.startsWith(`${each}-`)),
  )
  if (kind === undefined) throw noTable(folder, file, [...kinds, MINUTES])
  const oldest = oldestUs[kind]
  return tableFile({
    path: join(folder, file),
    kind,
    ...(oldest === undefined ? {} : { oldestUs: oldest }),
    ...(kind === 'macro' && macroValidUs !== null ? { validUs: macroValidUs } : {}),
  })
}

function noTable(folder: string, file: string, kinds: readonly string[]) {
  const near = nearest(stemOf(file), kinds)
  return panelError(
    'ORN-PANEL-005',
    `${file} in ${folder} is no table of a panel`,
    [
      `tables are ${kinds.join(', ')}; of bars and macro also several, like bars-2018.csv`,
      ...(near === null ? [] : [`did you mean ${near}?`]),
    ],
    'name it after its table, or move it out of the folder',
  )
}
