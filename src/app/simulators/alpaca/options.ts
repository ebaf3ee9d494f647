import { Command } from 'commander'
import type { TimeUs } from '../../../core/mod.ts'
import { faultsOf, gather, oneOf, parseFlags, usage, whole } from '../flags.ts'
import type { ProcessEnding } from '../process.ts'
import { cryptoRows, inventedRow, type MarketRow, stockRows } from './market/names.ts'
import { generatedMarket } from './market/spec.ts'
import type { MarketChoice, RunOptions } from './run.ts'
import type { VenueAccount } from './venue.ts'
import { readNano } from './wire/nano.ts'
import { readTime } from './wire/times.ts'

/** Demo keys of the account that is there unless others are given. */
export const DEMO_KEY = 'PKORNSTEINDEMO000001'
export const DEMO_SECRET = 'ornstein-demo-secret-of-money-that-does-not-exist'
const DEMO_CASH = '100000'

const DEFAULT_COINS = 8
const DEFAULT_SHARES = 12
const SPEED_MAX = 10_000

/** What the venue's process is started with. */
export interface ProcessOptions extends RunOptions, ProcessEnding {
  readonly stateFolder: string
  /** Ends when replayed bars are over; otherwise it stays, silent. */
  readonly stopsAtEnd: boolean
}

const program = (): Command =>
  new Command('alpaca-simulator')
    .description('A simulated Alpaca on loopback: REST and WebSocket, accounts of its own')
    .option('--state <folder>', 'where accounts, orders and the market are kept; needed')
    .option('--port <number>', 'loopback port, 0 for any free one', '0')
    .option('--seed <number>', 'of the generated market and the faults', '1')
    .option('--model <name>', 'zeroEdge or plantedEdge', 'zeroEdge')
    .option('--crypto <list>', 'pairs that are listed, all or none')
    .option('--stocks <list>', 'tickers that are listed, all or none')
    .option('--replay <file>', 'real bars; may be given again', gather, [])
    .option('--account <key:secret=usd>', 'an account; may be given again', gather, [])
    .option('--time <instant>', 'venue time at the start')
    .option('--speed <number>', 'how many times faster than real time it runs', '1')
    .option('--account-shape <which>', '2026-07, 2026-09 or legacy', '2026-07')
    .option('--plan <which>', 'market data subscription: paid or free', 'paid')
    .option('--frames <which>', 'of trade updates: paper (binary) or live (text)', 'paper')
    .option('--limits <which>', 'off, or venue for its published rate limits', 'off')
    .option('--latency-ms <number>', 'from receiving a command to executing it', '0')
    .option('--faults <what>', 'none, or a JSON file of fault rates', 'none')
    .option('--control-port <number>', 'loopback port of the control endpoint, 0 for any free one')
    .option('--control <how>', 'stdin: end when it closes; none: only by signals')
    .option('--at-end <what>', 'of replayed bars: stay, or stop the process', 'stay')
    .option('--grace-ms <number>', 'how long to go on after standard input closed', '5000')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })

/** Reads the command line (without node and script). Throws InputError (exit code 2). */
export function readProcessOptions(args: readonly string[], hasTerminal: boolean): ProcessOptions {
  const flags = parseFlags(program(), args)
  const control = flags['control'] ?? (hasTerminal ? 'none' : 'stdin')
  if (flags['state'] === undefined) throw usage('--state is missing', ['a folder of its own'])
  return {
    ...readRunOptions(flags),
    stateFolder: String(flags['state']),
    stopsAtEnd: oneOf('at-end', flags['atEnd'], ['stay', 'stop']) === 'stop',
    isSupervised: oneOf('control', control, ['stdin', 'none']) === 'stdin',
    graceMs: whole('grace-ms', flags['graceMs'], { least: 0, most: 600_000 }),
  }
}

/** Reads the flags of a simulated Alpaca. Throws InputError (exit code 2). */
export function readRunOptions(flags: Readonly<Record<string, unknown>>): RunOptions {
  const seed = whole('seed', flags['seed'], { least: 0, most: 2 ** 31 - 1 })
  const { controlPort, state } = flags
  return {
    port: whole('port', flags['port'], { least: 0, most: 65535 }),
    stateFolder: state === undefined ? null : String(state),
    seed,
    market: marketOf(flags),
    accounts: accountsOf((flags['account'] as readonly string[] | undefined) ?? []),
    startTime: flags['time'] === undefined ? null : timeOf(String(flags['time'])),
    speed: whole('speed', flags['speed'] ?? '1', { least: 1, most: SPEED_MAX }),
    shape: oneOf('account-shape', flags['accountShape'] ?? '2026-07', [
      '2026-07',
      '2026-09',
      'legacy',
    ]),
    plan: oneOf('plan', flags['plan'] ?? 'paid', ['paid', 'free']),
    mode: oneOf('frames', flags['frames'] ?? 'paper', ['paper', 'live']),
    enforcesLimits: oneOf('limits', flags['limits'] ?? 'off', ['off', 'venue']) === 'venue',
    latencyMs: whole('latency-ms', flags['latencyMs'] ?? '0', { least: 0, most: 60_000 }),
    faults: faultsOf(String(flags['faults'] ?? 'none'), seed),
    controlPort:
      controlPort === undefined
        ? null
        : whole('control-port', controlPort, { least: 0, most: 65535 }),
  }
}

function marketOf(flags: Readonly<Record<string, unknown>>): MarketChoice {
  const files = (flags['replay'] as readonly string[] | undefined) ?? []
  if (files.length > 0) return { kind: 'files', files, symbols: replayedSymbols(flags) }
  const model = oneOf('model', flags['model'] ?? 'zeroEdge', ['zeroEdge', 'plantedEdge'])
  const coins = rowsOf('crypto', flags['crypto'], cryptoRows, DEFAULT_COINS)
  const shares = rowsOf('stocks', flags['stocks'], stockRows, DEFAULT_SHARES)
  if (coins.length + shares.length === 0)
    throw usage('nothing is listed', ['--crypto and --stocks are both none'])
  return generatedMarket(coins, shares, { model })
}

/** Names of both lists that are to be played again; null for all there are. */
function replayedSymbols(flags: Readonly<Record<string, unknown>>): readonly string[] | null {
  const list = (value: unknown): readonly string[] =>
    value === undefined || value === 'all' || value === 'none'
      ? []
      : String(value).toUpperCase().split(',')
  const coins = list(flags['crypto']).map((name) => (name.includes('/') ? name : `${name}/USD`))
  const names = [...coins, ...list(flags['stocks'])]
  return names.length === 0 ? null : names
}

/** Rows by name: none, all, a list; shares that no row knows get one out of their name. */
function rowsOf(
  flag: 'crypto' | 'stocks',
  given: unknown,
  known: readonly MarketRow[],
  usual: number,
): readonly MarketRow[] {
  if (given === undefined) return known.slice(0, usual)
  if (given === 'none') return []
  if (given === 'all') return known
  const names = [...new Set(String(given).toUpperCase().split(','))]
  return names.map((name) => {
    const symbol = flag === 'crypto' && !name.includes('/') ? `${name}/USD` : name
    const row = known.find(([each]) => each === symbol)
    if (row !== undefined) return row
    if (flag === 'stocks' && /^[A-Z]{1,5}(\.[A-Z])?$/.test(name)) return inventedRow(name)
    const allowed = flag === 'crypto' ? known.map(([each]) => each).join(', ') : 'tickers like AAPL'
    throw usage(`--${flag}: ${name} is not known`, [`allowed: none, all, ${allowed}`])
  })
}

/** Reads `KEY:SECRET=DOLLARS`, each an account; none means the demo account. */
function accountsOf(given: readonly string[]): readonly VenueAccount[] {
  const texts = given.length === 0 ? [`${DEMO_KEY}:${DEMO_SECRET}=${DEMO_CASH}`] : given
  return texts.map((text) => {
    const match = /^([^:=\s]+):([^:=\s]+)=([0-9.]+)$/.exec(text)
    const cash = readNano(match?.[3])
    if (match === null || cash === null) {
      throw usage(`--account ${text} is not usable`, ['allowed: KEY:SECRET=DOLLARS'])
    }
    return { key: match[1]!, secret: match[2]!, cash }
  })
}

function timeOf(text: string): TimeUs {
  const time = readTime(text)
  if (time !== null) return time
  throw usage(`--time ${text} is not an instant`, ['for example 2026-11-20T14:25:00Z'])
}
