import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AdapterError } from '../../adapters/mod.ts'
import { packageRoot } from '../package.ts'

/** A simulated venue running as a process of its own. */
export interface SimulatorProcess {
  readonly pid: number
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Ends it in order; it stores its state first. */
  stop(): Promise<void>
}

/** How to start one. */
interface SimulatorOptions {
  /** Folder of its program under `simulators`. */
  readonly program: string
  readonly arguments: readonly string[]
  /** Called when it ends without being asked to. */
  readonly died: (text: string) => void
}

/** A hundred coins with six hours behind them take a while on a busy machine. */
const READY_WAIT_MS = 120_000
const PREDECESSOR_WAIT_MS = 15_000
/** Code of the venue's refusal to share its folder. */
const FOLDER_HELD = 'ORN-SIM-001'

/**
 * Starts a simulated venue in a process group of its own, so that Ctrl-C in a terminal does not end
 * it before the engine's cancels. It also ends when its standard input closes, a little later: a
 * killed engine leaves no venue behind.
 */
export async function startSimulator(options: SimulatorOptions): Promise<SimulatorProcess> {
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

async function launch(options: SimulatorOptions): Promise<SimulatorProcess> {
  const { program } = options
  const source = join(packageRoot, 'src', 'app', 'simulators', program, 'main.ts')
  const built = join(packageRoot, 'dist', 'app', 'simulators', program, 'main.js')
  const child = spawn(
    process.execPath,
    [existsSync(source) ? source : built, ...options.arguments],
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
  return {
    pid: child.pid ?? 0,
    ready: JSON.parse(ready) as Readonly<Record<string, unknown>>,
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
    if (said !== null) return [`${said.code} ${said.message}`, ...said.details].join('; ')
  }
  return `code ${code ?? 'none'}${lines[0] === undefined ? '' : `: ${lines[0].trim()}`}`
}

interface Said {
  readonly code: string
  readonly message: string
  readonly details: readonly string[]
}

function parseOrNull(line: string): Said | null {
  try {
    const value = JSON.parse(line) as Readonly<Record<keyof Said, unknown>> | null
    const { code, message, details } = value ?? {}
    if (typeof code !== 'string' || typeof message !== 'string') return null
    return { code, message, details: Array.isArray(details) ? details.map(String) : [] }
  } catch {
    return null
  }
}
