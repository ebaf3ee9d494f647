import type { InstrumentId, TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { Progress } from '../lib/progress.ts'
import { type Context, remember } from './context.ts'
import { readMoney } from './money-text.ts'
import { userFundingReply, type WireFunding } from './wire.ts'

const HOUR_MS = 3_600_000
/** Replies of this many payments may continue. */
const FULL_PAGE = 500
const MAXIMUM_PAGES = 40

/** Delivers funding payments once each. */
export class FundingFeed {
  readonly #context: Context
  readonly #startTime: TimeUs
  readonly #seen = new Map<string, true>()
  /** Microseconds. */
  readonly progress: Progress

  /** Payments before `startTime` (the venue's clock) are history. */
  constructor(context: Context, startTime: TimeUs) {
    this.#context = context
    this.#startTime = startTime
    this.progress = new Progress(startTime)
  }

  /** Throws AdapterError, before delivering any, when one cannot be read. */
  deliver(fundings: readonly WireFunding[]): void {
    const receivedTime = this.#context.receivedTime()
    const wanted = fundings.filter(({ time }) => time * 1000 >= this.#startTime)
    const payments = wanted.map((funding) => readFunding(this.#context, funding))
    for (const payment of payments) {
      if (payment === 'foreign') this.#context.statistics.foreignReports++
      else if (!this.#seen.has(payment.fundingId)) {
        remember(this.#seen, payment.fundingId, true)
        this.progress.see(payment.venueTime)
        this.#context.emit({ kind: 'fundingPaid', receivedTime, ...payment })
      }
    }
  }

  /**
   * Fetches what was paid since the hour in which the last gap began, when an hour has ended since
   * the start. Throws AdapterError.
   */
  async backfill(): Promise<void> {
    const { environment, options, post, budget } = this.#context
    const startMs = Math.floor(this.#startTime / 1000)
    if (hourOf(environment.now() / 1000) <= hourOf(startMs)) return
    let startTime = Math.max(startMs, hourOf(this.progress.time / 1000) * HOUR_MS)
    for (let page = 0; page < MAXIMUM_PAGES; page++) {
      const body = { type: 'userFunding', user: options.userAddress, startTime }
      const raw = await post({
        path: '/info',
        body: () => body,
        requestClass: 'query',
        weight: 20,
        waitMs: 20_000,
      })
      const reply = userFundingReply.safeParse(raw)
      if (!reply.success) throw unreadable('userFunding')
      budget.charge(Math.floor(reply.data.length / 20))
      this.deliver(reply.data.map(({ time, delta }) => ({ time, ...delta })))
      const last = Math.max(startTime, ...reply.data.map(({ time }) => time))
      if (reply.data.length < FULL_PAGE || last === startTime) return
      startTime = last
    }
    const text = `funding since ${startTime} ms does not end`
    throw new AdapterError('VENUE_UNREADABLE', text, 'retry')
  }
}

const hourOf = (timeMs: number): number => Math.floor(timeMs / HOUR_MS)

interface Payment {
  readonly fundingId: string
  readonly instrument: InstrumentId
  readonly venueTime: TimeUs
  readonly rateE9: number
  readonly amount: bigint
}

function readFunding(context: Context, funding: WireFunding): Payment | 'foreign' {
  const asset = context.universe.byCoin.get(funding.coin)
  if (asset === undefined) return 'foreign'
  const amount = readMoney(funding.usdc)
  if (amount === null) throw unreadable(`funding of ${funding.coin}`)
  return {
    // Settled within moments of the hour, once per coin.
    fundingId: `${funding.coin}:${hourOf(funding.time)}`,
    instrument: asset.instrument.id,
    venueTime: funding.time * 1000,
    // Printed with ten digits and more; for display, the amount is the venue's own.
    rateE9: Math.round(Number(funding.fundingRate) * 1e9),
    amount,
  }
}
