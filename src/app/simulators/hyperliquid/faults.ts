import { createRandom, type TimeUs } from '../../../core/mod.ts'

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

/** Every fault there is, for reading configurations. */
export const faultNames: readonly (keyof FaultRates)[] = [
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
]

/** What happens to an exchange request. */
export type CommandFault =
  | 'none'
  | 'refused'
  | 'rateLimited'
  | 'lost'
  | 'replyLost'
  | 'replyFailed'
  | { readonly lateUs: number }

/** What happens to an info request. */
export type QueryFault = 'none' | 'failed' | 'lost'

/** What happens to a frame. */
export type FrameFault =
  | 'none'
  | 'lost'
  | 'repeated'
  | 'disconnected'
  | { readonly lateUs: number }
  | { readonly stalledUs: number }

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

/** Same seed, rates and sequence of calls: same faults. None are drawn at or after `untilTime`. */
export function createFaultPlan(options: {
  readonly seed: number
  readonly rates: FaultRates
  /** Longest delay of late things. Default 2 s. */
  readonly lateUsMax?: number
  /** Longest silence of a stalled market. Default 20 s. */
  readonly stalledUsMax?: number
  readonly untilTime?: TimeUs
}): FaultPlan {
  const { rates } = options
  const random = createRandom(options.seed)
  const until = options.untilTime ?? Number.POSITIVE_INFINITY
  const lateUsMax = options.lateUsMax ?? 2_000_000
  const stalledUsMax = options.stalledUsMax ?? 20_000_000
  /** The first fault whose band contains one uniform draw; null for none. */
  const draw = <Name extends string>(
    time: TimeUs,
    bands: readonly [Name, number | undefined][],
  ) => {
    if (time >= until) return null
    let left = random.next()
    for (const [name, rate] of bands) {
      if (left < (rate ?? 0)) return name
      left -= rate ?? 0
    }
    return null
  }
  const late = () => ({ lateUs: 1 + random.integer(lateUsMax) })
  return {
    command(time) {
      const fault = draw(time, [
        ['refused', rates.commandRefused],
        ['rateLimited', rates.commandRateLimited],
        ['lost', rates.commandLost],
        ['replyLost', rates.replyLost],
        ['replyFailed', rates.replyFailed],
        ['late', rates.replyLate],
      ])
      return fault === 'late' ? late() : (fault ?? 'none')
    },
    query: (time) =>
      draw(time, [
        ['failed', rates.queryFailed],
        ['lost', rates.queryLost],
      ]) ?? 'none',
    frame(time, kind) {
      const isMarket = kind === 'market'
      const fault = draw(time, [
        ['disconnected', rates.disconnected],
        ['stalled', isMarket ? rates.marketStalled : 0],
        ['lost', isMarket ? rates.marketLost : rates.privateLost],
        ['repeated', isMarket ? rates.marketRepeated : rates.privateRepeated],
        ['late', isMarket ? rates.marketLate : rates.privateLate],
      ])
      if (fault === 'late') return late()
      if (fault === 'stalled') return { stalledUs: 1 + random.integer(stalledUsMax) }
      return fault ?? 'none'
    },
    leavesOutSnapshot: (time) => draw(time, [['missing', rates.snapshotMissing]]) !== null,
  }
}
