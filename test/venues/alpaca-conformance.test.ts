import { type AdapterEnvironment, createAlpacaAdapter } from '../../src/adapters/mod.ts'
import type { ConformanceStage } from '../../src/adapters/venues/conformance/stage.ts'
import { venueConformance } from '../../src/adapters/venues/conformance.ts'
import { createRecordingSink } from '../../src/adapters/venues/recording-sink.ts'
import {
  createQuietAlpaca,
  demoKey,
  demoSecret,
  keepRunning,
  type QuietAlpaca,
  quietAsks,
  quietBids,
} from '../support/alpaca-venue.ts'
import { createFaultyEnvironment } from '../support/faulty-environment.ts'
import { approve, finish } from '../support/hyperliquid-stage.ts'
import { createVirtualEnvironment } from '../support/virtual-environment.ts'

/** A quarter past some hour. */
const START_TIME = 1_789_999_200_000_000 + 900_000_000

/** An environment that can die: nothing of it happens any more, as of a killed process. */
function mortal(inner: AdapterEnvironment): AdapterEnvironment & { kill(): void } {
  let isDead = false
  const never = new Promise<never>(() => undefined)
  return {
    now: () => inner.now(),
    setTimer: (callback, delayMs) =>
      inner.setTimer(() => (isDead ? undefined : callback()), delayMs),
    clearTimer: (handle) => inner.clearTimer(handle),
    fetch: (url, init) => (isDead ? never : inner.fetch(url, init)),
    openSocket: (url, handlers) => inner.openSocket(url, handlers),
    kill() {
      isDead = true
    },
  }
}

async function open(): Promise<ConformanceStage> {
  let quiet: QuietAlpaca | null = null
  const opened = (): QuietAlpaca => {
    if (quiet === null) throw new Error('the venue exists before the first request')
    return quiet
  }
  const environment = createVirtualEnvironment({
    startTime: START_TIME,
    latency: { requestUs: 20_000, replyUs: 15_000, socketOutUs: 10_000, socketInUs: 12_000 },
    route: {
      http: (request) => opened().route.http(request),
      socket: (input) => opened().route.socket(input),
    },
  })
  quiet = createQuietAlpaca({ startTime: START_TIME, now: () => environment.now() })
  keepRunning(quiet.venue, environment)
  const { environment: faulty, faults } = createFaultyEnvironment(environment)
  const on = { replies: false, requests: false, queries: false }
  faults.http = ({ method }) => {
    const isCommand = method !== 'GET'
    if (isCommand && on.requests) return 'loseRequest'
    if (isCommand && on.replies) return 'loseReply'
    if (!isCommand && on.queries) {
      return { status: 502, contentType: 'text/plain', body: 'Bad Gateway' }
    }
    return 'none'
  }
  const begin = () => {
    const process = mortal(faulty)
    const adapter = createAlpacaAdapter({
      environment: process,
      tradingUrl: 'http://venue.test',
      dataUrl: 'http://venue.test',
      accountStreamUrl: 'ws://venue.test/stream',
      dataStreamUrl: 'ws://venue.test/v1beta3/crypto/us',
      keyId: demoKey,
      secret: demoSecret,
      trades: true,
    })
    return { process, adapter, sink: createRecordingSink() }
  }
  let running = begin()
  return {
    get adapter() {
      return running.adapter
    },
    get sink() {
      return running.sink
    },
    symbol: 'BTC/USD',
    bids: quietBids,
    asks: quietAsks,
    secrets: [demoSecret],
    fundingInMs: 0,
    faults: {
      loseReplies(isOn) {
        on.replies = isOn
      },
      loseRequests(isOn) {
        on.requests = isOn
      },
      failQueries(isOn) {
        on.queries = isOn
      },
      repeatFrames(isOn) {
        faults.frame = isOn ? () => 'double' : null
      },
      cutStreams(isOn) {
        faults.refusesSockets = isOn
        if (isOn) faults.disconnect()
      },
    },
    settle: (promise) => finish(environment, promise),
    run: (ms) => environment.run(ms),
    until: (condition, limitMs) => environment.runUntilTrue(condition, limitMs),
    async counterparty(side, price, lots) {
      opened().counterparty(side, price, lots)
      await environment.run(1)
    },
    async restart() {
      running.process.kill()
      faults.disconnect()
      running = begin()
    },
    async close() {
      await finish(environment, running.adapter.stop())
      opened().venue.close()
    },
  }
}

venueConformance('Alpaca in memory', {
  open,
  approve,
  skips: {
    V02: 'the venue has no post-only orders: capability postOnly is false',
    V14: 'coins pay no funding',
  },
})
