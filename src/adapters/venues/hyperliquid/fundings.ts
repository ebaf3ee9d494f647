import type { InstrumentId, TimeUs } from '../../../core/mod.ts'
import { type Context, remember } from './context.ts'
import { readMoney } from './executions.ts'
import { unreadable } from './universe.ts'
import { userFundingReply, type WireFunding } from './wire.ts'

const HOUR_MS = 3_600_000

/** Delivers funding payments once each. */
export interface FundingFeed {
  /** Throws AdapterError when one cannot be read. */
  deliver(fundings: readonly WireFunding[]): void
  /** Fetches what was paid since the last one seen, when an hour has passed. Throws AdapterError. */
  backfill(): Promise<void>
}

/** Makes the feed; payments before `startTime` (the venue's clock) are history. */
export function createFundingFeed(context: Context, startTime: TimeUs): FundingFeed {
  const seen = new Map<string, true>()
  let lastTime = startTime

  const deliver = (fundings: readonly WireFunding[]): void => {
    const receivedTime = context.receivedTime()
    const wanted = fundings.filter(({ time }) => time * 1000 >= startTime)
    const payments = wanted.map((funding) => readFunding(context, funding))
    for (const payment of payments) {
      if (payment === 'foreign') {
        context.statistics.foreignReports++
        continue
      }
      if (seen.has(payment.fundingId)) continue
      remember(seen, payment.fundingId, true)
      lastTime = Math.max(lastTime, payment.venueTime)
      context.emit({ kind: 'fundingPaid', receivedTime, ...payment })
    }
  }

  return {
    deliver,
    async backfill() {
      const lastHour = Math.floor(lastTime / 1000 / HOUR_MS)
      if (Math.floor(context.environment.now() / 1000 / HOUR_MS) <= lastHour) return
      const { userAddress: user } = context.options
      const raw = await context.post({
        path: '/info',
        body: () => ({ type: 'userFunding', user, startTime: Math.floor(lastTime / 1000) }),
        requestClass: 'query',
        weight: 20,
        waitMs: 20_000,
      })
      const reply = userFundingReply.safeParse(raw)
      if (!reply.success) throw unreadable('userFunding')
      context.budget.charge(Math.floor(reply.data.length / 20))
      deliver(reply.data.map(({ time, delta }) => ({ time, ...delta })))
    },
  }
}

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
    fundingId: `${funding.coin}:${Math.floor(funding.time / HOUR_MS)}`,
    instrument: asset.instrument.id,
    venueTime: funding.time * 1000,
    // Printed with ten digits and more; for display, the amount is the venue's own.
    rateE9: Math.round(Number(funding.fundingRate) * 1e9),
    amount,
  }
}
