import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Recording } from '../../../adapters/mod.ts'
import { parseConfig } from '../../config/load.ts'
import { loadMarket } from '../../run/load-market.ts'
import { netOf } from './books.ts'
import { compareWithBacktest } from './parity.ts'
import { parityDocument } from './parity-document.ts'
import { recordSession } from './test-kit.ts'

/** Restless, and over a full hour. */
const textOf = (seed: number, entry: number) => `
name: parity
seed: ${seed}
balance: 10000
data: { kind: generated, model: plantedEdge, instruments: [SOL], duration: 3m, start: 2026-01-05T00:58:30Z }
signal: { interval: 1s, window: 5, trendWindow: 0, maxGap: 60 }
strategy:
  tier: { longEntry: -${entry}, longExit: 0.2, shortEntry: ${entry}, shortExit: -0.2 }
  trendGate: false
  imbalanceThreshold: off
  revertGate: off
  costGate: off
  stopLoss: off
  notional: 1500
  entry: passive
`

/** Generating a market takes longer than all that is done with it. */
const markets: Promise<Recording>[] = []

const planted = fc.record({
  seed: fc.integer({ min: 1, max: 3 }),
  entryLatencyUs: fc.integer({ min: 0, max: 2_000_000 }),
  responseLatencyUs: fc.integer({ min: 0, max: 2_000_000 }),
  queueModel: fc.constantFrom('conservative' as const, 'optimistic' as const),
  arrivalMatch: fc.constantFrom('next' as const, 'current' as const),
  fundingIntervalUs: fc.constantFrom(0, 3_600_000_000),
  backtestEntry: fc.constantFrom(0.8, 1.1),
  moneyDecimals: fc.constantFrom(2, 8),
})

describe('the parts of a gap', () => {
  it('add up to it, to the unit, whatever differs', async () => {
    const property = fc.asyncProperty(planted, async ({ seed, backtestEntry, ...exchange }) => {
      const folder = mkdtempSync(join(tmpdir(), 'parity-'))
      try {
        const { config, hash } = parseConfig(textOf(seed, 0.8), 'session.yaml')
        markets[seed] ??= loadMarket(config, '.')
        const recording = await markets[seed]
        const path = join(folder, 'journal.sqlite')
        const request = { config, configurationHash: hash, codeHash: '', recording }
        recordSession(request, path, { exchange })
        const backtest = parseConfig(textOf(seed, backtestEntry), 'backtest.yaml')
        const found = await compareWithBacktest({ path, codeHash: '', backtest })
        const document = parityDocument(found, { maxGap: null, fills: true })
        expect(document.sum).toBe(document.gap)
        expect(document.sums).toBe(true)
        expect(found.gap).toBe(netOf(found.live) - netOf(found.backtest))
        for (const { parts, gap } of found.instruments) {
          expect(Object.values(parts).reduce((a, b) => a + b)).toBe(gap)
        }
        if (backtestEntry === 0.8) expect(found.parts.logic).toBe(0n)
        expect(found.parts.data).toBe(0n)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
    await fc.assert(property, { numRuns: 10 })
  })
})
