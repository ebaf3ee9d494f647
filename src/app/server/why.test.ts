import { describe, expect, test } from 'vitest'
import type { GateReading } from '../../core/mod.ts'
import { gateFailure, gateLabel, gateMargin } from './gates.ts'
import { explain, type WhyContext } from './why.ts'

const armed: WhyContext = {
  engineState: 'armed',
  engineReason: '',
  bookFreshness: 'live',
  bookAgeSeconds: 0.2,
  bookStaleSeconds: 5,
  warm: { have: 60, need: 60 },
  direction: 'flat',
  working: null,
  stopped: null,
  refusal: null,
}

const imbalance: GateReading = {
  gate: 'imbalance',
  value: 0.08,
  operator: '>',
  threshold: 0.25,
  passed: false,
}
const z: GateReading = { gate: 'z', value: -1.62, operator: '<', threshold: -1.5, passed: true }
const waiting = { outcome: 'imbalance', gates: [z, imbalance] }

describe('why an instrument does not trade', () => {
  test('the first failing gate is named with its value and its threshold', () => {
    expect(explain(waiting, armed)).toBe('No entry: imbalance +0.08 is not above +0.25 for a long.')
  })

  test('both sides are named where z points to neither', () => {
    const low = { ...z, value: -0.24, threshold: -1.25, passed: false }
    const high = { ...low, gate: 'z short', operator: '>', threshold: 1.25 } as const
    const text = 'z −0.24 σ is not below −1.25 σ for a long, nor above +1.25 σ for a short'
    expect(explain({ outcome: 'z', gates: [low, high] }, armed)).toBe(`No entry: ${text}.`)
    expect(gateLabel('z short')).toBe('z-score, short')
  })

  test('a gate whose value is missing says what it needs', () => {
    const unknown = { ...imbalance, value: null }
    const text = explain({ outcome: 'imbalance', gates: [unknown] }, armed)
    expect(text).toBe('No entry: imbalance is not known (needs > +0.25).')
  })

  test('a score of residual returns is explained by what it is made of', () => {
    const kappa = {
      ...z,
      gate: 'kappa a year',
      operator: '>=',
      value: 6.2,
      threshold: 8.4,
    } as const
    const slow = { ...kappa, passed: false }
    expect(explain({ outcome: 'kappa a year', gates: [z, slow] }, armed)).toBe(
      'No entry: kappa 6.2 is below 8.4.',
    )
    const p = { ...z, gate: 'adjusted p', operator: '<=', value: 0.31, threshold: 0.05 } as const
    expect(explain({ outcome: 'adjusted p', gates: [z, { ...p, passed: false }] }, armed)).toBe(
      'No entry: the adjusted p value 0.310 is not at or below 0.050.',
    )
    const unscored = { outcome: 'no score: closes missing', gates: [] }
    expect(explain(unscored, armed)).toBe('No entry: no score: closes missing.')
  })

  test('a pause of the engine comes before every gate', () => {
    const context = {
      ...armed,
      engineState: 'paused',
      engineReason: 'Paused by dashboard: lunch.',
    } as const
    expect(explain(waiting, context)).toBe('No entry: paused by dashboard: lunch.')
  })

  test('a session that is over still says what was evaluated last', () => {
    const context = {
      ...armed,
      engineState: 'stopping',
      engineReason: 'The session is stopping: shutdown.',
    } as const
    const text =
      'No entry: the session is stopping: shutdown; ' +
      'last evaluated: imbalance +0.08 is not above +0.25.'
    expect(explain(waiting, context)).toBe(text)
  })

  test('a stale book comes before the gates and says its age and limit', () => {
    const context = { ...armed, bookFreshness: 'stale', bookAgeSeconds: 42.4 } as const
    const text = 'No entry: the order book is 42 s old, limit 5.0 s.'
    expect(explain(waiting, context)).toBe(text)
  })

  test('warming says how far it is', () => {
    const context = { ...armed, warm: { have: 14, need: 60 } }
    expect(explain(waiting, context)).toBe('No entry: warming up, 14 of 60 bars.')
  })

  test('a position that waits for its exit says for what', () => {
    const exit: GateReading = {
      ...z,
      gate: 'z exit',
      operator: '>',
      threshold: -0.3,
      passed: false,
    }
    const context = { ...armed, direction: 'long' } as const
    const text = explain({ outcome: 'holding', gates: [exit] }, context)
    expect(text).toBe('Holding long: no exit yet, z −1.62 σ is not above −0.30 σ.')
  })

  test('a refusal of the risk gate after passing gates is the reason', () => {
    const context = { ...armed, refusal: 'the risk gate refused it, more than 30 orders a minute' }
    const text = explain({ outcome: 'enter long', gates: [z] }, context)
    expect(text).toBe('No entry: the risk gate refused it, more than 30 orders a minute.')
  })

  test('a rejection by the venue is the reason, also when the session is over', () => {
    const refusal = 'the order was rejected, no locate for 100 shares'
    const at = { outcome: 'enter short', gates: [z] }
    expect(explain(at, { ...armed, refusal })).toBe(`No entry: ${refusal}.`)
    const over = { engineState: 'stopping', engineReason: 'It is over.' } as const
    expect(explain(at, { ...armed, ...over, refusal })).toBe(
      `No entry: it is over; last evaluated: enter short, ${refusal}.`,
    )
  })

  test('a market that is closed says when it opens', () => {
    const context = { ...armed, opens: '2026-11-23 09:30:00 New York' }
    expect(explain(waiting, context)).toBe(
      'No entry: the market is closed, it opens 2026-11-23 09:30:00 New York.',
    )
  })

  test('an instrument that was never evaluated says so', () => {
    expect(explain(null, armed)).toContain('nothing evaluated yet')
  })
})

describe('margins of gates', () => {
  test('are positive on the passing side and in units of the threshold', () => {
    expect(gateMargin({ ...imbalance, value: 0.5 })).toBeCloseTo(1)
    expect(gateMargin(imbalance)).toBeCloseTo(-0.68)
    expect(gateMargin({ ...z, value: -3 })).toBeCloseTo(1)
  })

  test('use a usual size where the threshold is zero', () => {
    const trend: GateReading = { ...z, gate: 'trend', value: -5, operator: '>', threshold: 0 }
    expect(gateMargin(trend)).toBeCloseTo(-0.5)
  })

  test('do not exist without a value', () => {
    expect(gateMargin({ ...z, value: null })).toBeNull()
  })

  test('a gate nobody registered is still explained under its own id', () => {
    const custom: GateReading = {
      gate: 'funding',
      value: 12,
      operator: '<=',
      threshold: 5,
      passed: false,
    }
    expect(gateFailure(custom)).toBe('funding 12 is not at or below 5')
  })
})
