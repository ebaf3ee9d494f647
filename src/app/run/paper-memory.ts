import { readFileSync } from 'node:fs'
import {
  decodePayload,
  encodePayload,
  InputError,
  writeFileAtomically,
} from '../../adapters/mod.ts'
import {
  assert,
  type ClientOrderId,
  type Event,
  type EventOf,
  EXCHANGE_SNAPSHOT_VERSION,
  type ExchangeSnapshot,
  type Execution,
  type NewOrder,
  type OrderReport,
  type ReplacedOrder,
  type TimeUs,
} from '../../core/mod.ts'

/** What is remembered of an order that was submitted. */
interface KnownOrder {
  readonly id: ClientOrderId
  readonly quantity: number
  /** Lots filled, as far as reported. */
  readonly filled: number
  /** The order that was sent in its place; what fills of this one is taken off that one. */
  readonly replacedBy?: ClientOrderId
  /** What ended it other than its last fill. */
  readonly end: OrderReport | null
}

interface PaperState {
  readonly version: typeof STATE_VERSION
  readonly exchange: ExchangeSnapshot
  readonly executions: readonly Execution[]
  readonly orders: readonly KnownOrder[]
  /** Reports on their way, in order. */
  readonly outgoing: readonly Event[]
  readonly fundings: readonly EventOf<'fundingPaid'>[]
}

const STATE_VERSION = 2
/** Executions and orders that are remembered. */
const REMEMBERED_MOST = 5_000

/** What a paper venue has told and must be able to tell again after a crash. */
export interface PaperMemory {
  /** The exchange as it was stored last; null when nothing was. */
  readonly stored: ExchangeSnapshot | null
  submitted(order: NewOrder, replaces?: ReplacedOrder): void
  /** Takes what the exchange wrote, to be handed over when each report can be known. */
  collect(reports: readonly Event[]): void
  /** When the next report can be known; Infinity when there is none. */
  nextTime(): TimeUs
  /** Hands over the reports that can be known at `now`. */
  takeDue(now: TimeUs): readonly Event[]
  /** Makes all of it durable, with the exchange's state. */
  store(exchange: ExchangeSnapshot): void
  /** All that happened, also what is not known yet: positions hold it. */
  executionsSince(time: TimeUs): readonly Execution[]
  /** Payments that a crash may have kept from being heard; each is given once. */
  takeUnheard(): readonly EventOf<'fundingPaid'>[]
  /** What became of an order that the venue no longer holds. */
  endOf(id: ClientOrderId): OrderReport
}

/** Reads what is stored at `path`. Throws InputError for what cannot be gone on with. */
export function openPaperMemory(path: string): PaperMemory {
  const state = readState(path)
  const executions = [...(state?.executions ?? [])]
  const outgoing = [...(state?.outgoing ?? [])]
  const orders = new Map(state?.orders.map((order) => [order.id, order]))
  /** Of the last hand-over: a crash may have come before they were journaled. */
  let fundings = state?.fundings ?? []
  let unheard = fundings
  const change = (id: ClientOrderId | null, made: (known: KnownOrder) => KnownOrder): void => {
    const known = id === null ? undefined : orders.get(id)
    if (known !== undefined) orders.set(known.id, made(known))
  }
  return {
    stored: state?.exchange ?? null,
    submitted({ clientOrderId: id, quantity }, replaces) {
      if (orders.has(id)) return
      const old = replaces === undefined ? undefined : orders.get(replaces.clientOrderId)
      const meanwhile = old === undefined ? 0 : old.filled - replaces!.filledQuantity
      if (old !== undefined) orders.set(old.id, { ...old, replacedBy: id })
      orders.set(id, { id, quantity: quantity - meanwhile, filled: 0, end: null })
    },
    collect(reports) {
      outgoing.push(...reports)
      for (const event of reports) {
        if (event.kind === 'executed') {
          const { clientOrderId, quantity } = event.execution
          executions.push(event.execution)
          const replacedBy = orders.get(clientOrderId ?? '')?.replacedBy ?? null
          change(clientOrderId, (known) => ({ ...known, filled: known.filled + quantity }))
          change(replacedBy, (known) => ({
            ...known,
            quantity: known.quantity - quantity,
          }))
        } else if (event.kind === 'orderReported' && endsOrder(event.report)) {
          const { report } = event
          change(report.clientOrderId, (known) => ({ ...known, end: report }))
        }
      }
    },
    nextTime: () => outgoing[0]?.receivedTime ?? Number.POSITIVE_INFINITY,
    takeDue(now) {
      const later = outgoing.findIndex(({ receivedTime }) => receivedTime > now)
      const due = outgoing.splice(0, later < 0 ? outgoing.length : later)
      if (due.length > 0) fundings = due.filter((event) => event.kind === 'fundingPaid')
      return due
    },
    store(exchange) {
      executions.splice(0, executions.length - REMEMBERED_MOST)
      for (const id of [...orders.keys()].slice(0, -REMEMBERED_MOST)) orders.delete(id)
      const next: PaperState = {
        version: STATE_VERSION,
        exchange,
        executions,
        orders: [...orders.values()],
        outgoing,
        fundings,
      }
      writeFileAtomically(path, encodePayload(next))
    },
    executionsSince: (time) => executions.filter(({ venueTime }) => venueTime >= time),
    takeUnheard() {
      const taken = unheard
      unheard = []
      return taken
    },
    endOf: (id) => endOf(id, orders.get(id)),
  }
}

const endsOrder = ({ evidence }: OrderReport): boolean =>
  evidence === 'canceled' || evidence === 'rejected' || evidence === 'expired'

function endOf(clientOrderId: ClientOrderId, known: KnownOrder | undefined): OrderReport {
  if (known?.end) return known.end
  const report = { clientOrderId, venueOrderId: null, code: null }
  if (known === undefined) {
    return { ...report, evidence: 'notFound', text: 'never sent to the paper venue' }
  }
  assert(known.filled >= known.quantity, 'an order the venue no longer holds has an end')
  return { ...report, evidence: 'filled', text: 'filled at the paper venue' }
}

function readState(path: string): PaperState | null {
  let state: PaperState
  try {
    state = decodePayload(readFileSync(path, 'utf8')) as PaperState
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw unusable(path, error instanceof Error ? error.message : String(error), error)
  }
  const versions = [state.version ?? 1, state.exchange?.version ?? 0].join('.')
  const known = [STATE_VERSION, EXCHANGE_SNAPSHOT_VERSION].join('.')
  if (versions === known) return state
  throw unusable(path, `version ${versions}, this program reads ${known}`)
}

const unusable = (path: string, detail: string, cause?: unknown): InputError =>
  new InputError({
    code: 'ORN-SIM-004',
    exitCode: 10,
    message: `the paper venue's state ${path} cannot be gone on with`,
    details: [detail],
    fix: 'start a new session, without --resume',
    cause,
  })
