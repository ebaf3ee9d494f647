import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Instrument,
  isValidPrice,
  MarketCursor,
  MarketWriter,
  type Price,
  RecordKind,
} from '../../../core/mod.ts'
import { createMarketModel, defaultUniverse, type SimulatedInstrument } from './generator.ts'

const startTime = Date.UTC(2026, 0, 5) * 1000

/** Any instrument with valid number rules, also where prices pass a power of ten. */
const simulated = fc
  .record({
    szDecimals: fc.integer({ min: 0, max: 5 }),
    magnitude: fc.double({ min: -2, max: 4.5, noNaN: true }),
    volatilityPerMinuteBp: fc.double({ min: 1, max: 400, noNaN: true }),
    spreadBp: fc.double({ min: 0, max: 20, noNaN: true }),
    tick: fc.boolean(),
  })
  .map(({ szDecimals, magnitude, volatilityPerMinuteBp, spreadBp, tick }): SimulatedInstrument => {
    const [base] = defaultUniverse()
    const priceDecimals = 6 - szDecimals
    const instrument: Instrument = {
      ...base!.instrument,
      priceDecimals,
      quantityDecimals: szDecimals,
      priceRule: tick ? { kind: 'tick', quanta: 1 } : { kind: 'significant-figures', figures: 5 },
    }
    const quantum = 10 ** -priceDecimals
    const startPrice = Math.min(Math.max(10 ** magnitude, 100 * quantum), 9e8 * quantum)
    return { ...base!, instrument, startPrice, volatilityPerMinuteBp, spreadBp }
  })

describe('createMarketModel', () => {
  test('keeps every book valid and every cut equal, for any seed and instrument', () => {
    fc.assert(
      fc.property(
        simulated,
        fc.integer(),
        fc.constantFrom('zeroEdge' as const, 'plantedEdge' as const),
        fc.array(fc.integer({ min: 0, max: 20_000_000 }), { maxLength: 5 }),
        (one, seed, model, cuts) => {
          const make = () =>
            createMarketModel({
              instruments: [one],
              seed,
              model,
              startTime,
              historyMinutes: 1,
              levels: 5,
            })
          const whole = new MarketWriter()
          make().advance(startTime + 20_000_000, whole)
          const parts = new MarketWriter()
          const stepped = make()
          for (const cut of cuts.toSorted((a, b) => a - b)) stepped.advance(startTime + cut, parts)
          stepped.advance(startTime + 20_000_000, parts)
          const batch = whole.batch()
          expect(Buffer.compare(Buffer.from(parts.batch().u8), Buffer.from(batch.u8))).toBe(0)
          const cursor = new MarketCursor()
          for (let i = 0; i < batch.count; i++) {
            cursor.load(batch, i)
            if (cursor.kind !== RecordKind.snapshot) continue
            const at = (n: number): number => cursor.pool[cursor.aux + 2 * n]!
            for (let n = 0; n < 10; n++) {
              expect(isValidPrice(one.instrument, at(n) as Price)).toBe(true)
              expect(cursor.pool[cursor.aux + 2 * n + 1]).toBeGreaterThanOrEqual(1)
            }
            for (let n = 1; n < 5; n++) {
              expect(at(n)).toBeLessThan(at(n - 1))
              expect(at(5 + n)).toBeGreaterThan(at(4 + n))
            }
            expect(at(5)).toBeGreaterThan(at(0))
          }
        },
      ),
      { numRuns: 15 },
    )
  })
})
