import type { Instrument, TimeUs } from '../../../core/mod.ts'
import { type Agenda, createAgenda } from '../agenda.ts'
import { type FaultPlan, noFaults } from '../faults.ts'
import { type ActionRules, venueRules } from './exchange/action.ts'
import { createExchangeGateway } from './exchange/gateway.ts'
import { createHttpHandler, type HttpReply, type HttpRequest } from './http.ts'
import { type RestoreOptions, restoreState } from './restore.ts'
import type { Connection, ConnectionSink } from './socket/connection.ts'
import { type Cadences, createHub, venueCadences } from './socket/hub.ts'
import { createPost } from './socket/post.ts'
import { Quota, type SocketLimits } from './socket/quota.ts'
import type { VenueState } from './state/venue-state.ts'
import { type HyperliquidStore, memoryStore } from './store.ts'
import type { AcceptedNetwork } from './wire/signing.ts'

export type { VenueUser } from './restore.ts'

/** Which of the venue's limits are enforced. Null: not. */
export interface VenueLimits extends SocketLimits {
  /** IP weight per minute. */
  readonly weightPerMinute: number | null
  /** True enforces each address's budget of requests. */
  readonly requestBudget: boolean
}

/** The limits the venue publishes. */
export const venueLimits: VenueLimits = {
  weightPerMinute: 1200,
  requestBudget: true,
  connections: 10,
  connectionsPerMinute: 30,
  subscriptions: 1000,
  users: 10,
  messagesPerMinute: 2000,
  inflightPosts: 100,
}

/** No limits at all: the default. */
export const noLimits: VenueLimits = {
  weightPerMinute: null,
  requestBudget: false,
  connections: null,
  connectionsPerMinute: null,
  subscriptions: null,
  users: null,
  messagesPerMinute: null,
  inflightPosts: null,
}

/** How to make a simulated venue. */
export interface HyperliquidVenueOptions extends RestoreOptions {
  /** Default: memory only. */
  readonly store?: HyperliquidStore
  /** Default mainnet: what clients sign for unless told otherwise. */
  readonly network?: AcceptedNetwork
  /** Default: the venue's rules, partly filled orders answered as resting. */
  readonly rules?: Partial<ActionRules>
  readonly faults?: FaultPlan
  readonly limits?: Partial<VenueLimits>
  readonly cadences?: Partial<Cadences>
  /** From receiving an action to executing it, us. Default 0. */
  readonly latencyUs?: number
  /** First text of every socket; null for none. */
  readonly greeting?: string | null
}

/** A simulated Hyperliquid without sockets. */
export interface HyperliquidVenue {
  readonly instruments: readonly Instrument[]
  /** Venue time of a recorded market's last record: silence after it. Infinity: it goes on. */
  readonly marketEndTime: TimeUs
  /** The deterministic state behind the protocol, for inspection. */
  readonly state: VenueState
  /** Rejects only when the store fails: then the venue must be stopped and started again. */
  handleHttp(request: HttpRequest): Promise<HttpReply>
  /** A client's socket opened. */
  openConnection(
    send: (text: string) => void,
    closed: (code: number) => void,
  ): Pick<Connection, 'message' | 'close'>
  /** Lets market, matching, schedules and regular frames run up to a time. */
  advance(toTime: TimeUs): void
  /** When `advance` next has something other than the market to do; Infinity when nothing. */
  nextWakeTime(): TimeUs
  /** Resolves when no signature is being checked: await it before advancing in virtual time. */
  idle(): Promise<void>
  /** Stores the whole state, so that a restart need not repeat everything. */
  checkpoint(): void
  /** Drops all sockets without a close frame; returns how many there were. */
  dropSockets(): number
  /** Drops all sockets and closes the store. */
  close(): void
}

/** What a client's socket is attached to when it was one too many. */
const noConnection: Pick<Connection, 'message' | 'close'> = { message: () => {}, close: () => {} }

const GREETING = 'Websocket connection established.'

/**
 * Makes the venue, or goes on with the one in the store. Throws InputError (3) when they differ.
 */
export function createHyperliquidVenue(options: HyperliquidVenueOptions): HyperliquidVenue {
  const store = options.store ?? memoryStore()
  const rules: ActionRules = { ...venueRules, ...options.rules }
  const limits = { ...noLimits, ...options.limits }
  const faults = options.faults ?? noFaults
  const agenda = createAgenda()
  const restored = restoreState(options, store, rules)
  const { state } = restored

  const publish = (): void => hub.publish(state.takeNotices())
  const advance = createAdvance(state, agenda, publish)
  const gateway = createExchangeGateway(
    {
      state,
      store,
      agenda,
      rules,
      advance,
      publish,
      network: options.network ?? 'mainnet',
      latencyUs: options.latencyUs ?? 0,
      limitsRequests: limits.requestBudget,
    },
    restored.sequence,
  )
  const reach = (time: TimeUs): Promise<void> =>
    new Promise((resolve) => {
      agenda.at(time, resolve)
    })
  const post = createPost({ state, faults, reach, submit: gateway.submit })
  const present = (): TimeUs => {
    advance(options.now())
    return state.time
  }
  const hub = createHub({
    state,
    agenda,
    cadences: { ...venueCadences, ...options.cadences },
    greeting: options.greeting === undefined ? GREETING : options.greeting,
    context: { state, agenda, faults, quota: new Quota(limits), present, post },
  })
  const handleHttp = createHttpHandler({
    state,
    faults,
    weightPerMinute: limits.weightPerMinute,
    advance,
    submit: gateway.submit,
    reach,
  })
  return {
    instruments: state.listing.instruments,
    marketEndTime: restored.marketEndTime,
    state,
    handleHttp,
    openConnection: (send, closed) =>
      hub.open({ send, closed } satisfies ConnectionSink) ?? noConnection,
    advance,
    nextWakeTime: () => agenda.nextTime,
    idle: () => gateway.idle(),
    checkpoint: () => {
      store.writeCheckpoint({ sequence: gateway.lastSequence, snapshot: state.snapshot() })
    },
    dropSockets() {
      const { size } = hub
      hub.dropAll()
      return size
    },
    close() {
      hub.dropAll()
      store.close()
    },
  }
}

/** Market, notices and agenda in the order of their times. */
const createAdvance =
  (state: VenueState, agenda: Agenda, publish: () => void) =>
  (toTime: TimeUs): void => {
    while (state.time < toTime) {
      const stop = Math.min(toTime, Math.max(agenda.nextTime, state.time))
      state.advance(stop)
      publish()
      agenda.runDue(stop)
    }
    agenda.runDue(state.time)
  }
