import { existsSync } from 'node:fs'
import { sessionPaths } from '../../adapters/mod.ts'
import type { LoadedFleet } from '../config/load-fleet.ts'
import { doubts, limitLine } from '../config/show.ts'
import { commitId, packageVersion } from '../package.ts'
import { type RunningFleet, startFleet } from '../run/fleet.ts'
import type { FleetMode } from '../run/fleet-account.ts'
import { enginePaths, type FleetOptions } from '../run/fleet-engine.ts'
import { type FleetSummary, renderFleet } from '../run/fleet-summary.ts'
import { createSessionLog, type SessionLog } from '../run/session-log.ts'
import { askPassword } from './ask-password.ts'
import { ExitCode } from './exit-code.ts'
import type { CommandResult } from './output.ts'
import { DEFAULT_PORT, readDuration, readPort, type SessionFlags } from './run-session.ts'
import { createEnding } from './session-end.ts'
import { leftBehind, SessionFailure } from './session-failure.ts'

/** How several engines are run. */
interface FleetRun extends Pick<FleetOptions, 'market' | 'faults' | 'traded'> {
  readonly mode: FleetMode
  readonly flags: SessionFlags
  readonly fleet: LoadedFleet
  readonly banner: string
  readonly resumeCommand: string
}

/** Starts several engines, keeps them until something ends them, and returns their summary. */
export async function runFleet(run: FleetRun): Promise<CommandResult> {
  const { mode, flags, fleet } = run
  const say = (text: string) => {
    if (flags.quiet !== true) process.stderr.write(`${text}\n`)
  }
  const lastsMs = flags.for === undefined ? null : readDuration(flags.for) / 1000
  const port = flags.port === undefined ? DEFAULT_PORT : readPort(flags.port)
  const name = fleetName(fleet, flags)
  say(run.banner)
  for (const { name: engine, loaded } of fleet.engines) {
    say(`  ${engine}: ${limitLine(loaded.config)}`)
    for (const doubt of doubts(loaded.config)) say(`  ⚠ ${engine}: ${doubt}`)
  }
  const level = flags.logLevel === undefined ? {} : { level: flags.logLevel }
  const own = createSessionLog({ ...level, fields: { session: name, mode } })
  const logs = new Map<string, SessionLog>()
  for (const { name: engine } of fleet.engines) {
    const fields = { session: `${name}.${engine}`, engine, mode }
    logs.set(engine, createSessionLog({ ...level, fields }))
  }
  const everyLog = [own, ...logs.values()]
  const ending = createEnding()
  let running: RunningFleet | null = null
  try {
    own.open(sessionPaths(name))
    running = await startFleet({
      ...{ mode, fleet, name, lastsMs, market: run.market, faults: run.faults },
      ...(run.traded === undefined ? {} : { traded: run.traded }),
      resume: flags.resume === true,
      dashboardPort: flags.headless === true ? null : port,
      credentials: { environment: process.env, askPassword },
      notice(engine, text) {
        const log = engine === null ? own : logs.get(engine)!
        log.notice(text)
        say(`  ${engine === null ? '' : `${engine}: `}${text}`)
      },
      told: (engine, text) => say(`  ${engine}: ${text}`),
      logOf: (engine) => logs.get(engine)!,
      failed: (error) => ending.fail(error),
      lost(engine, error) {
        const text = error instanceof Error ? error.message : String(error)
        say(`  ⚠ ${engine} failed and stops, the others go on: ${text}`)
        own.notice(`${engine} failed: ${text}`)
      },
      abandoned: ending.interrupted,
    })
    const facts = { version: packageVersion(), commit: commitId() }
    own.started({ ...facts, configurationHash: fleet.hash })
    for (const { name: engine, loaded } of fleet.engines) {
      const account = running.engines.find(({ name }) => name === engine)?.served.account
      const where = { venue: loaded.config.venue?.kind, account }
      logs.get(engine)!.started({ ...facts, configurationHash: loaded.hash, ...where })
    }
    announce(running, say)
    if (lastsMs !== null) ending.after(lastsMs)
    const { reason } = await ending.promise
    say(`Stopping (${reason}): canceling open orders`)
    const summary = await running.stop('shutdown')
    if (ending.fault() !== null) throw ending.fault()
    own.ended({ reason, accounts: summary.accounts })
    for (const engine of summary.engines) {
      if (engine.failure === null) logs.get(engine.name)!.ended({ reason, summary: engine.summary })
    }
    return resultOf(summary, { run, name, reason, warnings: warningsOf(running) })
  } catch (caught) {
    // What ended it is the news; that stopping failed as well follows from it.
    const error = ending.fault() ?? caught
    own.failed(error)
    await running?.stop('failure').catch(() => {})
    const left = (running?.summary().engines ?? []).map(
      (engine) => `${engine.name}: ${leftBehind(engine.summary)}`,
    )
    const isBegun = fleet.engines.some((each) => existsSync(enginePaths(name, each.name).journal))
    if (running === null && !isBegun) throw error
    throw new SessionFailure(error, [...left, ...waysOn(run, name)])
  } finally {
    ending.release()
    for (const log of everyLog) log.close()
  }
}

const warningsOf = (running: RunningFleet): readonly string[] =>
  running.accounts.flatMap(({ warnings }) => warnings)

function resultOf(
  summary: FleetSummary,
  facts: {
    readonly run: FleetRun
    readonly name: string
    readonly reason: string
    readonly warnings: readonly string[]
  },
): CommandResult {
  const { run, name, reason, warnings } = facts
  return {
    data: summary,
    text: [renderFleet(summary), ...waysOn(run, name)].join('\n'),
    mode: run.mode,
    runId: name,
    warnings,
    exitCode: exitCodeOf(summary, reason),
  }
}

const waysOn = ({ resumeCommand, fleet }: FleetRun, name: string): readonly string[] => [
  `Resume: ${resumeCommand} --resume --session ${name}`,
  `Replay: ornstein replay ${name}.${fleet.engines[0]!.name} (and so each engine)`,
]

/** An engine that was lost makes it partial; sums that differ are a mismatch. */
function exitCodeOf({ engines, accounts }: FleetSummary, reason: string): number {
  if (engines.some(({ failure }) => failure !== null)) return ExitCode.partial
  if (engines.some(({ summary }) => summary.strategyFailure !== null)) return ExitCode.internal
  if (reason === 'interrupted') return ExitCode.interrupted
  const isWhole = engines.every(({ summary }) => summary.reconciled)
  return isWhole && accounts.every(({ equal }) => equal) ? ExitCode.ok : ExitCode.mismatch
}

function announce(running: RunningFleet, say: (text: string) => void): void {
  for (const { name, account, served } of running.engines) {
    const symbols = served.live.engine.world.config.instruments.map(({ symbol }) => symbol)
    say(`  ${name}: ${symbols.join(' ')} on ${account.name}; journal ${served.live.journal.path}`)
  }
  const { dashboard } = running
  if (dashboard?.notice) say(`  ${dashboard.notice}`)
  if (dashboard !== null) say(`  dashboard   ${dashboard.url}`)
  say('  Ctrl-C stops: open orders are canceled, the journals are kept')
}

/** The name asked for, that of the file when resuming, else the first free one. */
function fleetName(fleet: LoadedFleet, flags: SessionFlags): string {
  if (flags.session !== undefined) return flags.session
  const isFree = (name: string): boolean =>
    fleet.engines.every((engine) => !existsSync(enginePaths(name, engine.name).journal))
  if (flags.resume === true || isFree(fleet.name)) return fleet.name
  for (let n = 2; ; n++) {
    const name = `${fleet.name}-${n}`
    if (isFree(name)) return name
  }
}
