import type { HourPanel } from '../../core/mod.ts'
import {
  computeCrossSection,
  computeNames,
  type FeatureOptions,
  featureJob,
} from '../../models/mod.ts'

/** What a feature thread is given; the panel and the columns lie in memory that all share. */
export interface FeatureThreadStart {
  readonly panel: HourPanel
  readonly options: FeatureOptions
  readonly buffer: SharedArrayBuffer
  readonly control: SharedArrayBuffer
}

/** Where what lies in the words that feature threads share. */
const WORD = { nextName: 0, namesDone: 1, nextBar: 2, length: 3 } as const

/** Bytes of these words. */
export const FEATURE_CONTROL_BYTES = 4 * WORD.length

/** Names, and bars, that a thread takes at once. */
const NAMES = 8
const BARS = 256

/** One thread's part of the work: names first, then, once every name is done, bars. */
export class FeatureWork {
  readonly #job: ReturnType<typeof featureJob>
  readonly #words: Int32Array<SharedArrayBuffer>

  constructor({ panel, options, buffer, control }: FeatureThreadStart) {
    this.#job = featureJob(panel, options, buffer)
    this.#words = new Int32Array(control)
  }

  /** Takes names until none is left. */
  names(): void {
    for (;;) {
      const first = Atomics.add(this.#words, WORD.nextName, NAMES)
      if (first >= this.#job.nameCount) return
      const end = Math.min(first + NAMES, this.#job.nameCount)
      computeNames(this.#job, first, end)
      Atomics.add(this.#words, WORD.namesDone, end - first)
      Atomics.notify(this.#words, WORD.namesDone)
    }
  }

  /** Names that are done, or null when all are: ranks need every one. */
  get unfinished(): number | null {
    const done = Atomics.load(this.#words, WORD.namesDone)
    return done >= this.#job.nameCount ? null : done
  }

  /** Blocks the thread until all names are done. */
  wait(): void {
    for (let done = this.unfinished; done !== null; done = this.unfinished) {
      Atomics.wait(this.#words, WORD.namesDone, done)
    }
  }

  /** The same without blocking: the thread that others tell of their failures must hear. */
  async waited(): Promise<void> {
    for (let done = this.unfinished; done !== null; done = this.unfinished) {
      await Atomics.waitAsync(this.#words, WORD.namesDone, done).value
    }
  }

  /** Takes bars until none is left. */
  bars(): void {
    for (;;) {
      const first = Atomics.add(this.#words, WORD.nextBar, BARS)
      if (first >= this.#job.barCount) return
      computeCrossSection(this.#job, first, Math.min(first + BARS, this.#job.barCount))
    }
  }
}
