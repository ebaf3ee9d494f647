import { InputError } from '../../../adapters/mod.ts'
import {
  type ExchangeOptions,
  type ExchangeSnapshot,
  type Instrument,
  type Money,
  type QueueModel,
  SimulatedExchange,
  type TimeUs,
} from '../../../core/mod.ts'
import { createAgenda } from './agenda.ts'
import type { ActionReply, ActionRules } from './exchange/action.ts'
import { applyEntry, createExchangeGateway } from './exchange/gateway.ts'
import { type FaultPlan, noFaults } from './faults.ts'
import { createHttpHandler, type HttpReply, type HttpRequest } from './http.ts'
import { answerInfo } from './info/answer.ts'
import { createMarketSource, describeMarket, type MarketSpec } from './market/spec.ts'
import type { Connection, ConnectionSink, PostReply, SocketLimits } from './socket/connection.ts'
import { type Cadences, createHub, venueCadences } from './socket/hub.ts'
import { VenueState } from './state/venue-state.ts'
import {
  createMemoryStore,
  type LogEntry,
  STORE_VERSION,
  type VenueIdentity,
  type VenueStore,
} from './store/venue-store.ts'
import { asText, isObject, type Json } from './wire/json.ts'
import { wireTime } from './wire/numbers.ts'
import type { Network } from './wire/signing.ts'
import { httpTexts } from './wire/texts.ts'

/** A user who exists from the start. */
export interface VenueUser {
  readonly address: string
  readonly deposit: Money
}

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
  subscriptions: 1000,
  users: 10,
  messagesPerMinute: 2000,
  inflightPosts: 100,
}

/** No limits at all: the default. */
export const noLimits: VenueLimits = {
  weightPerMinute: null,
  requestBudget: false,
  subscriptions: null,
  users: null,
  messagesPerMinute: null,
  inflightPosts: null,
}

/** How to make a simulated venue. */
export interface HyperliquidVenueOptions {
  readonly market: MarketSpec
  /** Of the generated market. */
  readonly seed: number
  /** When a new venue's market begins, us. A stored venue keeps its own. */
  readonly startTime: TimeUs
  /** Present time in us, for sockets. Must not go back. */
  readonly now: () => TimeUs
  readonly users: readonly VenueUser[]
  /** Default: memory only. */
  readonly store?: VenueStore
  /** Default mainnet: what clients sign for unless told otherwise. */
  readonly network?: Network
  /** Default: the venue's rules, partly filled orders answered as resting. */
  readonly rules?: Partial<ActionRules>
  readonly faults?: FaultPlan
  readonly limits?: Partial<VenueLimits>
  readonly cadences?: Partial<Cadences>
  /** From receiving an action to executing it, us. Default 0. */
  readonly latencyUs?: number
  /** Place in the queue of resting orders. Default conservative. */
  readonly queueModel?: QueueModel
  /** First text of every socket; null for none. */
  readonly greeting?: string | null
}

/** A simulated Hyperliquid without sockets. */
export interface HyperliquidVenue {
  readonly instruments: readonly Instrument[]
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
  /** Drops all sockets and closes the store. */
  close(): void
}

const HOUR_US = 3_600_000_000
/** A longer absence is not made up for: the market stood still for most of it. */
const CATCH_UP_US_MAX = HOUR_US
const WIRE_MONEY_DECIMALS = 6
const GREETING = 'Websocket connection established.'

/** Makes the venue, or goes on with the one in the store. Throws InputError (3) when they differ. */
export function createHyperliquidVenue(options: HyperliquidVenueOptions): HyperliquidVenue {
  const store = options.store ?? createMemoryStore()
  const rules: ActionRules = {
    scheduleCancelVolume: 1_000_000,
    partialFillReply: 'resting',
    ...options.rules,
  }
  const limits = { ...noLimits, ...options.limits }
  const faults = options.faults ?? noFaults
  const agenda = createAgenda()
  const restored = restoreState(options, store, rules)
  const { state } = restored

  const publish = (): void => hub.publish(state.takeNotices())
  const advance = (toTime: TimeUs): void => {
    while (state.time < toTime) {
      const stop = Math.min(toTime, Math.max(agenda.nextTime, state.time))
      state.advance(stop)
      publish()
      agenda.runDue(stop)
    }
    agenda.runDue(state.time)
  }
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
    context: { state, agenda, faults, limits, present, post },
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
    state,
    handleHttp,
    openConnection: (send, closed) => hub.open({ send, closed } satisfies ConnectionSink),
    advance,
    nextWakeTime: () => agenda.nextTime,
    idle: () => gateway.idle(),
    checkpoint: () => {
      store.writeCheckpoint({ sequence: gateway.lastSequence, snapshot: state.snapshot() })
    },
    close() {
      hub.dropAll()
      store.close()
    },
  }
}

/** Answers posts over a socket with the same handlers and faults as HTTP. */
function createPost(venue: {
  readonly state: VenueState
  readonly faults: FaultPlan
  reach(time: TimeUs): Promise<void>
  submit(body: Json, receivedTime: TimeUs): Promise<ActionReply | null>
}) {
  const { state, faults } = venue
  const error = (payload: string): PostReply => ({ type: 'error', payload })
  return async (
    { kind, payload }: { readonly kind: 'info' | 'action'; readonly payload: Json },
    time: TimeUs,
  ): Promise<PostReply | null> => {
    if (kind === 'info') {
      if (faults.query(time) !== 'none') return null
      const reply = answerInfo(payload, { state, nowMs: wireTime(state.time) })
      if (reply.kind !== 'json') return error(httpTexts.wrongShape)
      const type = isObject(payload) ? asText(payload['type']) : null
      return { type: 'info', payload: { type, data: reply.body } }
    }
    const fault = faults.command(time)
    if (fault === 'refused' || fault === 'rateLimited' || fault === 'lost') return null
    const reply = await venue.submit(payload, time)
    if (fault === 'replyLost' || fault === 'replyFailed') return null
    if (typeof fault === 'object') await venue.reach(state.time + fault.lateUs)
    return reply === null ? error(httpTexts.wrongShape) : { type: 'action', payload: reply }
  }
}

interface Restored {
  readonly state: VenueState
  /** Number of the last log entry that is in the state. */
  readonly sequence: number
}

/** The state after the last checkpoint and everything logged since; new users get their deposit. */
function restoreState(
  options: HyperliquidVenueOptions,
  store: VenueStore,
  rules: ActionRules,
): Restored {
  const identity = settleIdentity(options, store)
  const checkpoint = store.readCheckpoint()
  const snapshot = checkpoint?.snapshot
  const { seed, startTime } = identity
  const source = createMarketSource(options.market, {
    seed,
    startTime,
    ...(snapshot === undefined ? {} : { resume: snapshot.source }),
  })
  const engineOptions = describeEngine(options, source.instruments)
  const engine =
    snapshot === undefined
      ? new SimulatedExchange(engineOptions)
      : SimulatedExchange.restore(engineOptions, snapshot.engine as ExchangeSnapshot)
  const state = new VenueState({
    engine,
    source,
    startTime,
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
    const amount = user.deposit.toString()
    record({ kind: 'deposit', time: state.time, address, amount })
  }
  return { state, sequence }
}

const describeEngine = (
  options: HyperliquidVenueOptions,
  instruments: readonly Instrument[],
): ExchangeOptions => ({
  instruments,
  queueModel: options.queueModel ?? 'conservative',
  entryLatencyUs: 0,
  responseLatencyUs: 0,
  arrivalMatch: 'current',
  fundingIntervalUs: HOUR_US,
  bars: null,
  moneyDecimals: WIRE_MONEY_DECIMALS,
})

/** The stored identity, or a new one; refuses a store of another venue. */
function settleIdentity(options: HyperliquidVenueOptions, store: VenueStore): VenueIdentity {
  const { seed, startTime } = options
  const market = describeMarket(options.market)
  const wanted: VenueIdentity = { version: STORE_VERSION, seed, startTime, market }
  const stored = store.readIdentity()
  if (stored === null) {
    store.writeIdentity(wanted)
    return wanted
  }
  for (const key of ['version', 'seed', 'market'] as const) {
    if (stored[key] === wanted[key]) continue
    throw new InputError({
      code: 'ORN-SIM-003',
      exitCode: 3,
      message: `The stored simulated venue is another one: its ${key} differs`,
      details: [`stored: ${stored[key]}`, `wanted: ${wanted[key]}`],
      fix: 'start it as it was, or give an empty state folder',
    })
  }
  return stored
}

const divergence = (sequence: number, stored: string, now: string): InputError =>
  new InputError({
    code: 'ORN-SIM-004',
    exitCode: 10,
    message: `The stored simulated venue cannot be continued: log entry ${sequence} comes out differently`,
    details: [`then: ${stored}`, `now: ${now}`, 'it was written by another version of the program'],
    fix: 'give an empty state folder, or use the version that wrote this one',
  })
