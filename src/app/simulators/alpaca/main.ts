import { failProcess, obeySignals, watchForTheEnd } from '../process.ts'
import { type ProcessOptions, readProcessOptions } from './options.ts'
import { type RunningVenue, runVenue } from './run.ts'

/** The simulated venue as a process: one JSON line on standard output when it is ready. */
async function main(): Promise<void> {
  const options = readProcessOptions(process.argv.slice(2), process.stdin.isTTY === true)
  const running = await runVenue(options, failProcess)
  const stop = (code: number): void => {
    void running.stop().then(() => process.exit(code), failProcess)
  }
  obeySignals(options, stop)
  announce(options, running)
  const over = 'the bars are over: their last book stands, nothing trades any more'
  watchForTheEnd(running.venue, over, () => {
    if (options.stopsAtEnd) stop(0)
  })
}

function announce(options: ProcessOptions, running: RunningVenue): void {
  const { venue, server, clock, control, isResumed } = running
  const wall = (performance.timeOrigin + performance.now()) * 1000
  const { port } = server
  const line = {
    ready: true,
    port,
    url: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}`,
    pid: process.pid,
    seed: options.seed,
    market: options.market.kind === 'files' ? 'replayed' : 'generated',
    symbols: venue.state.assets.map(({ symbol }) => symbol),
    resumed: isResumed,
    time: venue.state.time,
    // What its clock is ahead of the wall's.
    clockOffsetUs: Math.round(clock.now() - wall),
    ...(Number.isFinite(venue.marketEndTime) ? { marketEndTime: venue.marketEndTime } : {}),
    ...(control === null ? {} : { controlUrl: `http://127.0.0.1:${control.port}` }),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

process.on('uncaughtException', failProcess)
process.on('unhandledRejection', failProcess)
await main().catch(failProcess)
