import type { Instrument, Resting, Urgency } from '../core/mod.ts'

/** How entries and exits of one class of instruments are executed. */
export interface RoutePlan {
  readonly entry: Urgency
  /** |z| at or above which an entry takes instead of resting; null never. */
  readonly takeFrom: number | null
  readonly exit: Urgency
  /** Limits of what rests; the session's own where it is left out. */
  readonly resting?: Resting
}

/** Execution by class of instrument and urgency of the signal. */
export interface Routing {
  /** Instruments that the venue itself lists. */
  readonly native: RoutePlan
  /** Instruments of builders' dexs ("dex:NAME"). */
  readonly builder: RoutePlan
}

/** What a strategy says about execution: one urgency for all, or routes by class. */
export interface Execution {
  readonly entryUrgency: Urgency
  readonly exitUrgency: Urgency
  /** Takes the place of the two above. */
  readonly routing?: Routing
}

/** How one order goes out. */
export interface Route {
  readonly urgency: Urgency
  readonly resting?: Resting
}

/** True for an instrument of a builder's dex: its symbol has the dex in front. */
export const isBuilder = ({ symbol }: Pick<Instrument, 'symbol'>): boolean => symbol.includes(':')

/** The route of an entry on a signal of this strength; an unknown z is no reason to hurry. */
export function routeEntry(
  { entryUrgency, routing }: Execution,
  instrument: Pick<Instrument, 'symbol'>,
  z: number | null,
): Route {
  if (routing === undefined) return { urgency: entryUrgency }
  const { entry, takeFrom, resting } = planOf(routing, instrument)
  const isExtreme = takeFrom !== null && z !== null && Math.abs(z) >= takeFrom
  return routeOf(isExtreme ? 'aggressive' : entry, resting)
}

/** The route of an exit on the signal; stops are aggressive whatever the route. */
export function routeExit(
  { exitUrgency, routing }: Execution,
  instrument: Pick<Instrument, 'symbol'>,
): Route {
  if (routing === undefined) return { urgency: exitUrgency }
  const { exit, resting } = planOf(routing, instrument)
  return routeOf(exit, resting)
}

const planOf = (routing: Routing, instrument: Pick<Instrument, 'symbol'>): RoutePlan =>
  isBuilder(instrument) ? routing.builder : routing.native

const routeOf = (urgency: Urgency, resting: Resting | undefined): Route =>
  urgency === 'passive' && resting !== undefined ? { urgency, resting } : { urgency }
