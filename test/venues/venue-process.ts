import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const scriptOf = (venue: 'hyperliquid' | 'alpaca'): string =>
  fileURLToPath(new URL(`../../src/app/simulators/${venue}/main.ts`, import.meta.url))

/** A venue process under test. */
export interface VenueChild {
  readonly process: ChildProcess
  readonly ready: { readonly port: number; readonly resumed: boolean; readonly pid: number }
  /** Ends it at once and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<number | null>
}

/** What a process that did not become ready left behind. */
export interface VenueFailure {
  readonly exitCode: number | null
  readonly stderr: string
}

/** Starts the venue's process; resolves when it is ready or has ended. */
export function spawnVenue(
  args: readonly string[],
  venue: 'hyperliquid' | 'alpaca' = 'hyperliquid',
): Promise<VenueChild | VenueFailure> {
  const child = spawn(process.execPath, [scriptOf(venue), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let stderr = ''
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString('utf8')
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
  })
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve({
        process: child,
        ready: JSON.parse(line) as VenueChild['ready'],
        kill: (signal = 'SIGKILL') => {
          child.kill(signal)
          return ended
        },
      })
    })
    void ended.then((exitCode) => resolve({ exitCode, stderr }))
  })
}

/** Starts the venue's process, which must become ready. */
export async function startVenue(
  args: readonly string[],
  venue: 'hyperliquid' | 'alpaca' = 'hyperliquid',
): Promise<VenueChild> {
  const started = await spawnVenue(args, venue)
  if ('stderr' in started) throw new Error(`ended (${started.exitCode}): ${started.stderr}`)
  return started
}
