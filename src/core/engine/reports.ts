import type { Execution, OrderReport } from '../domain/order.ts'
import { isClosed } from '../domain/order.ts'
import type { TimeUs } from '../domain/units.ts'
import type { OrderRecord } from '../execution/order-store.ts'
import { formatDecimal } from '../lib/decimal.ts'
import type { RiskContext } from '../risk/gate.ts'
import { tradedLots } from './risk-context.ts'
import { settlePending } from './settling.ts'
import { noteShareFill } from './shares.ts'
import { doubtFill } from './suspicious-fill.ts'
import { afterOrderChange } from './works.ts'
import { emit, isShadow, type World } from './world.ts'

/** Longest pause between two questions about one order. */
const QUERY_BACKOFF_MAX_US = 60_000_000

/** Draws the conclusion from one piece of evidence about one order. */
export function onOrderReport(world: World, gate: RiskContext, report: OrderReport): void {
  const record = world.orders.get(report.clientOrderId)
  if (record === undefined) {
    emit(world, {
      kind: 'alert',
      level: 'warning',
      code: 'UNKNOWN_ORDER_REPORTED',
      text: `${report.evidence} for ${report.clientOrderId}, which is not in the store`,
    })
    return
  }
  if (report.venueOrderId !== null) record.venueOrderId = report.venueOrderId
  const before = record.state
  const wasClosed = isClosed(before)
  const verdict = world.orders.apply(record, report.evidence, world.now)
  if (!wasClosed && isClosed(record.state)) {
    record.closeReason = report.code ?? report.text
    if (record.state === 'rejected') world.counters.rejects++
  }
  if (verdict === 'contradiction') contradict(world, record, report.evidence)
  // An answer that leaves it unknown is no reason to ask at once: the heartbeat asks, ever slower.
  if (record.state === 'unknown' && before !== 'unknown') askAbout(world, record)
  // Filled by the venue's word, but executions are missing here: they are fetched, not invented.
  if (report.evidence === 'filled' && !isClosed(record.state)) askForAccount(world)
  settlePending(world, record)
  afterOrderChange(world, gate, record)
}

/** True the first time for a booking of the venue's that the journal did not begin with. */
export function isNews(world: World, id: string, venueTime: TimeUs): boolean {
  const counts = venueTime > world.reconcile.historyTime && world.seen.add(id)
  if (!counts) world.counters.duplicates++
  return counts
}

/** Applies an execution once, for ever. Returns the instrument whose position moved, or -1. */
export function onExecution(world: World, gate: RiskContext, execution: Execution): number {
  if (!world.seen.add(`x:${execution.executionId}`)) {
    world.counters.duplicates++
    return -1
  }
  const before = world.ledger.position(execution.instrument).quantity
  book(world, execution)
  // It only corrects the fee of one that was counted.
  if (execution.quantity === 0) return execution.instrument
  noteShareFill(world, execution, before)
  world.counters.fills++
  const id = execution.clientOrderId
  const record = id === null ? undefined : world.orders.get(id)
  if (record === undefined) {
    tellForeign(world, execution)
    return execution.instrument
  }
  doubtFill(world, record.order, execution)
  record.venueOrderId = execution.venueOrderId
  const work = world.works[execution.instrument]
  if (work !== null && work !== undefined && work.intentId === record.order.intentId) {
    work.filledLots += execution.quantity
  }
  const verdict = world.orders.fill(record, execution.quantity, world.now)
  if (verdict === 'contradiction') contradict(world, record, 'fill')
  settlePending(world, record)
  afterOrderChange(world, gate, record)
  const successor = world.orders.successorOf(record)
  if (successor !== undefined) afterOrderChange(world, gate, successor)
  return execution.instrument
}

/** Says of an execution that no order of ours asked for it, and why where that is known. */
function tellForeign(world: World, execution: Execution): void {
  if (execution.cause !== 'delisting') {
    return emit(world, {
      kind: 'alert',
      level: 'warning',
      code: 'FOREIGN_EXECUTION',
      text: `execution ${execution.executionId} of an order that is not ours was adopted`,
    })
  }
  const instrument = world.config.instruments[execution.instrument]!
  const shares = formatDecimal(execution.quantity, instrument.quantityDecimals)
  const each = formatDecimal(execution.price, instrument.priceDecimals)
  emit(world, {
    kind: 'alert',
    level: 'info',
    code: 'DELISTED',
    text: `${instrument.symbol} was delisted: ${shares} shares are paid out at ${each} each`,
  })
}

/** Books an execution; what is too little to be traded is no position that was entered before. */
function book(world: World, execution: Execution): void {
  const { instrument, venueTime } = execution
  // Of an instrument in shadow the strategy's position is another one.
  const isNew = !isShadow(world, instrument) && tradedLots(world, instrument) === 0
  world.ledger.applyExecution(execution)
  if (isNew) world.ledger.markEntry(instrument, venueTime)
}

function contradict(world: World, record: OrderRecord, evidence: string): void {
  world.counters.contradictions++
  emit(world, {
    kind: 'alert',
    level: 'warning',
    code: 'CONTRADICTING_EVIDENCE',
    text: `${evidence} for order ${record.order.clientOrderId} in state ${record.state}`,
  })
  // What contradicts itself again and again is not asked about at its own pace.
  if (world.now - record.queriedTime >= pauseUs(world, record)) askAbout(world, record)
}

/** Pause after the last question about an order, longer with each. */
function pauseUs({ config }: World, { state, queries }: OrderRecord): TimeUs {
  const { answerTimeoutUs } = config.executor
  const isWaiting = state === 'inFlight' || state === 'pendingCancel'
  const base = isWaiting ? answerTimeoutUs : answerTimeoutUs / 5
  return Math.min(QUERY_BACKOFF_MAX_US, base * 2 ** Math.min(queries, 6))
}

/** Heartbeat: asks about orders whose answer is overdue or unknown, with growing pauses. */
export function chaseAnswers(world: World): void {
  for (const { id } of world.config.instruments)
    for (const record of world.orders.active(id)) {
      if (record.state === 'open' || isShadow(world, id)) continue
      const since = Math.max(record.changedTime, record.queriedTime)
      if (world.now - since >= pauseUs(world, record)) askAbout(world, record)
    }
}

function askAbout(world: World, record: OrderRecord): void {
  if (record.queriedTime === world.now && record.queries > 0) return
  record.queriedTime = world.now
  record.queries++
  emit(world, { kind: 'queryOrder', clientOrderId: record.order.clientOrderId })
}

/** Asks for the whole account unless an answer is already on its way. */
export function askForAccount(world: World): void {
  const { reconcile } = world
  if (reconcile.queryInFlight) return
  reconcile.queryInFlight = true
  reconcile.lastQueryTime = world.now
  const overlap = 60_000_000
  emit(world, {
    kind: 'queryAccount',
    since: Math.max(0, reconcile.lastReportTime - overlap),
  })
}
