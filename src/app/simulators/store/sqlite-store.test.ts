import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type HyperliquidStore,
  type LogEntry,
  memoryStore,
  STORE_VERSION,
} from '../hyperliquid/store.ts'
import { openSqliteStore as openStore } from './sqlite-store.ts'

const openSqliteStore = (folder: string): HyperliquidStore => openStore(folder)

let folder = ''
let open: HyperliquidStore[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ornstein-store-'))
})
afterEach(() => {
  for (const store of open) store.close()
  open = []
  rmSync(folder, { recursive: true })
})

const track = (store: HyperliquidStore): HyperliquidStore => {
  open.push(store)
  return store
}
const entryOf = (time: number): LogEntry => ({
  kind: 'action',
  time,
  signer: '0xa',
  user: '0xa',
  nonce: time,
  action: { type: 'noop', order: [1, { z: 1, a: null }] },
})

describe.each([
  ['in memory', () => memoryStore()],
  ['on disk', () => openSqliteStore(folder)],
] as const)('a store %s', (_, create) => {
  test('gives back what was appended, in order, with the keys in order', () => {
    const store = track(create())
    expect(store.append(entryOf(1), '"a"')).toBe(1)
    expect(store.append(entryOf(2), '"b"')).toBe(2)
    const rest = [...store.entriesAfter(1)]
    expect(rest).toEqual([{ sequence: 2, entry: entryOf(2), reply: '"b"' }])
    expect(JSON.stringify(rest[0]!.entry)).toBe(JSON.stringify(entryOf(2)))
  })

  test('keeps the identity and the newest checkpoint', () => {
    const store = track(create())
    expect([store.readIdentity(), store.readCheckpoint()]).toEqual([null, null])
    const identity = { version: STORE_VERSION, seed: 1, startTime: 2, market: 'm' }
    store.writeIdentity(identity)
    const snapshot = {
      time: 5,
      lastOid: 1,
      executions: 0,
      accounts: [],
      nonces: new Map([['0xa', [1, 2]]]),
      data: [],
      engine: { money: 5n },
      source: { pool: new Float64Array([1.5]) },
    }
    store.writeCheckpoint({ sequence: 1, snapshot: { ...snapshot, time: 4 } })
    store.writeCheckpoint({ sequence: 2, snapshot })
    expect(store.readIdentity()).toEqual(identity)
    expect(store.readCheckpoint()).toEqual({ sequence: 2, snapshot })
  })
})

test('a folder is used by one store at a time and free after it', () => {
  const store = track(openSqliteStore(folder))
  store.append(entryOf(1), '""')
  expect(() => openSqliteStore(folder)).toThrow('Another simulated venue is running')
  store.close()
  open = []
  expect([...track(openSqliteStore(folder)).entriesAfter(0)]).toHaveLength(1)
})

test('a folder that cannot be made is refused', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => openSqliteStore(join(folder, 'file', 'below'))).toThrow('cannot be used')
})
