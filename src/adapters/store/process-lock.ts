import { DatabaseSync } from 'node:sqlite'

/** A right that one process at a time has. */
export interface ProcessLock {
  /** Gives it back. Harmless when repeated. */
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Takes the right that a file stands for, or throws SQLite's error ({@link isHeld} when another
 * process has it). The lock is the operating system's lock of a small database, held as an open
 * transaction: it ends with the process, however that ends, and no process id is guessed about.
 */
export function holdProcessLock(file: string): ProcessLock {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('BEGIN IMMEDIATE')
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT')
    database.exec('DELETE FROM holder')
    database.prepare('INSERT INTO holder VALUES (?)').run(process.pid)
    database.exec('COMMIT; BEGIN IMMEDIATE')
  } catch (error) {
    database?.close()
    throw error
  }
  const held = database
  return {
    release() {
      if (held.isOpen) held.close()
    },
  }
}

/** Whether {@link holdProcessLock} failed because another process has the lock. */
export const isHeld = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY

/** Process id of who has a lock, or had it last; "unknown" when that cannot be read. */
export function lockHolder(file: string): string {
  let reader: DatabaseSync | null = null
  try {
    reader = new DatabaseSync(file, { readOnly: true, timeout: 500 })
    const row = reader.prepare('SELECT pid FROM holder').get()
    return row === undefined ? 'unknown' : String(row['pid'])
  } catch {
    // It is asked for a message about the lock, which must not become one about this.
    return 'unknown'
  } finally {
    reader?.close()
  }
}
