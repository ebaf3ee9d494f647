import { assert } from '../lib/assert.ts'

/**
 * How a venue numbers the diffs that follow a book snapshot of id S.
 *
 * - `contiguous` (Binance spot): a diff covers update ids [first, last]. Those with last <= S are
 *   old; the first one used covers S + 1; then first = previous last + 1.
 * - `chained` (Binance futures): a diff names its predecessor. Those with last < S are old; the
 *   first one used has first <= S <= last; then its `previous` = previous last.
 *
 * Source: developers.binance.com, "How to manage a local order book correctly" (spot, USDⓈ-M).
 */
export type SequenceRule = 'contiguous' | 'chained'

/** What to do with a diff: apply it, leave it out as already contained, or resynchronise. */
export type SequenceVerdict = 'apply' | 'old' | 'gap'

/** Finds missing diffs of one book. After a gap every diff is a gap until the next snapshot. */
export class SequenceCheck {
  readonly rule: SequenceRule
  #last = -1
  #state: 'lost' | 'snapshot' | 'running' = 'lost'

  constructor(rule: SequenceRule) {
    this.rule = rule
  }

  /** Id of the last update contained in the book, -1 when not synchronised. */
  get last(): number {
    return this.#state === 'lost' ? -1 : this.#last
  }

  /** A snapshot containing every update up to `id` replaced the book. */
  onSnapshot(id: number): void {
    assert(Number.isSafeInteger(id) && id >= 0, `snapshot id ${id} is not a non-negative integer`)
    this.#last = id
    this.#state = 'snapshot'
  }

  /** The stream broke: nothing fits until the next snapshot. */
  onDisconnect(): void {
    this.#state = 'lost'
  }

  /**
   * Judges the diff of updates [first, last]; `previous` is the id it names as its predecessor
   * (chained only). Ids that make no sense (first > last, not integers) are a gap.
   */
  onDiff(first: number, last: number, previous = -1): SequenceVerdict {
    if (this.#state === 'lost') return 'gap'
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first > last) {
      return this.#lose()
    }
    const started = this.#state === 'running'
    const verdict =
      this.rule === 'contiguous'
        ? this.#contiguous(first, last)
        : this.#chained(started, first, last, previous)
    if (verdict === 'gap') return this.#lose()
    if (verdict === 'apply') {
      this.#last = last
      this.#state = 'running'
    }
    return verdict
  }

  #contiguous(first: number, last: number): SequenceVerdict {
    if (last <= this.#last) return 'old'
    // A diff that overlaps what the book holds sets levels to their newer values: safe to apply.
    return first <= this.#last + 1 ? 'apply' : 'gap'
  }

  #chained(started: boolean, first: number, last: number, previous: number): SequenceVerdict {
    if (started) {
      if (last <= this.#last) return 'old'
      return previous === this.#last ? 'apply' : 'gap'
    }
    if (last < this.#last) return 'old'
    return first <= this.#last || previous === this.#last ? 'apply' : 'gap'
  }

  #lose(): SequenceVerdict {
    this.#state = 'lost'
    return 'gap'
  }
}
