import type { TimeUs } from '../../../core/mod.ts'
import type { EngineShare } from './engine-share.ts'

/**
 * Gathers what engines ask of the account into one question at a time. Who asks while one is on its
 * way is answered by the next: an answer must be younger than the question.
 */
export class AccountQueue {
  readonly #ask: (since: TimeUs) => void
  readonly #waiting = new Map<EngineShare, TimeUs>()
  #asked: ReadonlySet<EngineShare> | null = null
  #isOpen = false

  constructor(ask: (since: TimeUs) => void) {
    this.#ask = ask
  }

  /** From now on what is asked is sent; until then it waits. */
  open(): void {
    this.#isOpen = true
    this.#next()
  }

  ask(share: EngineShare, since: TimeUs): void {
    this.#waiting.set(share, Math.min(since, this.#waiting.get(share) ?? since))
    if (this.#isOpen) this.#next()
  }

  /** Takes those that an answer is for, and sends the next question. */
  answered(deliver: (to: readonly EngineShare[]) => void): void {
    const asked = [...(this.#asked ?? [])]
    this.#asked = null
    deliver(asked)
    if (this.#isOpen) this.#next()
  }

  /** Who has asked until now is answered by the caller. */
  takeWaiting(): readonly EngineShare[] {
    const waiting = [...this.#waiting.keys()]
    this.#waiting.clear()
    return waiting
  }

  #next(): void {
    if (this.#asked !== null || this.#waiting.size === 0) return
    this.#asked = new Set(this.#waiting.keys())
    const since = Math.min(...this.#waiting.values())
    this.#waiting.clear()
    // Not within the step that asked: a venue in process answers at once.
    queueMicrotask(() => this.#ask(since))
  }
}
