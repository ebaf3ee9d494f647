import { expect, it } from 'vitest'
import { createAlpacaAdapter } from '../../src/adapters/mod.ts'
import { createFaultPlan } from '../../src/app/simulators/faults.ts'
import {
  createRandom,
  type Effect,
  Engine,
  type Event,
  type Instrument,
  type MarketBatch,
  MarketCursor,
  quantity,
  type Strategy,
} from '../../src/core/mod.ts'
import {
  createQuietAlpaca,
  demoKey,
  demoSecret,
  keepRunning,
  type QuietAlpaca,
} from '../support/alpaca-venue.ts'
import { finish } from '../support/hyperliquid-stage.ts'
import { createVirtualEnvironment } from '../support/virtual-environment.ts'

const START_TIME = 1_790_000_100_000_000
const SECOND = 1_000_000
const FAULTY_SECONDS = 600
const rates = {
  commandRefused: 0.03,
  commandLost: 0.05,
  replyLost: 0.15,
  replyFailed: 0.05,
  replyLate: 0.1,
  queryFailed: 0.1,
  queryLost: 0.02,
  privateLost: 0.05,
  privateRepeated: 0.1,
  privateLate: 0.2,
  marketLost: 0.02,
  marketRepeated: 0.05,
  disconnected: 0.01,
  snapshotMissing: 0,
}

/** Always in the market: rests at the best bid until it has all it wanted, then sells at once. */
const restless: Strategy<unknown> = {
  id: 'restless',
  init: () => null,
  on(trigger, view, _state, output) {
    if (trigger.kind !== 'heartbeat' || view.isWorking(0) !== null) return
    const common = { instrument: 0, reason: 'test' } as const
    if (view.position(0) > 0) output.intent({ kind: 'exit', urgency: 'aggressive', ...common })
    else {
      const lots = quantity(8_001)
      output.intent({ kind: 'enter', side: 'buy', quantity: lots, urgency: 'passive', ...common })
    }
  },
}

const engineOf = (instruments: readonly Instrument[]): Engine =>
  new Engine({
    instruments,
    signal: {
      source: 'mid',
      intervalUs: 60 * SECOND,
      window: 3,
      current: 'include',
      maxGap: 5,
      trendWindow: 0,
      imbalanceLevels: 20,
    },
    executor: {
      takerSlippageMax: 0.001,
      makerLifetimeUs: 60 * SECOND,
      makerRepricesMax: 20,
      exitEscalationUs: SECOND,
      retryPauseUs: SECOND,
      answerTimeoutUs: 5 * SECOND,
      repriceDrift: 0.001,
      repriceIntervalUs: 2 * SECOND,
    },
    limits: {
      orderNotionalMax: null,
      positionNotionalMax: 6_000,
      grossNotionalMax: null,
      netNotionalMax: null,
      positionsMax: 1,
      leverageMax: null,
      ordersPerMinuteMax: null,
      breakers: [],
      priceBandMax: null,
      bookAgeMaxUs: 60 * SECOND,
      accountAgeMaxUs: null,
    },
    strategy: restless,
    bookCapacity: 32,
    trace: 'changes',
    reconcileIntervalUs: 30 * SECOND,
    onDifference: 'stop',
  })

/** The core before the real adapter before a venue, all in one virtual time. */
async function play(seed: number, isFaulty: boolean) {
  let quiet: QuietAlpaca | null = null
  const environment = createVirtualEnvironment({
    startTime: START_TIME,
    latency: { requestUs: 20_000, replyUs: 15_000, socketOutUs: 10_000, socketInUs: 12_000 },
    route: {
      http: (request) => quiet!.route.http(request),
      socket: (input) => quiet!.route.socket(input),
    },
  })
  const untilTime = START_TIME + FAULTY_SECONDS * SECOND
  quiet = createQuietAlpaca({
    startTime: START_TIME,
    now: () => environment.now(),
    ...(isFaulty ? { faults: createFaultPlan({ seed, rates, untilTime }) } : {}),
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
    trades: false,
  })
  const engine = engineOf(await finish(environment, adapter.loadInstruments(['BTC/USD'])))
  const effects: Effect[] = []
  const flush = (): void => {
    while (engine.hasEffects) {
      for (const effect of engine.takeEffects()) {
        effects.push(effect)
        if (effect.kind === 'submitOrder') {
          if (effect.replaces === undefined) adapter.submit(effect.order)
          else adapter.replace!(effect.order, effect.replaces)
        }
        if (effect.kind === 'cancelOrder') adapter.cancel(effect.cancel)
        else if (effect.kind === 'queryOrder') adapter.queryOrder(effect.clientOrderId)
        else if (effect.kind === 'queryAccount') adapter.queryAccount(effect.since)
      }
    }
  }
  const tell = (event: Event): void => {
    engine.step(event)
    flush()
  }
  const cursor = new MarketCursor()
  const market = (batch: MarketBatch): void => {
    for (let i = 0; i < batch.count; i++) {
      cursor.load(batch, i)
      engine.stepMarket(cursor)
    }
    flush()
  }
  const receivedTime = environment.now()
  tell({
    kind: 'sessionStarted',
    receivedTime,
    mode: 'drill',
    sessionId: '0123456789abcdef',
    seed,
    resumed: false,
    configurationHash: '',
    dataHash: '',
    codeHash: '',
  })
  await finish(environment, adapter.start({ event: tell, market }))
  const random = createRandom(seed)
  let shift = 0
  const second = async (isMoving: boolean): Promise<void> => {
    await environment.run(300)
    if (isMoving && random.next() < 0.4) {
      shift += (random.next() < 0.6 ? 1 : -1) * Math.floor(random.next() * 12_000)
      quiet!.move(shift)
    }
    await environment.run(Math.floor(random.next() * 600))
    if (random.next() < 0.5) {
      const lots = Math.floor(random.next() * 6_000_000) / 1_000
      const at = 5_000_000 + shift - Math.floor(random.next() * 3)
      quiet!.counterparty('sell', at as never, lots)
    }
    await environment.run(100)
    tell({ kind: 'heartbeat', receivedTime: environment.now() })
  }
  while (environment.now() < untilTime - 60 * SECOND) await second(true)
  const by = {
    actor: 'test',
    reason: 'test',
    commandId: '1',
    command: { kind: 'flatten' },
  } as const
  tell({ kind: 'operatorCommanded', receivedTime: environment.now(), ...by })
  while (environment.now() < untilTime + 120 * SECOND) await second(false)
  await finish(environment, adapter.stop())
  return { engine, effects, account: quiet.venue.state.accounts[0]! }
}

type Played = Awaited<ReturnType<typeof play>>

const replacements = ({ effects }: Played): number =>
  effects.filter((effect) => effect.kind === 'submitOrder' && effect.replaces !== undefined).length

/** Nothing is open anywhere, and the core holds what the venue holds, to its last unit. */
function expectAgreement({ engine, account }: Played): void {
  const { ledger, orders, works } = engine.world
  const venueOrders = [...account.open].map((id) => account.orders.get(id)!.clientOrderId)
  expect({ works, venueOrders }).toEqual({ works: [null], venueOrders: [] })
  expect([...orders.allActive()].map(({ order, state }) => [order, state])).toEqual([])
  const units = account.positions.get(0)?.qty ?? 0n
  expect(ledger.balance('asset:BTC/USD', 'BTC')).toBe(units)
  const cash = Number(account.cash / 10n - ledger.cash('USD'))
  expect(Math.abs(cash)).toBeLessThanOrEqual(engine.world.counters.fills)
  for (const currency of ['USD', 'BTC']) expect(ledger.imbalanceOfBooks(currency)).toBe(0n)
}

it('makers are moved by the venue’s replace and fill what they wanted, to the unit', async () => {
  const played = await play(1, false)
  expect(replacements(played)).toBeGreaterThan(20)
  expect(played.engine.world.counters.fills).toBeGreaterThan(20)
  expectAgreement(played)
  const found = played.effects.filter(({ kind }) => kind === 'alert' || kind === 'differenceFound')
  expect(found).toEqual([])
  // Dust aside, all was sold: less than the venue's smallest order is left.
  expect(played.engine.view.position(0)).toBe(0)
  // Nothing of an intent was bought twice.
  const bought = new Map<string, number>()
  for (const { order, filledQuantity } of played.engine.world.orders.records()) {
    if (order.side === 'sell') continue
    bought.set(order.intentId, (bought.get(order.intentId) ?? 0) + filledQuantity)
  }
  for (const lots of bought.values()) expect(lots).toBeLessThanOrEqual(8_001)
}, 60_000)

it.each([
  1, 2, 3, 4, 5, 6,
])('whatever the network does to replacements, both sides agree in the end (seed %i)', async (seed) => {
  const played = await play(seed, true)
  expect(replacements(played)).toBeGreaterThan(5)
  expectAgreement(played)
}, 60_000)
