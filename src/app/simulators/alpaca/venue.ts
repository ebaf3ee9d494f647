import type { TimeUs } from '../../../core/mod.ts'
import { createAgenda } from '../agenda.ts'
import type { ControlReply } from '../control.ts'
import { type FaultPlan, noFaults } from '../faults.ts'
import { isObject, type Json } from '../json.ts'
import { createGateway } from './gateway.ts'
import { createHttpHandler, type HttpReply, type HttpRequest } from './http.ts'
import { createKeys } from './keys.ts'
import { type RestoreOptions, restoreState } from './restore.ts'
import { createHub, type Handshake } from './socket/hub.ts'
import type { Connection, Sink } from './socket/sink.ts'
import type { VenueState } from './state/venue-state.ts'
import { type AlpacaStore, memoryStore } from './store.ts'
import { readNano } from './wire/nano.ts'

export type { VenueAccount } from './restore.ts'

/** What the venue publishes. */
export const REQUESTS_PER_MINUTE = 200
/** Symbols of trades and quotes that a free subscription may have. */
export const FREE_SYMBOLS = 30

/** How to make a simulated venue. */
export interface AlpacaVenueOptions extends RestoreOptions {
  /** Default: memory only. */
  readonly store?: AlpacaStore
  readonly faults?: FaultPlan
  /** Requests a minute and key; default: any number. */
  readonly requestsPerMinute?: number | null
  /** Default paid: all exchanges, any number of symbols. */
  readonly plan?: 'free' | 'paid'
  /** Default paper: binary frames of trade updates. */
  readonly mode?: 'paper' | 'live'
  /** From receiving a command to executing it, us. Default 0. */
  readonly latencyUs?: number
}

/** A simulated Alpaca without sockets. */
export interface AlpacaVenue {
  /** Venue time of a replayed market's last record: silence after it. Infinity: it goes on. */
  readonly marketEndTime: TimeUs
  /** The deterministic state behind the protocol, for inspection. */
  readonly state: VenueState
  /** Rejects only when the store fails: then the venue must be stopped and started again. */
  handleHttp(request: HttpRequest): Promise<HttpReply>
  /** A client's socket opened; null when there is none at its path. */
  openConnection(handshake: Handshake, sink: Sink): Connection | null
  /** Lets market, matching, calendar and delayed frames run up to a time. */
  advance(toTime: TimeUs): void
  /** When `advance` next has something other than the market to do; Infinity when nothing. */
  nextWakeTime(): TimeUs
  /** Answers the control endpoint's commands that only this venue has. */
  control(asked: string, body: Json | undefined): ControlReply | null
  /** Stores the whole state, so that a restart need not repeat everything. */
  checkpoint(): void
  /** Drops all sockets without a close frame; returns how many there were. */
  dropSockets(): number
  /** Drops all sockets and closes the store. */
  close(): void
}

/** Makes the venue, or goes on with the one in the store. Throws InputError (3) when they differ. */
export function createAlpacaVenue(options: AlpacaVenueOptions): AlpacaVenue {
  const store = options.store ?? memoryStore()
  const faults = options.faults ?? noFaults
  const shape = options.shape ?? '2026-07'
  const isFree = options.plan === 'free'
  const agenda = createAgenda()
  const restored = restoreState(options, store)
  const { state } = restored
  const keys = createKeys(options.accounts, (key) =>
    state.accounts.findIndex((account) => account.key === key),
  )
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
  const hub = createHub({
    state,
    agenda,
    faults,
    keys,
    binaryUpdates: options.mode !== 'live',
    symbolLimit: isFree ? FREE_SYMBOLS : null,
    hasSip: !isFree,
    present() {
      advance(options.now())
      return state.time
    },
  })
  const gateway = createGateway({ state, store, shape, publish }, restored.sequence)
  const handleHttp = createHttpHandler({
    state,
    faults,
    keys,
    shape,
    requestsPerMinute: options.requestsPerMinute ?? null,
    latencyUs: options.latencyUs ?? 0,
    advance,
    command: gateway.command,
    reach: (time) =>
      new Promise((resolve) => {
        agenda.at(time, resolve)
      }),
  })
  return {
    marketEndTime: restored.marketEndTime,
    state,
    handleHttp,
    openConnection: (handshake, sink) => hub.open(handshake, sink),
    advance,
    nextWakeTime: () => agenda.nextTime,
    control(asked, body) {
      advance(options.now())
      return command(state, asked, body, gateway.note)
    },
    checkpoint: () => {
      store.writeCheckpoint({ sequence: gateway.sequence, snapshot: state.snapshot() })
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

const refuse = (error: string): ControlReply => ({ status: 400, body: { error } })

/** `POST /halt {symbol, halted}` and `POST /dividend {symbol, perShare}`. */
function command(
  state: VenueState,
  asked: string,
  body: Json | undefined,
  note: ReturnType<typeof createGateway>['note'],
): ControlReply | null {
  if (asked !== 'POST /halt' && asked !== 'POST /dividend') return null
  if (!isObject(body) || typeof body['symbol'] !== 'string') return refuse('a symbol is needed')
  const asset = state.listing.find(body['symbol'])
  if (asset === null) return refuse(`${body['symbol']} is not listed`)
  const { time } = state
  const { symbol } = asset
  if (asked === 'POST /halt') {
    const halted = body['halted'] !== false
    note({ kind: 'halt', time, symbol, halted })
    return { status: 200, body: { symbol, halted } }
  }
  const perShare = readNano(body['perShare'])
  if (perShare === null || perShare <= 0n) return refuse('perShare must be a positive amount')
  note({ kind: 'dividend', time, symbol, perShare: perShare.toString() })
  return { status: 200, body: { symbol, perShare: body['perShare'] } }
}
