import type { AccountReport, VenueOpenOrder } from '../domain/event.ts'
import { moneyToNumber } from '../domain/money.ts'
import type { Execution } from '../domain/order.ts'
import { type AssetUnits, sign, signedQuantity, type TimeUs } from '../domain/units.ts'
import { approveCancel, type RiskContext } from '../risk/gate.ts'
import { onExecution } from './reports.ts'
import { halfMid } from './risk-context.ts'
import { finishIfSettled } from './settling.ts'
import { emit, isShadow, type World } from './world.ts'

/**
 * Compares the venue's whole view with ours: executions first (each once), then orders, then
 * positions and cash. Nothing is ever wiped because of a missing answer; a difference becomes an
 * explicit effect, adopted or stopping the instrument, by the session's rule.
 */
export function onAccountReport(
  world: World,
  gate: RiskContext,
  report: { readonly venueTime: TimeUs; readonly account: AccountReport },
): readonly number[] {
  const { account } = report
  const { reconcile } = world
  reconcile.queryInFlight = false
  reconcile.lastReportTime = world.now
  const moved: number[] = []
  // Also after a crash before the first comparison: nothing was traded yet.
  const isFreshStart = !reconcile.compared
  reconcile.compared = true
  if (isFreshStart) reconcile.historyTime = report.venueTime
  for (const execution of account.executions) {
    if (isFreshStart) {
      // A new journal begins with the venue's positions: their past executions are not ours.
      world.seen.add(`x:${execution.executionId}`)
      continue
    }
    const instrument = onExecution(world, gate, execution)
    if (instrument >= 0) moved.push(instrument)
  }
  compareOrders(world, account.openOrders)
  comparePositions(world, account, isFreshStart)
  if (isFreshStart) adoptCash(world, account)
  else watchCash(world, account)
  reconcile.isFirst = false
  finishIfSettled(world)
  return moved
}

function compareOrders(world: World, venueOrders: readonly VenueOpenOrder[]): void {
  const { reconcile, orders } = world
  const listed = new Set<string>()
  for (const venueOrder of venueOrders) {
    const id = venueOrder.clientOrderId
    const record = id === null ? undefined : orders.get(id)
    if (record !== undefined) {
      listed.add(record.order.clientOrderId)
      record.venueOrderId = venueOrder.venueOrderId
      if (record.state === 'unknown' || record.state === 'inFlight') {
        orders.apply(record, 'accepted', world.now)
      }
    } else if (id?.startsWith(world.sessionId)) {
      cancelOrphan(world, venueOrder, id)
    } else {
      emit(world, {
        kind: 'alert',
        level: 'warning',
        code: 'FOREIGN_ORDER',
        text: `the venue holds order ${venueOrder.venueOrderId}, which is not ours; it is left alone`,
      })
    }
  }
  for (const record of orders.allActive()) {
    const id = record.order.clientOrderId
    if (listed.has(id) || reconcile.pending.includes(id)) continue
    if (isShadow(world, record.order.instrument)) continue
    if (record.sentTime >= reconcile.lastQueryTime) continue
    reconcile.pending.push(id)
    record.queriedTime = world.now
    record.queries++
    emit(world, { kind: 'queryOrder', clientOrderId: id })
  }
}

/** An order with our mark that our books do not know: it must not live. */
function cancelOrphan(world: World, order: VenueOpenOrder, id: string): void {
  emit(world, {
    kind: 'alert',
    level: 'critical',
    code: 'ORPHAN_ORDER',
    text: `the venue holds our order ${id}, which the journal does not know; it is canceled`,
  })
  const { instrument, venueOrderId } = order
  emit(world, {
    kind: 'cancelOrder',
    cancel: approveCancel({ clientOrderId: id, instrument, venueOrderId }),
  })
}

function comparePositions(world: World, account: AccountReport, isFreshStart: boolean): void {
  const { reconcile, ledger, config } = world
  const suspects: number[] = []
  for (const { id } of config.instruments) {
    const venuePosition = account.positions.find((p) => p.instrument === id)
    const venues = venuePosition?.quantity ?? 0
    const ours = ledger.position(id).quantity
    if (ours === venues) {
      settleDust(world, id, venuePosition?.dust)
      if (world.stops[id]?.startsWith('difference')) world.stops[id] = null
      continue
    }
    const isAccepted = reconcile.accepted.includes(id)
    const isConfirmed =
      isAccepted || reconcile.isFirst || reconcile.suspects.includes(id) || world.stops[id] !== null
    if (!isConfirmed) {
      // One differing answer may be a fill on its way: asked again before anything is concluded.
      suspects.push(id)
      continue
    }
    const adopts = isFreshStart || isAccepted || config.onDifference === 'adopt'
    const stop = `difference: ours ${ours}, venue ${venues}`
    // Said once: the same difference in the next report is no news.
    if (!adopts && world.stops[id] === stop) continue
    reconcile.differences++
    emit(world, {
      kind: 'differenceFound',
      instrument: id,
      ours: signedQuantity(ours),
      venues: signedQuantity(venues),
      resolution: adopts ? 'adopted' : 'stopped',
      reason: isFreshStart
        ? 'new journal: the venue’s position is taken over'
        : isAccepted
          ? 'accepted by an operator'
          : 'positions differ',
    })
    if (adopts) adoptPosition(world, account, id)
    else world.stops[id] = stop
  }
  reconcile.accepted = []
  reconcile.suspects = suspects
  if (suspects.length > 0) reconcile.lastQueryTime = 0
}

/** What lies below a lot follows the venue's word, where it has one: nothing can be done with it. */
function settleDust({ ledger }: World, id: number, dust: AssetUnits | undefined): void {
  if (dust !== undefined && dust !== ledger.position(id).dust) ledger.adoptDust(id, dust)
}

/** Takes the venue's position over, at its entry price or the present mid. */
function adoptPosition(world: World, account: AccountReport, id: number): void {
  const venuePosition = account.positions.find((p) => p.instrument === id)
  const quantity = venuePosition?.quantity ?? 0
  const dust = venuePosition?.dust ?? 0n
  const fallback = world.ledger.averageEntryPrice(id) ?? halfMid(world, id) / 2
  const price = venuePosition?.averageEntryPrice ?? Math.max(0, fallback)
  const time = entryTime(account.executions, id, quantity) ?? world.now
  world.ledger.adoptPosition(id, { quantity, dust, price, time })
  world.stops[id] = null
}

/**
 * Venue time at which a position of this size was entered, out of the executions that led to it: of
 * the last one before which it was flat or of the other sign, else of the first one known; null
 * when none is.
 */
export function entryTime(
  executions: readonly Execution[],
  instrument: number,
  quantity: number,
): TimeUs | null {
  let time: TimeUs | null = null
  let lots = quantity
  for (const execution of executions.toReversed()) {
    if (lots === 0 || Math.sign(lots) !== Math.sign(quantity)) break
    if (execution.instrument !== instrument) continue
    time = execution.venueTime
    lots -= sign(execution.side) * execution.quantity
  }
  return time
}

function adoptCash(world: World, account: AccountReport): void {
  for (const { currency, amount } of account.balances) {
    const difference = amount - world.ledger.cash(currency)
    if (difference !== 0n) world.ledger.applyTransfer(currency, difference)
  }
}

/** Below this a difference is the venue's rounding: one cent. */
const CASH_TOLERANCE = 10n ** 6n

/**
 * Cash moves only with executions, fees, funding and transfers we were told of: a difference that
 * two settled reports agree on is something nobody told us. It is said, not repaired.
 */
function watchCash(world: World, account: AccountReport): void {
  const { reconcile, ledger } = world
  for (const { currency, amount } of account.balances) {
    const difference = amount - ledger.cash(currency)
    const isSettled = reconcile.suspects.length === 0 && world.stops.every((stop) => stop === null)
    const isSmall = difference < CASH_TOLERANCE && difference > -CASH_TOLERANCE
    if (!isSettled || isSmall) {
      reconcile.cashDifference = null
      continue
    }
    const text = difference.toString()
    if (reconcile.cashDifference === text) {
      emit(world, {
        kind: 'alert',
        level: 'warning',
        code: 'CASH_DIFFERS',
        text: `the venue holds ${moneyToNumber(difference)} ${currency} more than the journal explains`,
      })
      reconcile.cashDifference = `${text} said`
    } else if (reconcile.cashDifference !== `${text} said`) reconcile.cashDifference = text
  }
}
