import { InputError } from '../../../adapters/mod.ts'
import type { Money, QueueModel, TimeUs } from '../../../core/mod.ts'
import { divergence, settleIdentity } from '../store/identity.ts'
import type { ActionRules } from './exchange/action.ts'
import { applyEntry } from './exchange/gateway.ts'
import type { ListingTerms } from './listing-terms.ts'
import { createMarketSource, describeMarket, type MarketSpec } from './market/spec.ts'
import { createEngine } from './state/engine.ts'
import { VenueState } from './state/venue-state.ts'
import { type HyperliquidStore, type LogEntry, STORE_VERSION } from './store.ts'

/** A user who exists from the start. */
export interface VenueUser {
  readonly address: string
  /** On the native dex. */
  readonly deposit: Money
  /** Further deposits, by dex name or "spot". */
  readonly deposits?: Readonly<Record<string, Money>>
}

/** What a venue's state is made of. */
export interface RestoreOptions {
  readonly market: MarketSpec
  /** Of the generated market. */
  readonly seed: number
  /** When a new venue's market begins, us. A stored venue keeps its own. */
  readonly startTime: TimeUs
  /** Present time in us, for sockets. Must not go back. */
  readonly now: () => TimeUs
  readonly users: readonly VenueUser[]
  /** Builders' dexs and what holds for single coins. Default: what is known of them. */
  readonly terms?: ListingTerms
  /** Place in the queue of resting orders. Default conservative. */
  readonly queueModel?: QueueModel
}

const HOUR_US = 3_600_000_000
/** A longer absence is not made up for: the market stood still for most of it. */
const CATCH_UP_US_MAX = HOUR_US

/** A venue's state and where its log stands. */
export interface Restored {
  readonly state: VenueState
  /** Number of the last log entry that is in the state. */
  readonly sequence: number
  /** Venue time of the market's last record; Infinity when it goes on. */
  readonly marketEndTime: TimeUs
}

/** The state after the last checkpoint and everything logged since; new users get their deposit. */
export function restoreState(
  options: RestoreOptions,
  store: HyperliquidStore,
  rules: ActionRules,
): Restored {
  const identity = settleIdentity(store, {
    version: STORE_VERSION,
    seed: options.seed,
    startTime: options.startTime,
    market: describeMarket(options.market, options.terms),
  })
  const checkpoint = store.readCheckpoint()
  const snapshot = checkpoint?.snapshot
  const { seed, startTime } = identity
  const source = createMarketSource(options.market, {
    seed,
    startTime,
    ...(snapshot === undefined ? {} : { resume: snapshot.source }),
  })
  const engine = createEngine({
    instruments: source.instruments,
    queueModel: options.queueModel ?? 'conservative',
    ...(snapshot === undefined ? {} : { snapshot: snapshot.engine }),
  })
  const state = new VenueState({
    engine,
    source,
    startTime,
    ...(options.terms === undefined ? {} : { terms: options.terms }),
    ...(snapshot === undefined ? {} : { snapshot }),
  })
  let sequence = checkpoint?.sequence ?? 0
  for (const logged of store.entriesAfter(sequence)) {
    state.advance(logged.entry.time)
    const reply = applyEntry(state, logged.entry, rules)
    if (reply !== logged.reply) throw divergence(logged.sequence, logged.reply, reply)
    sequence = logged.sequence
  }
  const record = (entry: LogEntry): void => {
    sequence = store.append(entry, applyEntry(state, entry, rules))
  }
  const present = options.now()
  if (present - state.time > CATCH_UP_US_MAX) {
    record({ kind: 'pause', time: state.time, until: present - CATCH_UP_US_MAX / 2 })
  }
  for (const user of options.users) {
    const address = user.address.toLowerCase()
    if (state.accounts.has(address)) continue
    checkPlaces(state, user)
    const places = { '': user.deposit, ...user.deposits }
    const amounts = Object.fromEntries(
      Object.entries(places).map(([place, amount]) => [place, amount.toString()]),
    )
    record({ kind: 'deposit', time: state.time, address, amounts })
  }
  return { state, sequence, marketEndTime: source.endTime }
}

function checkPlaces({ listing }: VenueState, { address, deposits = {} }: VenueUser): void {
  const places = ['spot', ...listing.dexs.slice(1).map(({ name }) => name)]
  for (const place of Object.keys(deposits)) {
    if (places.includes(place)) continue
    throw new InputError({
      code: 'ORN-SIM-006',
      exitCode: 2,
      message: `The deposit of ${address} at ${place} has no place to go`,
      details: [`allowed: ${places.join(', ')}`],
    })
  }
}
