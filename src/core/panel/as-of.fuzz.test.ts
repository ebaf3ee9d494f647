import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asOfReader } from './as-of.ts'
import { membershipReader } from './membership.ts'
import { tableOf } from './test-kit.ts'

const rows = fc.array(
  fc.record({
    symbol: fc.constantFrom('A', 'B', 'C', null),
    event: fc.integer({ min: 0, max: 12 }),
    known: fc.integer({ min: 0, max: 20 }),
  }),
  { maxLength: 40 },
)
const symbolOf = (symbols: readonly string[], symbol: string | null): number =>
  symbol === null ? -1 : symbols.indexOf(symbol)

describe('reading as of an instant', () => {
  it('never gives a row known at or after it, and gives what a plain search finds', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: -1, max: 22 }), (list, time) => {
        const table = tableOf(
          'sentiment',
          list.map((row, k) => ({ ...row, values: { x: k } })),
        )
        const reader = asOfReader(table)
        for (const name of ['A', 'B', 'C', null]) {
          const symbol = symbolOf(table.symbols, name)
          if (name !== null && symbol < 0) continue
          const known = list
            .map((row, k) => ({ ...row, k }))
            .filter((row) => row.symbol === name && row.known < time)
            .sort((a, b) => a.known - b.known || a.event - b.event || a.k - b.k)
          expect([...reader.known(symbol, time)]).toEqual(known.map((row) => row.k))
          const best = [...known].sort((a, b) => a.event - b.event).at(-1)?.k ?? -1
          expect(reader.latest(symbol, time)).toBe(best)
          for (let event = 0; event <= 12; event++) {
            const vintage = known.filter((row) => row.event === event).at(-1)?.k ?? -1
            expect(reader.vintage(symbol, event, time)).toBe(vintage)
          }
        }
      }),
    )
  })

  it('says by its changes what it says at any instant', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 22 }), (list, time) => {
        const table = tableOf(
          'sentiment',
          list.map((row) => ({ ...row, values: {} })),
        )
        const reader = asOfReader(table)
        for (let symbol = -1; symbol < table.symbols.length; symbol++) {
          const changed = [...reader.changes(symbol)].filter((row) => table.knownTime[row]! < time)
          expect(changed.at(-1) ?? -1).toBe(reader.latest(symbol, time))
        }
      }),
    )
  })

  it('is not changed by anything known later: planted leaks would show', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 20 }), (list, time) => {
        const table = (value: (known: number) => number) =>
          tableOf(
            'sentiment',
            list.map((row) => ({ ...row, values: { x: value(row.known) } })),
          )
        const truth = table(() => 1)
        const scrambled = table((known) => (known < time ? 1 : 666))
        const leaking = (t: typeof truth, symbol: number): number[] =>
          // The planted leak: "at or before", as the earlier system's engine read its bars.
          [...t.knownTime.keys()].filter((k) => t.symbol[k] === symbol && t.knownTime[k]! <= time)
        for (let symbol = -1; symbol < truth.symbols.length; symbol++) {
          const read = (t: typeof truth) =>
            [...asOfReader(t).known(symbol, time)].map((row) => t.fields['x']?.[row])
          expect(read(scrambled)).toEqual(read(truth))
          const isPlanted = list.some(
            (row) => row.known === time && symbolOf(truth.symbols, row.symbol) === symbol,
          )
          const leaked = leaking(scrambled, symbol).map((row) => scrambled.fields['x']?.[row])
          expect(leaked.includes(666)).toBe(isPlanted)
        }
      }),
    )
  })
})

describe('membership as of an instant', () => {
  it('is what a plain search among changes known and in effect finds', () => {
    const changes = fc.array(
      fc.record({
        symbol: fc.constantFrom('A', 'B'),
        known: fc.integer({ min: 0, max: 10 }),
        effective: fc.integer({ min: 0, max: 10 }),
        member: fc.integer({ min: 0, max: 1 }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: 12 }), (list, time) => {
        const table = tableOf(
          'membership',
          list.map(({ symbol, known, effective, member }) => ({
            symbol,
            event: known,
            known,
            values: { is_member: member, effective_time: effective },
          })),
        )
        const reader = membershipReader(table)
        const expected = table.symbols.map((symbol) => {
          const last = list
            .filter((c) => c.symbol === symbol && c.known < time && c.effective <= time)
            .sort((a, b) => a.effective - b.effective || a.known - b.known)
            .at(-1)
          return last?.member === 1
        })
        expect(table.symbols.map((_, k) => reader.isMember(k, time))).toEqual(expected)
        expect(reader.members(time)).toEqual([...expected.keys()].filter((k) => expected[k]))
      }),
    )
  })
})
