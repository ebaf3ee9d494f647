import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  coin,
  createMemory,
  type FakeFleet,
  FakeVenue,
  makeEngines,
  settle,
  startFleet,
} from './test-kit.ts'

/*
 * Whatever fills, payments, lost messages, failures and restarts come: the sums over the engines are
 * the account's, positions and money to the unit, and no engine sees a difference.
 */

const UNIT = 10n ** 8n
const coins = [coin(0, 'A'), coin(1, 'B'), coin(2, 'C')]
const universes = [['A', 'B'], ['B', 'A', 'C'], ['C', 'B'], ['A']] as const

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      engine: fc.nat(3),
      own: fc.nat(2),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price: fc.integer({ min: 900, max: 1_100 }),
      lots: fc.integer({ min: 1, max: 50 }),
      fee: fc.bigInt({ min: -1_000n, max: 5_000n }),
      isTold: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pay' as const),
      instrument: fc.nat(2),
      amount: fc.bigInt({ min: -10_001n, max: 10_001n }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'report' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'repeat' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('lose' as const), engine: fc.nat(3) }),
  },
)

describe('sums over engines', () => {
  it('equal the account whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 4 }),
        fc.array(step, { minLength: 5, maxLength: 50 }),
        async (count, steps) => {
          const venue = new FakeVenue(coins, 100_000n * UNIT)
          const memory = createMemory()
          const engines = makeEngines(...universes.slice(0, count))
          let fleet: FakeFleet = await startFleet(venue, memory, engines)
          let orders = 0
          const everybodyAsks = async () => {
            fleet.account.views.forEach((view, i) => {
              if (!engines[i]!.isStopped) view.queryAccount(0)
            })
            await settle()
          }
          for (const one of steps) {
            if (one.kind === 'fill') {
              const engine = engines[one.engine % count]!
              const { symbols } = engine.options
              const symbol = symbols[one.own % symbols.length]!
              const instrument = coins.findIndex((each) => each.symbol === symbol)
              venue.fill(engine.orderId(orders++), { ...one, instrument }, one.isTold)
            } else if (one.kind === 'pay') {
              // A venue pays for what is held.
              if (venue.ledger.position(one.instrument).quantity === 0) continue
              venue.pay(`f${venue.now}`, one.instrument, one.amount)
            } else if (one.kind === 'report') await everybodyAsks()
            else if (one.kind === 'repeat') {
              const events = venue.told.filter(({ kind }) => kind !== 'accountReported')
              for (const event of events.slice(-5)) venue.tell(event)
            } else if (one.kind === 'lose') {
              engines[one.engine % count]!.isStopped = true
            } else {
              // Killed: whatever was not told is told again by the venue, and more than that.
              for (const engine of engines) engine.isStopped = false
              fleet = await startFleet(venue, memory, engines)
              for (const execution of venue.executions) venue.tellExecution(execution)
              for (const event of venue.told.filter((each) => each.kind === 'fundingPaid')) {
                venue.tell(event)
              }
            }
          }
          await everybodyAsks()
          await fleet.account.close()
          const state = fleet.account.state()
          expect(state.currencies.map(({ difference }) => difference)).toEqual([0n])
          expect(state.currencies.map(({ unexplained }) => unexplained)).toEqual([0n])
          expect(state.isEqual).toBe(true)
          for (const engine of engines) {
            if (!engine.isStopped) expect(engine.differences.every((each) => each === 0)).toBe(true)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
