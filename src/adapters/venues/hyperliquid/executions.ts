import {
  divideHalfEven,
  type Execution,
  MONEY_DECIMALS,
  type Money,
  parseSafeDecimal,
  price,
  quantity,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { type Context, fromCloid, remember } from './context.ts'
import { unreadable } from './universe.ts'
import { fillsReply, type WireFill } from './wire.ts'

/** Replies of this many fills or more may continue: the venue pages by 500 or 2000. */
const FULL_PAGE = 500
/** The venue keeps the 10,000 latest fills: 20 pages of 500 and the last empty one. */
const MAXIMUM_PAGES = 22

/** The execution a fill stands for; `foreign` when its coin is not loaded. Throws if unreadable. */
export function readFill(context: Context, fill: WireFill): Execution | 'foreign' {
  const asset = context.universe.byCoin.get(fill.coin)
  if (asset === undefined) return 'foreign'
  const { instrument } = asset
  const lots = parseSafeDecimal(fill.sz, instrument.quantityDecimals)
  const quanta = parseSafeDecimal(fill.px, instrument.priceDecimals)
  const fee = readMoney(fill.fee)
  const isReadable = lots !== null && quanta !== null && fee !== null && lots > 0 && quanta > 0
  if (!isReadable) throw unreadable(`fill ${executionIdOf(fill)}`)
  if (fill.feeToken !== undefined && fill.feeToken !== instrument.quoteCurrency) {
    context.notice('feeCurrency', `a fee of ${fill.coin} was charged in ${fill.feeToken}`)
  }
  return {
    executionId: executionIdOf(fill),
    clientOrderId: fromCloid(fill.cloid) ?? context.clientIds.get(fill.oid) ?? null,
    venueOrderId: fill.oid,
    instrument: instrument.id,
    side: fill.side === 'B' ? 'buy' : 'sell',
    price: price(quanta),
    quantity: quantity(lots),
    liquidity: fill.crossed ? 'taker' : 'maker',
    fee,
    venueTime: fill.time * 1000,
  }
}

/** Unique per account: the venue's trade ids alone are not. */
export const executionIdOf = (fill: WireFill): string =>
  `${fill.time}:${fill.coin}:${fill.tid ?? `${fill.oid}/${fill.startPosition ?? ''}`}`

/** Decimal text as money; digits past the eighth (float noise of the venue) round half to even. */
export function readMoney(text: string): Money | null {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (match === null) return null
  const fraction = (match[3] ?? '').padEnd(MONEY_DECIMALS, '0')
  const digits = BigInt(match[2]! + fraction)
  const excess = fraction.length - MONEY_DECIMALS
  return divideHalfEven(match[1] === '-' ? -digits : digits, 10n ** BigInt(excess))
}

/**
 * All fills at or after `since`, oldest first, each once; pages until a page adds nothing.
 * Throws AdapterError: a failed or unreadable page, or more fills than the venue keeps.
 */
export async function fetchFills(context: Context, since: TimeUs): Promise<readonly WireFill[]> {
  const user = context.options.userAddress
  const found = new Map<string, WireFill>()
  let startTime = Math.max(0, Math.floor(since / 1000))
  for (let page = 0; page < MAXIMUM_PAGES; page++) {
    const body = { type: 'userFillsByTime', user, startTime }
    const raw = await context.post({
      path: '/info',
      body: () => body,
      requestClass: 'query',
      weight: 20,
      waitMs: 20_000,
    })
    const reply = fillsReply.safeParse(raw)
    if (!reply.success) throw unreadable('userFillsByTime')
    context.budget.charge(Math.floor(reply.data.length / 20))
    const before = found.size
    for (const fill of reply.data) {
      found.set(executionIdOf(fill), fill)
      startTime = Math.max(startTime, fill.time)
    }
    if (reply.data.length < FULL_PAGE) {
      return [...found.values()].sort((a, b) => a.time - b.time)
    }
    if (found.size === before) break
  }
  throw new AdapterError(
    'VENUE_UNREADABLE',
    `fills since ${startTime} ms do not end: more than the venue lists at one instant`,
    'retry',
  )
}

/** Delivers executions of the streams once each and remembers how far they have been seen. */
export interface ExecutionFeed {
  /** Delivers what was not delivered before; `isHistory` fills older than the start are dropped. */
  deliver(fills: readonly WireFill[], isHistory: boolean): void
  /** Fetches and delivers everything since the last fill seen. Throws AdapterError. */
  backfill(): Promise<void>
  /** Executions delivered so far, for telling whether any came in between. */
  readonly count: number
}

/** A lost frame may precede the last one seen: the back-fill reaches back this far. */
const BACKFILL_OVERLAP_US = 60_000_000

/** Makes the feed; nothing before `startTime` (the venue's clock) is delivered as history. */
export function createExecutionFeed(context: Context, startTime: TimeUs): ExecutionFeed {
  const seen = new Map<string, string>()
  let lastTime = startTime
  let count = 0

  const deliver = (fills: readonly WireFill[], isHistory: boolean): void => {
    const receivedTime = context.receivedTime()
    const wanted = fills.filter((fill) => !isHistory || fill.time * 1000 >= startTime)
    context.statistics.historyExecutionsDropped += fills.length - wanted.length
    // All are read before the first is delivered: an unreadable one fails the whole frame.
    const executions = wanted.map((fill) => readFill(context, fill))
    for (const execution of executions) {
      if (execution === 'foreign') {
        context.statistics.foreignReports++
        continue
      }
      const content = `${execution.side} ${execution.price} ${execution.quantity} ${execution.fee}`
      // The same id with other content is passed on: what it means is for the core to conclude.
      if (seen.get(execution.executionId) === content) {
        context.statistics.duplicateExecutionsDropped++
        continue
      }
      remember(seen, execution.executionId, content)
      lastTime = Math.max(lastTime, execution.venueTime)
      count++
      context.emit({
        kind: 'executed',
        receivedTime,
        venueTime: execution.venueTime,
        execution,
      })
    }
  }

  return {
    deliver,
    async backfill() {
      const since = Math.max(startTime, lastTime - BACKFILL_OVERLAP_US)
      const before = count
      deliver(await fetchFills(context, since), true)
      context.statistics.backfilledExecutions += count - before
    },
    get count() {
      return count
    },
  }
}
