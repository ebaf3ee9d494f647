import { operational } from '../lib/failure.ts'
import type { AdapterEnvironment } from '../port.ts'
import type { Post } from './http.ts'
import { rateLimitReply } from './wire.ts'

/** Share of an address's requests kept for cancels and for orders that reduce risk. */
const RESERVED_SHARE = 0.05
/** The venue is asked again at most this often, and at least after so many requests. */
const ASK_AGAIN_US = 10_000_000
const ASK_AFTER_REQUESTS = 1_000

/**
 * What the venue still grants the account's address: some requests at first and one more for each
 * unit of currency traded. Every order and cancel of a batch counts. The venue answers how many are
 * left; in between they are counted here. Nothing known is no limit: the venue says when it is used
 * up.
 */
export class AddressBudget {
  readonly #environment: AdapterEnvironment
  readonly #user: string | null
  readonly #notice: (code: string, text: string) => void
  #post: Post | null = null
  #cap = Number.POSITIVE_INFINITY
  #left = Number.POSITIVE_INFINITY
  #spentSince = 0
  #askedTime = Number.NEGATIVE_INFINITY

  constructor(input: {
    readonly environment: AdapterEnvironment
    readonly user: string | null
    readonly notice: (code: string, text: string) => void
  }) {
    this.#environment = input.environment
    this.#user = input.user
    this.#notice = input.notice
  }

  /** Requests left, as far as is known. */
  get left(): number {
    return this.#left
  }

  /** Why no order that adds risk may be sent now; null when one may. */
  shortage(): string | null {
    if (this.#left > this.#cap * RESERVED_SHARE) return null
    this.#askAgain()
    const left = Math.max(0, this.#left)
    return `${left} of ${this.#cap} requests of this address are left, kept for cancels and exits`
  }

  /** So many orders or cancels are about to be sent. */
  spend(count: number): void {
    this.#left -= count
    this.#spentSince += count
    if (this.#spentSince >= ASK_AFTER_REQUESTS) this.#askAgain()
  }

  /** The venue said that there are none left. */
  exhausted(): void {
    this.#askAgain()
  }

  /** Asks the venue. Throws AdapterError. */
  async refresh(post: Post): Promise<void> {
    this.#post = post
    if (this.#user === null) return
    this.#askedTime = this.#environment.now()
    this.#spentSince = 0
    const raw = await post({
      path: '/info',
      body: () => ({ type: 'userRateLimit', user: this.#user }),
      requestClass: 'query',
      weight: 20,
      waitMs: 20_000,
    })
    const reply = rateLimitReply.safeParse(raw)
    if (!reply.success) return this.#notice('addressBudget', 'userRateLimit: unreadable')
    const { nRequestsCap, nRequestsUsed, nRequestsSurplus } = reply.data
    this.#cap = nRequestsCap
    this.#left = nRequestsCap - nRequestsUsed + (nRequestsSurplus ?? 0) - this.#spentSince
  }

  #askAgain(): void {
    if (this.#post === null || this.#environment.now() - this.#askedTime < ASK_AGAIN_US) return
    void this.refresh(this.#post).catch((error: unknown) => {
      this.#notice('addressBudget', operational(error).message)
    })
  }
}
