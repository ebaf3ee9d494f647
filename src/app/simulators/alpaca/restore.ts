import type { TimeUs } from '../../../core/mod.ts'
import { divergence, settleIdentity } from '../store/identity.ts'
import { applyEntry } from './gateway.ts'
import type { KeyPair } from './keys.ts'
import { describeMarket, type MarketSpec, openMarket } from './market/spec.ts'
import type { AccountShape } from './rest/route.ts'
import { VenueState } from './state/venue-state.ts'
import { type AlpacaStore, type LogEntry, STORE_VERSION } from './store.ts'
import type { Nano } from './wire/nano.ts'

/** An account that exists from the start. */
export interface VenueAccount extends KeyPair {
  readonly cash: Nano
}

/** What a venue's state is made of. */
export interface RestoreOptions {
  readonly market: MarketSpec
  readonly seed: number
  /** When a new venue begins, us. A stored venue keeps its own. */
  readonly startTime: TimeUs
  /** Present time in us. Must not go back. */
  readonly now: () => TimeUs
  readonly accounts: readonly VenueAccount[]
  /** Default: what the venue shows since July 2026. */
  readonly shape?: AccountShape
}

/** A longer absence is not made up for: the market stood still for most of it. */
const CATCH_UP_US_MAX = 3_600_000_000

/** A venue's state and where its log stands. */
export interface Restored {
  readonly state: VenueState
  /** Number of the last log entry that is in the state. */
  readonly sequence: number
  /** Venue time of the market's last record; Infinity when it goes on. */
  readonly marketEndTime: TimeUs
}

/** The state after the last checkpoint and everything logged since; new accounts are opened. */
export function restoreState(options: RestoreOptions, store: AlpacaStore): Restored {
  const { seed, startTime } = settleIdentity(store, {
    version: STORE_VERSION,
    seed: options.seed,
    startTime: options.startTime,
    market: describeMarket(options.market),
  })
  const shape = options.shape ?? '2026-07'
  const checkpoint = store.readCheckpoint()
  const snapshot = checkpoint?.snapshot
  const market = openMarket(options.market)
  const feed = market.feed({
    seed,
    startTime,
    ...(snapshot === undefined ? {} : { resume: snapshot.feed }),
  })
  const state = new VenueState({
    listing: market.listing,
    feed,
    seed,
    startTime,
    printsAuctions: market.printsAuctions,
    ...(snapshot === undefined ? {} : { snapshot }),
  })
  let sequence = checkpoint?.sequence ?? 0
  for (const logged of store.entriesAfter(sequence)) {
    state.advance(logged.entry.time)
    const reply = applyEntry(state, logged.entry, shape)
    if (reply !== logged.reply) throw divergence(logged.sequence, logged.reply, reply)
    sequence = logged.sequence
  }
  const record = (entry: LogEntry): void => {
    sequence = store.append(entry, applyEntry(state, entry, shape))
  }
  const present = options.now()
  if (present - state.time > CATCH_UP_US_MAX) {
    record({ kind: 'pause', time: state.time, until: present - CATCH_UP_US_MAX / 2 })
  }
  for (const { key, cash } of options.accounts) {
    if (state.accounts.some((each) => each.key === key)) continue
    record({ kind: 'account', time: state.time, key, cash: cash.toString() })
  }
  state.takeNotices()
  return { state, sequence, marketEndTime: feed.endTime }
}
