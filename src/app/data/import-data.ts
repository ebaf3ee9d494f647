import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DEFAULT_CATALOG,
  dataError,
  InputError,
  importFile,
  type LicenceClass,
  type Manifest,
} from '../../adapters/mod.ts'
import { importSegments, isSegmentFolder } from './import-segments.ts'
import { textTable } from './text-table.ts'

/** What to import and what is known about it. */
interface ImportDataOptions {
  /** Files, folders of files (walked), or folders of segments that a session recorded. */
  readonly paths: readonly string[]
  /** Default `.ornstein/data`. */
  readonly catalog?: string
  /** For files that carry no symbol. */
  readonly symbol?: string
  /** Where the data come from, one sentence. */
  readonly source?: string
  readonly licenceClass?: LicenceClass
  /** Refuses files with more than this share of unusable rows. Default 0.5. */
  readonly maximumQuarantinedShare?: number
  /** Called before each file. */
  readonly progress?: (path: string, index: number, count: number) => void
}

/** What became of each file. */
export interface ImportDataReport {
  readonly catalog: string
  readonly imported: readonly Manifest[]
  /** Already in the catalog with the same content. */
  readonly unchanged: readonly Manifest[]
  readonly refused: readonly RefusedFile[]
  /** Files of folders that are of no kind we read. */
  readonly skipped: readonly string[]
  /** 0, 11 when some files were refused, 4 when all were. */
  readonly exitCode: 0 | 4 | 11
}

/** A file that was not imported and why. */
interface RefusedFile {
  readonly path: string
  readonly code: string
  readonly message: string
  readonly details: readonly string[]
}

/**
 * Imports files into the catalog. A single file that is refused throws its InputError; of several,
 * the refused ones are listed. Nothing is half-written.
 */
export async function importData(options: ImportDataOptions): Promise<ImportDataReport> {
  const { paths, catalog = DEFAULT_CATALOG, progress, ...known } = options
  if (paths.length === 0) throw dataError('001', 'No data file was named')
  const files = (await Promise.all(paths.map((path) => expand(path, true)))).flat()
  const imported: Manifest[] = []
  const unchanged: Manifest[] = []
  const refused: RefusedFile[] = []
  const skipped: string[] = []
  for (const [index, { path, named, segments }] of files.entries()) {
    progress?.(path, index, files.length)
    try {
      const result = segments
        ? await importSegments(catalog, path)
        : await importFile(catalog, path, known)
      if (result.imported) imported.push(result.manifest)
      else unchanged.push(result.manifest)
    } catch (cause) {
      if (!(cause instanceof InputError) || cause.code === 'ORN-DATA-020') throw cause
      if (!named && cause.code === UNKNOWN_KIND) skipped.push(path)
      else if (files.length === 1) throw cause
      else {
        const { code, message, details } = cause
        refused.push({ path, code, message, details })
      }
    }
  }
  const succeeded = imported.length + unchanged.length
  const exitCode = refused.length === 0 ? 0 : succeeded === 0 ? 4 : 11
  return { catalog, imported, unchanged, refused, skipped, exitCode }
}

const UNKNOWN_KIND = 'ORN-DATA-016'

interface Candidate {
  readonly path: string
  /** Named by the user, not found in a folder. */
  readonly named: boolean
  readonly segments: boolean
}

async function expand(path: string, named: boolean): Promise<Candidate[]> {
  const status = await stat(path).catch(() => null)
  if (status?.isDirectory() !== true) return [{ path, named, segments: false }]
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort()
  if (isSegmentFolder(names)) return [{ path, named, segments: true }]
  const found = await Promise.all(names.map((name) => expand(join(path, name), false)))
  if (named && found.flat().length === 0) throw dataError('002', `${path} holds no files`)
  return found.flat()
}

/** The report as lines for people. */
export function renderImport(report: ImportDataReport): string {
  const rows = [
    ...report.imported.map((manifest) => rowOf(manifest, 'imported')),
    ...report.unchanged.map((manifest) => rowOf(manifest, 'unchanged')),
  ]
  const lines: string[] = []
  if (rows.length > 0) {
    lines.push(textTable(['data set', 'kind', 'rows', 'put aside', 'noted', 'status'], rows))
  }
  for (const { path, code, message, details } of report.refused) {
    lines.push(`refused ${path}`, `  ${code}  ${message}`, ...details.map((text) => `  ${text}`))
  }
  for (const path of report.skipped) lines.push(`skipped ${path} (no kind of data that is known)`)
  lines.push(
    `${report.imported.length} imported, ${report.unchanged.length} unchanged, ` +
      `${report.refused.length} refused, ${report.skipped.length} skipped`,
    `catalog ${report.catalog}`,
  )
  return lines.join('\n')
}

const rowOf = (manifest: Manifest, status: string): (string | number)[] => [
  manifest.id,
  manifest.kind,
  manifest.rowsRead,
  manifest.rowsQuarantined,
  manifest.checks.filter((check) => check.outcome === 'noted').length,
  status,
]
