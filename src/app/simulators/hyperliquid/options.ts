import { Command } from 'commander'
import type { Money } from '../../../core/mod.ts'
import { amountOf, faultsOf, gather, oneOf, parseFlags, usage, whole } from '../flags.ts'
import { defaultListingRules, type ListingRules } from './listing-terms.ts'
import type { RunOptions } from './run.ts'
import type { VenueUser } from './venue.ts'

/** What the venue's process is started with. */
export interface ProcessOptions extends RunOptions {
  readonly stateFolder: string
  /** Ends when standard input closes, after the grace; otherwise only by signals. */
  readonly isSupervised: boolean
  readonly graceMs: number
  /** Ends when a recorded market is over; otherwise it stays, silent. */
  readonly stopsAtEnd: boolean
}

const program = (): Command =>
  new Command('hyperliquid-simulator')
    .description('A simulated Hyperliquid on loopback: REST and WebSocket, accounts of its own')
    .option('--state <folder>', 'where accounts, orders and the market are kept; needed')
    .option('--port <number>', 'loopback port, 0 for any free one', '0')
    .option('--seed <number>', 'of the generated market and the faults', '1')
    .option('--market <what>', '"generated" or recorded books; may be given again', gather, [])
    .option('--model <name>', 'zeroEdge or plantedEdge', 'zeroEdge')
    .option('--coins <list>', 'coins of the generated market, separated by commas')
    .option('--user <address>', 'a user with a deposit; may be given again', gather, [])
    .option('--deposit <amount>', 'what each user has at the start, USDC', '100000')
    .option('--deposit-at <place>', 'NAME=AMOUNT on a dex or at spot, for each user', gather, [])
    .option('--network <name>', 'what clients sign for: mainnet, testnet or any', 'mainnet')
    .option('--queue <model>', 'conservative, proRata or optimistic', 'conservative')
    .option('--latency-ms <number>', 'from receiving an action to executing it', '0')
    .option('--slow-book-ms <number>', 'cadence of 20-level books', '5400')
    .option('--fast-book-ms <number>', 'cadence of 5-level books', '540')
    .option('--limits <which>', 'off, or venue for its published rate limits', 'off')
    .option('--faults <what>', 'none, or a JSON file of fault rates', 'none')
    .option('--dexs <list>', "builders' dexs whose coins are listed too, separated by commas")
    .option('--control-port <number>', 'loopback port of the control endpoint, 0 for any free one')
    .option('--integer-prices <which>', 'whole prices on the tick: always or fiveFigures', 'always')
    .option('--reduce-only-size <how>', 'beyond the position: clamp or refuse', 'clamp')
    .option('--isolated-funding <what>', 'paid out of margin or cash', 'margin')
    .option('--control <how>', 'stdin: end when it closes; none: only by signals')
    .option('--at-end <what>', 'of a recorded market: stay, or stop the process', 'stay')
    .option('--grace-ms <number>', 'how long to go on after standard input closed', '5000')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })

/** Reads the command line (without node and script). Throws InputError (exit code 2). */
export function readProcessOptions(args: readonly string[], hasTerminal: boolean): ProcessOptions {
  const flags = parseFlags(program(), args)
  const control = flags['control'] ?? (hasTerminal ? 'none' : 'stdin')
  if (flags['state'] === undefined) throw usage('--state is missing', ['a folder of its own'])
  const deposits = placesOf(flags['depositAt'] as readonly string[])
  return {
    ...readRunOptions(flags),
    stateFolder: String(flags['state']),
    users: usersOf(flags['user'] as readonly string[], amountOf('deposit', flags['deposit'])).map(
      (user) => ({ ...user, deposits }),
    ),
    stopsAtEnd: oneOf('at-end', flags['atEnd'], ['stay', 'stop']) === 'stop',
    isSupervised: oneOf('control', control, ['stdin', 'none']) === 'stdin',
    graceMs: whole('grace-ms', flags['graceMs'], { least: 0, most: 600_000 }),
  }
}

/** Reads the flags that every way of starting a venue has. Throws InputError (exit code 2). */
export function readRunOptions(flags: Readonly<Record<string, unknown>>): RunOptions {
  const seed = whole('seed', flags['seed'], { least: 0, most: 2 ** 31 - 1 })
  const list = (value: unknown): readonly string[] =>
    value === undefined ? [] : String(value).split(',')
  return {
    port: whole('port', flags['port'], { least: 0, most: 65535 }),
    stateFolder: flags['state'] === undefined ? null : String(flags['state']),
    seed,
    recordings: recordingsOf(flags['market'] as readonly string[]),
    model: oneOf('model', flags['model'], ['zeroEdge', 'plantedEdge']),
    coins: flags['coins'] === undefined ? null : list(flags['coins']),
    dexs: list(flags['dexs']),
    users: [],
    network: oneOf('network', flags['network'], ['mainnet', 'testnet', 'any']),
    queueModel: oneOf('queue', flags['queue'], ['conservative', 'proRata', 'optimistic']),
    latencyMs: whole('latency-ms', flags['latencyMs'], { least: 0, most: 60_000 }),
    slowBookMs: whole('slow-book-ms', flags['slowBookMs'], { least: 10, most: 60_000 }),
    fastBookMs: whole('fast-book-ms', flags['fastBookMs'], { least: 10, most: 60_000 }),
    enforcesLimits: oneOf('limits', flags['limits'], ['off', 'venue']) === 'venue',
    rules: {},
    listing: listingOf(flags),
    greets: true,
    faults: faultsOf(String(flags['faults']), seed),
    controlPort:
      flags['controlPort'] === undefined
        ? null
        : whole('control-port', flags['controlPort'], { least: 0, most: 65535 }),
  }
}

/** What the public record leaves open about orders and money; a flag that is missing says nothing. */
function listingOf(flags: Readonly<Record<string, unknown>>): ListingRules {
  const { integerPrices, reduceOnlySize, isolatedFunding } = { ...defaultListingRules, ...flags }
  return {
    integerPrices: oneOf('integer-prices', integerPrices, ['always', 'fiveFigures']),
    reduceOnlySize: oneOf('reduce-only-size', reduceOnlySize, ['clamp', 'refuse']),
    isolatedFunding: oneOf('isolated-funding', isolatedFunding, ['margin', 'cash']),
  }
}

/** Switches for what the public record leaves open, as flags. Throws InputError (2). */
export function readSwitches(
  flags: Readonly<Record<string, unknown>>,
): Pick<RunOptions, 'rules' | 'greets'> {
  const volume = { least: 0, most: Number.MAX_SAFE_INTEGER }
  return {
    greets: oneOf('greeting', flags['greeting'], ['on', 'off']) === 'on',
    rules: {
      partialFillReply: oneOf('partial-fill-reply', flags['partialFillReply'], [
        'resting',
        'filled',
      ]),
      triggerLimits: oneOf('trigger-limits', flags['triggerLimits'], ['on', 'off']) === 'on',
      scheduleCancelVolume: whole('schedule-cancel-volume', flags['scheduleCancelVolume'], volume),
    },
  }
}

/** Reads `ADDRESS=AMOUNT`, each a user with a deposit of USDC. Throws InputError (2). */
export function readDeposits(given: readonly string[]): VenueUser[] {
  return given.map((text) => {
    const [address = '', amount, ...rest] = text.split('=')
    if (amount === undefined || rest.length > 0) {
      throw usage(`--deposit ${text} is not usable`, ['allowed: ADDRESS=AMOUNT'])
    }
    return usersOf([address], amountOf('deposit', amount), 'deposit')[0]!
  })
}

function usersOf(addresses: readonly string[], deposit: Money, flag = 'user'): VenueUser[] {
  return addresses.map((address) => {
    if (/^0x[0-9a-fA-F]{40}$/.test(address)) return { address: address.toLowerCase(), deposit }
    throw usage(`--${flag} ${address} is not an address`, ['allowed: 0x and 40 hex digits'])
  })
}

function placesOf(given: readonly string[]): Readonly<Record<string, Money>> {
  const amounts = given.map((text): readonly [string, Money] => {
    const [place, amount, ...rest] = text.split('=')
    if (place && amount !== undefined && rest.length === 0) {
      return [place, amountOf('deposit-at', amount)]
    }
    throw usage(`--deposit-at ${text} is not usable`, ['allowed: spot=AMOUNT or DEX=AMOUNT'])
  })
  return Object.fromEntries(amounts)
}

function recordingsOf(markets: readonly string[]): readonly string[] | null {
  const files = markets.filter((market) => market !== 'generated')
  if (files.length === 0) return null
  if (files.length === markets.length) return files
  throw usage('--market cannot be generated and recorded at once', [`given: ${markets.join(', ')}`])
}
