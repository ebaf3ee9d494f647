import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { InputError, sessionPaths } from '../../../adapters/mod.ts'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import { parseDuration } from '../../config/quantities.ts'
import { packageRoot, packageVersion } from '../../package.ts'
import { type Rehearsal, startRehearsal } from '../../run/rehearse.ts'
import { renderSummary } from '../../run/summary.ts'
import { ExitCode } from '../envelope.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `npm start` and `ornstein rehearse`. */
export interface StartFlags {
  readonly config?: string
  readonly market?: string
  readonly for?: string
  readonly headless?: boolean
  readonly json?: boolean
  readonly resume?: boolean
  readonly session?: string
  readonly port?: string
  readonly quiet?: boolean
}

const DEFAULT_PORT = 8421

/** Starts the rehearsal and keeps it until it is told to stop; ends with its summary. */
export async function startCommand(flags: StartFlags): Promise<CommandResult> {
  const say = (text: string) => {
    if (flags.quiet !== true) process.stderr.write(`${text}\n`)
  }
  const lastsUs = flags.for === undefined ? null : readDuration(flags.for)
  const market = flags.market === undefined ? 'generated' : requireMarket(flags.market)
  const loaded = loadConfig(flags.config ?? shippedConfig(market))
  const name = sessionName(flags)
  const paths = sessionPaths(name)
  say(
    `Ornstein ${packageVersion()}  REHEARSE: simulated venue, no real money, ` +
      'nothing leaves this machine',
  )
  const ending = createEnding()
  const rehearsal = await startRehearsal({
    loaded,
    paths,
    resume: flags.resume === true,
    market,
    dashboardPort: flags.headless === true ? null : Number(flags.port ?? DEFAULT_PORT),
    failed: (error) => ending.fail(error),
    notice: (text) => say(`  ${text}`),
  })
  announce(rehearsal, loaded, say)
  if (lastsUs !== null) ending.after(lastsUs / 1000)
  let outcome: Ending
  try {
    outcome = await ending.promise
  } finally {
    ending.release()
  }
  say(`Stopping (${outcome.reason}): canceling open orders`)
  const summary = await rehearsal.stop('shutdown')
  if (outcome.error !== null) throw outcome.error
  return {
    data: summary,
    text: `${renderSummary(summary)}\nResume: npm start -- --resume --session ${name}`,
    mode: 'rehearse',
    runId: basename(paths.directory),
    exitCode: exitCodeOf(summary.reconciled, outcome.reason),
  }
}

const exitCodeOf = (reconciled: boolean, reason: string): number => {
  if (!reconciled) return ExitCode.mismatch
  return reason === 'interrupted' ? ExitCode.interrupted : ExitCode.ok
}

function announce(rehearsal: Rehearsal, loaded: LoadedConfig, say: (text: string) => void): void {
  const { dashboard, live } = rehearsal
  const symbols = live.engine.world.config.instruments.map((i) => i.symbol)
  say(`  market      ${symbols.join(' ')}  seed ${loaded.config.seed}`)
  say(`  journal     ${live.journal.path}`)
  if (dashboard !== null) {
    if (dashboard.notice !== null) say(`  ${dashboard.notice}`)
    say(`  dashboard   ${dashboard.url}`)
  }
  say('  Ctrl-C stops: open orders are canceled, the journal is kept')
}

function readDuration(text: string): number {
  const value = parseDuration(text)
  if (value !== null && value > 0) return value
  throw new InputError({
    code: 'ORN-USAGE-002',
    exitCode: ExitCode.usage,
    message: `--for ${text} is not a duration`,
    details: ['allowed: a number with a unit (ms, s, m, h), for example 60s'],
  })
}

function requireMarket(path: string): string {
  const file = resolve(path)
  if (existsSync(file)) return file
  throw new InputError({
    code: 'ORN-DATA-030',
    exitCode: ExitCode.data,
    message: `The market file ${path} does not exist`,
    details: ['allowed: a recorded Hyperliquid book (Parquet); its trades are found beside it'],
  })
}

/** The configuration shipped for a market. */
function shippedConfig(market: string): string {
  if (market === 'generated')
    return join(packageRoot, 'examples', '01-first-strategy', 'rehearse.yaml')
  const symbol = /_(BTC|ETH)_/.exec(basename(market))?.[1]?.toLowerCase()
  if (symbol !== undefined) {
    return join(packageRoot, 'examples', '02-backtest', `${symbol}-rehearse.yaml`)
  }
  throw new InputError({
    code: 'ORN-CONF-011',
    exitCode: ExitCode.configuration,
    message: `No configuration is shipped for ${basename(market)}`,
    fix: 'Name one with --config FILE',
  })
}

function sessionName(flags: StartFlags): string {
  if (flags.session !== undefined) return flags.session
  if (flags.resume === true) return 'rehearsal'
  if (!existsSync(sessionPaths('rehearsal').journal)) return 'rehearsal'
  for (let n = 2; ; n++) {
    const name = `rehearsal-${n}`
    if (!existsSync(sessionPaths(name).journal)) return name
  }
}

interface Ending {
  readonly reason: string
  readonly error: unknown
}

/** What ends a session: a signal, the time given, a failure. */
function createEnding() {
  let finish: (ending: Ending) => void = () => {}
  const promise = new Promise<Ending>((resolve) => {
    finish = resolve
  })
  let timer: NodeJS.Timeout | null = null
  const onSignal = () => finish({ reason: 'interrupted', error: null })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return {
    promise,
    fail: (error: unknown) => finish({ reason: 'failure', error }),
    after: (ms: number) => {
      timer = setTimeout(() => finish({ reason: 'time is up', error: null }), ms)
    },
    release: () => {
      if (timer !== null) clearTimeout(timer)
      for (const signal of signals) process.removeListener(signal, onSignal)
    },
  }
}
