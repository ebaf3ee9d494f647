import { privateKeyToAddress } from 'viem/accounts'
import {
  createHyperliquidAdapter,
  createNodeEnvironment,
  openNonceFile,
  sessionPaths,
} from '../src/adapters/mod.ts'
import { createSigner } from '../src/adapters/venues/hyperliquid/signing.ts'
import { parseConfig } from '../src/app/config/load.ts'
import { startLiveSession } from '../src/app/run/live-session.ts'
import { rehearsalKey, startVenueProcess } from '../src/app/run/venue-process.ts'
import { quantity, type Strategy } from '../src/core/mod.ts'
import { type Benchmark, quantile, type Result, significant } from './harness.ts'
import { createRequestWatch } from './request-watch.ts'

const SECONDS = 40
const NOTIONAL = 200
const SIGNATURES = 400

/** Bars end with frames, never with a heartbeat: every order is the answer to a frame. */
const configuration = `
name: bench
balance: 1000000
venue:
  instruments: [BTC, ETH, SOL, DOGE, AVAX, LINK, XRP, HYPE]
  bookStream: l2BookFast
  preseedBars: 0
signal: { source: mid, interval: 1s, window: 10, maxGap: 60, trendWindow: 0, imbalanceLevels: 5 }
heartbeat: 30s
strategy: { trendGate: false, costGate: off }
risk: { ordersPerMinuteMax: off, bookAgeMax: 60s }
execution: { answerTimeout: 60s }
`

/** Enters when flat and leaves when not, at the end of every bar. */
const alternating: Strategy<unknown> = {
  id: 'bench-alternating',
  init: () => ({}),
  on(trigger, view, _state, output) {
    if (trigger.kind !== 'barClosed') return
    const { instrument } = trigger
    const ask = view.bestAsk(instrument)
    if (ask === null || view.isWorking(instrument) !== null) return
    const reason = 'bench'
    const urgency = 'aggressive'
    if (view.position(instrument) !== 0) {
      return output.intent({ kind: 'exit', instrument, urgency, reason })
    }
    const { priceDecimals, quantityDecimals } = view.instrument(instrument)
    const lots = quantity(Math.ceil((NOTIONAL * 10 ** (priceDecimals + quantityDecimals)) / ask))
    output.intent({ kind: 'enter', instrument, side: 'buy', quantity: lots, urgency, reason })
  },
}

/** From a frame on the socket to the signed request, against a venue in its own process. */
export const signedRequest: Benchmark = {
  name: 'signed-request',
  summary: 'one signature; rehearsal: from a frame of the socket to the signed request leaving',
  async run({ folder, shrink }) {
    const { config, hash } = parseConfig(configuration, 'bench.yaml')
    const privateKey = rehearsalKey(config.seed)
    const userAddress = privateKeyToAddress(privateKey as `0x${string}`).toLowerCase()
    const paths = sessionPaths('bench', folder)
    let failure: unknown = null
    const failed = (error: unknown) => {
      failure ??= error
    }
    const venue = await startVenueProcess({
      stateDirectory: paths.venue,
      seed: config.seed,
      market: 'generated',
      model: 'zeroEdge',
      user: userAddress,
      deposit: config.balance,
      died: (text) => failed(new Error(text)),
    })
    const watch = createRequestWatch(createNodeEnvironment())
    const nonces = openNonceFile(`${paths.directory}/nonce`)
    const adapter = createHyperliquidAdapter({
      environment: watch.environment,
      restUrl: venue.restUrl,
      socketUrl: venue.socketUrl,
      isTestnet: false,
      userAddress,
      privateKey,
      bookStream: 'l2BookFast',
      trades: true,
      nonceStore: nonces,
      fillsSince: watch.environment.now(),
    })
    const live = await startLiveSession({
      mode: 'rehearse',
      config,
      strategy: alternating,
      configurationHash: hash,
      codeHash: '',
      paths,
      resume: false,
      adapter: watch.watch(adapter),
      environment: watch.environment,
      tap: () => ({ event() {}, market() {}, effects() {}, committed() {} }),
      failed,
    })
    await new Promise((resolve) => setTimeout(resolve, (SECONDS * 1000) / shrink))
    await live.stop('bench over')
    nonces.close()
    await venue.stop()
    if (failure !== null) throw failure
    return [
      await signing(privateKey, SIGNATURES / shrink),
      percentiles('frame to decision, durable', watch.decided),
      percentiles('frame to signed request', watch.sent),
      {
        name: 'orders per signature',
        value: significant(watch.sent.length / watch.batches.length),
        unit: 'mean',
        ratio: null,
        target: null,
        met: null,
        note: `${watch.batches.length} requests, the largest with ${Math.max(...watch.batches)}`,
      },
    ]
  },
}

/** An order of eight, hashed and signed, alone in this process: no journal and no venue beside it. */
async function signing(privateKey: string, count: number): Promise<Result> {
  const nonceStore = { last: () => 0, save: () => undefined }
  const now = (): number => Date.now() * 1000
  const signer = createSigner({ privateKey, isTestnet: false, nonceStore, now })
  const orders = Array.from({ length: 8 }, (_, i) => ({
    asset: i,
    isBuy: true,
    price: '50000',
    size: '0.001',
    reduceOnly: false,
    timeInForce: 'Ioc' as const,
    cloid: `0x${i.toString(16).padStart(32, '0')}`,
  }))
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    JSON.stringify(await signer.orders(orders, Date.now()))
    times.push(performance.now() - start)
  }
  return percentiles('eight orders hashed, signed and written', times.slice(times.length / 4))
}

function percentiles(name: string, times: readonly number[]): Result {
  if (times.length === 0) throw new Error(`${name}: no order was sent`)
  const at = (share: number) => significant(quantile(times, share))
  return {
    name,
    value: at(0.5),
    unit: 'ms p50',
    ratio: null,
    target: null,
    met: null,
    note: `p99 ${at(0.99)} ms of ${times.length}`,
  }
}
