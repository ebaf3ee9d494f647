import { createRandom, type TimeUs } from '../../core/mod.ts'

/** How often each fault is drawn, as probabilities from 0 to 1. Absent means never. */
export interface FaultRates {
  /** Exchange request: answered 503, never executed. */
  readonly commandRefused?: number
  /** Exchange request: answered 429, never executed. */
  readonly commandRateLimited?: number
  /** Exchange request: no answer, never executed. */
  readonly commandLost?: number
  /** Exchange request: executed, then no answer. */
  readonly replyLost?: number
  /** Exchange request: executed, then answered 502. */
  readonly replyFailed?: number
  /** Exchange request: executed, the answer comes late (its frames before it). */
  readonly replyLate?: number
  /** Info request: answered 502. */
  readonly queryFailed?: number
  /** Info request: no answer. */
  readonly queryLost?: number
  /** Frame about the user's own orders and fills: never sent, sent twice, sent late. */
  readonly privateLost?: number
  readonly privateRepeated?: number
  readonly privateLate?: number
  /** Frame of market data: never sent, sent twice, sent late. */
  readonly marketLost?: number
  readonly marketRepeated?: number
  readonly marketLate?: number
  /** Per frame: market data of the connection stop for a while, the connection stays. */
  readonly marketStalled?: number
  /** Per frame: the connection drops instead. */
  readonly disconnected?: number
  /** A subscription of fills begins without its snapshot. */
  readonly snapshotMissing?: number
}

/** Faults besides those that drills draw: wrong content, which only tests on purpose ask for. */
export interface DemandRates extends FaultRates {
  /** Exchange request: executed, then answered with half of the reply. */
  readonly replyGarbled?: number
  /** Fills told again under another trade id and price. */
  readonly fillAltered?: number
  /** Market frame: that coin's frames stop for a while, the others go on. */
  readonly coinStalled?: number
  /** Book frame: best bid and ask exchanged. */
  readonly bookCrossed?: number
  /** Market frame: the first price is zero. */
  readonly priceZero?: number
  /** Market frame: the first price is a thousand times too high. */
  readonly priceHuge?: number
}

/** The name of a fault. */
export type FaultName = keyof DemandRates

/** Every fault there is, for reading configurations. */
export const faultNames: readonly FaultName[] = [
  'commandRefused',
  'commandRateLimited',
  'commandLost',
  'replyLost',
  'replyFailed',
  'replyLate',
  'queryFailed',
  'queryLost',
  'privateLost',
  'privateRepeated',
  'privateLate',
  'marketLost',
  'marketRepeated',
  'marketLate',
  'marketStalled',
  'disconnected',
  'snapshotMissing',
  'replyGarbled',
  'fillAltered',
  'coinStalled',
  'bookCrossed',
  'priceZero',
  'priceHuge',
]

/** What happens to an exchange request. */
export type CommandFault =
  | 'none'
  | 'refused'
  | 'rateLimited'
  | 'lost'
  | 'replyLost'
  | 'replyFailed'
  | 'replyGarbled'
  | { readonly lateUs: number }

/** What happens to an info request. */
export type QueryFault = 'none' | 'failed' | 'lost'

/** What happens to a frame. */
export type FrameFault =
  | 'none'
  | 'lost'
  | 'repeated'
  | 'disconnected'
  | Corruption
  | { readonly lateUs: number }
  | { readonly stalledUs: number }
  | { readonly coinStalledUs: number }

/** What is wrong in a frame. */
export type Corruption = 'fillAltered' | 'bookCrossed' | 'priceZero' | 'priceHuge'

/** What a frame is about. */
export type FrameKind = 'private' | 'market'

/**
 * Draws faults at the protocol's border. Acknowledged state is never touched, only its delivery.
 */
export interface FaultPlan {
  command(time: TimeUs): CommandFault
  query(time: TimeUs): QueryFault
  frame(time: TimeUs, kind: FrameKind): FrameFault
  /** True when a subscription of fills must begin without its snapshot. */
  leavesOutSnapshot(time: TimeUs): boolean
}

/** No faults. */
export const noFaults: FaultPlan = {
  command: () => 'none',
  query: () => 'none',
  frame: () => 'none',
  leavesOutSnapshot: () => false,
}

/** A plan whose rates can be changed while it is in use. */
export interface FaultControl extends FaultPlan {
  /** The rates in force. */
  readonly rates: DemandRates
  /** How often each fault has happened. */
  readonly drawn: Readonly<Partial<Record<FaultName, number>>>
  /** Puts other rates in force; absent ones are never. */
  setRates(rates: DemandRates): void
  /** Lets a fault happen at the next `count` occasions it has, whatever its rate. */
  demand(name: FaultName, count: number): void
}

/** How a plan draws. */
export interface FaultPlanOptions {
  readonly seed: number
  readonly rates: DemandRates
  /** Longest delay of late things. Default 2 s. */
  readonly lateUsMax?: number
  /** Longest silence of a stalled market or coin. Default 20 s. */
  readonly stalledUsMax?: number
  readonly untilTime?: TimeUs
}

const commandFaults = [
  'commandRefused',
  'commandRateLimited',
  'commandLost',
  'replyLost',
  'replyFailed',
  'replyGarbled',
  'replyLate',
] as const

const commandOutcomes = {
  commandRefused: 'refused',
  commandRateLimited: 'rateLimited',
  commandLost: 'lost',
  replyLost: 'replyLost',
  replyFailed: 'replyFailed',
  replyGarbled: 'replyGarbled',
} as const

const frameFaults = {
  private: ['disconnected', 'privateLost', 'privateRepeated', 'privateLate', 'fillAltered'],
  market: [
    'disconnected',
    'marketStalled',
    'marketLost',
    'marketRepeated',
    'marketLate',
    'coinStalled',
    'bookCrossed',
    'priceZero',
    'priceHuge',
  ],
} as const

/** Same seed, rates and sequence of calls: same faults. None are drawn at or after `untilTime`. */
export function createFaultPlan(options: FaultPlanOptions): FaultControl {
  const random = createRandom(options.seed)
  const until = options.untilTime ?? Number.POSITIVE_INFINITY
  const lateUsMax = options.lateUsMax ?? 2_000_000
  const stalledUsMax = options.stalledUsMax ?? 20_000_000
  const demanded = new Map<FaultName, number>()
  const drawn: Partial<Record<FaultName, number>> = {}
  let rates = options.rates
  const choose = <Name extends FaultName>(names: readonly Name[]): Name | null => {
    const asked = names.find((name) => (demanded.get(name) ?? 0) > 0)
    if (asked !== undefined) {
      demanded.set(asked, demanded.get(asked)! - 1)
      return asked
    }
    let left = random.next()
    for (const name of names) {
      const rate = rates[name] ?? 0
      if (left < rate) return name
      left -= rate
    }
    return null
  }
  /** The first fault whose band contains one uniform draw; null for none. */
  const draw = <Name extends FaultName>(time: TimeUs, names: readonly Name[]): Name | null => {
    const name = time >= until ? null : choose(names)
    if (name !== null) drawn[name] = (drawn[name] ?? 0) + 1
    return name
  }
  const upTo = (most: number): number => 1 + random.integer(most)
  return {
    get rates() {
      return rates
    },
    drawn,
    setRates(wanted) {
      rates = wanted
    },
    demand(name, count) {
      demanded.set(name, (demanded.get(name) ?? 0) + count)
    },
    command(time) {
      const name = draw(time, commandFaults)
      if (name === null) return 'none'
      return name === 'replyLate' ? { lateUs: upTo(lateUsMax) } : commandOutcomes[name]
    },
    query(time) {
      const name = draw(time, ['queryFailed', 'queryLost'])
      return name === null ? 'none' : name === 'queryFailed' ? 'failed' : 'lost'
    },
    frame: (time, kind) =>
      frameFault(draw(time, frameFaults[kind]), { upTo, lateUsMax, stalledUsMax }),
    leavesOutSnapshot: (time) => draw(time, ['snapshotMissing']) !== null,
  }
}

function frameFault(
  name: (typeof frameFaults)['private' | 'market'][number] | null,
  times: {
    readonly lateUsMax: number
    readonly stalledUsMax: number
    upTo(most: number): number
  },
): FrameFault {
  switch (name) {
    case null:
      return 'none'
    case 'privateLost':
    case 'marketLost':
      return 'lost'
    case 'privateRepeated':
    case 'marketRepeated':
      return 'repeated'
    case 'privateLate':
    case 'marketLate':
      return { lateUs: times.upTo(times.lateUsMax) }
    case 'marketStalled':
      return { stalledUs: times.upTo(times.stalledUsMax) }
    case 'coinStalled':
      return { coinStalledUs: times.upTo(times.stalledUsMax) }
    default:
      return name
  }
}
