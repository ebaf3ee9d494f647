import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJournal, hyperliquidPerpetual } from '../../../adapters/mod.ts'
import { parseConfig } from '../../config/load.ts'
import { whyCommand } from './why.ts'

let folder = ''
let session = ''
const START = Date.UTC(2026, 10, 21, 12) * 1000

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'why-'))
  session = join(folder, 'journal.sqlite')
  const text = 'name: d\nvenue: { instruments: [BTC] }\nsignal: { interval: 1s, window: 2 }'
  const journal = createJournal(session, {
    ...{ configurationHash: '', dataHash: '', codeHash: '', mode: 'paper', seed: 1 },
    ...{ sessionId: 's', configuration: parseConfig(text, 'd.yaml').config },
    instruments: [hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })],
  })
  for (let second = 0; second < 3; second++) {
    journal.appendEvent({ kind: 'heartbeat', receivedTime: START + second * 1e6 })
  }
  journal.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('why as of an instant', () => {
  it('is refused before the journal begins, naming both its ends', async () => {
    const at = '2020-01-01T00:00:00Z'
    await expect(whyCommand('BTC', { session, at })).rejects.toMatchObject({
      ...{ code: 'ORN-USAGE-007', exitCode: 2 },
      message: `--at ${at} is before the journal begins`,
      details: ['allowed: 2026-11-21T12:00:00.000Z to 2026-11-21T12:00:02.000Z'],
    })
  })

  it('says after the end that it answers as of the end', async () => {
    const at = '2030-01-01T00:00:00Z'
    const { warnings, text } = await whyCommand('BTC', { session, at })
    expect(warnings).toEqual([`the journal ends at 2026-11-21T12:00:02.000Z, before --at ${at}`])
    expect(text).toMatch(/^As of 2026-11-21T12:00:02.000Z\nBTC {2}/)
  })

  it('answers as of the last entry before an instant within', async () => {
    const { warnings, text } = await whyCommand('BTC', { session, at: '2026-11-21T12:00:01.5Z' })
    expect(warnings).toEqual([])
    expect(text).toContain('As of 2026-11-21T12:00:01.000Z')
  })
})
