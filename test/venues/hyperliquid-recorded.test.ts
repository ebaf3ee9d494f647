import { beforeAll, describe, expect, test } from 'vitest'
import type { Recording } from '../../src/adapters/mod.ts'
import { loadRecordings } from '../../src/app/simulators/hyperliquid/market/load-recordings.ts'
import { memoryStore } from '../../src/app/simulators/hyperliquid/store.ts'
import { MarketCursor, RecordKind } from '../../src/core/mod.ts'
import { hasSharedData, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { type Bench, createBench, limit, listen, orders, startTime } from './hyperliquid-bench.ts'

const fileOf = (coin: string) => sharedData(`hyperliquid/hl_l2book20_${coin}_20250904.parquet`)

/** Price in currency units and size of the best bid of the last book at or before a time. */
function bestBidAt(recording: Recording, time: number): { px: number; sz: number } {
  const cursor = new MarketCursor()
  const [instrument] = recording.instruments
  let found = { px: 0, sz: 0, time: 0 }
  for (let i = 0; i < recording.batch.count; i++) {
    cursor.load(recording.batch, i)
    if (cursor.kind !== RecordKind.snapshot || cursor.venueTime > time) continue
    if (cursor.venueTime < found.time) continue
    const px = cursor.pool[cursor.aux]! / 10 ** instrument!.priceDecimals
    const sz = cursor.pool[cursor.aux + 1]! / 10 ** instrument!.quantityDecimals
    found = { px, sz, time: cursor.venueTime }
  }
  return { px: found.px, sz: found.sz }
}

describe.skipIf(!hasSharedData)(`a venue that plays recorded books${sharedDataNote}`, () => {
  let recordings: readonly Recording[] = []
  const create = (): Bench => createBench({ market: { kind: 'recorded', recordings } })

  beforeAll(async () => {
    recordings = await loadRecordings([fileOf('BTC'), fileOf('ETH')])
  })

  test('shows each book at its own distance from the start', async () => {
    const bench = create()
    const firstTime = Math.min(
      ...recordings.map(({ batch }) => {
        const times = Array.from({ length: batch.count }, (_, i) => batch.f64[i * 5 + 1]!)
        return Math.min(...times)
      }),
    )
    for (const elapsed of [10, 61, 600]) {
      bench.run(startTime + elapsed * 1_000_000 - bench.now())
      for (const [i, coin] of ['BTC', 'ETH'].entries()) {
        const book = (await bench.info({ type: 'l2Book', coin })) as {
          levels: { px: string; sz: string }[][]
        }
        const [best] = book.levels[0]!
        const recorded = bestBidAt(recordings[i]!, firstTime + elapsed * 1_000_000)
        expect({ px: Number(best!.px), sz: Number(best!.sz) }).toEqual(recorded)
      }
    }
  })

  test('prints the recorded trades, and falls silent after the last record', async () => {
    const bench = create()
    const client = listen(bench)
    client.send({ method: 'subscribe', subscription: { type: 'trades', coin: 'BTC' } })
    client.send({ method: 'subscribe', subscription: { type: 'bbo', coin: 'BTC' } })
    for (let minute = 0; minute < 36; minute++) {
      client.send({ method: 'ping' })
      bench.run(59_000_000)
    }
    const told = (client.of('trades') as object[][]).flat().length
    expect(told).toBeGreaterThan(1000)
    const before = client.frames.length
    expect(bench.venue.state.time).toBeGreaterThan(bench.venue.marketEndTime)
    bench.run(30_000_000)
    expect(client.frames.length).toBe(before)
  })

  test('trades on them and goes on after a restart', async () => {
    const store = memoryStore()
    const make = () => createBench({ market: { kind: 'recorded', recordings }, store })
    const bench = make()
    const reply = (await bench.act(
      orders(limit({ isBuy: true, price: '120000', size: '0.5', tif: 'Ioc' })),
    )) as { response: { data: { statuses: object[] } } }
    expect(reply.response.data.statuses[0]).toMatchObject({ filled: { totalSz: '0.5' } })
    bench.venue.checkpoint()
    const again = make()
    for (const each of [bench, again]) each.run(300_000_000)
    const state = { type: 'clearinghouseState', user: bench.user }
    expect(await again.info(state)).toEqual(await bench.info(state))
  })
})
