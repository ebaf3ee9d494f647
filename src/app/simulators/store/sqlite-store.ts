import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import { AdapterError, InputError } from '../../../adapters/mod.ts'
import type { VenueIdentity, VenueStore } from './venue-store.ts'

const FILE_NAME = 'venue.sqlite'
const SQLITE_BUSY = 5

const schema = `
  create table if not exists identity (
  id integer primary key check (id = 1),
  body text not null
) strict;
  create table if not exists entry (
    sequence integer primary key,
    body text not null,
    reply text not null
  ) strict;
  create table if not exists checkpoint (
    sequence integer primary key,
    state blob not null
  ) strict;
`

/**
 * Opens the store in a folder, which is made if needed. One process at a time: a second one gets an
 * InputError (exit code 2). Every append is synced to the disk before it returns (WAL, FULL).
 */
export function openSqliteStore<Entry, Snapshot>(folder: string): VenueStore<Entry, Snapshot> {
  const path = join(folder, FILE_NAME)
  const database = openDatabase(folder, path)
  const statements = {
    readIdentity: database.prepare('select body from identity'),
    writeIdentity: database.prepare('insert into identity (id, body) values (1, ?)'),
    append: database.prepare('insert into entry (body, reply) values (?, ?)'),
    entries: database.prepare(
      'select sequence, body, reply from entry where sequence > ? order by sequence',
    ),
    readCheckpoint: database.prepare(
      'select sequence, state from checkpoint order by sequence desc limit 1',
    ),
    writeCheckpoint: database.prepare(
      'insert or replace into checkpoint (sequence, state) values (?, ?)',
    ),
    dropCheckpoints: database.prepare('delete from checkpoint where sequence < ?'),
  }
  return {
    readIdentity() {
      const row = statements.readIdentity.get()
      return row === undefined ? null : (JSON.parse(String(row['body'])) as VenueIdentity)
    },
    writeIdentity: (identity) => {
      attempt(path, () => statements.writeIdentity.run(JSON.stringify(identity)))
    },
    append: (entry, reply) =>
      Number(
        attempt(path, () => statements.append.run(JSON.stringify(entry), reply)).lastInsertRowid,
      ),
    *entriesAfter(sequence) {
      for (const row of statements.entries.iterate(sequence)) {
        yield {
          sequence: Number(row['sequence']),
          entry: JSON.parse(String(row['body'])) as Entry,
          reply: String(row['reply']),
        }
      }
    },
    readCheckpoint() {
      const row = statements.readCheckpoint.get()
      if (row === undefined) return null
      const snapshot = deserialize(row['state'] as Uint8Array) as Snapshot
      return { sequence: Number(row['sequence']), snapshot }
    },
    writeCheckpoint({ sequence, snapshot }) {
      attempt(path, () => statements.writeCheckpoint.run(sequence, serialize(snapshot)))
      attempt(path, () => statements.dropCheckpoints.run(sequence))
    },
    close: () => database.close(),
  }
}

function openDatabase(folder: string, path: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true })
    const database = new DatabaseSync(path)
    database.exec('pragma locking_mode = exclusive')
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = full')
    database.exec(`begin exclusive; ${schema} commit`)
    return database
  } catch (error) {
    const isBusy = (error as { errcode?: number }).errcode === SQLITE_BUSY
    throw new InputError({
      code: isBusy ? 'ORN-SIM-001' : 'ORN-SIM-002',
      exitCode: 2,
      message: isBusy
        ? `Another simulated venue is running on the state folder ${folder}`
        : `The state folder ${folder} cannot be used`,
      details: isBusy
        ? ['one process per folder: two would overwrite each other']
        : [`file: ${path}`, String(error)],
      fix: 'stop the other process, or give another folder with --state',
      cause: error,
    })
  }
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw new AdapterError('SIMULATOR_WRITE_FAILED', `cannot write ${path}`, 'fatal', error)
  }
}
