import type { TimerHandle } from '../port.ts'
import type { Context } from './context.ts'
import type { ExecutionFeed } from './executions.ts'
import type { FundingFeed } from './fundings.ts'
import { operational } from './http.ts'
import type { TransferFeed } from './transfers.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000

/**
 * Fetches what the account's streams may have missed, again and again until it succeeds. Only then
 * are the streams complete, and only while the same connection still stands.
 */
export class AccountRecovery {
  readonly #context: Context
  readonly #executions: ExecutionFeed
  readonly #fundings: FundingFeed
  readonly #transfers: TransferFeed
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
    this.#transfers = input.transfers
    this.#recovered = input.recovered
    this.#troubled = input.troubled
  }

  /** The account's streams are subscribed, or one of their frames was unreadable: catch up. */
  start(): void {
    this.#isListening = true
    // Asked for while running: what it is about may be newer than what was fetched, so once more.
    this.#isWanted = true
    this.#clearTimer()
    if (!this.#isRunning) void this.#run()
  }

  /** The connection is gone: nothing is complete until the next start. */
  stop(): void {
    this.#connection++
    this.#isListening = false
    this.#clearTimer()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#isWanted && this.#isListening) {
      this.#isWanted = false
      const mine = this.#connection
      const trouble = await this.#catchUp()
      if (mine !== this.#connection || this.#isWanted) continue
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

  /** Null when everything missed was delivered, else what went wrong. */
  async #catchUp(): Promise<string | null> {
    try {
      await this.#executions.backfill()
    } catch (error) {
      return operational(error).message
    }
    // Funding and transfers only move cash, which every account report corrects: no reason to stay away.
    await this.#fundings.backfill().catch((error: unknown) => {
      this.#context.notice('fundingBackfill', operational(error).message)
    })
    await this.#transfers.backfill().catch((error: unknown) => {
      this.#context.notice('transferBackfill', operational(error).message)
    })
    return null
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#context.environment.clearTimer(this.#timer)
    this.#timer = null
  }
}
