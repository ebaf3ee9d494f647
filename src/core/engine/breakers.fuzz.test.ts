import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quantity } from '../domain/units.ts'
import { breakerPolicy } from '../risk/policy.ts'
import { Bench } from './test-kit.ts'

/** Random prices of what is held, with an entry and an exit wanted again and again. */
const prices = fc.array(fc.integer({ min: 880, max: 1120 }), { minLength: 5, maxLength: 25 })

it('a tripped breaker denies every entry, and lets every exit and cancel pass', () => {
  let denied = 0
  let allowed = 0
  fc.assert(
    fc.property(prices, (path) => {
      const { limits: plain } = new Bench().config
      const breakers = [breakerPolicy('dailyLoss', 5), breakerPolicy('dailyDrawdown', 0.02)]
      const bench = new Bench({ limits: { ...plain, breakers, ordersPerMinuteMax: 4 } }).start()
      bench.hold('buy', 1000)
      // An exit that is canceled goes out again at once: what was sent counts from before the answers.
      let sent = bench.sent.length
      for (const price of path) {
        bench.book(0, price, price + 2)
        bench.pass(2)
        const isTripped = bench.engine.world.risk.trips.length > 0
        const refused = bench.denials.length
        const want = { urgency: 'aggressive', reason: 'test' } as const
        bench.wanted.push(
          { kind: 'enter', instrument: 1, side: 'buy', quantity: quantity(10), ...want },
          { kind: 'exit', instrument: 0, ...want },
        )
        bench.pass(1)
        const entry = bench.sent.slice(sent).find(({ instrument }) => instrument === 1)
        const [denial] = bench.denials.slice(refused)
        if (isTripped) {
          denied++
          expect([entry, denial]).toEqual([undefined, expect.stringMatching(/^DAILY_/)])
        } else if (entry === undefined) expect(denial).toBe('ORDER_RATE')
        else allowed++
        // What reduces has no rate and knows no breaker.
        const exits = bench.sent.slice(sent).filter(({ reduceOnly }) => reduceOnly)
        expect(exits[0]).toMatchObject({ instrument: 0, side: 'sell' })
        const answered = bench.sent.slice(sent)
        sent = bench.sent.length
        for (const order of answered) bench.report(order, 'canceled')
      }
    }),
    { numRuns: 60, seed: 20_261_121 },
  )
  expect(denied).toBeGreaterThan(50)
  expect(allowed).toBeGreaterThan(5)
})
