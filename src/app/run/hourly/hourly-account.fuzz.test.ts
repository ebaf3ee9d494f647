import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatePanel, settlementDay, toNewYork } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { HOURLY_ACCOUNT, type HourlyBacktest, runHourlyBacktest } from './hourly-backtest.ts'
import { idleTalk } from './test-kit.ts'

const SEED = 20_261_122
const DAY_US = 86_400_000_000

const settingsOf = fc
  .record({
    preset: fc.constantFrom('seed' as const, 'corrected' as const),
    turnoverMax: fc.constantFrom(0.05, 0.3, 1),
    participationMax: fc.constantFrom(0.0001, 0.01, 0.2),
    everyBars: fc.constantFrom(1, 3),
    remainder: fc.constantFrom('carry' as const, 'drop' as const),
  })
  .map(({ preset, turnoverMax, participationMax, everyBars, remainder }) => {
    const base = HOURLY_PRESETS[preset]
    return {
      ...base,
      ...{ everyBars, remainder, warmUpBars: 7, dollarVolumeMin: 0 },
      limits: { ...base.limits, turnoverMax },
      costs: { ...base.costs, participationMax },
    }
  })

const account = fc.record({
  balance: fc.constantFrom(20_000, 1_000_000),
  kind: fc.constantFrom('cash' as const, 'margin' as const),
  lotDecimals: fc.constantFrom(0, 3),
  commissionBp: fc.constantFrom(0, 5),
})

/** Delistings, changes of membership, dividends and splits in every one of them. */
const runs = fc
  .record({ seed: fc.integer({ min: 1, max: 1e6 }), settings: settingsOf, account })
  .map((each) => {
    const rates = { delistingsPerYear: 2, changesPerYear: 2, reserveShare: 0.3 }
    const panel = generatePanel({ seed: each.seed, names: 14, sessions: 22, ...rates })
    const forecaster = idleTalk(panel, each.seed, 60)
    const { settings } = each
    const owner = { ...HOURLY_ACCOUNT, ...each.account }
    return { panel, run: runHourlyBacktest({ panel, settings, forecaster, account: owner }) }
  })

/** Equity at each bar from fills, payments and splits alone, at the last closes of the panel. */
function recount(panel: ReturnType<typeof generatePanel>, run: HourlyBacktest): number[] {
  const shares = run.instruments.map(() => 0)
  const mark = run.instruments.map(() => 0)
  let cash = run.account.balance
  const steps = [
    ...run.splits.map(({ time, instrument, ratio }) => ({
      time,
      take() {
        shares[instrument]! *= ratio
        mark[instrument]! /= ratio
      },
    })),
    ...run.payments.map(({ time, amount }) => ({
      time,
      take() {
        cash += amount
      },
    })),
    ...run.fills.map(({ time, instrument, side, shares: lots, price, fee }) => ({
      time,
      take() {
        const sign = side === 'buy' ? 1 : -1
        shares[instrument]! += sign * lots
        cash -= sign * lots * price + fee
      },
    })),
  ].sort((a, b) => a.time - b.time)
  const bars = panel.grid.closeTime.length
  let next = 0
  return Array.from(run.equity, (_, bar) => {
    const decided = panel.grid.decisionTime[bar]!
    for (; next < steps.length && steps[next]!.time < decided; next++) steps[next]!.take()
    let value = cash
    for (const { id } of run.instruments) {
      const close = panel.bars.close[id * bars + bar]!
      if (close > 0) mark[id] = close
      value += shares[id]! * mark[id]!
    }
    return value
  })
}

describe('the account of an hourly backtest', () => {
  it('never owes, and is worth what was traded and paid, at every bar', () => {
    fc.assert(
      fc.property(runs, ({ panel, run }) => {
        expect(Math.min(...run.cash)).toBeGreaterThanOrEqual(0)
        const again = recount(panel, run)
        // Closes are counted in hundredths of a cent, fractions of split shares are paid out.
        for (const [bar, value] of run.equity.entries()) {
          expect(Math.abs(again[bar]! / value - 1)).toBeLessThan(1e-4)
        }
        expect(run.exchange.balance(0)).toBe(run.engine.world.ledger.cash('USD'))
        expect(run.engine.world.ledger.imbalanceOfBooks('USD')).toBe(0n)
        for (const { id } of run.instruments) {
          const held = run.engine.world.ledger.position(id).quantity
          expect(held).toBeGreaterThanOrEqual(0)
          expect(run.exchange.position(0, id)).toBe(held)
        }
      }),
      { seed: SEED, numRuns: 25 },
    )
  })

  it('spends only what has settled where it is a cash account', () => {
    const cash = runs.filter(({ run }) => run.account.kind === 'cash' && run.fills.length > 0)
    fc.assert(
      fc.property(cash, ({ run }) => {
        const dayOf = (time: number): number => Math.floor(toNewYork(time) / DAY_US)
        const receipts: { readonly day: number; readonly amount: number }[] = []
        let spent = 0
        for (const { time, side, shares, price, fee } of run.fills) {
          if (side === 'sell') {
            receipts.push({ day: settlementDay(dayOf(time)), amount: shares * price - fee })
            continue
          }
          spent += shares * price + fee
          const settled = receipts
            .filter(({ day }) => day <= dayOf(time))
            .reduce((sum, { amount }) => sum + amount, run.account.balance)
          const paid = run.payments
            .filter((payment) => payment.time <= time)
            .reduce((sum, { amount }) => sum + amount, 0)
          expect(spent).toBeLessThanOrEqual(settled + paid + 1e-3 + splitCash(run, time))
        }
      }),
      { seed: SEED, numRuns: 10 },
    )
  })
})

/** Most that fractions of split shares can have been worth by then. */
const splitCash = ({ splits }: HourlyBacktest, time: number): number =>
  splits.filter((split) => split.time <= time).length * 1000
