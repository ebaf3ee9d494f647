import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))

/** How a command line ended. */
export interface CommandEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** A command line under test. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly pid: number
  /** What it has printed for people so far. */
  readonly stderr: () => string
  /** True once the text was printed, false when it ended before. */
  readonly printed: (text: string) => Promise<boolean>
  readonly ended: Promise<CommandEnd>
}

/** Starts `ornstein` with these arguments in a folder of its own. */
export function startCommand(
  cwd: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): RunningCommand {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(cwd, 'compile-cache'), ...environment },
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  const grew = () => {
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString('utf8')
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString('utf8')
    grew()
  })
  let isOver = false
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      // A venue that outlives its engine may hold the pipes open; what was printed has arrived.
      setTimeout(() => {
        isOver = true
        grew()
        resolve({ exitCode, signal, stdout, stderr })
      }, 50)
    })
  })
  return {
    process: child,
    pid: child.pid!,
    stderr: () => stderr,
    printed: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!stderr.includes(text) && !isOver) return
          listeners.delete(look)
          resolve(stderr.includes(text))
        }
        listeners.add(look)
        look()
      }),
    ended,
  }
}

/** Runs `ornstein` to its end. */
export const runCommand = (
  cwd: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandEnd> => startCommand(cwd, args, environment).ended

/** The envelope a command printed with --json as its last line. */
export function envelopeOf({ stdout, stderr }: CommandEnd): {
  readonly ok: boolean
  readonly data: Record<string, unknown>
  readonly warnings?: readonly string[]
  readonly error?: { readonly code: string; readonly message: string; readonly exitCode: number }
} {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`no envelope was printed:\n${stdout}\n${stderr}`)
  return JSON.parse(line)
}

/** The simulated venue that an engine started: its child process; null when there is none. */
export function venueOf(enginePid: number): number | null {
  const children = process.platform === 'linux' ? fromProc(enginePid) : fromPs(enginePid)
  return children[0] ?? null
}

function fromProc(parent: number): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The second field is the command in brackets and may hold anything.
      const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(ppid) === parent) found.push(Number(name))
    } catch {
      // It ended while the list was read.
    }
  }
  return found
}

function fromPs(parent: number): number[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid]) => pid!)
}

/** Ends a process at once; one that is gone already is fine. */
export function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
