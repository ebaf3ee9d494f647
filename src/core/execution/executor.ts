import { type CalendarId, isOpen } from '../calendar/sessions.ts'
import type { Instrument } from '../domain/instrument.ts'
import { roundPrice } from '../domain/instrument.ts'
import type { ClientOrderId, NewOrder } from '../domain/order.ts'
import type { Intent, Resting, Urgency } from '../domain/strategy.ts'
import { opposite, type Price, price, quantity, type Side, type TimeUs } from '../domain/units.ts'

/** How orders are cared for. Times in us, distances as fractions. */
export interface ExecutorParameters {
  /** How far a taker's limit may cross beyond the best opposite price. */
  readonly takerSlippageMax: number
  /** A maker entry gives up after this long. */
  readonly makerLifetimeUs: TimeUs
  /** A maker entry is moved at most this often. */
  readonly makerRepricesMax: number
  /** An exit that rests longer than this is finished aggressively. */
  readonly exitEscalationUs: TimeUs
  /** Shortest pause between two orders of one intent. */
  readonly retryPauseUs: TimeUs
  /** A resting order stays while the best price is no further away, as a fraction; 0 unless given. */
  readonly repriceDrift?: number
  /** Shortest pause before a resting order is moved; the retry pause unless given. */
  readonly repriceIntervalUs?: TimeUs
  /** An order or cancel without an answer for this long is asked about. */
  readonly answerTimeoutUs: TimeUs
  /**
   * Orders of shares go out, and rest, in its sessions only: entries end with one, exits wait for
   * the next.
   */
  readonly calendar?: CalendarId
}

/** Longest pause before a refused order is tried again, us; a longer retry pause stays as it is. */
const REFUSED_PAUSE_MAX_US = 60_000_000

/** One intent being worked: plain data, part of the engine's snapshot. */
export interface Work {
  readonly intentId: string
  readonly number: number
  readonly kind: 'entry' | 'exit'
  readonly instrument: number
  readonly side: Side
  /** Entry: lots wanted. Exit: whatever the position is when each order is sent. */
  readonly targetLots: number
  /** Of an exit that leaves only `targetLots` of the position; an intent to exit makes it whole. */
  isPartial?: boolean
  readonly reason: string
  readonly startedTime: TimeUs
  /** Limits of its passive orders, by its route; null are those of the session. */
  readonly resting: Resting | null
  urgency: Urgency
  /** Lots filled over all orders of the intent. */
  filledLots: number
  /** Orders sent so far. */
  attempts: number
  reprices: number
  activeOrder: ClientOrderId | null
  /** The order we last asked to cancel: any other that is canceled was canceled by somebody else. */
  canceledOrder: ClientOrderId | null
  lastAttemptTime: TimeUs
  /** Orders refused one after another; the pauses before the next ones grow with it. */
  refusals: number
  /** Set when no further order is to be sent; the work ends when the active one is closed. */
  stopping: string | null
}

/** What the executor wants to happen next. */
export type WorkStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'submit'; readonly order: NewOrder }
  /** An entry that cannot be priced is over: it must not wake up when the book comes back. */
  | { readonly kind: 'unpriced'; readonly order: NewOrder }
  | { readonly kind: 'cancel'; readonly clientOrderId: ClientOrderId }
  /** The new order takes the place of one that rests. */
  | { readonly kind: 'replace'; readonly order: NewOrder; readonly replaced: ClientOrderId }
  | { readonly kind: 'finished'; readonly outcome: string }

/** The order a work waits for. */
export interface ActiveOrder {
  readonly price: Price
  /** True while it is open and no cancel was asked for. */
  readonly cancelable: boolean
  /** True when the venue can put another order in its place at once. */
  readonly replaceable?: boolean
  /** False for an order that takes what is there and ends. */
  readonly rests: boolean
  /** Lots that may still fill. */
  readonly leavesLots: number
}

/** What the executor may look at. */
export interface WorkContext {
  readonly now: TimeUs
  readonly instrument: Instrument
  /** Quanta, null when unknown. */
  readonly bestBid: Price | null
  readonly bestAsk: Price | null
  /** Signed lots held. */
  readonly positionLots: number
  readonly active: ActiveOrder | null
  /** Sixteen hex digits: first half of every client order id. */
  readonly sessionId: string
}

/** Begins work on an intent to enter, reduce or exit. */
export function startWork(
  intent: Extract<Intent, { kind: 'enter' | 'reduce' | 'exit' }>,
  now: TimeUs,
  start: { readonly strategy: string; readonly number: number; readonly positionLots: number },
): Work {
  const isEntry = intent.kind === 'enter'
  return {
    intentId: `${start.strategy}-${start.number}`,
    number: start.number,
    kind: isEntry ? 'entry' : 'exit',
    instrument: intent.instrument,
    side: isEntry ? intent.side : start.positionLots > 0 ? 'sell' : 'buy',
    targetLots: intent.kind === 'exit' ? Math.abs(start.positionLots) : intent.quantity,
    ...(intent.kind === 'reduce' ? { isPartial: true } : {}),
    reason: intent.reason,
    startedTime: now,
    resting: intent.resting ?? null,
    urgency: intent.urgency,
    filledLots: 0,
    attempts: 0,
    reprices: 0,
    activeOrder: null,
    canceledOrder: null,
    lastAttemptTime: -1,
    refusals: 0,
    stopping: null,
  }
}

/**
 * Next step of a work. Called when it starts, when its order closes and at every heartbeat; the
 * caller applies the step (and records the order as active) before asking again.
 */
export function nextStep(
  work: Work,
  context: WorkContext,
  parameters: ExecutorParameters,
): WorkStep {
  const { calendar } = parameters
  const hasHours = calendar !== undefined && context.instrument.kind === 'equity'
  if (hasHours && !isOpen(calendar, context.now)) return stepWhileClosed(work, context)
  return work.activeOrder === null
    ? stepWithoutOrder(work, context, parameters)
    : stepWithOrder(work, context, parameters)
}

function stepWhileClosed(work: Work, { active, positionLots }: WorkContext): WorkStep {
  if (work.kind === 'entry') work.stopping ??= 'market closed'
  if (work.activeOrder !== null) {
    const isCancelable = active?.cancelable === true && active.rests
    return isCancelable ? { kind: 'cancel', clientOrderId: work.activeOrder } : { kind: 'wait' }
  }
  const isOver = work.stopping !== null || remainingLots(work, positionLots) <= 0
  if (!isOver) return { kind: 'wait' }
  return { kind: 'finished', outcome: work.filledLots > 0 ? 'done' : (work.stopping ?? 'nothing') }
}

function stepWithoutOrder(work: Work, context: WorkContext, p: ExecutorParameters): WorkStep {
  const remaining = remainingLots(work, context.positionLots)
  if (remaining <= 0) return { kind: 'finished', outcome: work.filledLots > 0 ? 'done' : 'nothing' }
  if (work.stopping !== null) return { kind: 'finished', outcome: work.stopping }
  const endsWithOrder = work.kind === 'entry' || work.isPartial === true
  if (endsWithOrder && work.urgency === 'aggressive' && work.attempts > 0) {
    return { kind: 'finished', outcome: work.filledLots > 0 ? 'partial' : 'unfilled' }
  }
  if (work.kind === 'entry' && work.attempts > 0) {
    if (context.now - work.startedTime >= lifetimeUs(work, p)) {
      return { kind: 'finished', outcome: 'lifetime' }
    }
    if (work.reprices > repricesMax(work, p)) return { kind: 'finished', outcome: 'reprices' }
  }
  if (work.attempts > 0 && context.now - work.lastAttemptTime < pauseUs(work, p)) {
    return { kind: 'wait' }
  }
  escalate(work, context.now, p)
  const limit = orderPrice(work, context, p)
  if (limit !== null) {
    return { kind: 'submit', order: makeOrder(work, context, limit, remaining) }
  }
  if (work.kind === 'exit' || work.attempts > 0) return { kind: 'wait' }
  return { kind: 'unpriced', order: makeOrder(work, context, price(0), remaining) }
}

function stepWithOrder(work: Work, context: WorkContext, p: ExecutorParameters): WorkStep {
  const active = context.active
  if (active === null || !active.cancelable || work.activeOrder === null) return { kind: 'wait' }
  const cancel: WorkStep = { kind: 'cancel', clientOrderId: work.activeOrder }
  if (work.stopping !== null) return cancel
  // A late fill of an earlier order: what rests would now overfill.
  if (work.kind === 'entry' && active.leavesLots > remainingLots(work, context.positionLots)) {
    return cancel
  }
  if (work.urgency === 'aggressive') return active.rests ? cancel : { kind: 'wait' }
  if (context.now - work.startedTime >= lifetimeUs(work, p)) {
    if (work.kind === 'entry') work.stopping = 'lifetime'
    return cancel
  }
  const best = work.side === 'buy' ? context.bestBid : context.bestAsk
  if (best === null || best === active.price) return { kind: 'wait' }
  const isBehind = work.side === 'buy' ? best > active.price : best < active.price
  if (!isBehind || Math.abs(best / active.price - 1) <= (p.repriceDrift ?? 0)) {
    return { kind: 'wait' }
  }
  const pause = p.repriceIntervalUs ?? p.retryPauseUs
  if (context.now - work.lastAttemptTime < pause) return { kind: 'wait' }
  if (work.reprices >= repricesMax(work, p)) {
    if (work.kind === 'entry') work.stopping = 'reprices'
    else work.urgency = 'aggressive'
    return cancel
  }
  work.reprices++
  const lots = remainingLots(work, context.positionLots)
  if (active.replaceable !== true || lots <= 0) return cancel
  return {
    kind: 'replace',
    order: makeOrder(work, context, best, lots),
    replaced: work.activeOrder,
  }
}

/** How long a passive order of this work may rest in all: then an entry ends, an exit crosses. */
const lifetimeUs = ({ kind, resting }: Work, p: ExecutorParameters): TimeUs =>
  resting?.lifetimeUs ?? (kind === 'entry' ? p.makerLifetimeUs : p.exitEscalationUs)

/** How often it may be moved; without a route of its own an exit may follow until it escalates. */
const repricesMax = ({ kind, resting }: Work, p: ExecutorParameters): number =>
  resting?.repricesMax ?? (kind === 'entry' ? p.makerRepricesMax : Number.POSITIVE_INFINITY)

/** Entry: what is not filled. Exit: the position itself, never a remembered quantity. */
function remainingLots(work: Work, positionLots: number): number {
  const wanted = work.targetLots - work.filledLots
  if (work.kind === 'entry') return wanted
  const held = work.side === 'sell' ? Math.max(0, positionLots) : Math.max(0, -positionLots)
  return work.isPartial === true ? Math.min(held, wanted) : held
}

/** Doubles with every refusal in a row, so that a venue that always refuses is not stormed. */
const pauseUs = (work: Work, p: ExecutorParameters): TimeUs =>
  work.refusals === 0
    ? p.retryPauseUs
    : Math.max(p.retryPauseUs, Math.min(REFUSED_PAUSE_MAX_US, p.retryPauseUs * 2 ** work.refusals))

function escalate(work: Work, now: TimeUs, p: ExecutorParameters): void {
  if (work.kind === 'exit' && now - work.startedTime >= lifetimeUs(work, p)) {
    work.urgency = 'aggressive'
  }
}

function orderPrice(work: Work, context: WorkContext, p: ExecutorParameters): Price | null {
  const { instrument, bestBid, bestAsk } = context
  const isBuy = work.side === 'buy'
  if (work.urgency === 'passive') return isBuy ? bestBid : bestAsk
  const touch = isBuy ? bestAsk : bestBid
  if (touch === null) return null
  const limit = touch * (isBuy ? 1 + p.takerSlippageMax : 1 - p.takerSlippageMax)
  const rounded = roundPrice(instrument, limit, isBuy ? 'down' : 'up')
  return price(isBuy ? Math.max(rounded, touch) : Math.min(rounded, touch))
}

function makeOrder(work: Work, context: WorkContext, limit: Price, lots: number): NewOrder {
  const isPassive = work.urgency === 'passive'
  return {
    clientOrderId: clientOrderId(context.sessionId, work.number, work.attempts),
    intentId: work.intentId,
    instrument: work.instrument,
    side: work.side,
    price: limit,
    quantity: quantity(lots),
    timeInForce: isPassive ? 'gtc' : 'ioc',
    postOnly: isPassive && context.instrument.hasPostOnly !== false,
    reduceOnly: work.kind === 'exit',
    arrivalPrice: opposite(work.side) === 'sell' ? context.bestAsk : context.bestBid,
  }
}

/** Session (16 hex), intent number (10 hex), attempt (6 hex): unique without asking anybody. */
export function clientOrderId(sessionId: string, intent: number, attempt: number): ClientOrderId {
  return sessionId + intent.toString(16).padStart(10, '0') + attempt.toString(16).padStart(6, '0')
}
