import { z } from 'zod'
import type { ChargeCause, HoldingCause, TimeUs } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import type { Context } from './context.ts'
import { ask } from './http.ts'
import { floorDivide, type Nano, readNano, readTime } from './numbers.ts'

const PAGE_SIZE = 100
const PAGES_MAX = 50
const QUERY_WAIT_MS = 20_000
/** Fills move cash themselves, and coins' fees are theirs: their own entries only list them. */
const counted: ReadonlySet<string> = new Set(['FILL', 'CFEE'])

const activity = z.object({
  id: z.string(),
  activity_type: z.string(),
  net_amount: z.string().nullish(),
  per_share_amount: z.string().nullish(),
  symbol: z.string().nullish(),
  created_at: z.string().nullish(),
})

/** Of an instrument: what it paid, and the rent of what was borrowed. */
const holdingCauses: readonly (readonly [prefix: string, HoldingCause])[] = [
  ['DIV', 'dividend'],
  ['FEE', 'borrow'],
]
/** Of the account as a whole: fees of the day's sales, and interest. */
const chargeCauses: readonly (readonly [prefix: string, ChargeCause])[] = [
  ['FEE', 'fee'],
  ['INT', 'interest'],
]

/** Cash that moved without a trade: deposits, dividends, fees of the day's end. Each told once. */
export class TransferFeed {
  readonly #context: Context
  readonly #startTime: TimeUs
  readonly #told = new Set<string>()

  readonly #moved: (amount: Nano) => void

  /**
   * Nothing before `startTime` is told: it is in the cash of the first report. `moved` hears what
   * each brought, 10^-9 dollars.
   */
  constructor(context: Context, startTime: TimeUs, moved: (amount: Nano) => void) {
    this.#context = context
    this.#startTime = startTime
    this.#moved = moved
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
    this.#moved(nano)
    const amount = floorDivide(nano, 10n)
    const told = { receivedTime, venueTime, amount }
    const { id, activity_type: type, symbol } = each
    const asset = this.#context.universe.bySymbol.get(symbol ?? '')
    const held = asset === undefined ? undefined : causeOf(holdingCauses, type)
    if (asset !== undefined && held !== undefined) {
      const rateE9 = Math.round(Number(each.per_share_amount ?? 0) * 1e9)
      const instrument = asset.instrument.id
      const payment = { ...told, fundingId: id, instrument, rateE9, cause: held }
      return this.#context.emit({ kind: 'fundingPaid', ...payment })
    }
    const cause = causeOf(chargeCauses, type)
    const charged = cause === undefined ? {} : { cause }
    const transfer = { ...told, transferId: id, currency: 'USD', ...charged }
    this.#context.emit({ kind: 'transferred', ...transfer })
  }
}

const causeOf = <Cause>(
  causes: readonly (readonly [prefix: string, Cause])[],
  type: string,
): Cause | undefined => causes.find(([prefix]) => type.startsWith(prefix))?.[1]
