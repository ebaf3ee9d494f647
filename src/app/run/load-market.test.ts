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

const daily = sharedData('equities_daily/us_daily_shared_2010_2018.parquet')

/** Largest fall from close to close of a name that split seven for one in 2014, a fraction. */
async function largestFall(prices: string): Promise<number> {
  const text = `
name: split
data: { kind: bars, file: ${daily}, symbols: [AAPL], ${prices} }
signal: { source: bar, interval: 390m, calendar: us-equities }
`
  const { batch, info } = await loadFittingMarket(parseConfig(text, 'split.yaml').config, '.')
  expect(info.adjustment).toBe(prices.slice('prices: '.length))
  let worst = 0
  for (let i = 1; i < batch.count; i++) {
    worst = Math.min(worst, batch.i32[10 * i + 8]! / batch.i32[10 * i - 2]! - 1)
  }
  return worst
}

describe.skipIf(!hasSharedData)(`bars with adjusted closes${sharedDataNote}`, () => {
  it('are refused until it is said which prices are meant', async () => {
    await expect(largestFall('')).rejects.toMatchObject({ code: 'ORN-DATA-023', exitCode: 4 })
  })

  it('fall by six sevenths on a split as traded, and not at all when adjusted', async () => {
    expect(await largestFall('prices: raw')).toBeLessThan(-0.84)
    expect(await largestFall('prices: adjusted')).toBeGreaterThan(-0.13)
  })

  it('need a book beside them where prices come from one', async () => {
    const text = `
name: book
data: { kind: bars, file: ${daily}, symbols: [AAPL], prices: adjusted }
signal: { source: bar, prices: book }
`
    await expect(
      loadFittingMarket(parseConfig(text, 'book.yaml').config, '.'),
    ).rejects.toMatchObject({ code: 'ORN-CONF-013', exitCode: 3 })
  })
})
