import { describe, expect, test } from 'vitest'
import { ageChip, type ChipFacts, decisionChip } from './freshness.ts'
import type { StateView } from './protocol.ts'

const budget = { warnSeconds: 2, staleSeconds: 5 }
const now = Date.parse('2026-01-14T12:00:00Z')
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString()

function facts(state: Partial<StateView>, more: Partial<ChipFacts> = {}): ChipFacts {
  const whole = { mode: 'live', engineState: 'armed', fault: null, coreTime: at(0), ...state }
  return {
    state: whole as StateView,
    health: null,
    isConnected: true,
    isResyncing: false,
    nowMs: now,
    zone: 'utc',
    ...more,
  }
}

describe('a freshness chip', () => {
  test('says live, delayed and stale by the budget of the stream', () => {
    expect(ageChip(at(0.3), budget, facts({})).text).toBe('live 0.3 s')
    expect(ageChip(at(3), budget, facts({}))).toMatchObject({ tone: 'warn', text: 'delayed 3.0 s' })
    expect(ageChip(at(42), budget, facts({}))).toMatchObject({ text: 'stale 42 s', isStale: true })
  })

  test('a lost connection, a fault and a silent engine outweigh any age', () => {
    const lost = facts({}, { isConnected: false })
    expect(ageChip(at(0), budget, lost)).toMatchObject({ text: 'disconnected', isStale: true })
    expect(ageChip(at(0), budget, facts({ fault: 'x' })).isStale).toBe(true)
    expect(ageChip(at(0), budget, facts({ engineState: 'silent' })).isStale).toBe(true)
  })

  test('time that is not real has no age', () => {
    expect(ageChip(at(900), budget, facts({ mode: 'replay' })).text).toBe('sim t=12:00:00')
  })

  test('a decision is warming, then as old as its evaluation, and stale only with its book', () => {
    const fresh = { tone: 'quiet', text: 'live 0.1 s', isStale: false } as const
    const stale = { tone: 'warn', text: 'stale 9 s', isStale: true } as const
    const warming = { have: 14, need: 60 }
    const warm = { have: 60, need: 60 }
    expect(decisionChip(null, warming, fresh, facts({})).text).toBe('warming 14/60')
    expect(decisionChip(at(3000), warm, fresh, facts({}))).toMatchObject({ isStale: false })
    expect(decisionChip(at(1), warm, stale, facts({}))).toBe(stale)
  })
})
