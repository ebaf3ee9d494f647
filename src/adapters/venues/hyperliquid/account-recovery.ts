import { operational } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import type { Context } from './context.ts'
import type { ExecutionFeed } from './executions.ts'
import type { FundingFeed } from './fundings.ts'
import type { TransferFeed } from './transfers.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000

type Feed = ExecutionFeed | FundingFeed | TransferFeed

/**
 * Fetches what the account's streams may have missed, again and again until it succeeds. Only then
 * are the streams complete, and only while the same connection still stands.
 */
export class AccountRecovery {
  readonly #context: Context
  readonly #executions: ExecutionFeed
  readonly #fundings: FundingFeed
  /** Executions first. */
  readonly #feeds: readonly Feed[]
  readonly #recovered: () => void
  readonly #troubled: (why: string) => void
  #timer: TimerHandle | null = null
  #isListening = false
  /** Counts connections: what was fetched for an earlier one does not complete a later one. */
  #connection = 0
  #isRunning = false
  #isWanted = false
  #retries = 0

  constructor(input: {
    readonly context: Context
    readonly executions: ExecutionFeed
    readonly fundings: FundingFeed
    readonly transfers: TransferFeed
    readonly recovered: () => void
    readonly troubled: (why: string) => void
  }) {
    this.#context = input.context
    this.#executions = input.executions
    this.#fundings = input.fundings
    this.#feeds = [input.executions, input.fundings, input.transfers]
    this.#recovered = input.recovered
    this.#troubled = input.troubled
  }

  /** The account's streams are subscribed, or one of their frames was unreadable: catch up. */
  start(): void {
    this.#isListening = true
    this.#hold()
    // Asked for while running: what it is about may be newer than what was fetched, so once more.
    this.#isWanted = true
    this.#clearTimer()
    if (!this.#isRunning) void this.#run()
  }

  /** The connection is gone: nothing is complete until the next start. */
  stop(): void {
    this.#connection++
    this.#isListening = false
    this.#hold()
    this.#clearTimer()
  }

  /** What the streams bring from now on lies behind a gap. */
  #hold(): void {
    for (const { progress } of this.#feeds) progress.hold()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#isWanted && this.#isListening) {
      this.#isWanted = false
      const mine = this.#connection
      const { trouble, closed } = await this.#catchUp()
      if (mine !== this.#connection || this.#isWanted) continue
      for (const { progress } of closed) progress.release()
      if (trouble === null) {
        this.#retries = 0
        this.#recovered()
      } else this.#retryLater(trouble)
    }
    this.#isRunning = false
  }

  #retryLater(trouble: string): void {
    this.#troubled(trouble)
    this.#context.notice('executionBackfill', trouble)
    const doublings = Math.min(this.#retries++, 10)
    const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** doublings)
    this.#timer = this.#context.environment.setTimer(() => {
      this.#timer = null
      this.start()
    }, waitMs)
  }

  /** The feeds without a gap now; `trouble` when executions are not among them. */
  async #catchUp(): Promise<{
    readonly trouble: string | null
    readonly closed: readonly Feed[]
  }> {
    const closed: Feed[] = []
    for (const feed of this.#feeds) {
      try {
        await feed.backfill()
        closed.push(feed)
      } catch (error) {
        const { message } = operational(error)
        if (feed === this.#executions) return { trouble: message, closed }
        // Funding and transfers only move cash, which every account report corrects: no reason to
        // stay away. They are fetched with the next gap.
        if (feed === this.#fundings) this.#context.notice('fundingBackfill', message)
        else this.#context.notice('transferBackfill', message)
      }
    }
    return { trouble: null, closed }
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#context.environment.clearTimer(this.#timer)
    this.#timer = null
  }
}
