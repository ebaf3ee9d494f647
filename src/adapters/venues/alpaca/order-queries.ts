import type { ClientOrderId, OrderReport } from '../../../core/mod.ts'
import { operational, unreadable } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import { type Context, learnOrder } from './context.ts'
import { readOrder } from './evidence.ts'
import { messageOf } from './http.ts'
import { wireOrder } from './wire.ts'

const QUERY_WAIT_MS = 10_000
/** Pause before an order that may still be on its way is asked about again. */
const AGAIN_MS = 2_000
/** After so many answers that it is not known, it counts as never arrived. */
const NOT_FOUND_ANSWERS = 3

/** Looks orders up by our id. Every query ends in one report. */
export class OrderQueries {
  readonly #context: Context
  readonly #isPending: (id: ClientOrderId) => boolean
  readonly #settled: (id: ClientOrderId) => void
  readonly #asking = new Set<ClientOrderId>()
  readonly #timers = new Map<ClientOrderId, TimerHandle>()

  constructor(input: {
    readonly context: Context
    /** True while a command of the order has no outcome. */
    readonly isPending: (id: ClientOrderId) => boolean
    /** Called when how the order ended is known. */
    readonly settled: (id: ClientOrderId) => void
  }) {
    this.#context = input.context
    this.#isPending = input.isPending
    this.#settled = input.settled
  }

  query(id: ClientOrderId): void {
    if (this.#asking.has(id)) return
    this.#asking.add(id)
    this.#run(id, 1)
  }

  stop(): void {
    for (const timer of this.#timers.values()) this.#context.environment.clearTimer(timer)
    this.#timers.clear()
    this.#asking.clear()
  }

  #run(id: ClientOrderId, attempt: number): void {
    void this.#ask(id, attempt).catch((error: unknown) => {
      const { message } = operational(error)
      this.#end(id, { text: `status query failed: ${message}` })
    })
  }

  async #ask(id: ClientOrderId, attempt: number): Promise<void> {
    const { status, body } = await this.#context.send({
      what: 'order query',
      requestClass: 'query',
      waitMs: QUERY_WAIT_MS,
      operation: ({ orders }) => orders.getOrderByClientOrderIdRaw({ clientOrderId: id }),
    })
    if (status === 404) return this.#notFound(id, attempt, messageOf(body))
    const reply = wireOrder.safeParse(body)
    if (!reply.success || reply.data.client_order_id !== id) throw unreadable('order query')
    learnOrder(this.#context, reply.data)
    this.#settled(id)
    this.#end(id, readOrder(reply.data), reply.data.updated_at ?? null)
  }

  /** A request may still be on its way: it counts only when nothing was found again and again. */
  #notFound(id: ClientOrderId, attempt: number, text: string): void {
    if (this.#context.sink === null) return
    if (attempt >= NOT_FOUND_ANSWERS && !this.#isPending(id)) {
      return this.#end(id, { evidence: 'notFound', text })
    }
    const again = (): void => {
      this.#timers.delete(id)
      this.#run(id, attempt + 1)
    }
    this.#timers.set(id, this.#context.environment.setTimer(again, AGAIN_MS))
  }

  #end(id: ClientOrderId, reading: Partial<OrderReport>, venueTime: number | null = null): void {
    if (!this.#asking.delete(id)) return
    const receivedTime = this.#context.receivedTime()
    const report: OrderReport = {
      clientOrderId: id,
      venueOrderId: null,
      evidence: 'unknown',
      code: null,
      text: '',
      ...reading,
    }
    const time = venueTime ?? receivedTime
    this.#context.emit({ kind: 'orderReported', receivedTime, venueTime: time, report })
  }
}
