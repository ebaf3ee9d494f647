import type { Denial } from '../domain/effect.ts'
import { roundPrice } from '../domain/instrument.ts'
import type { CancelOrder, ClientOrderId, NewOrder } from '../domain/order.ts'
import { isClosed } from '../domain/order.ts'
import type { Intent } from '../domain/strategy.ts'
import { type Price, price, quantity, sideOf } from '../domain/units.ts'
import {
  nextStep,
  startWork,
  type Work,
  type WorkContext,
  type WorkStep,
} from '../execution/executor.ts'
import { leavesQuantity, type OrderRecord } from '../execution/order-store.ts'
import { approveCancel, approveOrder, approveReplaced, type RiskContext } from '../risk/gate.ts'
import { bestPrice, mark, tradedLots } from './risk-context.ts'
import { emit, isShadow, ownerOf, type World } from './world.ts'

/** Longest chain of steps one work may take at one instant: submit, denied, ... */
const STEPS_MAX = 4

/** Turns a strategy's (or an operator's) intent into work, or ignores what is already under way. */
export function takeIntent(world: World, gate: RiskContext, intent: Intent): void {
  if (world.stopping) return
  const working = world.works[intent.instrument] ?? null
  if (intent.kind === 'abandonEntry') {
    if (working?.kind === 'entry') {
      working.stopping = intent.reason
      drive(world, gate, working)
    }
    return
  }
  const held = tradedLots(world, intent.instrument)
  if (intent.kind !== 'enter') {
    if (held === 0) return
    if (working?.kind === 'exit') {
      if (intent.kind === 'reduce') return
      if (working.isPartial === true) working.isPartial = false
      if (intent.urgency === 'aggressive' && working.urgency === 'passive') {
        working.urgency = 'aggressive'
        drive(world, gate, working)
      }
      return
    }
    if (working !== null) {
      // The entry must be gone before the exit is sized: the exit is asked for again next bar.
      working.stopping = intent.reason
      drive(world, gate, working)
      if (world.works[intent.instrument] !== null) return
    }
  } else if (working !== null || !mayEnter(intent, held)) {
    return
  }
  world.intentNumber++
  const work = startWork(intent, world.now, {
    strategy: ownerOf(world, intent.instrument),
    number: world.intentNumber,
    positionLots: held,
  })
  world.works[intent.instrument] = work
  if (work.kind === 'entry') world.counters.signals++
  drive(world, gate, work)
}

/** True when nothing is held, or what is held may be added to. */
const mayEnter = ({ adds, side }: Extract<Intent, { kind: 'enter' }>, held: number): boolean =>
  held === 0 || (adds === true && sideOf(held) === side)

/** Lets a work take its next steps until it waits or ends. */
export function drive(world: World, gate: RiskContext, work: Work): void {
  for (let i = 0; i < STEPS_MAX; i++) {
    const step = nextStep(work, workContext(world, work), world.config.executor)
    if (step.kind === 'wait') return
    if (step.kind === 'finished') {
      world.works[work.instrument] = null
      return
    }
    if (step.kind === 'cancel') {
      work.canceledOrder = step.clientOrderId
      cancelOrder(world, step.clientOrderId)
      return
    }
    if (step.kind === 'replace') {
      if (replace(world, gate, work, step)) return
      continue
    }
    if (step.kind === 'unpriced') {
      world.works[work.instrument] = null
      return deny(world, step.order, { code: 'BOOK_UNKNOWN', value: 0, limit: 1 })
    }
    if (submit(world, gate, work, step.order)) return
  }
}

function deny(world: World, order: NewOrder, denial: Denial): void {
  const { denials } = world.counters
  denials[denial.code] = (denials[denial.code] ?? 0) + 1
  emit(world, { kind: 'orderDenied', order, denial })
}

function workContext(world: World, work: Work): WorkContext {
  const record = work.activeOrder === null ? undefined : world.orders.get(work.activeOrder)
  return {
    now: world.now,
    instrument: world.config.instruments[work.instrument]!,
    bestBid: touch(world, work, 'bid'),
    bestAsk: touch(world, work, 'ask'),
    positionLots: tradedLots(world, work.instrument),
    active:
      record === undefined
        ? null
        : {
            price: record.order.price,
            cancelable: record.state === 'open',
            replaceable: canReplace(world, work.instrument),
            rests: record.order.timeInForce === 'gtc',
            leavesLots: leavesQuantity(record),
          },
    sessionId: world.sessionId,
  }
}

/**
 * Best price of a side. An exit that must out is priced off the last mark when the book is not
 * known: risk-reducing orders are never held back by a silent stream.
 */
function touch(world: World, work: Work, side: 'bid' | 'ask'): Price | null {
  const best = bestPrice(world, work.instrument, side)
  if (best > 0) return price(best)
  const last = mark(world, work.instrument)
  if (work.kind !== 'exit' || work.urgency !== 'aggressive' || last <= 0) return null
  const instrument = world.config.instruments[work.instrument]!
  return roundPrice(instrument, last / 2, side === 'bid' ? 'down' : 'up')
}

const canReplace = (world: World, instrument: number): boolean =>
  world.config.instruments[instrument]!.canReplace === true && !isShadow(world, instrument)

/**
 * Sends an order in the place of the one that rests, through the gate. False when the gate refused:
 * an entry ends then as if it had been canceled first, an exit is canceled to be sent anew.
 */
function replace(
  world: World,
  gate: RiskContext,
  work: Work,
  step: Extract<WorkStep, { kind: 'replace' }>,
): boolean {
  const { order } = step
  const old = world.orders.get(step.replaced)!
  work.attempts++
  work.lastAttemptTime = world.now
  const leaves = order.reduceOnly ? 0 : leavesQuantity(old)
  const verdict = approveOrder(order, gate, world.config.limits, world.risk, leaves)
  if (verdict.denial !== null) {
    deny(world, order, verdict.denial)
    if (work.kind === 'entry') work.stopping = verdict.denial.code
    else {
      work.canceledOrder = step.replaced
      cancelOrder(world, step.replaced)
    }
    return false
  }
  world.orders.add(order, world.now, old)
  work.activeOrder = order.clientOrderId
  world.counters.orders++
  const filledQuantity = quantity(old.filledQuantity)
  const replaces = approveReplaced({ ...cancelOf(old), filledQuantity })
  emit(world, { kind: 'submitOrder', order: verdict.approved, replaces })
  return true
}

/** Sends an order through the gate. Returns true when it went out (or the work must wait). */
function submit(world: World, gate: RiskContext, work: Work, order: NewOrder): boolean {
  work.attempts++
  work.lastAttemptTime = world.now
  const verdict = approveOrder(order, gate, world.config.limits, world.risk)
  if (verdict.denial !== null) {
    deny(world, order, verdict.denial)
    if (work.kind === 'entry') work.stopping = verdict.denial.code
    // A denied exit waits for the next heartbeat; the loop ends at the retry pause.
    return false
  }
  const record = world.orders.add(order, world.now)
  work.activeOrder = order.clientOrderId
  if (isShadow(world, order.instrument)) {
    world.orders.apply(record, 'accepted', world.now)
    emit(world, { kind: 'orderShadowed', order })
    return true
  }
  world.counters.orders++
  emit(world, { kind: 'submitOrder', order: verdict.approved })
  return true
}

/** Asks the venue to cancel an order that is open. */
export function cancelOrder(world: World, clientOrderId: ClientOrderId): void {
  const record = world.orders.get(clientOrderId)
  if (record === undefined || record.state !== 'open') return
  world.orders.apply(record, 'cancelSent', world.now)
  // Nobody to ask: it ends with the next heartbeat.
  if (isShadow(world, record.order.instrument)) return
  emit(world, { kind: 'cancelOrder', cancel: approveCancel(cancelOf(record)) })
}

/** The request that cancels an order. */
export const cancelOf = (record: OrderRecord): CancelOrder => ({
  clientOrderId: record.order.clientOrderId,
  instrument: record.order.instrument,
  venueOrderId: record.venueOrderId,
})

/** After evidence about an order: frees its work when it is closed and moves on. */
export function afterOrderChange(world: World, gate: RiskContext, record: OrderRecord): void {
  const work = world.works[record.order.instrument] ?? null
  if (work === null || work.activeOrder !== record.order.clientOrderId) return
  if (!isClosed(record.state)) return
  const replaced = record.replaces === null ? undefined : world.orders.get(record.replaces)
  // It did not take the place of the other one, which works on: or will be known to be gone.
  if (record.state === 'rejected' && replaced !== undefined && !isClosed(replaced.state)) {
    work.activeOrder = replaced.order.clientOrderId
    return drive(world, gate, work)
  }
  work.activeOrder = null
  if (record.state === 'rejected' || isTakenBack(work, record)) countRefusal(world, work, record)
  else work.refusals = 0
  drive(world, gate, work)
}

/**
 * True when a resting order ended that we did not ask to cancel: by the venue's rules, or by the
 * owner's hand. It is not put back at once.
 */
const isTakenBack = (work: Work, { order, state }: OrderRecord): boolean =>
  (state === 'canceled' || state === 'expired') &&
  order.timeInForce === 'gtc' &&
  work.canceledOrder !== order.clientOrderId

/** Refusals of the market's making, after which the next order may well be taken. */
const passingRefusals: readonly string[] = ['postOnlyWouldCross', 'iocNoMatch']

function countRefusal(world: World, work: Work, record: OrderRecord): void {
  const reason = record.closeReason
  if (work.kind === 'entry') {
    if (reason === 'postOnlyWouldCross') work.reprices++
    else work.stopping ??= `${record.state}:${reason}`
    return
  }
  if (passingRefusals.includes(reason)) return
  work.refusals++
  const { symbol } = world.config.instruments[work.instrument]!
  emit(world, {
    kind: 'alert',
    level: 'critical',
    code: 'EXIT_REFUSED',
    text: `the venue refused to close ${symbol} (${work.refusals} in a row): ${reason}`,
  })
}

/** Heartbeat: every work may reprice, retry, give up or escalate. */
export function driveAll(world: World, gate: RiskContext): void {
  for (const work of world.works) if (work !== null) drive(world, gate, work)
}

/**
 * Ends work and cancels what rests: entries only, or exits as well. What is still in flight is
 * canceled as soon as it is known to rest.
 */
export function cancelEverything(
  world: World,
  gate: RiskContext,
  what: { readonly reason: string; readonly exits: boolean },
): void {
  for (const work of world.works) {
    if (work === null || (work.kind === 'exit' && !what.exits)) continue
    work.stopping ??= what.reason
    drive(world, gate, work)
  }
  for (const { order, state } of world.orders.allActive()) {
    if (state === 'open' && (what.exits || !order.reduceOnly)) {
      cancelOrder(world, order.clientOrderId)
    }
  }
}

/**
 * Flattening, at its start and at every heartbeat: entries end first, then each position is closed
 * aggressively; over when nothing is held and nothing can fill any more.
 */
export function flattenEverything(world: World, gate: RiskContext): void {
  cancelEverything(world, gate, { reason: 'flatten', exits: false })
  let isFlat = true
  for (const { id } of world.config.instruments) {
    if (world.orders.active(id).size > 0) isFlat = false
    if (tradedLots(world, id) === 0) continue
    isFlat = false
    takeIntent(world, gate, {
      kind: 'exit',
      instrument: id,
      urgency: 'aggressive',
      reason: 'flatten',
    })
  }
  if (isFlat) world.flattening = false
}
