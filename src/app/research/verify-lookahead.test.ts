import { describe, expect, it } from 'vitest'
import type { Recording } from '../../adapters/mod.ts'
import { quantity, type Strategy } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { backtestParts } from '../run/backtest.ts'
import { loadMarket } from '../run/load-market.ts'
import { type LookaheadSubject, verifyLookahead } from './verify-lookahead.ts'

const text = `
name: lookahead
data: { kind: generated, model: plantedEdge, instruments: [BTC], duration: 20m }
signal: { source: mid, interval: 5s, window: 20, trendWindow: 0, maxGap: 60 }
strategy: { trendGate: false, revertGate: off, costGate: off, notional: 100 }
`
const { config, hash } = parseConfig(text, 'lookahead.yaml')
const subjectOf = (recording: Recording): LookaheadSubject =>
  backtestParts({ config, configurationHash: hash, codeHash: '', recording })

/** Buys when the recording it was built from will be higher a few seconds later: it cheats. */
function peeking(recording: Recording): LookaheadSubject {
  const { batch } = recording
  const midAt = (time: number): number => {
    let mid = 0
    for (let i = 0; i < batch.count && batch.f64[i * 5]! <= time; i++) {
      if (batch.u8[i * 40 + 36] !== 0) continue
      const at = batch.f64[i * 5 + 3]!
      const bids = batch.f64[i * 5 + 2]!
      mid = batch.pool[at]! + batch.pool[at + 2 * bids]!
    }
    return mid
  }
  const strategy: Strategy<unknown> = {
    id: 'peeking',
    init: () => ({}),
    on(trigger, view, _state, output) {
      if (trigger.kind !== 'barClosed') return
      const rises = midAt(view.now + 30_000_000) > midAt(view.now)
      output.evaluated(0, rises ? 'enter long' : 'wait', [])
      if (!rises || view.position(0) !== 0) return
      const lots = quantity(100)
      const how = { urgency: 'aggressive', reason: 'peek' } as const
      output.intent({ kind: 'enter', instrument: 0, side: 'buy', quantity: lots, ...how })
    },
  }
  const parts = subjectOf(recording)
  return { ...parts, engine: { ...parts.engine, strategy } }
}

describe('look-ahead detector', () => {
  it('finds nothing in a strategy that sees only what was received', async () => {
    const recording = await loadMarket(config, '.')
    const result = verifyLookahead(subjectOf, recording, { cuts: 6, seed: 3 })
    expect(result.decisions).toBeGreaterThan(50)
    expect(result.cuts.map((cut) => cut.difference)).toEqual(Array(6).fill(null))
  })

  it('catches a planted strategy that looks thirty seconds ahead', async () => {
    const recording = await loadMarket(config, '.')
    const result = verifyLookahead(peeking, recording, { cuts: 6, seed: 3 })
    expect(result.passed).toBe(false)
  })
})
