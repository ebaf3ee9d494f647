import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRecorder, hyperliquidPerpetual } from '../../adapters/mod.ts'
import { MarketWriter } from '../../core/mod.ts'
import { describeData, renderDescribe } from './describe-data.ts'

const folder = mkdtempSync(join(tmpdir(), 'ornstein-describe-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const START = 1_800_000_000_000_000
const ladder = (best: number, step: number, sizes: readonly number[]): number[] =>
  sizes.flatMap((size, i) => [best + step * i, size])

/** Six levels a side: the touch flips from book to book, the levels below it lean to the bids. */
function record(directory: string, depth: number): string {
  const instruments = [hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })]
  const writer = new MarketWriter(64)
  const deep = Array.from({ length: depth - 1 }, () => 30)
  for (let i = 0; i < 10; i++) {
    // The last one comes late.
    const venueTime = START + i * 1_000_000 + (i === 9 ? 20_000_000 : 0)
    const isBid = i % 2 === 0
    const bids = ladder(1000, -10, [isBid ? 3 : 1, ...deep.map((size) => size * 2)])
    const asks = ladder(1010, 10, [isBid ? 1 : 3, ...deep])
    writer.snapshot({ venueTime, receivedTime: venueTime, instrument: 0 }, bids, asks)
  }
  const path = join(folder, directory)
  const recorder = createRecorder(path, { instruments })
  recorder.append(writer.batch())
  recorder.close()
  return path
}

describe('describing what a session recorded', () => {
  it('says by depth how much the imbalance varies and how often its sign flips', async () => {
    const report = await describeData({ sources: [record('deep', 6)] })
    const [btc] = report.instruments
    expect(btc?.imbalance.map((rho) => [rho.depth, rho.signFlips])).toEqual([
      [1, 9],
      [5, 0],
      [10, 0],
    ])
    const [touch, five] = btc!.imbalance
    // Five values of 1/2 and five of -1/2.
    expect(touch?.mean).toBeCloseTo(0, 12)
    expect(touch?.deviation).toBeCloseTo(Math.sqrt(10 / 4 / 9), 12)
    expect(five!.deviation).toBeLessThan(touch!.deviation / 10)
    expect([btc?.gaps, btc?.longestGapUs]).toEqual([1, 21_000_000])
    expect(renderDescribe(report)).toContain('sign flips')
  })

  it('has no depth that the books have not', async () => {
    for (const [levels, depths] of [
      [1, [1]],
      [5, [1, 5]],
    ] as const) {
      const { instruments } = await describeData({ sources: [record(`shallow${levels}`, levels)] })
      expect(instruments[0]?.imbalance.map(({ depth }) => depth)).toEqual(depths)
    }
  })
})
