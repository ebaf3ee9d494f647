import {
  createHyperliquidAdapter,
  type HyperliquidAdapter,
  type HyperliquidOptions,
  type NonceStore,
  type VenueNotice,
} from '../../src/adapters/mod.ts'
import {
  createRecordingSink,
  type RecordingSink,
} from '../../src/adapters/venues/recording-sink.ts'
import {
  type Approved,
  type CancelOrder,
  type NewOrder,
  price,
  quantity,
} from '../../src/core/mod.ts'
import { createFaultyEnvironment, type Faults } from './faulty-environment.ts'
import { createScriptedVenue, type ScriptedVenue } from './scripted-venue.ts'
import { createVirtualEnvironment, type VirtualEnvironment } from './virtual-environment.ts'

/** A throw-away key that exists only in tests, and its address. */
export const testKey = `0x${'4c'.repeat(32)}`
export const testAddress = '0xdb00079cad3e665853bf766efe26f4c38cdbdcda'
export const startTime = 1_790_000_000_000_000
export const startMs = startTime / 1000

/** Test double of the risk gate: approves everything. */
export const approve = <Command>(command: Command): Approved<Command> =>
  command as Approved<Command>

/** A buy of 0.001 BTC at 50,000 (instrument 1 of the stage). */
export const order = (id: number, changes: Partial<NewOrder> = {}): Approved<NewOrder> =>
  approve({
    clientOrderId: id.toString(16).padStart(32, '0'),
    intentId: `intent-${id}`,
    instrument: 1,
    side: 'buy',
    price: price(500_000),
    quantity: quantity(100),
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    arrivalPrice: null,
    ...changes,
  })

export const cancelOf = (target: NewOrder): Approved<CancelOrder> => {
  const { clientOrderId, instrument } = target
  return approve({ clientOrderId, instrument, venueOrderId: null })
}

/** A nonce store in memory; `saved` lists every nonce in order. */
export function createMemoryNonceStore(): NonceStore & { readonly saved: number[] } {
  const saved: number[] = []
  return {
    saved,
    last: () => saved.at(-1) ?? 0,
    save(nonce) {
      saved.push(nonce)
    },
  }
}

/** An adapter with ETH (0) and BTC (1) before a scripted venue. */
export interface Stage {
  readonly adapter: HyperliquidAdapter
  readonly venue: ScriptedVenue
  readonly environment: VirtualEnvironment
  readonly faults: Faults
  readonly sink: RecordingSink
  readonly notices: VenueNotice[]
  readonly nonceStore: ReturnType<typeof createMemoryNonceStore>
  /** Loads the instruments and starts; fails the test when that does not end in 20 s. */
  start(): Promise<void>
}

export function createStage(changes: Partial<HyperliquidOptions> = {}): Stage {
  const venue = createScriptedVenue()
  const environment = createVirtualEnvironment({ startTime, route: venue.route })
  const faulty = createFaultyEnvironment(environment)
  const sink = createRecordingSink()
  const notices: VenueNotice[] = []
  const nonceStore = createMemoryNonceStore()
  venue.info['userRole'] = { role: 'user' }
  const adapter = createHyperliquidAdapter({
    environment: faulty.environment,
    restUrl: 'http://venue.test',
    socketUrl: 'ws://venue.test/ws',
    isTestnet: true,
    userAddress: testAddress,
    privateKey: testKey,
    bookStream: 'l2Book',
    trades: true,
    nonceStore,
    notice: (notice) => notices.push(notice),
    ...changes,
  })
  return {
    adapter,
    venue,
    environment,
    faults: faulty.faults,
    sink,
    notices,
    nonceStore,
    async start() {
      await finish(environment, adapter.loadInstruments(['ETH', 'BTC']))
      await finish(environment, adapter.start(sink))
    },
  }
}

/** Runs virtual time until the promise settles; throws what it threw. */
export async function finish<Value>(
  environment: VirtualEnvironment,
  promise: Promise<Value>,
  limitMs = 120_000,
): Promise<Value> {
  let isSettled = false
  const settled = promise.finally(() => {
    isSettled = true
  })
  settled.catch(() => undefined)
  const ended = await environment.runUntilTrue(() => isSettled, limitMs)
  if (!ended) throw new Error(`nothing settled within ${limitMs} virtual ms`)
  return settled
}
