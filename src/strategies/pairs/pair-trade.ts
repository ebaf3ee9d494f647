import { assert, type TimeUs, unreachable } from '../../core/mod.ts'

/** Where a trade in a pair stands. */
export type PairPhase =
  | 'flat'
  /** The first leg's entry is at work. */
  | 'enteringFirst'
  /** The first leg filled, whole or in part; its hedge is at work. */
  | 'enteringSecond'
  | 'open'
  /** The second leg is closed, then the first. */
  | 'closing'
  /** Something went wrong: whatever is held is closed at once. */
  | 'unwinding'

/** Direction of a leg: 1 bought, -1 sold. */
export type LegSide = 1 | -1

/** A trade as plain data. What is held is never noted here: it is observed. */
export interface PairTrade {
  phase: PairPhase
  firstSide: LegSide
  secondSide: LegSide
  /** Lots of the first leg that the second hedges, 0 before it filled. */
  firstLots: number
  /** Lots of the second leg that hedge them. */
  secondLots: number
  /** Start of the phase, us. */
  since: TimeUs
  /** No entry before, us. */
  lockedUntil: TimeUs
  /** Why the phase was entered. */
  reason: string
}

/** What is seen of one leg: signed lots held, and what works on it (unknown outcomes too). */
export interface LegView {
  readonly lots: number
  readonly working: 'entry' | 'exit' | null
}

/** What a trade is stepped with. */
export interface PairObservation {
  readonly now: TimeUs
  readonly first: LegView
  readonly second: LegView
  /** What the signal wants of a trade that is on. */
  readonly wish: 'none' | 'leave' | 'stop'
  /** Lots of the second leg that hedge so many of the first; 0 when too few for an order. */
  readonly hedge: (firstLots: number) => number
}

/** Limits of a trade. */
export interface PairTradeRules {
  /** A leg's entry that is not over by then is given up; so is a close in turn. */
  readonly legTimeoutUs: TimeUs
  /** Largest deviation of the legs' ratio from the planned one, a fraction. */
  readonly hedgeErrorMax: number
  /** No entry for so long after a stop or an unwinding. */
  readonly lockoutUs: TimeUs
}

/** What a trade asks for. Exits close whatever the leg holds, reduce-only. */
export type PairAction =
  | { readonly kind: 'enterSecond'; readonly lots: number }
  | { readonly kind: 'abandon'; readonly leg: 'first' | 'second' }
  | { readonly kind: 'exit'; readonly leg: 'first' | 'second' }

/** A trade before its first entry. */
export const flatTrade = (): PairTrade => ({
  phase: 'flat',
  firstSide: 1,
  secondSide: -1,
  firstLots: 0,
  secondLots: 0,
  since: 0,
  lockedUntil: 0,
  reason: '',
})

/** Notes that the first leg's entry was sent. Only from flat. */
export function beginTrade(
  trade: PairTrade,
  sides: { readonly first: LegSide; readonly second: LegSide },
  now: TimeUs,
): void {
  assert(trade.phase === 'flat', `a trade that is ${trade.phase} does not begin`)
  trade.firstSide = sides.first
  trade.secondSide = sides.second
  trade.firstLots = 0
  trade.secondLots = 0
  enter(trade, 'enteringFirst', 'signal', now)
}

/** Longest chain of phases at one instant. */
const CHAIN_MAX = 4

/**
 * Steps a trade by what is held and at work now. Level-triggered: it may be called at any time and
 * any number of times, and after a restart goes on from what it finds.
 */
export function stepTrade(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  const actions: PairAction[] = []
  for (let i = 0; i < CHAIN_MAX; i++) {
    const before = trade.phase
    actions.push(...advance(trade, seen, rules))
    // A hedge that was just asked for is not seen before the next step.
    if (trade.phase === before || trade.phase === 'enteringSecond') break
  }
  return actions
}

function advance(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  switch (trade.phase) {
    case 'flat':
      if (isIdle(seen.first) && isIdle(seen.second)) return []
      return unwind(trade, 'a leg is held without its pair', seen)
    case 'enteringFirst':
      return stepFirst(trade, seen, rules)
    case 'enteringSecond':
      return stepSecond(trade, seen, rules)
    case 'open':
      return stepOpen(trade, seen, rules)
    case 'closing':
      return stepClosing(trade, seen, rules)
    case 'unwinding':
      return stepUnwinding(trade, seen, rules)
    default:
      return unreachable(trade.phase, 'phase')
  }
}

function stepFirst(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  const { first, second, now, wish } = seen
  if (!isIdle(second)) return unwind(trade, 'second leg moved by itself', seen)
  if (first.working === 'exit' || isAgainst(first, trade.firstSide)) {
    return unwind(trade, 'first leg moved by itself', seen)
  }
  if (first.working === 'entry') {
    const isOver = isLate(trade, seen, rules) || wish !== 'none'
    return isOver ? [{ kind: 'abandon', leg: 'first' }] : []
  }
  if (first.lots === 0) {
    enter(trade, 'flat', 'first leg unfilled', now)
    return []
  }
  if (wish !== 'none') return unwind(trade, 'signal gone', seen)
  const lots = seen.hedge(Math.abs(first.lots))
  if (!(lots > 0)) return unwind(trade, 'too little to hedge', seen)
  trade.firstLots = Math.abs(first.lots)
  trade.secondLots = lots
  enter(trade, 'enteringSecond', 'first leg filled', now)
  return [{ kind: 'enterSecond', lots }]
}

function stepSecond(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  const { first, second, now, wish } = seen
  if (!isWith(first, trade.firstSide) || first.working === 'exit') {
    return unwind(trade, 'first leg lost', seen)
  }
  if (second.working === 'exit' || isAgainst(second, trade.secondSide)) {
    return unwind(trade, 'second leg moved by itself', seen)
  }
  if (wish === 'stop') return unwind(trade, 'stop', seen)
  if (second.working === 'entry') {
    return isLate(trade, seen, rules) ? unwind(trade, 'second leg late', seen) : []
  }
  if (second.lots === 0) return unwind(trade, 'second leg unfilled', seen)
  if (hedgeError(trade, seen) > rules.hedgeErrorMax) {
    return unwind(trade, 'second leg partly filled', seen)
  }
  enter(trade, 'open', 'hedged', now)
  return []
}

function stepOpen(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  const { first, second, now, wish } = seen
  if (!isWith(first, trade.firstSide) || !isWith(second, trade.secondSide)) {
    return unwind(trade, 'a leg is lost', seen)
  }
  if (first.working !== null || second.working !== null) {
    return unwind(trade, 'a leg is at work', seen)
  }
  if (hedgeError(trade, seen) > rules.hedgeErrorMax) return unwind(trade, 'hedge broken', seen)
  if (wish === 'none') return []
  enter(trade, 'closing', wish === 'stop' ? 'stop' : 'reverted', now)
  if (wish === 'stop') trade.lockedUntil = now + rules.lockoutUs
  return []
}

function stepClosing(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  const { first, second, now } = seen
  const isTurned = isAgainst(first, trade.firstSide) || isAgainst(second, trade.secondSide)
  if (isTurned) return unwind(trade, 'a leg turned over', seen)
  if (first.working === 'entry' || second.working === 'entry') {
    return unwind(trade, 'a leg is entered while closing', seen)
  }
  if (!isIdle(second)) {
    if (isLate(trade, seen, rules)) return unwind(trade, 'second leg stays open', seen)
    return second.working === null ? [{ kind: 'exit', leg: 'second' }] : []
  }
  if (!isIdle(first)) return first.working === null ? [{ kind: 'exit', leg: 'first' }] : []
  enter(trade, 'flat', trade.reason, now)
  return []
}

function stepUnwinding(
  trade: PairTrade,
  seen: PairObservation,
  rules: PairTradeRules,
): readonly PairAction[] {
  const { first, second, now } = seen
  if (isIdle(first) && isIdle(second)) {
    trade.lockedUntil = Math.max(trade.lockedUntil, now + rules.lockoutUs)
    enter(trade, 'flat', trade.reason, now)
    return []
  }
  const actions: PairAction[] = []
  for (const leg of ['second', 'first'] as const) {
    const { lots, working } = seen[leg]
    if (working === 'entry') actions.push({ kind: 'abandon', leg })
    else if (lots !== 0 && working === null) actions.push({ kind: 'exit', leg })
  }
  return actions
}

function enter(trade: PairTrade, phase: PairPhase, reason: string, now: TimeUs): void {
  trade.phase = phase
  trade.reason = reason
  trade.since = now
}

/** The actions follow when the chain comes to the new phase. */
function unwind(trade: PairTrade, reason: string, seen: PairObservation): readonly PairAction[] {
  enter(trade, 'unwinding', reason, seen.now)
  return []
}

const isIdle = ({ lots, working }: LegView): boolean => lots === 0 && working === null
const isWith = ({ lots }: LegView, side: LegSide): boolean => lots * side > 0
const isAgainst = ({ lots }: LegView, side: LegSide): boolean => lots * side < 0
const isLate = (trade: PairTrade, seen: PairObservation, rules: PairTradeRules): boolean =>
  seen.now - trade.since > rules.legTimeoutUs

/** Deviation of the legs' ratio from the planned one, a fraction. */
const hedgeError = (trade: PairTrade, { first, second }: PairObservation): number => {
  const ratio = Math.abs(second.lots / first.lots)
  return Math.abs(ratio / (trade.secondLots / trade.firstLots) - 1)
}
