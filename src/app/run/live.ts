import { createNodeEnvironment } from '../../adapters/mod.ts'
import type { Instrument } from '../../core/mod.ts'
import { notionalOf } from '../../strategies/mod.ts'
import { leverageOf } from '../config/leverage.ts'
import type { LoadedConfig } from '../config/load.ts'
import { notionalText } from '../config/notionals.ts'
import { limitLine } from '../config/show.ts'
import { codeHash } from '../package.ts'
import type { Projection } from '../server/projection.ts'
import { holdAccount } from './account-lock.ts'
import { type CredentialSources, environmentOnly } from './credentials.ts'
import { watch } from './dashboard.ts'
import { sessionCalendar } from './economic-calendar.ts'
import { type LiveAccount, liveAdapter } from './live-account.ts'
import { startLiveSession } from './live-session.ts'
import { watchReach } from './reach.ts'
import { requireUsable } from './require-usable.ts'
import { type ServedSession, type ServeOptions, serveSession } from './serve-session.ts'
import { hyperliquidOf } from './venue-of.ts'

/** A payment of the last full hour may have been on its way; what was counted is not counted again. */
const RESUME_OVERLAP_US = 7_200_000_000
/** The venue cancels everything after so much silence, where it grants that to the account. */
const DEAD_MAN_MS = 60_000

/** What a live session is started with. */
export interface LiveOptions extends ServeOptions {
  readonly account: LiveAccount
  /** Where `risk.macro.key` is looked up; the environment alone when absent. */
  readonly credentials?: CredentialSources
  /** The time it is to last, ms: it ends a start that takes as long. */
  readonly lastsMs?: number | null
}

/**
 * The venue's own market, orders signed and sent to it. Throws InputError (6) when another session
 * trades the account.
 */
export async function startLive(options: LiveOptions): Promise<ServedSession> {
  const hold = holdAccount(options.account)
  try {
    const served = await startHeld(options)
    return { ...served, stop: (reason) => served.stop(reason).finally(hold.release) }
  } catch (error) {
    hold.release()
    throw error
  }
}

async function startHeld(options: LiveOptions): Promise<ServedSession> {
  const { loaded, paths, account } = options
  const { config } = loaded
  requireUsable(paths, { resume: options.resume, configurationHash: loaded.hash })
  const { lastsMs = null, notice } = options
  const venue = hyperliquidOf(loaded, 'ornstein live')
  const calendar = await sessionCalendar(config, options.credentials ?? environmentOnly(), notice)
  options.log?.open(paths)
  const reach = watchReach(createNodeEnvironment(), { lastsMs, notice })
  const { environment } = reach
  let since = environment.now()
  const { adapter, nonces } = liveAdapter(account, environment, {
    bookStream: venue?.bookStream ?? 'l2Book',
    leverage: leverageOf(venue, config),
    deadManSwitchMs: DEAD_MAN_MS,
    // Known when the journal was read, which is before the streams start.
    get fillsSince() {
      return since
    },
    notice: ({ code, text }) => notice(`${code}: ${text}`),
  })
  let projection: Projection | null = null
  try {
    const live = await reach.settle(
      startLiveSession({
        mode: 'live',
        config,
        configurationHash: loaded.hash,
        codeHash: codeHash(),
        paths,
        resume: options.resume,
        adapter,
        environment,
        calendar,
        tap: (engineConfig) => {
          const name = `${account.account.slice(0, 10)}… on Hyperliquid ${account.network}`
          const watched = watch(engineConfig, { config, mode: 'live', account: name })
          projection = watched.projection
          return options.log?.over(watched.tap) ?? watched.tap
        },
        failed: options.failed,
        resumedFrom: (time) => {
          if (time > 0) since = time - RESUME_OVERLAP_US
        },
        abandoned: [reach.ended, ...(options.abandoned ? [options.abandoned] : [])],
      }),
    )
    const served = await serveSession(live, {
      ...{ mode: 'live', config, paths, projection, port: options.dashboardPort },
      ...{ now: environment.now, notice },
    })
    return {
      ...served,
      async stop(reason) {
        try {
          return await served.stop(reason)
        } finally {
          nonces.close()
        }
      },
    }
  } catch (error) {
    nonces.close()
    throw error
  }
}

/** What a live session is going to trade, for the person who is asked. Sends nothing but queries. */
export async function previewLive(loaded: LoadedConfig, account: LiveAccount): Promise<string> {
  const { config } = loaded
  const venue = hyperliquidOf(loaded, 'ornstein live')
  const { adapter, nonces } = liveAdapter(account, createNodeEnvironment(), {
    bookStream: 'l2Book',
    leverage: leverageOf(venue, config),
  })
  let instruments: readonly Instrument[]
  try {
    instruments = await adapter.loadInstruments(config.venue?.instruments ?? [])
  } finally {
    await adapter.stop()
    nonces.close()
  }
  const { signer } = account
  const isAgent = signer !== account.account
  const leverage = venue?.leverage
  const symbols = instruments.map(({ symbol }) => symbol)
  return [
    `  network     ${account.network.toUpperCase()}  ${account.restUrl}`,
    `  account     ${account.account}`,
    `  key         ${signer}${isAgent ? ' (not the account: it must be an agent of it)' : ''}`,
    `  leverage    ${leverage === undefined ? 'as the account has it' : `${leverage}, capped by the venue`}`,
    `  entries     ${notionalText(config.strategy, symbols)}, ${config.strategy.kind}`,
    ...feeLines(instruments, (symbol) => notionalOf(config.strategy, symbol)),
    `  ${limitLine(config)}`,
  ].join('\n')
}

/** Instruments by what they cost, with the cost of a round trip of one entry. */
function feeLines(
  instruments: readonly Instrument[],
  entryValue: (symbol: string) => number,
): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const { symbol, fees } of instruments) {
    const [maker, taker] = [fees.makerE9, fees.takerE9].map((rate) => rate / 1e5) as [
      number,
      number,
    ]
    const notional = entryValue(symbol)
    const cost = (bp: number): string => ((2 * bp * notional) / 10_000).toFixed(4)
    const key =
      `maker ${maker} bp, taker ${taker} bp: ` +
      `a round trip of ${notional} costs ${cost(maker)} to ${cost(taker)}`
    groups.set(key, [...(groups.get(key) ?? []), symbol])
  }
  return [...groups].flatMap(([fees, symbols]) => [
    `  instruments ${symbols.join(' ')}`,
    `  fees        ${fees}`,
  ])
}
