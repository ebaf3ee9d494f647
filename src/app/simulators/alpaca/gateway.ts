import { assert } from '../../../core/mod.ts'
import type { Json } from '../json.ts'
import type { Reply } from './rest/reply.ts'
import type { AccountShape, RestContext } from './rest/route.ts'
import { type FoundRoute, findRoute } from './rest/routes.ts'
import { payDividend } from './state/day.ts'
import type { VenueState } from './state/venue-state.ts'
import type { AlpacaStore, LogEntry } from './store.ts'

/** What an entry did, as text: for requests the reply. */
export function applyEntry(state: VenueState, entry: LogEntry, shape: AccountShape): string {
  switch (entry.kind) {
    case 'account':
      return JSON.stringify({ id: state.openAccount(entry.key, BigInt(entry.cash)).id })
    case 'pause':
      state.pause(entry.until)
      return '"paused"'
    case 'halt':
      state.halt(state.listing.find(entry.symbol)!.index, entry.halted)
      return '"halted"'
    case 'dividend':
      payDividend(state, state.listing.find(entry.symbol)!, BigInt(entry.perShare))
      return '"paid"'
    case 'request': {
      const found = findRoute(entry.method, entry.path)
      assert(found !== null && found !== 'method', 'a logged request has a route')
      return JSON.stringify(found.route.run(contextOf(state, entry, found, shape)))
    }
  }
}

function contextOf(
  state: VenueState,
  entry: Extract<LogEntry, { kind: 'request' }>,
  { params }: FoundRoute,
  shape: AccountShape,
): RestContext {
  return {
    state,
    account: state.accounts[entry.account]!,
    shape,
    params,
    query: new URLSearchParams(entry.query),
    body: entry.body,
    headers: { 'idempotency-key': entry.idempotencyKey ?? undefined },
  }
}

/** A trading request whose route is known. */
export interface Command {
  readonly account: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly idempotencyKey: string | null
  readonly body: Json | undefined
}

/** Applies what changes the venue, one thing after the other, and logs it before it is answered. */
export interface Gateway {
  /** Number of the last log entry. */
  readonly sequence: number
  command(command: Command): Reply
  /** Applies something that no client asked for. */
  note(entry: LogEntry): void
}

/** Creates a gateway behind which `sequence` entries have been logged. */
export function createGateway(
  options: {
    readonly state: VenueState
    readonly store: AlpacaStore
    readonly shape: AccountShape
    publish(): void
  },
  lastSequence: number,
): Gateway {
  const { state, store, shape } = options
  let sequence = lastSequence
  return {
    get sequence() {
      return sequence
    },
    command({ body, ...asked }) {
      const entry: LogEntry = { kind: 'request', time: state.time, ...asked, body: body ?? null }
      const text = applyEntry(state, entry, shape)
      const reply = JSON.parse(text) as Reply
      // A refusal changes nothing, so there is nothing to repeat.
      if (reply.status < 300) sequence = store.append(entry, text)
      options.publish()
      return reply
    },
    note(entry) {
      sequence = store.append(entry, applyEntry(state, entry, shape))
      options.publish()
    },
  }
}
