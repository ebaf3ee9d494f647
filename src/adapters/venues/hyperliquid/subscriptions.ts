import type { InstrumentId } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import type { Context } from './context.ts'
import type { HyperliquidOptions } from './options.ts'

/** What a subscription is about. */
export type Stream = 'book' | 'trades' | 'account'

/** One subscription of a session. */
export interface Subscription {
  /** What the venue is sent, and echoes with more keys. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly stream: Stream
  /** Null for the account's. */
  readonly instrument: InstrumentId | null
  /** The session goes on without it: what it tells also shows elsewhere, later. */
  readonly isOptional: boolean
}

const bookPayloads = {
  l2Book: { type: 'l2Book' },
  l2BookFast: { type: 'l2Book', fast: true },
  bbo: { type: 'bbo' },
} as const

/** Transfers only move cash, which account reports show. */
const LEDGER = 'userNonFundingLedgerUpdates'
/** Without them a rate is unknown, which what needs one takes into account. */
const RATES = 'activeAssetCtx'

/** Everything the venue tells about an account of its own accord, on all of its dexs. */
const accountChannels = ['orderUpdates', 'userFills', 'userFundings', 'userEvents', LEDGER] as const

/** Name under which a subscription and its confirmation are matched; empty for anything else. */
export function keyOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return ''
  const { type, coin, user } = payload as Readonly<Record<string, unknown>>
  return typeof coin === 'string' ? `${type} ${coin}` : `${type} ${String(user).toLowerCase()}`
}

/** Everything a session subscribes to, by {@link keyOf}. */
export function subscriptionsOf(context: Context): ReadonlyMap<string, Subscription> {
  const { options, universe } = context
  const wanted = new Map<string, Subscription>()
  const add = (
    payload: Subscription['payload'],
    stream: Stream,
    instrument: InstrumentId | null,
  ): void => {
    const isOptional = payload['type'] === LEDGER || payload['type'] === RATES
    wanted.set(keyOf(payload), { payload, stream, instrument, isOptional })
  }
  // The account first: nothing of it is missed while the books arrive.
  if (options.userAddress !== null) {
    for (const type of accountChannels) {
      add({ type, user: options.userAddress.toLowerCase() }, 'account', null)
    }
  }
  for (const { instrument } of universe.assets) {
    const coin = instrument.symbol
    add({ ...bookPayloads[options.bookStream], coin }, 'book', instrument.id)
    if (options.trades) add({ type: 'trades', coin }, 'trades', instrument.id)
    if (options.rates) add({ type: RATES, coin }, 'book', instrument.id)
  }
  return wanted
}

/** Subscriptions that the venue grants to all sockets of one address together. */
const SUBSCRIPTIONS_MAX = 1000

/** Throws AdapterError VENUE_UNSUPPORTED for more instruments than can be subscribed to. */
export function requireSubscribable(
  { userAddress, trades, rates }: Pick<HyperliquidOptions, 'userAddress' | 'trades' | 'rates'>,
  count: number,
): void {
  const own = userAddress === null ? 0 : accountChannels.length
  const each = 1 + Number(trades) + Number(rates === true)
  const most = Math.floor((SUBSCRIPTIONS_MAX - own) / each)
  if (count <= most) return
  const text =
    `${count} perpetuals need ${own + each * count} subscriptions, ` +
    `the venue grants ${SUBSCRIPTIONS_MAX}: at most ${most} perpetuals`
  throw new AdapterError('VENUE_UNSUPPORTED', text, 'fatal')
}
