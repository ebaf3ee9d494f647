import {
  type AdapterEnvironment,
  createHyperliquidAdapter,
  type HyperliquidAdapter,
  type HyperliquidOptions,
} from '../../src/adapters/mod.ts'
import type { ConformanceStage } from '../../src/adapters/venues/conformance/stage.ts'
import { createRecordingSink } from '../../src/adapters/venues/recording-sink.ts'
import type { TimeUs } from '../../src/core/mod.ts'
import { createFaultyEnvironment, type Faults } from './faulty-environment.ts'
import { createMemoryNonceStore, finish, testAddress, testKey } from './hyperliquid-stage.ts'
import {
  createQuietVenue,
  keepRunning,
  type QuietVenue,
  quietAsks,
  quietBids,
} from './hyperliquid-venue.ts'
import { createVirtualEnvironment } from './virtual-environment.ts'

const HOUR_US = 3_600_000_000
const FUNDING_AHEAD_US = 4_000_000
/** A quarter past some hour, or moments before the next one. */
export const startAt = (beforeFunding: boolean): TimeUs =>
  1_790_000 * 1_000_000_000 -
  ((1_790_000 * 1_000_000_000) % HOUR_US) +
  (beforeFunding ? HOUR_US - FUNDING_AHEAD_US : HOUR_US / 4)

const isCommand = (path: string): boolean => path === '/exchange'

/** What the stages in memory and over loopback share. */
export function assemble(input: {
  readonly faults: Faults
  readonly makeAdapter: () => HyperliquidAdapter
  readonly abandon: () => void
}) {
  const { faults } = input
  const on = { replies: false, requests: false, queries: false }
  faults.http = ({ path }) => {
    if (isCommand(path) && on.requests) return 'loseRequest'
    if (isCommand(path) && on.replies) return 'loseReply'
    if (!isCommand(path) && on.queries) {
      return { status: 502, contentType: 'text/plain', body: 'Bad Gateway' }
    }
    return 'none'
  }
  let adapter = input.makeAdapter()
  let sink = createRecordingSink()
  return {
    get adapter() {
      return adapter
    },
    get sink() {
      return sink
    },
    symbol: 'BTC',
    bids: quietBids,
    asks: quietAsks,
    secrets: [testKey],
    fundingInMs: FUNDING_AHEAD_US / 1000 + 2_000,
    faults: {
      loseReplies(isOn: boolean) {
        on.replies = isOn
      },
      loseRequests(isOn: boolean) {
        on.requests = isOn
      },
      failQueries(isOn: boolean) {
        on.queries = isOn
      },
      repeatFrames(isOn: boolean) {
        faults.frame = isOn ? () => 'double' : null
      },
      cutStreams(isOn: boolean) {
        faults.refusesSockets = isOn
        if (isOn) faults.disconnect()
      },
    },
    async restart() {
      input.abandon()
      adapter = input.makeAdapter()
      sink = createRecordingSink()
    },
  }
}

/** Options of the account of the tests. */
export const optionsFor = (
  environment: AdapterEnvironment,
  rest: Pick<HyperliquidOptions, 'nonceStore' | 'restUrl' | 'socketUrl'>,
): HyperliquidOptions => ({
  environment,
  isTestnet: true,
  userAddress: testAddress,
  privateKey: testKey,
  bookStream: 'l2Book',
  trades: true,
  ...rest,
})

/** A stage in memory and in virtual time. */
export async function openInMemory(beforeFunding: boolean): Promise<ConformanceStage> {
  const startTime = startAt(beforeFunding)
  let quiet: QuietVenue | null = null
  const environment = createVirtualEnvironment({
    startTime,
    latency: { requestUs: 20_000, replyUs: 15_000, socketOutUs: 10_000, socketInUs: 12_000 },
    idle: () => quiet?.venue.idle() ?? Promise.resolve(),
    route: {
      http: (request) => opened().route.http(request),
      socket: (input) => opened().route.socket(input),
    },
  })
  const opened = (): QuietVenue => {
    if (quiet === null) throw new Error('the venue exists before the first request')
    return quiet
  }
  quiet = createQuietVenue({ startTime, now: () => environment.now() })
  keepRunning(quiet.venue, environment)
  const faulty = createFaultyEnvironment(environment)
  const nonceStore = createMemoryNonceStore()
  const shared = assemble({
    faults: faulty.faults,
    makeAdapter: () =>
      createHyperliquidAdapter(
        optionsFor(faulty.environment, {
          nonceStore,
          restUrl: 'http://venue.test',
          socketUrl: 'ws://venue.test/ws',
        }),
      ),
    abandon: () => faulty.faults.disconnect(),
  })
  return Object.defineProperties(
    {
      settle: (promise) => finish(environment, promise),
      run: (ms) => environment.run(ms),
      until: (condition, limitMs) => environment.runUntilTrue(condition, limitMs),
      async counterparty(side, price, lots) {
        await finish(environment, opened().counterparty(side, price, lots))
      },
      async close() {
        await finish(environment, shared.adapter.stop())
        opened().venue.close()
      },
    } as ConformanceStage,
    Object.getOwnPropertyDescriptors(shared),
  )
}
