import { describe, expect, it } from 'vitest'
import { hasSharedData, sharedData, sharedDataNote } from '../../../test/data/shared-data.ts'
import { RecordKind } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { loadFittingMarket } from './load-market.ts'

const rates = sharedData('hyperliquid/hl_funding_1h_2023_2025_shared12.parquet')
const bars = sharedData('hyperliquid/hl_perp_1m_20250721_26_shared20.parquet')

const load = (sources: readonly string[]) => {
  const text = `
name: fit
data: { kind: catalog, sources: ${JSON.stringify(sources)}, symbols: [BTC] }
signal: { source: bar }
`
  return loadFittingMarket(parseConfig(text, 'fit.yaml').config, '.')
}

describe.skipIf(!hasSharedData)(`a market${sharedDataNote}`, () => {
  it('of bars and funding rates is one of bars, and as long as they are', async () => {
    const { batch, info } = await load([rates, bars])
    const alone = await load([bars])
    expect(info).toMatchObject({ firstTime: alone.info.firstTime, lastTime: alone.info.lastTime })
    const kinds = new Set(Array.from({ length: batch.count }, (_, i) => batch.u8[i * 40 + 36]))
    expect(kinds).toEqual(new Set([RecordKind.bar, RecordKind.funding]))
  })

  it('is refused where there is nothing but rates', async () => {
    await expect(load([rates])).rejects.toMatchObject({ code: 'ORN-DATA-009', exitCode: 4 })
  })
})
