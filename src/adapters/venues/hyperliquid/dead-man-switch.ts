import { operational } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import { readPlainReply } from './command-reply.ts'
import type { Context } from './context.ts'
import type { SignedRequest } from './signing.ts'

/** Posts a signed action without items; null when it was done, else the venue's refusal. */
export async function postAction(
  context: Context,
  sign: () => Promise<SignedRequest>,
): Promise<string | null> {
  const raw = await context.post({
    path: '/exchange',
    body: sign,
    requestClass: 'cancel',
    weight: 1,
    waitMs: 10_000,
  })
  return readPlainReply(raw)
}

/**
 * Keeps a cancel of all orders scheduled a little ahead, so that the venue clears the book when
 * nobody renews it any more. The venue grants it to accounts with enough volume only: a refusal is
 * a notice, and ends it. Stopping leaves it set: falling silent is what it is for.
 */
export class DeadManSwitch {
  readonly #context: Context
  readonly #afterMs: number | null
  #timer: TimerHandle | null = null
  #isWorking: boolean

  constructor(context: Context) {
    this.#context = context
    this.#afterMs = context.options.deadManSwitchMs ?? null
    this.#isWorking = this.#afterMs !== null && context.signer !== null
  }

  /** False when it is not wanted or was refused. */
  get isWorking(): boolean {
    return this.#isWorking
  }

  /** Sets it and goes on renewing it. Resolves when first answered. */
  async start(): Promise<void> {
    const { environment, signer } = this.#context
    const afterMs = this.#afterMs
    if (!this.#isWorking || signer === null || afterMs === null) return
    // Two renewals may fail before it fires.
    this.#timer = environment.setTimer(() => void this.start(), Math.floor(afterMs / 3))
    try {
      const fireMs = (): number => Math.floor(environment.now() / 1000) + afterMs
      const refusal = await postAction(this.#context, () => signer.scheduleCancel(fireMs()))
      if (refusal === null) return
      this.#context.notice('deadManSwitchRefused', refusal)
      this.#isWorking = false
      this.stop()
    } catch (error) {
      this.#context.notice('deadManSwitch', operational(error).message)
    }
  }

  /** Ends the renewals. */
  stop(): void {
    if (this.#timer !== null) this.#context.environment.clearTimer(this.#timer)
    this.#timer = null
  }
}
