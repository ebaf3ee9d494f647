import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AdapterEnvironment,
  hyperliquidPerpetual,
  type InputError,
  sessionPaths,
  type VenueAdapter,
  type VenueSink,
} from '../../adapters/mod.ts'
import { MarketWriter, moneyFromNumber, quantity, type Strategy } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { startLiveSession } from './live-session.ts'
import { countSent, interruption } from './start-session.ts'

const SECOND = 1_000_000

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Enters at every bar. */
const eager: Strategy<unknown> = {
  id: 'eager',
  init: () => null,
  on(trigger, view, _state, output) {
    if (trigger.kind !== 'barClosed' || view.isWorking(0) !== null) return
    const urgency = 'passive'
    output.intent({
      ...{ kind: 'enter', instrument: 0, side: 'buy', quantity: quantity(100), urgency },
      reason: 'eager',
    })
  },
}

/** A venue that feeds `seconds` of books while it starts, and never says that it is up. */
function startInterrupted(seconds: number, answersCancels: boolean) {
  const sent: string[] = []
  let now = 1_800_000_000 * SECOND
  let sink: VenueSink | null = null
  let giveUp: (error: unknown) => void = () => {}
  const abandoned = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  abandoned.catch(() => {})
  const environment = {
    now: () => now,
    setTimer(callback: () => void, ms: number) {
      now += ms * 1000
      setImmediate(callback)
      return { id: 0 }
    },
    clearTimer: () => {},
  } as unknown as AdapterEnvironment
  const report = (clientOrderId: string, evidence: 'accepted' | 'canceled') =>
    sink!.event({
      ...{ kind: 'orderReported', receivedTime: now, venueTime: now },
      report: { clientOrderId, venueOrderId: '1', evidence, code: null, text: '' } as never,
    })
  const adapter = {
    venue: 'hyperliquid',
    capabilities: { bookCadenceUs: SECOND, bookLevels: 1 },
    loadInstruments: async () => [hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })],
    loadBars: async () => [],
    start(given: VenueSink) {
      sink = given
      for (const stream of ['book', 'account'] as const) {
        const instrument = stream === 'book' ? 0 : null
        const status = { stream, instrument, status: 'connected' } as const
        given.event({ kind: 'streamStatus', receivedTime: now, ...status })
      }
      for (let second = 0; second < seconds; second++) {
        now += SECOND
        const writer = new MarketWriter()
        const head = { receivedTime: now, venueTime: now, instrument: 0 }
        writer.snapshot(head, [640_000, 1e5], [640_010, 1e5])
        given.market(writer.batch())
      }
      giveUp(interruption())
      return new Promise<never>(() => {})
    },
    submit({ clientOrderId }: { clientOrderId: string }) {
      sent.push('order')
      report(clientOrderId, 'accepted')
    },
    cancel({ clientOrderId }: { clientOrderId: string }) {
      sent.push('cancel')
      if (answersCancels) report(clientOrderId, 'canceled')
    },
    queryOrder: () => {},
    queryAccount() {
      const balances = [{ currency: 'USDC', amount: moneyFromNumber(10_000) }]
      const account = { openOrders: [], positions: [], balances, executions: [] }
      sink!.event({ kind: 'accountReported', receivedTime: now, venueTime: now, account })
    },
    stop: async () => {
      sent.push('stopped')
    },
  } as unknown as VenueAdapter
  const { config } = parseConfig(
    'name: eager\nvenue: { instruments: [BTC] }\nsignal: { interval: 1s, window: 2, trendWindow: 0 }\nstrategy: { trendGate: false }',
    'eager.yaml',
  )
  const ended = startLiveSession({
    ...{ mode: 'paper', config, strategy: eager, configurationHash: '', codeHash: '' },
    ...{ paths: sessionPaths('start', folder), resume: false, adapter, environment },
    tap: () => ({ event() {}, market() {}, effects() {}, committed() {} }),
    failed: () => {},
    abandoned: [abandoned],
  }).then(
    () => expect.fail('it came up'),
    (error: InputError) => error,
  )
  return { ended, sent }
}

describe('a start that a person interrupts', () => {
  it('says that no order was sent where none was', async () => {
    const { ended, sent } = startInterrupted(0, true)
    expect(await ended).toMatchObject({
      code: 'ORN-RUN-001',
      exitCode: 130,
      details: ['no order was sent to the venue'],
    })
    expect(sent).toEqual(['stopped'])
  })

  it('cancels what it sent before the session was up, and says so', async () => {
    const { ended, sent } = startInterrupted(6, true)
    expect(await ended).toMatchObject({
      code: 'ORN-RUN-001',
      details: ['sent to the venue before: 1 order, 1 cancel', 'no order of this session is open'],
    })
    expect(sent).toEqual(['order', 'cancel', 'stopped'])
  })

  it('says what may be left where the venue does not answer', async () => {
    const { ended } = startInterrupted(6, false)
    expect((await ended).details[1]).toBe(
      '1 order may still be open at the venue; --resume finds out',
    )
  })
})

describe('counting what is sent', () => {
  const calls: string[] = []
  const router = {
    submit: () => calls.push('submit'),
    cancel: () => calls.push('cancel'),
    queryOrder: () => calls.push('query'),
    queryAccount: () => calls.push('account'),
  }

  it('passes a replacement on as one, and has none where the venue cannot', () => {
    expect(countSent(router).router.replace).toBeUndefined()
    const sent = countSent({ ...router, replace: () => calls.push('replace') })
    sent.router.replace!({} as never, {} as never)
    expect(calls).toEqual(['replace'])
    expect([sent.orders, sent.cancels]).toEqual([1, 0])
  })
})
