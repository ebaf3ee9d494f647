import { type Genesis, readJournal, verifyJournal } from '../../src/adapters/mod.ts'
import { sessionEngineConfig } from '../../src/app/config/build.ts'
import type { Config } from '../../src/app/config/schema.ts'
import { replay } from '../../src/app/run/recover.ts'
import { type Engine, formatDecimal, MONEY_DECIMALS, parseDecimal } from '../../src/core/mod.ts'
import { cutTo } from './alpaca-account.ts'
import type { VenueAccount } from './venue-account.ts'

/** What a journal holds, as far as promises are about it. */
export interface JournalFacts {
  readonly genesis: Genesis
  /** Client order ids of all orders that were approved to leave. */
  readonly sent: readonly string[]
  /** Execution ids of all executions that were stepped. */
  readonly executed: readonly string[]
  readonly resumptions: number
  /** Positions taken over from the venue without executions, and instruments stopped for one. */
  readonly differences: number
}

/** Reads what the promises are about out of a journal. */
export function readFacts(path: string): JournalFacts {
  let genesis: Genesis | null = null
  const sent: string[] = []
  const executed: string[] = []
  let resumptions = 0
  let differences = 0
  for (const item of readJournal(path)) {
    if (item.kind === 'genesis') genesis = item.payload
    else if (item.kind === 'effect') {
      if (item.payload.kind === 'submitOrder') sent.push(item.payload.order.clientOrderId)
      if (item.payload.kind === 'differenceFound') differences++
    } else if (item.kind === 'event') {
      const event = item.payload
      if (event.kind === 'executed') executed.push(event.execution.executionId)
      else if (event.kind === 'accountReported') {
        executed.push(...event.account.executions.map((e) => e.executionId))
      } else if (event.kind === 'sessionStarted' && event.resumed) resumptions++
    }
  }
  if (genesis === null) throw new Error(`${path} has no first entry`)
  return { genesis, sent, executed, resumptions, differences }
}

/** Orders and fills the venue lists at most: with that many, older ones are gone there. */
const VENUE_MEMORY = 2000

const repeated = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
]

/**
 * Everything that must hold between a journal at rest and the venue it traded at. Returns what does
 * not, in words; empty is a pass.
 */
export function auditJournal(path: string, venue: VenueAccount): readonly string[] {
  const verification = verifyJournal(path)
  if (!verification.ok) return [`the journal is damaged: ${verification.reason}`]
  const facts = readFacts(path)
  const { genesis, sent, executed } = facts
  const config = sessionEngineConfig(
    genesis.mode,
    genesis.configuration as Config,
    genesis.instruments,
  )
  const result = replay(path, config)
  const broken: string[] = []
  if (result.divergence !== null) {
    const { seq, expected, found } = result.divergence
    broken.push(`P1 entry ${seq} comes out as ${found}, recorded ${expected}`)
  }
  for (const id of repeated(sent)) broken.push(`P3 order ${id} was sent twice`)
  for (const id of repeated(executed)) broken.push(`P4 execution ${id} was stepped twice`)
  if (facts.differences > 0) broken.push(`P5 ${facts.differences} differences were found`)
  return [
    ...broken,
    ...auditOrders({ engine: result.engine, sent, venue }),
    ...auditExecutions(executed, venue),
    ...auditMoney(result.engine, venue),
  ]
}

function auditOrders(input: {
  readonly engine: Engine
  readonly sent: readonly string[]
  readonly venue: VenueAccount
}): string[] {
  const { engine, sent, venue } = input
  const broken: string[] = []
  const ours = new Set(sent)
  const theirs = venue.orders.map((order) => order.clientOrderId)
  for (const id of repeated(theirs)) broken.push(`P3 the venue took order ${id} twice`)
  for (const { clientOrderId, oid } of venue.orders) {
    if (!ours.has(clientOrderId)) broken.push(`P2 order ${oid} ${clientOrderId} is unknown here`)
  }
  for (const { clientOrderId } of venue.openOrders) {
    broken.push(`P3 the venue still holds order ${clientOrderId}`)
  }
  for (const { order, state } of engine.world.orders.allActive()) {
    broken.push(`P6 order ${order.clientOrderId} is still ${state} here`)
  }
  const known = new Set(theirs)
  if (theirs.length >= VENUE_MEMORY) return broken
  for (const { order, state, filledQuantity } of engine.world.orders.records()) {
    const isThere = known.has(order.clientOrderId)
    if (!isThere && (filledQuantity > 0 || state === 'filled')) {
      broken.push(`P6 order ${order.clientOrderId} is ${state} here and unknown to the venue`)
    }
  }
  return broken
}

function auditExecutions(executed: readonly string[], venue: VenueAccount): string[] {
  const ours = new Set(executed)
  const theirs = new Set(venue.executionIds)
  return [
    ...venue.executionIds.filter((id) => !ours.has(id)).map((id) => `P4 ${id} was never counted`),
    ...(theirs.size >= VENUE_MEMORY ? [] : executed)
      .filter((id) => !theirs.has(id))
      .map((id) => `P4 ${id} is unknown to the venue`),
  ]
}

function auditMoney({ world }: Engine, venue: VenueAccount): string[] {
  const broken: string[] = []
  for (const { id, symbol, quantityDecimals } of world.config.instruments) {
    const ours = world.ledger.position(id).quantity
    // What lies below a lot is dust: no order can move it.
    const held = cutTo(venue.positions.get(symbol) ?? '0', quantityDecimals)
    const theirs = Number(parseDecimal(held, quantityDecimals))
    if (ours !== theirs) broken.push(`P5 ${symbol}: ${ours} lots here, ${theirs} at the venue`)
    if (world.stops[id] !== null) broken.push(`P5 ${symbol} is stopped: ${world.stops[id]}`)
  }
  if (!world.reconcile.done) broken.push('P10 the session is not reconciled')
  const cash = world.ledger.cash(venue.currency)
  const error = cash > venue.cash ? cash - venue.cash : venue.cash - cash
  if (error > venue.cashError) {
    const text = (value: bigint): string => formatDecimal(value, MONEY_DECIMALS)
    broken.push(`P11 cash ${text(cash)} here, ${text(venue.cash)} at the venue`)
  }
  if (world.ledger.imbalanceOfBooks(venue.currency) !== 0n)
    broken.push('P11 the books do not balance')
  return broken
}
