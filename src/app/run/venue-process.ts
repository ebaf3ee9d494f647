import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AdapterError } from '../../adapters/mod.ts'
import { packageRoot } from '../package.ts'
import { defaultUniverse } from '../simulators/market/generator.ts'

/** A simulated venue running as a process of its own. */
export interface VenueProcess {
  readonly restUrl: string
  readonly socketUrl: string
  readonly pid: number
  /** What became of bad rows of a recording. */
  readonly rows: readonly string[]
  /** Ends it in order; it stores its state first. */
  stop(): Promise<void>
}

/** How to start one. */
export interface VenueProcessOptions {
  readonly stateDirectory: string
  readonly seed: number
  /** "generated" or the file of a recording. */
  readonly market: string
  readonly model: string
  /** Account address that gets the deposit. */
  readonly user: string
  /** In equal parts on the native exchange and each builder's dex of the instruments. */
  readonly deposit: number
  /** What is traded: a generated market has it beside its eight usual coins. */
  readonly instruments?: readonly string[]
  /** Called when it ends without being asked to. */
  readonly died: (text: string) => void
}

/** A hundred coins with six hours behind them take a while on a busy machine. */
const READY_WAIT_MS = 120_000
const PREDECESSOR_WAIT_MS = 15_000
/** Code of the venue's refusal to share its folder. */
const FOLDER_HELD = 'ORN-SIM-001'

/**
 * Key of the rehearsal's account, derived from the seed. It opens nothing but the simulated venue
 * of that seed and is as secret as the seed itself.
 */
export const rehearsalKey = (seed: number): string =>
  `0x${createHash('sha256').update(`ornstein rehearsal ${seed}`).digest('hex')}`

/**
 * Starts the simulated Hyperliquid in a process group of its own, so that Ctrl-C in a terminal
 * does not end it before the engine's cancels. It also ends when its standard input closes, a
 * little later: a killed engine leaves no venue behind.
 */
export async function startVenueProcess(options: VenueProcessOptions): Promise<VenueProcess> {
  const deadline = Date.now() + PREDECESSOR_WAIT_MS
  for (;;) {
    try {
      return await launch(options)
    } catch (error) {
      // The venue of an engine that was killed goes on for its grace period, then frees the folder.
      const isHeld = error instanceof AdapterError && error.message.includes(FOLDER_HELD)
      if (!isHeld || Date.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function launch(options: VenueProcessOptions): Promise<VenueProcess> {
  const source = join(packageRoot, 'src', 'app', 'simulators', 'hyperliquid', 'main.ts')
  const built = join(packageRoot, 'dist', 'app', 'simulators', 'hyperliquid', 'main.js')
  const child = spawn(
    process.execPath,
    [existsSync(source) ? source : built, ...venueArguments(options)],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  )
  let isReady = false
  let asked = false
  let complaints = ''
  child.stderr.on('data', (data: Buffer) => {
    complaints = (complaints + data.toString('utf8')).slice(-4000)
  })
  child.stdin.on('error', () => {})
  child.on('exit', (code) => {
    if (isReady && !asked) options.died(`the simulated venue ended (${endOf(code, complaints)})`)
  })
  const ready = await firstLine(child, () => complaints)
  isReady = true
  const { port, rows = [] } = JSON.parse(ready) as { port: number; rows?: readonly string[] }
  return {
    restUrl: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/ws`,
    pid: child.pid ?? 0,
    rows,
    stop: () =>
      new Promise((resolve) => {
        asked = true
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), 5_000).unref()
      }),
  }
}

function venueArguments(options: VenueProcessOptions): string[] {
  const { instruments = [] } = options
  const usual = defaultUniverse().map(({ instrument }) => instrument.symbol)
  const further = instruments.filter((symbol) => !usual.includes(symbol))
  const isNamed = options.market === 'generated' && further.length > 0
  const dexs = dexsOf(instruments)
  const part = options.deposit / (dexs.length + 1)
  const text = part.toFixed(2)
  return [
    ...['--port', '0', '--state', options.stateDirectory, '--seed', String(options.seed)],
    ...['--market', options.market, '--model', options.model, '--user', options.user],
    ...['--deposit', dexs.length === 0 ? String(options.deposit) : text],
    ...(isNamed ? ['--coins', [...usual, ...further].join(',')] : []),
    ...dexs.flatMap((dex) => ['--deposit-at', `${dex}=${text}`]),
  ]
}

/** The builders' dexs of some coins, each once. */
export const dexsOf = (symbols: readonly string[]): readonly string[] => [
  ...new Set(symbols.flatMap((symbol) => symbol.split(':').slice(0, -1))),
]

function firstLine(child: ChildProcess, complaints: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      child.kill('SIGKILL')
      reject(new AdapterError('VENUE_PROCESS', what, 'fatal'))
    }
    const timer = setTimeout(() => fail('the simulated venue did not become ready'), READY_WAIT_MS)
    const lines = createInterface({ input: child.stdout! })
    lines.once('line', (line) => {
      clearTimeout(timer)
      resolve(line)
    })
    child.once('error', (error) => fail(`the simulated venue cannot be started: ${error.message}`))
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`the simulated venue ended at once (${endOf(code, complaints())})`)
    })
  })
}

/** How it ended, in one line: what it said for programs, else the first line of what it said. */
function endOf(code: number | null, complaints: string): string {
  const lines = complaints.split('\n').filter((line) => line.trim() !== '')
  for (const line of lines.toReversed()) {
    const said = parseOrNull(line)
    if (said !== null) return `${said.code} ${said.message}`
  }
  return `code ${code ?? 'none'}${lines[0] === undefined ? '' : `: ${lines[0].trim()}`}`
}

function parseOrNull(line: string): { readonly code: string; readonly message: string } | null {
  try {
    const value = JSON.parse(line) as { readonly code?: unknown; readonly message?: unknown } | null
    const { code, message } = value ?? {}
    return typeof code === 'string' && typeof message === 'string' ? { code, message } : null
  } catch {
    return null
  }
}
