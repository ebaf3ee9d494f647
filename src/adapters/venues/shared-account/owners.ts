import type { ClientOrderId, VenueOrderId } from '../../../core/mod.ts'
import type { EngineShare } from './engine-share.ts'

const SESSION_ID_LENGTH = 16
const REMEMBERED_MAX = 20_000

/** Says whose an order is: by our id of it, or by the venue's once both were seen together. */
export class Owners {
  readonly #bySession = new Map<string, EngineShare>()
  readonly #byVenueOrder = new Map<VenueOrderId, EngineShare>()

  add(share: EngineShare): void {
    this.#bySession.set(share.books.sessionId, share)
  }

  /** Null for orders that no engine sent. */
  of(clientOrderId: ClientOrderId | null, venueOrderId: VenueOrderId | null): EngineShare | null {
    const prefix = clientOrderId?.slice(0, SESSION_ID_LENGTH)
    const owner = prefix === undefined ? undefined : this.#bySession.get(prefix)
    if (venueOrderId === null) return owner ?? null
    if (owner === undefined) return this.#byVenueOrder.get(venueOrderId) ?? null
    this.#byVenueOrder.set(venueOrderId, owner)
    for (const oldest of this.#byVenueOrder.keys()) {
      if (this.#byVenueOrder.size <= REMEMBERED_MAX) break
      this.#byVenueOrder.delete(oldest)
    }
    return owner
  }
}
