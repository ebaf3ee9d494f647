import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { sessionPaths } from '../../src/adapters/mod.ts'
import { loadConfig, parseConfig } from '../../src/app/config/load.ts'
import { startRehearsal } from '../../src/app/run/rehearse.ts'
import { hyperliquidOf } from '../../src/app/run/venue-of.ts'

const shipped = new URL('../../examples/01-first-strategy/rehearse.yaml', import.meta.url)

it('sets the leverage of every instrument, at most its maximum, before it trades', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rehearse-'))
  const { config, ...loaded } = loadConfig(fileURLToPath(shipped))
  const venue = hyperliquidOf({ config, ...loaded }, 'this test')!
  const notices: string[] = []
  const sent = vi.spyOn(globalThis, 'fetch')
  try {
    const rehearsal = await startRehearsal({
      loaded: { ...loaded, config: { ...config, venue: { ...venue, leverage: 30 } } },
      paths: sessionPaths('leverage', folder),
      resume: false,
      market: 'generated',
      dashboardPort: null,
      notice: (text) => notices.push(text),
      failed: (error) => notices.push(String(error)),
    })
    const { instruments } = rehearsal.live.engine.world.config
    await rehearsal.stop('shutdown')
    const actions = sent.mock.calls
      .filter(([url]) => String(url).endsWith('/exchange'))
      .map(([, init]) => JSON.parse(String(init?.body)).action)
    expect(actions.slice(0, instruments.length)).toMatchObject(
      instruments.map(({ maximumLeverage }) => ({
        type: 'updateLeverage',
        isCross: true,
        leverage: Math.min(30, maximumLeverage),
      })),
    )
    expect(notices).toEqual([])
  } finally {
    sent.mockRestore()
    rmSync(folder, { recursive: true, force: true })
  }
})

it('is refused without a venue section, which says what to trade', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rehearse-'))
  try {
    const started = startRehearsal({
      loaded: parseConfig('name: bare', 'bare.yaml'),
      paths: sessionPaths('bare', folder),
      resume: false,
      market: 'generated',
      dashboardPort: null,
      notice: () => {},
      failed: () => {},
    })
    await expect(started).rejects.toMatchObject({
      ...{ code: 'ORN-CONF-012', exitCode: 3 },
      fix: expect.stringContaining('examples/07-alpaca/'),
    })
    expect(readdirSync(folder)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

const book = new URL(
  '../../../shared/data/hyperliquid/hl_l2book20_ETH_20250904.parquet',
  import.meta.url,
)
const isThere = existsSync(book) || process.env['CI'] !== undefined
const note = isThere ? '' : ' (skipped: no ../shared/data)'

it.skipIf(!isThere)(
  `says which rows of a recorded market were put aside${note}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rehearse-'))
    const eth = new URL('../../examples/02-backtest/eth-rehearse.yaml', import.meta.url)
    const notices: string[] = []
    try {
      const rehearsal = await startRehearsal({
        loaded: loadConfig(fileURLToPath(eth)),
        paths: sessionPaths('rows', folder),
        resume: false,
        market: fileURLToPath(book),
        dashboardPort: null,
        notice: (text) => notices.push(text),
        failed: (error) => notices.push(String(error)),
      })
      await rehearsal.stop('shutdown')
      expect(rehearsal.warnings).toEqual([
        expect.stringContaining('17 of 6884 rows put aside: duplicate 17'),
      ])
      expect(notices).toEqual(rehearsal.warnings?.map((text) => `⚠ ${text}`))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  30_000,
)
