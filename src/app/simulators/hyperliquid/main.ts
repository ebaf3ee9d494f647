import { failProcess, obeySignals } from '../process.ts'
import { type ProcessOptions, readProcessOptions } from './options.ts'
import { type RunningVenue, runVenue } from './run.ts'

const END_CHECK_MS = 250

/** The simulated venue as a process: one JSON line on standard output when it is ready. */
async function main(): Promise<void> {
  const options = readProcessOptions(process.argv.slice(2), process.stdin.isTTY === true)
  const running = await runVenue(options, failProcess)
  const stop = (code: number): void => {
    void running.stop().then(() => process.exit(code), failProcess)
  }
  obeySignals(options, stop)
  announce(options, running)
  watchForTheEnd(running, () => {
    if (options.stopsAtEnd) stop(0)
  })
}

/** Says once that a recorded market is over: books stand still and nothing is printed any more. */
function watchForTheEnd({ venue }: RunningVenue, ended: () => void): void {
  if (venue.marketEndTime === Number.POSITIVE_INFINITY) return
  const timer = setInterval(() => {
    if (venue.state.time < venue.marketEndTime) return
    clearInterval(timer)
    const text = 'the recorded market is over: its last book stands, nothing trades any more'
    const line = { marketEnded: true, time: venue.marketEndTime, text }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    ended()
  }, END_CHECK_MS)
}

function announce(options: ProcessOptions, running: RunningVenue): void {
  const { venue, server, control, isResumed, rows } = running
  const { port } = server
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
    ...(Number.isFinite(venue.marketEndTime) ? { marketEndTime: venue.marketEndTime } : {}),
    ...(rows.length === 0 ? {} : { rows }),
    ...(control === null ? {} : { controlUrl: `http://127.0.0.1:${control.port}` }),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

process.on('uncaughtException', failProcess)
process.on('unhandledRejection', failProcess)
await main().catch(failProcess)
