import {
  type Execution,
  parseSafeDecimal,
  price,
  quantity,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { Progress } from '../lib/progress.ts'
import { type Context, fromCloid, remember } from './context.ts'
import { readMoney } from './money-text.ts'
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

/** A lost frame may precede the last one seen: the back-fill reaches back this far. */
const BACKFILL_OVERLAP_US = 60_000_000

/** Delivers executions of the streams once each and remembers how far they have been seen. */
export class ExecutionFeed {
  readonly #context: Context
  readonly #startTime: TimeUs
  /** Content by id. */
  readonly #seen = new Map<string, string>()
  /** Microseconds. */
  readonly progress: Progress
  #count = 0

  /** Nothing before `startTime` (the venue's clock) is delivered as history. */
  constructor(context: Context, startTime: TimeUs) {
    this.#context = context
    this.#startTime = startTime
    this.progress = new Progress(startTime)
  }

  /** Executions delivered so far, for telling whether any came in between. */
  get count(): number {
    return this.#count
  }

  /**
   * Delivers what was not delivered before; `isHistory` fills older than the start are dropped.
   * Throws AdapterError, before delivering any, when one cannot be read.
   */
  deliver(fills: readonly WireFill[], isHistory: boolean): void {
    const { statistics } = this.#context
    const receivedTime = this.#context.receivedTime()
    const wanted = fills.filter((fill) => !isHistory || fill.time * 1000 >= this.#startTime)
    statistics.historyExecutionsDropped += fills.length - wanted.length
    const executions = wanted.map((fill) => readFill(this.#context, fill))
    for (const [i, execution] of executions.entries()) {
      if (execution === 'foreign') statistics.foreignReports++
      else if (this.#isRepeat(execution)) statistics.duplicateExecutionsDropped++
      else {
        const { venueTime } = execution
        this.progress.see(venueTime)
        this.#count++
        this.#noteLiquidation(wanted[i]!)
        this.#context.emit({ kind: 'executed', receivedTime, venueTime, execution })
      }
    }
  }

  /** Fills of a liquidation carry its mark on both sides: only the liquidated one is told. */
  #noteLiquidation({ coin, sz, px, liquidation }: WireFill): void {
    const user = this.#context.options.userAddress?.toLowerCase()
    if (liquidation?.liquidatedUser?.toLowerCase() !== user || liquidation == null) return
    const { method, markPx } = liquidation
    const text = `${coin}: ${sz} liquidated at ${px} (mark ${markPx}, ${method})`
    this.#context.notice('liquidated', text)
  }

  /** Fetches and delivers everything since the last gap began. Throws AdapterError. */
  async backfill(): Promise<void> {
    const since = Math.max(this.#startTime, this.progress.time - BACKFILL_OVERLAP_US)
    const fills = await fetchFills(this.#context, since)
    const before = this.#count
    this.deliver(fills, true)
    this.#context.statistics.backfilledExecutions += this.#count - before
  }

  /** The same id with other content is no repeat: what it means is for the core to conclude. */
  #isRepeat(execution: Execution): boolean {
    const { executionId, side, price: paid, quantity: lots, fee } = execution
    const content = `${side} ${paid} ${lots} ${fee}`
    if (this.#seen.get(executionId) === content) return true
    remember(this.#seen, executionId, content)
    return false
  }
}
