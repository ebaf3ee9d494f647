import { z } from 'zod'
import type { TimeUs } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import type { Context } from './context.ts'
import { ask } from './http.ts'
import { floorDivide, readNano, readTime } from './numbers.ts'

const PAGE_SIZE = 100
const PAGES_MAX = 50
const QUERY_WAIT_MS = 20_000
/** Fills move cash themselves, and coins' fees are theirs: their own entries only list them. */
const counted: ReadonlySet<string> = new Set(['FILL', 'CFEE'])

const activity = z.object({
  id: z.string(),
  activity_type: z.string(),
  net_amount: z.string().nullish(),
  created_at: z.string().nullish(),
})

/** Cash that moved without a trade: deposits, dividends, fees of the day's end. Each told once. */
export class TransferFeed {
  readonly #context: Context
  readonly #startTime: TimeUs
  readonly #told = new Set<string>()

  /** Nothing before `startTime` is told: it is in the cash of the first report. */
  constructor(context: Context, startTime: TimeUs) {
    this.#context = context
    this.#startTime = startTime
  }

  /** Fetches and delivers what was not told yet. Throws AdapterError. */
  async deliver(): Promise<void> {
    let pageToken: string | null = null
    for (let page = 0; page < PAGES_MAX; page++) {
      const reply: readonly z.infer<typeof activity>[] = await this.#page(pageToken)
      for (const each of reply) this.#tell(each)
      pageToken = reply.at(-1)?.id ?? null
      if (reply.length < PAGE_SIZE) return
    }
  }

  async #page(pageToken: string | null): Promise<readonly z.infer<typeof activity>[]> {
    const body = await ask(this.#context.send, {
      what: 'transfers',
      requestClass: 'query',
      waitMs: QUERY_WAIT_MS,
      operation: ({ activities }) =>
        activities.getAccountActivitiesRaw({
          category: 'non_trade_activity',
          after: new Date(Math.floor(this.#startTime / 1000)),
          direction: 'asc',
          pageSize: PAGE_SIZE,
          ...(pageToken === null ? {} : { pageToken }),
        }),
    })
    const reply = activity.array().safeParse(body)
    if (!reply.success) throw unreadable('transfers')
    return reply.data
  }

  #tell(each: z.infer<typeof activity>): void {
    if (counted.has(each.activity_type) || this.#told.has(each.id)) return
    const nano = readNano(each.net_amount ?? '0')
    if (nano === null) throw unreadable('transfers')
    const receivedTime = this.#context.receivedTime()
    const venueTime = readTime(each.created_at ?? '') ?? receivedTime
    this.#told.add(each.id)
    if (nano === 0n || venueTime < this.#startTime) return
    const amount = floorDivide(nano, 10n)
    const transferId = each.id
    const currency = 'USD'
    this.#context.emit({
      kind: 'transferred',
      receivedTime,
      venueTime,
      transferId,
      currency,
      amount,
    })
  }
}
