import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import {
  type AdapterEnvironment,
  createJournal,
  hyperliquidPerpetual,
  sessionPaths,
  type VenueAdapter,
} from '../../adapters/mod.ts'
import { parseConfig } from '../config/load.ts'
import { startLiveSession } from './live-session.ts'

it('puts a copy aside when an entry before the last snapshot is damaged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resume-'))
  const paths = sessionPaths('damaged', folder)
  const text = 'name: d\nvenue: { instruments: [BTC] }\nsignal: { interval: 1s, window: 2 }'
  const { config } = parseConfig(text, 'd.yaml')
  const instruments = [hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })]
  const hashes = { configurationHash: '', dataHash: '', codeHash: '' }
  const journal = createJournal(paths.journal, {
    ...{ ...hashes, mode: 'paper', seed: 1, sessionId: 's', configuration: config, instruments },
  })
  journal.appendEvent({ kind: 'heartbeat', receivedTime: 1 })
  journal.saveSnapshot(1, '{}')
  journal.close()
  const database = new DatabaseSync(paths.journal)
  database.exec('DROP TRIGGER entry_never_changes; UPDATE entry SET time = 2 WHERE seq = 1')
  database.close()

  const adapter = {
    loadInstruments: async () => instruments,
    stop: async () => {},
  } as unknown as VenueAdapter
  const start = startLiveSession({
    ...{ mode: 'paper', config, ...hashes, paths, resume: true, adapter },
    environment: { now: () => 3 } as unknown as AdapterEnvironment,
    tap: () => ({ event() {}, market() {}, effects() {}, committed() {} }),
    failed: () => {},
  })
  const [copy] = await start.then(
    () => expect.fail('it came up'),
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'ORN-JOURNAL-006', exitCode: 4 })
      return (error as { details: readonly string[] }).details.slice(-1)
    },
  )
  const name = readdirSync(paths.directory).find((entry) => entry.includes('quarantine'))
  expect(copy).toBe(`copied aside: ${join(paths.directory, String(name))}`)
  rmSync(folder, { recursive: true, force: true })
})
