import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualEnvironment } from '../virtual-environment.ts'
import { RateBudget, type RequestClass } from './rate-budget.ts'

const noRoute = {
  http: () => ({ status: 404, contentType: '', body: '' }),
  socket: () => null,
}

function createBudget(weightPerMinute = 100, queueLimit = 50) {
  const environment = createVirtualEnvironment({ startTime: 1_000_000, route: noRoute })
  let delayed = 0
  const budget = new RateBudget({
    environment,
    weightPerMinute,
    queueLimit,
    delayed: () => {
      delayed++
    },
  })
  const outcomes: string[] = []
  const ask = (requestClass: RequestClass, weight: number, waitMs = 1e6): void => {
    budget.acquire(requestClass, weight, waitMs).then(
      () => outcomes.push(`${requestClass} ${environment.now() / 1e6}`),
      (error: { code: string }) => outcomes.push(`${requestClass} ${error.code}`),
    )
  }
  return { environment, budget, ask, outcomes, delayed: () => delayed }
}

describe('the rate budget', () => {
  it('keeps shares back for the more urgent', async () => {
    const { environment, ask, outcomes } = createBudget()
    ask('history', 50)
    ask('history', 1, 500)
    ask('query', 25)
    ask('query', 1, 500)
    ask('order', 10)
    ask('order', 1, 500)
    ask('cancel', 15)
    ask('cancel', 1, 500)
    await environment.run(0)
    expect(outcomes).toEqual(['history 1', 'query 1', 'order 1', 'cancel 1'])
    await environment.run(1_000)
    expect(outcomes.slice(4)).toEqual([
      'cancel VENUE_THROTTLED',
      'order VENUE_THROTTLED',
      'query VENUE_THROTTLED',
      'history VENUE_THROTTLED',
    ])
  })

  it('lets the waiting go, urgent first, when the minute has passed', async () => {
    const { environment, ask, outcomes, delayed } = createBudget()
    ask('cancel', 100)
    ask('history', 10)
    ask('order', 10)
    ask('cancel', 10)
    await environment.run(60_900)
    expect(outcomes).toEqual(['cancel 1'])
    await environment.run(200)
    expect(outcomes.slice(1).map((outcome) => outcome.split(' ')[0])).toEqual([
      'cancel',
      'order',
      'history',
    ])
    expect(delayed()).toBe(3)
  })

  it('refuses what would wait in a full queue, and everybody when stopped', async () => {
    const { environment, budget, ask, outcomes } = createBudget(100, 2)
    ask('order', 85)
    for (let i = 0; i < 3; i++) ask('order', 1)
    await environment.run(0)
    expect(outcomes).toEqual(['order 1', 'order VENUE_THROTTLED'])
    budget.stop()
    ask('cancel', 1)
    await environment.run(0)
    expect(outcomes.slice(2)).toEqual([
      'order VENUE_STOPPED',
      'order VENUE_STOPPED',
      'cancel VENUE_STOPPED',
    ])
    expect(environment.pending).toBe(0)
  })

  it('holds everything but cancels back after "too many requests"', async () => {
    const { environment, budget, ask, outcomes } = createBudget()
    budget.pause(10_000)
    ask('order', 1)
    ask('cancel', 1)
    await environment.run(9_999)
    expect(outcomes).toEqual(['cancel 1'])
    await environment.run(2)
    expect(outcomes).toHaveLength(2)
  })

  it('lets a request heavier than its share pass alone', async () => {
    const { environment, ask, outcomes } = createBudget()
    ask('history', 80)
    await environment.run(0)
    expect(outcomes).toEqual(['history 1'])
  })

  it('never spends more than the allowance within any minute', async () => {
    const request = fc.record({
      requestClass: fc.constantFrom<RequestClass>('cancel', 'order', 'query', 'history'),
      weight: fc.integer({ min: 1, max: 30 }),
      pauseMs: fc.nat({ max: 8_000 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 60 }), async (requests) => {
        const { environment, budget } = createBudget()
        const spent: { readonly time: number; readonly weight: number }[] = []
        for (const { requestClass, weight, pauseMs } of requests) {
          budget.acquire(requestClass, weight, 30_000).then(
            () => spent.push({ time: environment.now(), weight }),
            () => undefined,
          )
          await environment.run(pauseMs)
        }
        await environment.run(200_000)
        for (const { time } of spent) {
          const within = spent.filter((each) => each.time >= time && each.time < time + 60_000_000)
          expect(within.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(100)
        }
        expect(budget.waiting).toBe(0)
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})
