import { describe, expect, it } from 'vitest'
import { createAlpacaAdapter } from '../../src/adapters/mod.ts'
import { createRecordingSink } from '../../src/adapters/venues/recording-sink.ts'
import { createFaultPlan } from '../../src/app/simulators/faults.ts'
import { createRandom, Ledger, type Price, quantity } from '../../src/core/mod.ts'
import {
  createQuietAlpaca,
  demoKey,
  demoSecret,
  keepRunning,
  type QuietAlpaca,
  quietAsks,
  quietBids,
} from '../support/alpaca-venue.ts'
import { approve, finish } from '../support/hyperliquid-stage.ts'
import { createVirtualEnvironment } from '../support/virtual-environment.ts'

const START_TIME = 1_790_000_100_000_000
const FAULTY_US = 240_000_000
const rates = {
  commandRefused: 0.03,
  commandLost: 0.03,
  replyLost: 0.05,
  replyFailed: 0.03,
  replyLate: 0.05,
  queryFailed: 0.1,
  queryLost: 0.02,
  privateLost: 0.02,
  privateRepeated: 0.1,
  privateLate: 0.1,
  marketLost: 0.05,
  marketRepeated: 0.05,
  disconnected: 0.02,
  snapshotMissing: 0.2,
}

describe('an adapter before a venue that fails in every way', () => {
  it.each([
    1, 2, 3, 4, 5, 6,
  ])('knows what the venue knows once it is well again (seed %i)', async (seed) => {
    let quiet: QuietAlpaca | null = null
    const environment = createVirtualEnvironment({
      startTime: START_TIME,
      latency: { requestUs: 20_000, replyUs: 15_000, socketOutUs: 10_000, socketInUs: 12_000 },
      route: {
        http: (request) => quiet!.route.http(request),
        socket: (input) => quiet!.route.socket(input),
      },
    })
    quiet = createQuietAlpaca({
      startTime: START_TIME,
      now: () => environment.now(),
      faults: createFaultPlan({ seed, rates, untilTime: START_TIME + FAULTY_US }),
    })
    keepRunning(quiet.venue, environment)
    const adapter = createAlpacaAdapter({
      environment,
      tradingUrl: 'http://venue.test',
      dataUrl: 'http://venue.test',
      accountStreamUrl: 'ws://venue.test/stream',
      dataStreamUrl: 'ws://venue.test/v1beta3/crypto/us',
      keyId: demoKey,
      secret: demoSecret,
      trades: true,
    })
    const sink = createRecordingSink()
    const instruments = await finish(environment, adapter.loadInstruments(['BTC/USD']))
    await finish(environment, adapter.start(sink))
    const random = createRandom(seed)
    const ids: string[] = []
    const held = (): bigint => {
      const known = new Map(sink.of('executed').map((e) => [e.execution.executionId, e.execution]))
      for (const { account } of sink.of('accountReported')) {
        for (const each of account.executions) known.set(each.executionId, each)
      }
      const ledger = new Ledger(instruments)
      for (const execution of known.values()) ledger.applyExecution(execution)
      return ledger.balance('asset:BTC/USD', 'BTC')
    }
    while (environment.now() < START_TIME + FAULTY_US) {
      const clientOrderId = (ids.length + 1).toString(16).padStart(32, '0')
      const side = random.next() < 0.6 ? ('buy' as const) : ('sell' as const)
      const isTaker = random.next() < 0.5
      const levels = (side === 'buy') === isTaker ? quietAsks : quietBids
      const price = levels[Math.floor(random.next() * 3)]![0] as Price
      adapter.submit(
        approve({
          clientOrderId,
          intentId: `intent-${ids.length}`,
          instrument: 0,
          side,
          price,
          quantity: quantity(300 + Math.floor(random.next() * 3_000)),
          timeInForce: isTaker ? 'ioc' : 'gtc',
          postOnly: false,
          reduceOnly: false,
          arrivalPrice: null,
        }),
      )
      ids.push(clientOrderId)
      await environment.run(300 + Math.floor(random.next() * 1_500))
      if (random.next() < 0.4) {
        quiet.counterparty(side === 'buy' ? 'sell' : 'buy', price, 60_000)
      }
      if (random.next() < 0.3) {
        const old = ids[Math.floor(random.next() * ids.length)]!
        adapter.cancel(approve({ clientOrderId: old, instrument: 0, venueOrderId: null }))
      }
      if (random.next() < 0.2) adapter.queryAccount(START_TIME)
    }
    await environment.run(60_000)
    for (const id of ids) if (sink.evidence(id).at(-1) === 'unknown') adapter.queryOrder(id)
    adapter.queryAccount(START_TIME)
    await environment.run(60_000)
    const { state } = quiet.venue
    const units = state.accounts[0]!.positions.get(0)?.qty ?? 0n
    const venueLots = Number(units / 1_000n)
    expect(held()).toBe(units)
    const { account } = sink.of('accountReported').at(-1)!
    expect(account.positions[0]?.quantity ?? 0).toBe(venueLots)
    const contents = new Map<string, string>()
    const all = [
      ...sink.of('executed').map(({ execution }) => execution),
      ...sink.of('accountReported').flatMap(({ account: { executions } }) => executions),
    ]
    // An order that was filled at once is told of by its executions alone.
    const filled = new Set(all.map((execution) => execution.clientOrderId))
    for (const id of ids) {
      const last = sink.evidence(id).at(-1) ?? (filled.has(id) ? 'filled' : 'nothing')
      expect(['nothing', 'unknown'], id).not.toContain(last)
    }
    for (const { fee, assetFee = 0n, ...rest } of all) {
      const text = JSON.stringify({ ...rest, fees: [fee, assetFee].map(String) })
      expect(contents.get(rest.executionId) ?? text).toBe(text)
      contents.set(rest.executionId, text)
    }
    await finish(environment, adapter.stop())
  })
})
