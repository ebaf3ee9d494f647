import type { TimeUs } from '../../../../core/mod.ts'
import type { Account } from './account.ts'
import { createLimitBook, type LimitBook } from './limits.ts'
import type { Profile } from './profiles.ts'
import type { Folded } from './reports.ts'
import { TriggerDesk } from './trigger-desk.ts'
import { createTriggerBook, type TriggerBook } from './triggers.ts'
import { createTwapBook, type TwapBook } from './twap.ts'
import { TwapDesk } from './twap-desk.ts'
import type { VenueFloor } from './venue-floor.ts'

/** Everything at the desk as plain data. */
export interface DeskSnapshot {
  readonly triggers: TriggerBook
  readonly twaps: TwapBook
  readonly limits: LimitBook
  readonly profiles: Map<string, Profile>
}

/**
 * What acts by itself beside the matching engine, and what the venue remembers of users besides
 * money. Deterministic: driven by its venue's state alone.
 */
export class Desk {
  readonly triggers: TriggerDesk
  readonly twaps: TwapDesk
  readonly limits: LimitBook
  /** By address, lower case. */
  readonly profiles: Map<string, Profile>

  /** Begins empty or as stored. */
  constructor(state: VenueFloor, stored?: DeskSnapshot) {
    this.triggers = new TriggerDesk(state, stored?.triggers ?? createTriggerBook())
    this.twaps = new TwapDesk(state, stored?.twaps ?? createTwapBook())
    this.limits = stored?.limits ?? createLimitBook()
    this.profiles = stored?.profiles ?? new Map<string, Profile>()
  }

  /** When something is due next; Infinity when nothing is. */
  get nextTime(): TimeUs {
    return this.twaps.nextTime
  }

  /** Does what is due. */
  run(): void {
    this.twaps.run()
  }

  /** Notes what the engine's reports changed, for the next `react` of the triggers. */
  note(account: Account, folded: Folded): void {
    for (const order of folded.changed) {
      if (order.status !== 'open') this.triggers.note(account, order)
    }
  }

  /** The whole desk as plain data. */
  snapshot(): DeskSnapshot {
    const { triggers, twaps, limits, profiles } = this
    return { triggers: triggers.book, twaps: twaps.book, limits, profiles }
  }
}
