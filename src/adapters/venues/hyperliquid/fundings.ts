import type { InstrumentId, TimeUs } from '../../../core/mod.ts'
import { type Context, remember } from './context.ts'
import { unreadable } from './http.ts'
import { readMoney } from './money-text.ts'
import { userFundingReply, type WireFunding } from './wire.ts'

const HOUR_MS = 3_600_000

/** Delivers funding payments once each. */
export class FundingFeed {
  readonly #context: Context
  readonly #startTime: TimeUs
  readonly #seen = new Map<string, true>()
  #lastTime: TimeUs

  /** Payments before `startTime` (the venue's clock) are history. */
  constructor(context: Context, startTime: TimeUs) {
    this.#context = context
    this.#startTime = startTime
    this.#lastTime = startTime
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
        this.#lastTime = Math.max(this.#lastTime, payment.venueTime)
        this.#context.emit({ kind: 'fundingPaid', receivedTime, ...payment })
      }
    }
  }

  /**
   * Fetches what was paid since the last one seen, when an hour has passed. Throws AdapterError.
   */
  async backfill(): Promise<void> {
    const { environment, options, post, budget } = this.#context
    const lastMs = Math.floor(this.#lastTime / 1000)
    if (hourOf(environment.now() / 1000) <= hourOf(lastMs)) return
    const raw = await post({
      path: '/info',
      body: () => ({ type: 'userFunding', user: options.userAddress, startTime: lastMs }),
      requestClass: 'query',
      weight: 20,
      waitMs: 20_000,
    })
    const reply = userFundingReply.safeParse(raw)
    if (!reply.success) throw unreadable('userFunding')
    budget.charge(Math.floor(reply.data.length / 20))
    this.deliver(reply.data.map(({ time, delta }) => ({ time, ...delta })))
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
