/**
 * How far a stream has been seen without a gap: times in its own unit. While held, what comes moves
 * nothing: a gap lies before it that a back-fill has not closed yet.
 */
export class Progress {
  #last: number
  #held: number | null

  /** Held from the start: what happened since is to be fetched first. */
  constructor(start: number) {
    this.#last = start
    this.#held = start
  }

  /** Everything up to here has been seen. */
  get time(): number {
    return this.#held ?? this.#last
  }

  /** Something of this time was seen. */
  see(time: number): void {
    if (time > this.#last) this.#last = time
  }

  /** From here on something may be missing. */
  hold(): void {
    this.#held ??= this.#last
  }

  /** What was missing has been fetched. */
  release(): void {
    this.#held = null
  }
}
