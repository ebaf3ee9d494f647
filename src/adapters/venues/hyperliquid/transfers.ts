import type { TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { Progress } from '../lib/progress.ts'
import { type Context, remember } from './context.ts'
import { type LedgerView, readLedgerUpdate } from './ledger-update.ts'
import { ledgerUpdatesReply, type WireLedgerUpdate } from './wire.ts'

/** Replies of this many updates may continue. */
const FULL_PAGE = 500
const MAXIMUM_PAGES = 20
/** A lost frame may precede the last one seen: the back-fill reaches back this far. */
const OVERLAP_MS = 60_000

/** Delivers transfers of the account's cash, its owner's own included, once each. */
export class TransferFeed {
  readonly #context: Context
  readonly #startMs: number
  readonly #view: LedgerView
  readonly #seen = new Map<string, true>()
  /** Milliseconds. */
  readonly progress: Progress

  /** Transfers before `startTime` (the venue's clock) are history. */
  constructor(context: Context, startTime: TimeUs) {
    const user = context.options.userAddress?.toLowerCase() ?? ''
    this.#context = context
    this.#startMs = Math.floor(startTime / 1000)
    this.progress = new Progress(this.#startMs)
    this.#view = { user, dexs: context.universe.dexs }
  }

  /** Throws AdapterError, before delivering any, when one cannot be read. */
  deliver(updates: readonly WireLedgerUpdate[]): void {
    const receivedTime = this.#context.receivedTime()
    const wanted = updates.filter(({ time }) => time >= this.#startMs)
    const read = wanted.map((update) => ({ update, moves: readLedgerUpdate(update, this.#view) }))
    for (const { update, moves } of read) {
      const id = idOf(update)
      this.progress.see(update.time)
      if (this.#seen.has(id)) continue
      remember(this.#seen, id, true)
      if (moves === null) {
        const text = `a ${update.delta.type} of the ledger is not understood: cash may differ`
        this.#context.notice('ledgerUpdate', text)
      } else if (update.delta.type === 'liquidation') {
        this.#context.notice('liquidated', `positions were liquidated: ${positionsIn(update)}`)
      }
      moves?.forEach(({ currency, amount }, i) => {
        const transferId = i === 0 ? id : `${id}:${i}`
        this.#context.emit({
          kind: 'transferred',
          receivedTime,
          venueTime: update.time * 1000,
          transferId,
          currency,
          amount,
        })
      })
    }
  }

  /** Fetches and delivers everything since the last gap began. Throws AdapterError. */
  async backfill(): Promise<void> {
    const { options, post, budget } = this.#context
    let startTime = Math.max(this.#startMs, this.progress.time - OVERLAP_MS)
    for (let page = 0; page < MAXIMUM_PAGES; page++) {
      const body = { type: 'userNonFundingLedgerUpdates', user: options.userAddress, startTime }
      const raw = await post({
        path: '/info',
        body: () => body,
        requestClass: 'query',
        weight: 20,
        waitMs: 20_000,
      })
      const reply = ledgerUpdatesReply.safeParse(raw)
      if (!reply.success) throw unreadable('userNonFundingLedgerUpdates')
      budget.charge(Math.floor(reply.data.length / 20))
      this.deliver(reply.data)
      const last = Math.max(startTime, ...reply.data.map(({ time }) => time))
      if (reply.data.length < FULL_PAGE || last === startTime) return
      startTime = last
    }
    const text = `ledger updates since ${startTime} ms do not end`
    throw new AdapterError('VENUE_UNREADABLE', text, 'retry')
  }
}

/** One transaction may hold several updates: what they say tells them apart. */
const idOf = ({ time, hash, delta }: WireLedgerUpdate): string =>
  `${time}:${hash}:${delta.type}:${String(delta['usdc'] ?? delta['amount'] ?? '')}`

const positionsIn = ({ delta }: WireLedgerUpdate): string =>
  JSON.stringify(delta['liquidatedPositions'] ?? []).slice(0, 200)
