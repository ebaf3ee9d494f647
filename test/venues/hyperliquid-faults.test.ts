import { describe, expect, it } from 'vitest'
import { createHyperliquidAdapter } from '../../src/adapters/mod.ts'
import { createRecordingSink } from '../../src/adapters/venues/recording-sink.ts'
import { createFaultPlan, type FaultRates } from '../../src/app/simulators/faults.ts'
import {
  createRandom,
  type Event,
  type Execution,
  type NewOrder,
  price,
  quantity,
} from '../../src/core/mod.ts'
import {
  approve,
  cancelOf,
  createMemoryNonceStore,
  finish,
  order,
  startTime,
  testAddress,
  testKey,
} from '../support/hyperliquid-stage.ts'
import {
  createQuietVenue,
  keepRunning,
  type QuietVenue,
  quietAsks,
  quietBids,
} from '../support/hyperliquid-venue.ts'
import { createVirtualEnvironment } from '../support/virtual-environment.ts'

/** Everything at once, each often enough to happen several times in a run. */
const rates: FaultRates = {
  commandRefused: 0.03,
  commandRateLimited: 0.01,
  commandLost: 0.06,
  replyLost: 0.08,
  replyFailed: 0.04,
  replyLate: 0.1,
  queryFailed: 0.05,
  queryLost: 0.02,
  privateLost: 0.05,
  privateRepeated: 0.1,
  privateLate: 0.1,
  marketLost: 0.02,
  marketRepeated: 0.05,
  marketLate: 0.05,
  disconnected: 0.004,
  snapshotMissing: 0.2,
}
const TROUBLE_MS = 120_000
const ORDERS = 60

interface Outcome {
  readonly events: readonly Event[]
  /** Lots: by executions we were told of, and by the venue itself. */
  readonly ours: number
  readonly venues: number
  readonly repeated: number
  readonly faultsSeen: number
  /** Orders whose last evidence does not agree with the venue. */
  readonly wrong: readonly string[]
  readonly twice: readonly string[]
}

async function trade(seed: number): Promise<Outcome> {
  let opened: QuietVenue | null = null
  const delays = createRandom(seed + 1)
  const delay = (): number => 5_000 + delays.integer(60_000)
  const environment = createVirtualEnvironment({
    startTime,
    latency: { requestUs: delay, replyUs: delay, socketOutUs: delay, socketInUs: delay },
    idle: () => opened?.venue.idle() ?? Promise.resolve(),
    route: {
      http: (request) => opened!.route.http(request),
      socket: (input) => opened!.route.socket(input),
    },
  })
  const untilTime = startTime + TROUBLE_MS * 1000
  const quiet = createQuietVenue({
    startTime,
    now: () => environment.now(),
    faults: createFaultPlan({ seed, rates, untilTime }),
  })
  opened = quiet
  keepRunning(quiet.venue, environment)
  const adapter = createHyperliquidAdapter({
    environment,
    restUrl: 'http://venue.test',
    socketUrl: 'ws://venue.test/ws',
    isTestnet: true,
    userAddress: testAddress,
    privateKey: testKey,
    bookStream: 'l2BookFast',
    trades: true,
    nonceStore: createMemoryNonceStore(),
    weightPerMinute: 5_000,
    seed,
  })
  const sink = createRecordingSink()
  await finish(environment, adapter.loadInstruments(['BTC']))
  await finish(environment, adapter.start(sink))
  const random = createRandom(seed + 2)
  const sent: NewOrder[] = []
  for (let i = 1; i <= ORDERS; i++) {
    sent.push(act(i, random, adapter, sent))
    await environment.run(random.integer((TROUBLE_MS - 10_000) / ORDERS))
    const resting = sent[random.integer(sent.length)]!
    const side = resting.side === 'buy' ? 'sell' : 'buy'
    const trading = quiet.counterparty(side, resting.price, 1 + random.integer(300))
    // Below the minimum or against nobody it is refused: that is part of the market.
    await finish(
      environment,
      trading.catch(() => undefined),
    )
  }
  await environment.runUntil(untilTime)
  await environment.run(60_000)
  adapter.queryAccount(0)
  for (const { clientOrderId } of sent) adapter.queryOrder(clientOrderId)
  await environment.run(60_000)
  const outcome = judge(sent, sink.events, quiet)
  await finish(environment, adapter.stop())
  return outcome
}

/** A resting order inside the spread, an aggressive one, or a cancel with the next order. */
function act(
  id: number,
  random: ReturnType<typeof createRandom>,
  adapter: ReturnType<typeof createHyperliquidAdapter>,
  sent: readonly NewOrder[],
): NewOrder {
  if (sent.length > 0 && random.next() < 0.4) {
    adapter.cancel(cancelOf(sent[random.integer(sent.length)]!))
  }
  const isBuy = random.next() < 0.5
  const isAggressive = random.next() < 0.2
  const touch = isBuy ? quietAsks[1]![0] : quietBids[1]![0]
  const placed = order(id, {
    instrument: 0,
    side: isBuy ? 'buy' : 'sell',
    price: price(isAggressive ? touch : isBuy ? 500_010 : 500_040),
    quantity: quantity(100 + random.integer(400)),
    timeInForce: isAggressive ? 'ioc' : 'gtc',
  })
  adapter.submit(approve(placed))
  return placed
}

function judge(
  sent: readonly NewOrder[],
  events: readonly Event[],
  quiet: ReturnType<typeof createQuietVenue>,
): Outcome {
  const account = quiet.venue.state.accounts.get(testAddress)!
  const executions = new Map<string, Execution>()
  let repeated = 0
  const take = (execution: Execution): void => {
    if (executions.has(execution.executionId)) repeated++
    executions.set(execution.executionId, execution)
  }
  const last = new Map<string, string>()
  let faultsSeen = 0
  for (const event of events) {
    if (event.kind === 'executed') take(event.execution)
    else if (event.kind === 'accountReported') event.account.executions.forEach(take)
    else if (event.kind === 'orderReported') {
      last.set(event.report.clientOrderId, event.report.evidence)
      if (event.report.evidence === 'unknown') faultsSeen++
    } else if (event.kind === 'accountQueryFailed') faultsSeen++
    else if (event.kind === 'streamStatus' && event.status === 'disconnected') faultsSeen++
  }
  let ours = 0
  for (const { side, quantity: lots } of executions.values()) ours += side === 'buy' ? lots : -lots
  const wrong: string[] = []
  const twice: string[] = []
  for (const { clientOrderId } of sent) {
    const cloid = `0x${clientOrderId}`
    const record = account.byCloid.get(cloid)
    const evidence = last.get(clientOrderId)
    const expected =
      record === undefined
        ? ['notFound', 'rejected']
        : record.status === 'open'
          ? ['accepted']
          : record.status === 'filled'
            ? ['filled', 'canceled']
            : ['canceled', 'rejected']
    if (!expected.includes(evidence ?? '')) {
      wrong.push(`${clientOrderId}: ${evidence}, the venue says ${record?.status}`)
    }
    const same = [...account.open.values()].filter((each) => each.cloid === cloid)
    if (same.length > 1) twice.push(clientOrderId)
  }
  const venues = account.positions.get(0)?.lots ?? 0
  return { events, ours, venues, repeated, faultsSeen, wrong, twice }
}

describe('a live session under faults, in virtual time', () => {
  it.each([1, 2, 4, 117])('converges to the venue’s truth (seed %i)', async (seed) => {
    const outcome = await trade(seed)
    expect(outcome.faultsSeen).toBeGreaterThan(0)
    expect(outcome.wrong).toEqual([])
    expect(outcome.twice).toEqual([])
    expect(outcome.ours).toBe(outcome.venues)
    expect(outcome.events.filter(({ kind }) => kind === 'executed').length).toBeGreaterThan(3)
  })

  it('gives the same events for the same seed', async () => {
    const [first, second] = [await trade(42), await trade(42)]
    expect(first.events.length).toBeGreaterThan(100)
    expect(second.events).toEqual(first.events)
  })
})
