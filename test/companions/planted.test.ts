import { describe, expect, it } from 'vitest'
import type { Recording } from '../../src/adapters/mod.ts'
import { type BacktestResult, runBacktest } from '../../src/app/mod.ts'
import { discoverPairs } from '../../src/app/research/pairs/discover-pairs.ts'
import { defaultFilters } from '../../src/app/research/pairs/evaluate-pair.ts'
import { recordCloses } from '../../src/app/research/pairs/record-closes.ts'
import {
  PAIR_START_US,
  plantedPair,
  plantedRequest as request,
  plantedConfig as setup,
} from '../support/planted-pair.ts'

const DAY = 86_400_000_000
const SPLIT = PAIR_START_US + 2 * DAY
const MINUTES = 4 * 1440

/** Realised result after fees of the instruments, quote units. */
const net = ({ engine, instruments }: BacktestResult, symbols: readonly string[]): number =>
  instruments
    .filter(({ symbol }) => symbols.includes(symbol))
    .map(({ id }) => engine.world.ledger.position(id))
    .reduce((sum, { realised, fees }) => sum + Number(realised - fees) / 1e8, 0)

const discover = (recording: Recording) => {
  const closes = recordCloses(setup(), recording, { lookbackUs: 2 * DAY, until: SPLIT })
  expect(closes.knownTime).toBe(SPLIT)
  return discoverPairs(closes.series, {
    ...{ filters: defaultFilters, intervalMinutes: 1 },
    ...{ falseDiscoveryRate: 0.05, top: 12, perSymbolMax: 3 },
  })
}

describe('a market with a planted pair', () => {
  it('gives the pair away in its first half, and pays for it in the second', () => {
    for (const seed of [1, 2]) {
      const recording = plantedPair({ seed, minutes: MINUTES, beta: 0.8 })
      const { pairs } = discover(recording)
      expect(pairs).toHaveLength(1)
      const { legA, legB, beta, first } = pairs[0]!
      expect([legA, legB].sort()).toEqual(['PAIRA', 'PAIRB'])
      // PAIRA trades less: it goes first, whichever leg it is.
      expect(first === 'a' ? legA : legB).toBe('PAIRA')
      const pair = `{ legA: ${legA}, legB: ${legB}, beta: ${beta}, first: ${first} }`
      const result = runBacktest(request(recording, setup('', 'kind: fixed', pair)))
      expect(net(result, ['PAIRA', 'PAIRB'])).toBeGreaterThan(0)
      expect(net(result, ['TREND'])).toBeGreaterThan(100)
      const own = result.collected.fills.filter(({ instrument }) => instrument < 2)
      expect(own.length).toBeGreaterThan(20)
      expect(Math.min(...own.map(({ time }) => time))).toBeGreaterThan(SPLIT)
    }
  })

  it('has no pair where nothing was planted, and a pair that is claimed does not pay', () => {
    let planted = 0
    let claimed = 0
    for (const seed of [1, 2]) {
      const walks = plantedPair({ seed, minutes: MINUTES, beta: null })
      expect(discover(walks).pairs).toEqual([])
      claimed += net(runBacktest(request(walks)), ['PAIRA', 'PAIRB'])
      const pair = plantedPair({ seed, minutes: MINUTES, beta: 0.8 })
      planted += net(runBacktest(request(pair)), ['PAIRA', 'PAIRB'])
    }
    expect(planted).toBeGreaterThan(20)
    expect(claimed).toBeLessThan(planted / 4)
  })

  it('tells every fill by whose it is', () => {
    const result = runBacktest(request(plantedPair({ seed: 1, minutes: MINUTES, beta: 0.8 })))
    const owners = ['pairs', 'pairs', 'momentum', 'reversion']
    const { fills } = result.collected
    for (const { instrument, intentId } of fills) {
      expect(intentId).toMatch(new RegExp(`^${owners[instrument]}-\\d+$`))
    }
    expect(new Set(fills.map(({ instrument }) => instrument)).size).toBe(4)
  })

  it('hedges what the first leg filled by beta, and closes the second leg first', () => {
    const recording = plantedPair({ seed: 1, minutes: MINUTES, beta: 0.8 })
    const { collected } = runBacktest(request(recording, setup('refit: 100d')))
    const own = collected.fills.filter(({ intentId }) => intentId.startsWith('pairs'))
    const orders = [...Map.groupBy(own, ({ intentId }) => intentId).values()]
    let trips = 0
    for (let i = 0; i + 3 < orders.length; i += 4) {
      const [first, second, secondExit, firstExit] = orders.slice(i, i + 4)
      const worth = (fills: typeof own) =>
        fills.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
      const legs = [first, second, secondExit, firstExit].map((fills) => fills![0]!.instrument)
      expect(legs).toEqual([0, 1, 1, 0])
      // The hedge's price moves between its order and its fill.
      expect(worth(second!) / worth(first!)).toBeCloseTo(0.8, 2)
      expect(second![0]!.side).not.toBe(first![0]!.side)
      trips++
    }
    expect(trips).toBeGreaterThan(5)
  })
})
