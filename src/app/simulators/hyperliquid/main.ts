import { InputError } from '../../../adapters/mod.ts'
import type { TimeUs } from '../../../core/mod.ts'
import { defaultUniverse } from '../market/generator.ts'
import { createFaultPlan } from './faults.ts'
import { loadRecordings } from './market/load-recordings.ts'
import type { MarketSpec } from './market/spec.ts'
import { type ProcessOptions, readProcessOptions } from './options.ts'
import { serveVenue } from './server.ts'
import { openSqliteStore } from './store/sqlite-store.ts'
import { createHyperliquidVenue, type HyperliquidVenue, venueLimits } from './venue.ts'

const STEP_MS = 10
const CHECKPOINT_MS = 300_000
/** A new market begins this long before now, so that its books are there at once. */
const HEAD_START_US = 2_000_000

/** The simulated venue as a process: one JSON line on standard output when it is ready. */
async function main(): Promise<void> {
  const options = readProcessOptions(process.argv.slice(2), process.stdin.isTTY === true)
  const market = await chooseMarket(options)
  const store = openSqliteStore(options.stateFolder)
  const isResumed = store.readIdentity() !== null
  const clock = createClock()
  const venue = createHyperliquidVenue({
    market,
    store,
    seed: options.seed,
    startTime: clock.now() - HEAD_START_US,
    now: clock.now,
    users: options.users,
    network: options.network,
    queueModel: options.queueModel,
    latencyUs: options.latencyMs * 1000,
    cadences: { slowBookUs: options.slowBookMs * 1000, fastBookUs: options.fastBookMs * 1000 },
    ...(options.enforcesLimits ? { limits: venueLimits } : {}),
    ...(options.faults === null ? {} : { faults: createFaultPlan(options.faults) }),
  })
  clock.notBefore(venue.state.time)
  venue.advance(clock.now())
  venue.checkpoint()
  const stop = (code: number): void => {
    venue.checkpoint()
    venue.close()
    process.exit(code)
  }
  const server = await serveVenue(venue, {
    port: options.port,
    now: clock.now,
    stepMs: STEP_MS,
    failed: (error) => fail(error),
  })
  setInterval(() => venue.checkpoint(), CHECKPOINT_MS)
  obeySignals(options, stop)
  announce(options, venue, { port: server.port, isResumed })
}

/** Ctrl-C in a terminal reaches the whole process group: a supervised venue outlives it. */
function obeySignals(options: ProcessOptions, stop: (code: number) => void): void {
  process.on('SIGTERM', () => stop(0))
  process.stdout.on('error', () => {})
  if (!options.isSupervised) {
    process.on('SIGINT', () => stop(130))
    return
  }
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
  process.stdin.on('error', () => {})
  let isEnding = false
  const end = (): void => {
    if (!isEnding) setTimeout(() => stop(0), options.graceMs)
    isEnding = true
  }
  process.stdin.on('end', end)
  process.stdin.on('close', end)
  process.stdin.resume()
}

function announce(
  options: ProcessOptions,
  venue: HyperliquidVenue,
  running: { readonly port: number; readonly isResumed: boolean },
): void {
  const { port, isResumed } = running
  const line = {
    ready: true,
    port,
    url: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/ws`,
    pid: process.pid,
    seed: options.seed,
    market: options.recordings === null ? 'generated' : 'recorded',
    coins: venue.instruments.map(({ symbol }) => symbol),
    resumed: isResumed,
    time: venue.state.time,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function chooseMarket(options: ProcessOptions): Promise<MarketSpec> {
  if (options.recordings !== null) {
    return { kind: 'recorded', recordings: await loadRecordings(options.recordings) }
  }
  const universe = defaultUniverse()
  const wanted = options.coins ?? universe.map(({ instrument }) => instrument.symbol)
  const instruments = wanted.map((coin, id) => {
    const found = universe.find(({ instrument }) => instrument.symbol === coin)
    if (found !== undefined) return { ...found, instrument: { ...found.instrument, id } }
    throw new InputError({
      code: 'ORN-SIM-007',
      exitCode: 2,
      message: `--coins: ${coin} is not in the generated universe`,
      details: [`allowed: ${universe.map(({ instrument }) => instrument.symbol).join(', ')}`],
    })
  })
  return { kind: 'generated', instruments, model: options.model }
}

/** Wall time in us at the start, carried on by a clock that never goes back. */
function createClock(): { now(): TimeUs; notBefore(time: TimeUs): void } {
  let offsetUs = 0
  const now = (): TimeUs =>
    Math.floor((performance.timeOrigin + performance.now()) * 1000) + offsetUs
  return {
    now,
    notBefore(time) {
      offsetUs += Math.max(0, time - now())
    },
  }
}

function fail(error: unknown): never {
  if (error instanceof InputError) {
    const { code, message, details, fix } = error
    process.stderr.write(`${JSON.stringify({ code, message, details, fix })}\n`)
    process.exit(error.exitCode)
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
await main().catch(fail)
