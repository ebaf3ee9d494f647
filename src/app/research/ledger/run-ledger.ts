import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { AdapterError, InputError } from '../../../adapters/mod.ts'
import { type Mode, type RunTrials, sharpePerObservation, type TimeUs } from '../../../core/mod.ts'

/** Where the ledger of a project lies, relative to its folder. */
export const DEFAULT_LEDGER_PATH = '.ornstein/runs.sqlite'

const APPLICATION_ID = 0x4f524e52
const VERSION = 2

/** A run to be remembered: a backtest, one trial of a sweep, or a session. */
export interface RunEntry {
  readonly name: string
  /** When it was made, us; from the caller's clock. */
  readonly time: TimeUs
  readonly kind: 'backtest' | 'sweep' | 'session'
  readonly mode: Mode
  readonly strategy: string
  readonly configurationHash: string
  readonly dataHash: string
  readonly codeHash: string
  readonly commit: string
  readonly seed: number
  /** Id shared by the trials of one sweep; null otherwise. */
  readonly sweepId: string | null
  readonly parameters: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number | null>>
  /** Interval of the returns in words, for example "day"; trials compare within one interval. */
  readonly returnInterval: string
  readonly returns: Float64Array
  /** Where its report lies; null when none was written. */
  readonly reportPath: string | null
  /** How a trial of a sweep was run; absent or null for everything else. */
  readonly tier?: 'columns' | 'events' | null
}

/** A remembered run, without its returns. */
interface StoredRun extends Omit<RunEntry, 'returns'> {
  /** "r1", "r2", ... in order of recording. */
  readonly id: string
  readonly observations: number
  /** Null below two returns or when they do not vary. */
  readonly sharpePerObservation: number | null
}

/** Which runs to list. */
interface RunFilter {
  readonly strategy?: string
  readonly dataHash?: string
  readonly sweepId?: string
  /** Newest first; all when absent. */
  readonly limit?: number
}

/** The list of everything that was ever tried. Append-only: trials cannot be forgotten. */
export interface RunLedger {
  /** Appends and returns the id. */
  recordRun(entry: RunEntry): string
  /** Appends all or none, in one transaction, and returns their ids in order. */
  recordRuns(entries: readonly RunEntry[]): readonly string[]
  /** Newest first. */
  listRuns(filter?: RunFilter): readonly StoredRun[]
  findRun(id: string): StoredRun | null
  /** Return column of a run; null when there is no such run. */
  readReturns(id: string): Float64Array | null
  /**
   * How many distinct configurations of a strategy were tried on these data, and the variance of
   * their Sharpe ratios per observation over returns of one interval (of each configuration the
   * latest run counts).
   */
  trialStatistics(strategy: string, dataHash: string, returnInterval: string): RunTrials
  close(): void
}

const schema = `
create table run (
  number integer primary key autoincrement,
  name text not null,
  time integer not null,
  kind text not null,
  mode text not null,
  strategy text not null,
  configurationHash text not null,
  dataHash text not null,
  codeHash text not null,
  commitHash text not null,
  seed integer not null,
  sweepId text,
  parameters text not null,
  metrics text not null,
  returnInterval text not null,
  returns blob not null,
  sharpe real,
  reportPath text,
  tier text
) strict;
create index run_by_trial on run (strategy, dataHash, configurationHash);
create index run_by_sweep on run (sweepId);
create trigger run_kept before delete on run begin select raise(abort, 'runs are kept'); end;
create trigger run_fixed before update on run begin select raise(abort, 'runs are not changed'); end;
`

/**
 * Opens or makes a run ledger (SQLite, several processes may append). Throws InputError when the
 * file is something else, damaged or of another version, AdapterError when the disk refuses.
 */
export function openRunLedger(path: string): RunLedger {
  const database = openDatabase(path)
  const insert = database.prepare(
    `insert into run (name, time, kind, mode, strategy, configurationHash, dataHash, codeHash,
       commitHash, seed, sweepId, parameters, metrics, returnInterval, returns, sharpe, reportPath,
       tier)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const append = (entry: RunEntry): string => {
    const { lastInsertRowid } = insert.run(
      entry.name,
      entry.time,
      entry.kind,
      entry.mode,
      entry.strategy,
      entry.configurationHash,
      entry.dataHash,
      entry.codeHash,
      entry.commit,
      entry.seed,
      entry.sweepId,
      toJson(entry.parameters),
      toJson(entry.metrics),
      entry.returnInterval,
      toBytes(entry.returns),
      sharpePerObservation(entry.returns),
      entry.reportPath,
      entry.tier ?? null,
    )
    return `r${lastInsertRowid}`
  }
  const recordRuns = (entries: readonly RunEntry[]): readonly string[] =>
    guarded(path, () => {
      database.exec('begin immediate')
      try {
        const ids = entries.map(append)
        database.exec('commit')
        return ids
      } catch (error) {
        database.exec('rollback')
        throw error
      }
    })
  return {
    recordRuns,
    recordRun: (entry) => recordRuns([entry])[0]!,
    listRuns: (filter = {}) => listRuns(database, path, filter),
    findRun: (id) => findRun(database, path, id),
    readReturns(id) {
      const number = numberOf(id)
      if (number === null) return null
      const row = guarded(path, () =>
        database.prepare('select returns from run where number = ?').get(number),
      )
      return row === undefined ? null : fromBytes(row['returns'] as Uint8Array)
    },
    trialStatistics: (strategy, dataHash, returnInterval) =>
      trialStatistics(database, path, { strategy, dataHash, returnInterval }),
    close: () => database.close(),
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = guarded(path, () => {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    return new DatabaseSync(path, { timeout: 5000 })
  })
  try {
    const pragma = (name: string): number =>
      Number(Object.values(database.prepare(`pragma ${name}`).get()!)[0])
    // The first read of the file: says when it is no database at all.
    const tables = guarded(path, () =>
      Number(
        database.prepare("select count(*) as n from sqlite_schema where type = 'table'").get()![
          'n'
        ],
      ),
    )
    if (tables === 0 && pragma('user_version') === 0) guarded(path, () => create(database))
    else if (pragma('application_id') !== APPLICATION_ID) throw notALedger(path)
    else if (pragma('user_version') === 1) guarded(path, () => addTier(database))
    else if (pragma('user_version') !== VERSION) throw otherVersion(path, pragma('user_version'))
    guarded(path, () => database.exec('pragma journal_mode = wal; pragma synchronous = full'))
    const check = guarded(path, () => database.prepare('pragma quick_check(1)').get())
    if (check !== undefined && Object.values(check)[0] !== 'ok') throw damaged(path, undefined)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function create(database: DatabaseSync): void {
  database.exec('begin immediate')
  // Another process may have been first.
  const made = database.prepare("select 1 from sqlite_schema where name = 'run'").get()
  if (made === undefined) {
    database.exec(schema)
    database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${VERSION}`)
  }
  database.exec('commit')
}

/** From version 1 to 2: trials before it all ran event by event, and say nothing of it. */
function addTier(database: DatabaseSync): void {
  database.exec('begin immediate')
  // Another process may have been first.
  const done = database.prepare("select 1 from pragma_table_info('run') where name = 'tier'").get()
  if (done === undefined) {
    database.exec(`alter table run add column tier text; pragma user_version = ${VERSION}`)
  }
  database.exec('commit')
}

function listRuns(database: DatabaseSync, path: string, filter: RunFilter): readonly StoredRun[] {
  const conditions: string[] = []
  const values: (string | number)[] = []
  for (const key of ['strategy', 'dataHash', 'sweepId'] as const) {
    const value = filter[key]
    if (value === undefined) continue
    conditions.push(`${key} = ?`)
    values.push(value)
  }
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  values.push(filter.limit ?? -1)
  return guarded(path, () =>
    database.prepare(`${selectRun} ${where} order by number desc limit ?`).all(...values),
  ).map(storedRun)
}

function findRun(database: DatabaseSync, path: string, id: string): StoredRun | null {
  const number = numberOf(id)
  if (number === null) return null
  const row = guarded(path, () => database.prepare(`${selectRun} where number = ?`).get(number))
  return row === undefined ? null : storedRun(row)
}

const selectRun = `select number, name, time, kind, mode, strategy, configurationHash, dataHash,
  codeHash, commitHash, seed, sweepId, parameters, metrics, returnInterval,
  length(returns) / 8 as observations, sharpe, reportPath, tier from run`

const storedRun = (row: Record<string, SQLOutputValue>): StoredRun => ({
  id: `r${row['number']}`,
  name: row['name'] as string,
  time: Number(row['time']),
  kind: row['kind'] as StoredRun['kind'],
  mode: row['mode'] as Mode,
  strategy: row['strategy'] as string,
  configurationHash: row['configurationHash'] as string,
  dataHash: row['dataHash'] as string,
  codeHash: row['codeHash'] as string,
  commit: row['commitHash'] as string,
  seed: Number(row['seed']),
  sweepId: row['sweepId'] as string | null,
  parameters: JSON.parse(row['parameters'] as string),
  metrics: JSON.parse(row['metrics'] as string),
  returnInterval: row['returnInterval'] as string,
  observations: Number(row['observations']),
  sharpePerObservation: row['sharpe'] as number | null,
  reportPath: row['reportPath'] as string | null,
  tier: row['tier'] as 'columns' | 'events' | null,
})

function trialStatistics(
  database: DatabaseSync,
  path: string,
  key: { strategy: string; dataHash: string; returnInterval: string },
): RunTrials {
  const { strategy, dataHash, returnInterval } = key
  const counted = guarded(path, () =>
    database
      .prepare(
        `select count(distinct configurationHash) as n from run where strategy = ? and dataHash = ?`,
      )
      .get(strategy, dataHash),
  )!
  const rows = guarded(path, () =>
    database
      .prepare(
        `select sharpe from run where number in (
           select max(number) from run
           where strategy = ? and dataHash = ? and returnInterval = ? group by configurationHash
         ) and sharpe is not null order by number`,
      )
      .all(strategy, dataHash, returnInterval),
  )
  const values = rows.map((row) => row['sharpe'] as number)
  return { count: Number(counted['n']), sharpeVariance: variance(values) }
}

function variance(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

function numberOf(id: string): number | null {
  const match = /^r([1-9]\d{0,14})$/.exec(id)
  return match === null ? null : Number(match[1])
}

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? inner.toString() : inner))

/** Little-endian doubles, on every machine. */
function toBytes(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8))
  values.forEach((value, i) => {
    view.setFloat64(i * 8, value, true)
  })
  return new Uint8Array(view.buffer)
}

function fromBytes(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float64Array.from({ length: bytes.byteLength / 8 }, (_, i) => view.getFloat64(i * 8, true))
}

/** Turns what SQLite and the disk say into our errors. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof InputError || error instanceof AdapterError) throw error
    const code = Number((error as { errcode?: unknown }).errcode ?? 0) & 0xff
    if (code === 26) throw notALedger(path)
    if (code === 11) throw damaged(path, error)
    throw new AdapterError('LEDGER_FAILED', `run ledger ${path} failed`, 'fatal', error)
  }
}

const notALedger = (path: string): InputError =>
  new InputError({
    code: 'ORN-LEDGER-001',
    exitCode: 4,
    message: `${path} is not a run ledger`,
    details: ['expected: an SQLite file made by ornstein'],
    fix: 'move the file away, or name another with --ledger',
  })

const otherVersion = (path: string, version: number): InputError =>
  new InputError({
    code: 'ORN-LEDGER-002',
    exitCode: 4,
    message: `${path} has run ledger version ${version}, this program reads ${VERSION}`,
    details: ['nothing was changed'],
    fix: 'use the program version that wrote it, or start a new ledger',
  })

const damaged = (path: string, cause: unknown): InputError =>
  new InputError({
    code: 'ORN-LEDGER-003',
    exitCode: 4,
    message: `run ledger ${path} is damaged`,
    details: ['SQLite finds its pages inconsistent; nothing was changed'],
    fix: 'restore it from a copy, or move it away to start a new one',
    cause,
  })
