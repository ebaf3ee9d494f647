import type { AdapterError } from '../../errors.ts'

/** Who waits for streams to come up. */
export interface StreamOwner {
  /** A stream came up. */
  changed(): void
  /** What is in the way, for messages. */
  troubled(why: string): void
  /** Another connection of the same key is in our place; it may go. */
  taken(why: string): void
  /** Another try does not help. */
  hopeless(error: AdapterError): void
}
