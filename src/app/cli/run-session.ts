import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError, type LogLevel, type SessionPaths, sessionPaths } from '../../adapters/mod.ts'
import type { Mode } from '../../core/mod.ts'
import type { LoadedConfig } from '../config/load.ts'
import { parseDuration } from '../config/quantities.ts'
import { doubts, limitLine } from '../config/show.ts'
import { commitId, packageVersion } from '../package.ts'
import type { ServedSession } from '../run/serve-session.ts'
import { createSessionLog, type SessionLog } from '../run/session-log.ts'
import { renderSummary, type SessionSummary } from '../run/summary.ts'
import { ExitCode } from './exit-code.ts'
import type { CommandResult } from './output.ts'
import { createEnding } from './session-end.ts'
import { leftBehind, SessionFailure } from './session-failure.ts'

/** Flags of every mode that runs in real time. */
export interface SessionFlags {
  readonly for?: string
  readonly headless?: boolean
  readonly json?: boolean
  readonly resume?: boolean
  readonly session?: string
  readonly port?: string
  readonly quiet?: boolean
  readonly logLevel?: LogLevel
}

/** What a mode is told when it is to start. */
export interface SessionStart {
  readonly paths: SessionPaths
  readonly resume: boolean
  readonly dashboardPort: number | null
  readonly failed: (error: unknown) => void
  readonly notice: (text: string) => void
  readonly told: (text: string) => void
  readonly log: SessionLog
  /** Rejects when the start is interrupted. */
  readonly abandoned: Promise<never>
  /** The time it is to last, ms; null until something else ends it. */
  readonly lastsMs: number | null
}

/** Port of the dashboard unless another is asked for. */
export const DEFAULT_PORT = 8421
const PORT_MAX = 65_535

/** Starts a session, keeps it until something ends it, and returns its summary. */
export async function runSession(
  how: {
    readonly mode: Mode
    readonly flags: SessionFlags
    readonly loaded: LoadedConfig
    readonly banner: string
    readonly resumeCommand: string
  },
  start: (options: SessionStart) => Promise<ServedSession>,
): Promise<CommandResult> {
  const { mode, flags, loaded } = how
  const say = (text: string) => {
    if (flags.quiet !== true) process.stderr.write(`${text}\n`)
  }
  const lastsMs = flags.for === undefined ? null : readDuration(flags.for) / 1000
  const port = flags.port === undefined ? DEFAULT_PORT : readPort(flags.port)
  const name = sessionName(mode === 'rehearse' ? 'rehearsal' : mode, flags)
  const paths = sessionPaths(name)
  const isNew = !existsSync(paths.journal)
  say(how.banner)
  // Live, they stand above the question whether to trade.
  if (mode !== 'live') say(`  ${limitLine(loaded.config)}`)
  for (const doubt of doubts(loaded.config)) say(`  ⚠ ${doubt}`)
  const log = createSessionLog({
    ...(flags.logLevel === undefined ? {} : { level: flags.logLevel }),
    fields: { session: name, mode },
  })
  const ending = createEnding()
  let running: ServedSession | null = null
  try {
    running = await start({
      paths,
      resume: flags.resume === true,
      dashboardPort: flags.headless === true ? null : port,
      failed: (error) => ending.fail(error),
      notice(text) {
        log.notice(text)
        say(`  ${text}`)
      },
      told: (text) => say(`  ${text}`),
      log,
      abandoned: ending.interrupted,
      lastsMs,
    })
    log.started({
      ...{ version: packageVersion(), commit: commitId(), configurationHash: loaded.hash },
      ...{ venue: loaded.config.venue?.kind, account: running.account },
    })
    announce(running, loaded, say)
    if (lastsMs !== null) ending.after(lastsMs)
    const outcome = await ending.promise
    say(`Stopping (${outcome.reason}): canceling open orders`)
    const summary = await running.stop('shutdown')
    if (ending.fault() !== null) throw ending.fault()
    log.ended({ reason: outcome.reason, summary })
    return resultOf(summary, {
      ...(running.warnings === undefined ? {} : { warnings: running.warnings }),
      how,
      name,
      reason: outcome.reason,
      runId: basename(paths.directory),
    })
  } catch (caught) {
    // What ended the session is the news; that stopping failed as well follows from it.
    const error = ending.fault() ?? caught
    log.failed(error)
    // Stopping again changes nothing; after a failure of our own nothing may run on.
    await running?.stop('failure').catch(() => {})
    const left = running === null ? [] : [leftBehind(running.live.summary())]
    if (running === null && !(isNew && existsSync(paths.journal))) throw error
    throw new SessionFailure(error, [...left, ...waysOn(how.resumeCommand, name)])
  } finally {
    ending.release()
    log.close()
  }
}

function resultOf(
  summary: SessionSummary,
  facts: {
    readonly how: { readonly mode: Mode; readonly resumeCommand: string }
    readonly name: string
    readonly reason: string
    readonly runId: string
    readonly warnings?: readonly string[]
  },
): CommandResult {
  const { how, name, reason, runId, warnings = [] } = facts
  const left = summary.positions.length
  return {
    data: summary,
    text: [
      renderSummary(summary),
      ...(left > 0 ? [`Left behind: ${left} open position${left === 1 ? '' : 's'}`] : []),
      ...waysOn(how.resumeCommand, name),
    ].join('\n'),
    mode: how.mode,
    runId,
    warnings,
    exitCode: exitCodeOf(summary, reason),
  }
}

const waysOn = (resumeCommand: string, name: string): readonly string[] => [
  `Resume: ${resumeCommand} --resume --session ${name}`,
  `Replay: ornstein replay ${name}`,
]

const exitCodeOf = (summary: SessionSummary, reason: string): number => {
  if (summary.strategyFailure !== null) return ExitCode.internal
  if (reason === 'interrupted') return ExitCode.interrupted
  return summary.reconciled ? ExitCode.ok : ExitCode.mismatch
}

function announce(running: ServedSession, loaded: LoadedConfig, say: (text: string) => void) {
  const { account, dashboard, live } = running
  const symbols = live.engine.world.config.instruments.map((i) => i.symbol)
  say(`  instruments ${symbols.join(' ')}  seed ${loaded.config.seed}`)
  if (account !== undefined) say(`  account     ${account}`)
  say(`  journal     ${live.journal.path}`)
  if (dashboard !== null) {
    if (dashboard.notice !== null) say(`  ${dashboard.notice}`)
    say(`  dashboard   ${dashboard.url}`)
  }
  say('  Ctrl-C stops: open orders are canceled, the journal is kept')
}

/** A duration in us. Throws InputError. */
export function readDuration(text: string): number {
  const value = parseDuration(text)
  if (value !== null && value > 0) return value
  throw new InputError({
    code: 'ORN-USAGE-002',
    exitCode: ExitCode.usage,
    message: `--for ${text} is not a duration`,
    details: ['allowed: a number with a unit (ms, s, m, h), for example 60s'],
  })
}

/** A port. Throws InputError. */
export function readPort(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= PORT_MAX) return value
  throw new InputError({
    code: 'ORN-USAGE-006',
    exitCode: ExitCode.usage,
    message: `--port ${text} is not a port`,
    details: [`allowed: 0 to ${PORT_MAX}; 0 takes any free one`],
  })
}

/** The name asked for, the plain one when resuming, else the first free one. */
function sessionName(base: string, flags: SessionFlags): string {
  if (flags.session !== undefined) return flags.session
  if (flags.resume === true || !existsSync(sessionPaths(base).journal)) return base
  for (let n = 2; ; n++) {
    const name = `${base}-${n}`
    if (!existsSync(sessionPaths(name).journal)) return name
  }
}
