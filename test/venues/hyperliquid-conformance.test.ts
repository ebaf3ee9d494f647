import { describe, expect, it } from 'vitest'
import {
  type AdapterEnvironment,
  createHyperliquidAdapter,
  createNodeEnvironment,
} from '../../src/adapters/mod.ts'
import type { ConformanceStage } from '../../src/adapters/venues/conformance/stage.ts'
import { playCard, venueConformance } from '../../src/adapters/venues/conformance.ts'
import { serveVenue } from '../../src/app/simulators/hyperliquid/server.ts'
import type { Event } from '../../src/core/mod.ts'
import { createFaultyEnvironment } from '../support/faulty-environment.ts'
import { assemble, openInMemory, optionsFor, startAt } from '../support/hyperliquid-conformance.ts'
import { approve, createMemoryNonceStore, testKey } from '../support/hyperliquid-stage.ts'
import { createQuietVenue } from '../support/hyperliquid-venue.ts'

async function openOverLoopback(beforeFunding: boolean): Promise<ConformanceStage> {
  const real = createNodeEnvironment()
  const offset = startAt(beforeFunding) - real.now()
  const clocked: AdapterEnvironment = { ...real, now: () => real.now() + offset }
  const quiet = createQuietVenue({ startTime: clocked.now(), now: clocked.now })
  const server = await serveVenue(quiet.venue, {
    port: 0,
    now: clocked.now,
    stepMs: 10,
    failed: (error) => {
      throw error
    },
  })
  const faulty = createFaultyEnvironment(clocked)
  const nonceStore = createMemoryNonceStore()
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const shared = assemble({
    faults: faulty.faults,
    makeAdapter: () =>
      createHyperliquidAdapter({
        ...optionsFor(faulty.environment, {
          nonceStore,
          restUrl: `http://127.0.0.1:${server.port}`,
          socketUrl: `ws://127.0.0.1:${server.port}/ws`,
        }),
        // Short enough for a test, long enough for a machine that is busy.
        requestTimeoutMs: 2_000,
      }),
    abandon: () => faulty.faults.disconnect(),
  })
  return Object.defineProperties(
    {
      settle: (promise) => promise,
      run: pause,
      async until(condition, limitMs) {
        for (let waited = 0; waited < limitMs && !condition(); waited += 5) await pause(5)
        return condition()
      },
      counterparty: quiet.counterparty,
      async close() {
        await shared.adapter.stop()
        await server.close()
        quiet.venue.close()
      },
    } as ConformanceStage,
    Object.getOwnPropertyDescriptors(shared),
  )
}

const noReplace = 'orders are canceled and placed anew: capability replace is not declared'

venueConformance('Hyperliquid in memory', {
  open: ({ beforeFunding }) => openInMemory(beforeFunding),
  approve,
  skips: Object.fromEntries(['V28', 'V29', 'V30', 'V31'].map((id) => [id, noReplace])),
})

venueConformance('Hyperliquid over loopback', {
  open: ({ beforeFunding }) => openOverLoopback(beforeFunding),
  approve,
  cards: ['V01', 'V04', 'V05', 'V07', 'V08', 'V10', 'V12', 'V16', 'V23'],
})

/** What a faulty adapter would tell instead of an event: nothing, or other events. */
type Sabotage = (event: Event, state: { lost: boolean; count: number }) => readonly Event[]

const sabotages: Readonly<Record<string, readonly [card: string, sabotage: Sabotage]>> = {
  'takes a failed query for a flat account': [
    'V10',
    (event) => {
      if (event.kind !== 'accountQueryFailed') return [event]
      const account = { openOrders: [], positions: [], balances: [], executions: [] }
      const { receivedTime } = event
      return [{ kind: 'accountReported', receivedTime, venueTime: receivedTime, account }]
    },
  ],
  'takes a lost reply for a rejection': [
    'V07',
    (event) =>
      event.kind === 'orderReported' && event.report.evidence === 'unknown'
        ? [{ ...event, report: { ...event.report, evidence: 'rejected', code: 'other' } }]
        : [event],
  ],
  'forgets fills of the time it was away': [
    'V08',
    (event, state) => {
      if (event.kind === 'streamStatus' && event.status === 'disconnected') state.lost = true
      return state.lost && event.kind === 'executed' ? [] : [event]
    },
  ],
  'gives a repeated fill another id': [
    'V09',
    (event, state) => {
      if (event.kind !== 'executed') return [event]
      const executionId = `${event.execution.executionId}/${state.count++}`
      return [event, { ...event, execution: { ...event.execution, executionId } }]
    },
  ],
  'says nothing about the rest of an IOC order': [
    'V27',
    (event) =>
      event.kind === 'orderReported' && event.report.evidence === 'canceled' ? [] : [event],
  ],
  'drops orders in silence': [
    'V26',
    (event, state) => (event.kind === 'orderReported' && state.count++ > 50 ? [] : [event]),
  ],
  'lets time run backwards': [
    'V05',
    (event, state) => [{ ...event, receivedTime: event.receivedTime - state.count++ }],
  ],
  'tells the key': [
    'V02',
    (event) =>
      event.kind === 'orderReported'
        ? [{ ...event, report: { ...event.report, text: `signed with ${testKey}` } }]
        : [event],
  ],
}

describe('the suite itself', () => {
  it.each(Object.entries(sabotages))('catches an adapter that %s', async (_, [card, sabotage]) => {
    const play = playCard(card, {
      approve,
      async open({ beforeFunding }) {
        const stage = await openInMemory(beforeFunding)
        const { adapter } = stage
        const state = { lost: false, count: 0 }
        const sabotaged = Object.create(adapter, {
          start: {
            value: (sink: typeof stage.sink) =>
              adapter.start({
                market: (batch) => sink.market(batch),
                event(event) {
                  for (const each of sabotage(event, state)) sink.event(each)
                },
              }),
          },
        })
        return Object.create(stage, { adapter: { value: sabotaged } }) as ConformanceStage
      },
    })
    await expect(play).rejects.toThrow()
  })
})
