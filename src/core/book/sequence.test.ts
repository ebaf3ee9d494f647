import { describe, expect, it } from 'vitest'
import { SequenceCheck } from './sequence.ts'

describe('a contiguous sequence', () => {
  it('leaves out what the snapshot holds, then wants first = previous last + 1', () => {
    const check = new SequenceCheck('contiguous')
    check.onSnapshot(100)
    expect(check.onDiff(90, 99)).toBe('old')
    expect(check.onDiff(95, 100)).toBe('old')
    expect(check.onDiff(99, 105)).toBe('apply')
    expect(check.onDiff(106, 106)).toBe('apply')
    expect(check.last).toBe(106)
    expect(check.onDiff(108, 109)).toBe('gap')
    expect(check.last).toBe(-1)
  })

  it('starts at the very next id', () => {
    const check = new SequenceCheck('contiguous')
    check.onSnapshot(100)
    expect(check.onDiff(101, 103)).toBe('apply')
  })

  it('is a gap when the first diff starts after the snapshot', () => {
    const check = new SequenceCheck('contiguous')
    check.onSnapshot(100)
    expect(check.onDiff(102, 103)).toBe('gap')
  })

  it('leaves out a repeated diff and goes on', () => {
    const check = new SequenceCheck('contiguous')
    check.onSnapshot(100)
    check.onDiff(101, 103)
    expect(check.onDiff(101, 103)).toBe('old')
    expect(check.onDiff(104, 104)).toBe('apply')
  })
})

describe('a chained sequence', () => {
  it('starts with the diff around the snapshot and follows the named predecessor', () => {
    const check = new SequenceCheck('chained')
    check.onSnapshot(100)
    expect(check.onDiff(90, 99, 89)).toBe('old')
    expect(check.onDiff(98, 104, 97)).toBe('apply')
    expect(check.onDiff(107, 110, 104)).toBe('apply')
    expect(check.onDiff(115, 120, 110)).toBe('apply')
    expect(check.onDiff(125, 130, 121)).toBe('gap')
    expect(check.onDiff(131, 132, 130)).toBe('gap')
  })

  it('applies a diff that ends exactly at the snapshot', () => {
    const check = new SequenceCheck('chained')
    check.onSnapshot(100)
    expect(check.onDiff(95, 100, 94)).toBe('apply')
    expect(check.onDiff(103, 104, 100)).toBe('apply')
  })

  it('accepts a first diff after the snapshot only when it names the snapshot', () => {
    const check = new SequenceCheck('chained')
    check.onSnapshot(100)
    expect(check.onDiff(103, 104, 100)).toBe('apply')
    check.onSnapshot(100)
    expect(check.onDiff(103, 104, 102)).toBe('gap')
  })

  it('leaves out a repeated diff', () => {
    const check = new SequenceCheck('chained')
    check.onSnapshot(100)
    check.onDiff(98, 104, 97)
    expect(check.onDiff(98, 104, 97)).toBe('old')
    expect(check.onDiff(107, 110, 104)).toBe('apply')
  })
})

describe('both sequences', () => {
  it('fit nothing before a snapshot, after a gap and after a disconnect', () => {
    for (const rule of ['contiguous', 'chained'] as const) {
      const check = new SequenceCheck(rule)
      expect(check.onDiff(1, 2, 0)).toBe('gap')
      check.onSnapshot(10)
      expect(check.onDiff(20, 21, 19)).toBe('gap')
      expect(check.onDiff(11, 12, 10)).toBe('gap')
      check.onSnapshot(10)
      check.onDisconnect()
      expect(check.onDiff(10, 12, 10)).toBe('gap')
    }
  })

  it('take senseless ids for a gap', () => {
    const bad: [number, number][] = [
      [12, 11],
      [Number.NaN, 12],
      [11, Number.NaN],
      [10.5, 12],
    ]
    for (const [first, last] of bad) {
      const check = new SequenceCheck('contiguous')
      check.onSnapshot(10)
      expect(check.onDiff(first, last)).toBe('gap')
    }
  })
})
