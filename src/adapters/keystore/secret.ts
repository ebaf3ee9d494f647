import { inspect } from 'node:util'

const hiddenText = '[secret]'

/** A secret that does not show itself: printed, logged, joined or serialised it is "[secret]". */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value, for the one place that signs or sends with it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return hiddenText
  }

  toJSON(): string {
    return hiddenText
  }

  [inspect.custom](): string {
    return hiddenText
  }
}
