import { describe, expect, it } from 'vitest'
import type { Event } from '../../core/mod.ts'
import { executionsOf, withoutKnownExecutions } from './executions.ts'
import { executed, heartbeat } from './testing/kit.ts'

const journal = { hasExecution: (id: string) => id.startsWith('old') }
const executionOf = (id: string) => executionsOf(executed(5, id))[0]!
const report = (...ids: string[]): Event => ({
  kind: 'accountReported',
  receivedTime: 5,
  venueTime: 4,
  account: { openOrders: [], positions: [], balances: [], executions: ids.map(executionOf) },
})

describe('an event without executions that are stored already', () => {
  it('is nothing when it was a repeated execution', () => {
    expect(withoutKnownExecutions(journal, executed(5, 'old 1'))).toBeNull()
  })

  it('is the very same when it brings nothing known', () => {
    for (const event of [executed(5, 'new'), heartbeat(5), report('new', 'newer')]) {
      expect(withoutKnownExecutions(journal, event)).toBe(event)
    }
  })

  it('keeps the rest of an account report', () => {
    expect(withoutKnownExecutions(journal, report('old 1', 'new', 'old 2'))).toEqual(report('new'))
    expect(withoutKnownExecutions(journal, report('old 1'))).toEqual(report())
  })
})
