import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barCount } from '../hour-grid.ts'
import type { HourPanel, KnownSeries } from '../hour-panel.ts'
import { generatePanel } from './generate-panel.ts'

const options = fc.record({
  seed: fc.integer(),
  names: fc.integer({ min: 1, max: 9 }),
  sessions: fc.integer({ min: 1, max: 25 }),
  firstDay: fc.integer({ min: 8000, max: 25_000 }),
  anchor: fc.constantFrom('clockHour' as const, 'sessionOpen' as const, 'session' as const),
  driftPerYear: fc.double({ min: -0.9, max: 3, noNaN: true }),
  marketVolatility: fc.double({ min: 0, max: 1, noNaN: true }),
  nameVolatility: fc.double({ min: 0.01, max: 3, noNaN: true }),
  reserveShare: fc.double({ min: 0, max: 1, noNaN: true }),
  changesPerYear: fc.double({ min: 0, max: 40, noNaN: true }),
  delistingsPerYear: fc.double({ min: 0, max: 20, noNaN: true }),
  sentimentRate: fc.double({ min: 0, max: 1, noNaN: true }),
  analystRate: fc.double({ min: 0, max: 1, noNaN: true }),
  edge: fc.option(
    fc.record({
      column: fc.constantFrom('eps_surprise_std' as const, 'target_price_revision' as const),
      bpPer5Bars: fc.double({ min: -50, max: 50, noNaN: true }),
    }),
  ),
})

/** Faults of a panel's bars and flags, as texts. */
function faults(panel: HourPanel): string[] {
  const bars = barCount(panel.grid)
  const { open, high, low, close, volume } = panel.bars
  const found: string[] = []
  for (let at = 0; at < close.length; at++) {
    const trades = !Number.isNaN(close[at]!)
    const isBar =
      low[at]! > 0 &&
      low[at]! <= Math.min(open[at]!, close[at]!) &&
      high[at]! >= Math.max(open[at]!, close[at]!) &&
      high[at]! < Number.POSITIVE_INFINITY &&
      volume[at]! >= 1 &&
      panel.sharesOutstanding[at]! > 0
    if (trades && !isBar) found.push(`bar ${at}`)
    if (!trades && panel.isMember[at] === 1) found.push(`a member without a bar ${at}`)
    if (!(panel.splitFactor[at]! > 0 && panel.totalReturnFactor[at]! > 0))
      found.push(`factor ${at}`)
  }
  for (const { name, bar, lastPrice } of panel.delistings) {
    const rest = close.subarray(name * bars + bar, (name + 1) * bars)
    if (!(lastPrice > 0) || rest.some((x) => !Number.isNaN(x))) found.push(`delisting ${name}`)
  }
  return found
}

const isInOrder = ({ knownTime, eventTime, fields }: KnownSeries): boolean =>
  knownTime.every((time, k) => (k === 0 || time > knownTime[k - 1]!) && eventTime[k]! <= time) &&
  Object.values(fields).every((column) => column.every(Number.isFinite))

describe('a generated panel of any options', () => {
  it('holds possible bars, members that trade, and rows in the order in which they were known', () => {
    fc.assert(
      fc.property(options, (given) => {
        const panel = generatePanel(given)
        expect(faults(panel)).toEqual([])
        const series = [...panel.fundamentals!, ...panel.sentiment!, ...panel.analyst!]
        expect([...series, panel.macro!].every(isInOrder)).toBe(true)
      }),
    )
  })

  it('begins with that of fewer sessions', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 20 }), (given, more) => {
        const short = generatePanel(given)
        const long = generatePanel({ ...given, sessions: given.sessions + more })
        const [end, whole] = [barCount(short.grid), barCount(long.grid)]
        for (let name = 0; name < given.names; name++) {
          const head = (column: Float64Array | Uint8Array): ArrayLike<number> =>
            column.slice(name * whole, name * whole + end)
          const own = (column: Float64Array | Uint8Array): ArrayLike<number> =>
            column.slice(name * end, (name + 1) * end)
          expect(head(long.bars.close)).toEqual(own(short.bars.close))
          expect(head(long.bars.volume)).toEqual(own(short.bars.volume))
          expect(head(long.isMember)).toEqual(own(short.isMember))
          expect(head(long.totalReturnFactor)).toEqual(own(short.totalReturnFactor))
        }
        const first = (p: HourPanel): unknown => p.delistings.filter(({ bar }) => bar < end)
        expect(first(long)).toEqual(first(short))
      }),
      { numRuns: 50 },
    )
  })
})
