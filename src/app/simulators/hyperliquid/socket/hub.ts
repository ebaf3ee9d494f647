import type { TimeUs } from '../../../../core/mod.ts'
import type { Agenda } from '../../agenda.ts'
import type { Notice } from '../state/notices.ts'
import type { VenueState } from '../state/venue-state.ts'
import type { Tick } from './channel.ts'
import {
  ABNORMAL_CLOSURE,
  Connection,
  type ConnectionContext,
  type ConnectionSink,
} from './connection.ts'

/** How often regular frames are sent, us. All subscriptions of one cadence share one clock. */
export interface Cadences {
  readonly slowBookUs: number
  readonly fastBookUs: number
  readonly midsUs: number
  readonly secondUs: number
  readonly contextsUs: number
}

/** The venue's own cadences. */
export const venueCadences: Cadences = {
  slowBookUs: 5_400_000,
  fastBookUs: 540_000,
  midsUs: 5_000_000,
  secondUs: 1_000_000,
  contextsUs: 13_600_000,
}

/** Nothing sent for this long: the venue drops the socket. */
const SILENCE_US_MAX = 60_200_000

/** All connected clients. */
export interface Hub {
  /** Null when the client has too many sockets: this one is dropped. */
  open(sink: ConnectionSink): Connection | null
  publish(notices: readonly Notice[]): void
  dropAll(): void
  readonly size: number
}

/** Creates a hub; its clocks run in the agenda while somebody is connected. */
export function createHub(input: {
  readonly state: VenueState
  readonly agenda: Agenda
  readonly cadences: Cadences
  readonly greeting: string | null
  readonly context: Omit<ConnectionContext, 'ended'>
}): Hub {
  const { state, agenda, cadences } = input
  const connections = new Set<Connection>()
  const clocks: readonly (readonly [Tick, number])[] = [
    ['fastBook', cadences.fastBookUs],
    ['slowBook', cadences.slowBookUs],
    ['mids', cadences.midsUs],
    ['second', cadences.secondUs],
    ['contexts', cadences.contextsUs],
  ]
  const running = new Set<Tick>()
  const run = (tick: Tick, everyUs: number): void => {
    const time: TimeUs = (Math.floor(state.time / everyUs) + 1) * everyUs
    running.add(tick)
    agenda.at(time, () => {
      running.delete(tick)
      for (const connection of [...connections]) {
        connection.tick(tick, time)
        if (tick === 'second') connection.dropIfSilent(time, SILENCE_US_MAX)
      }
      if (connections.size > 0) run(tick, everyUs)
    })
  }
  const context: ConnectionContext = {
    ...input.context,
    ended(connection) {
      connections.delete(connection)
      state.listening = connections.size > 0
    },
  }
  return {
    get size() {
      return connections.size
    },
    open(sink) {
      if (!context.quota.connect(state.time)) {
        sink.closed(ABNORMAL_CLOSURE)
        return null
      }
      const connection = new Connection(context, sink, input.greeting)
      connections.add(connection)
      state.listening = true
      for (const [tick, everyUs] of clocks) if (!running.has(tick)) run(tick, everyUs)
      return connection
    },
    publish(notices) {
      for (const notice of notices) {
        for (const connection of [...connections]) connection.publish(notice)
      }
    },
    dropAll() {
      for (const connection of [...connections]) connection.drop()
    },
  }
}
