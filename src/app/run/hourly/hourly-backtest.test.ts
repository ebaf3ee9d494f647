import { describe, expect, it } from 'vitest'
import { generatePanel } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { HOURLY_ACCOUNT, type HourlyBacktest, runHourlyBacktest } from './hourly-backtest.ts'
import { idleTalk } from './test-kit.ts'

/** Cash and positions counted anew from fills, payments and splits alone. */
function recount({ fills, payments, splits, instruments, account }: HourlyBacktest) {
  const shares = instruments.map(() => 0)
  let cash = account.balance
  const steps = [
    ...fills.map(({ time, ...fill }) => ({
      time,
      take: () => {
        const sign = fill.side === 'buy' ? 1 : -1
        shares[fill.instrument]! += sign * fill.shares
        cash -= sign * fill.shares * fill.price + fill.fee
      },
    })),
    ...payments.map(({ time, amount }) => ({
      time,
      take: () => {
        cash += amount
      },
    })),
    ...splits.map(({ time, instrument, ratio }) => ({
      time,
      take: () => {
        shares[instrument]! *= ratio
      },
    })),
  ].sort((a, b) => a.time - b.time)
  for (const { take } of steps) take()
  return { cash, shares }
}

describe('an hourly backtest', () => {
  const panel = generatePanel({ seed: 4, names: 50, sessions: 60 })
  const settings = HOURLY_PRESETS.corrected
  const run = runHourlyBacktest({ panel, settings, forecaster: idleTalk(panel, 7) })

  it('trades through the engine, a decision an hour', () => {
    expect(run.equity.length).toBe(panel.grid.openTime.length)
    expect(run.decisions.length).toBe(panel.grid.openTime.length)
    expect(run.fills.length).toBeGreaterThan(50)
    expect(run.engine.world.counters).toMatchObject({ contradictions: 0, denials: {} })
  })

  it('never owes money', () => {
    expect(Math.min(...run.cash)).toBeGreaterThanOrEqual(0)
  })

  it('ends with what its fills, payments and splits add up to, here and at the venue', () => {
    const { cash, shares } = recount(run)
    expect(cash).toBeCloseTo(run.cash.at(-1)!, 4)
    expect(run.exchange.balance(0)).toBe(run.engine.world.ledger.cash('USD'))
    for (const { id } of run.instruments) {
      expect(run.engine.world.ledger.position(id).quantity).toBe(Math.round(shares[id]!))
    }
  })

  it('does nothing without a forecast', () => {
    const none = new Float64Array(panel.symbols.length)
    const idle = { forecast: () => ({ alphaBp: none, downside: none }) }
    const still = runHourlyBacktest({ panel, settings, forecaster: idle })
    expect(still.fills).toEqual([])
    expect([...new Set(still.equity)]).toEqual([HOURLY_ACCOUNT.balance])
  })
})
