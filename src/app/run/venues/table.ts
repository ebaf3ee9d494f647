import type { LoadedConfig } from '../../config/load.ts'
import type { VenueSection } from '../../config/venue-schema.ts'
import { venueOf } from '../venue-of.ts'
import { alpaca } from './alpaca.ts'
import { hyperliquid } from './hyperliquid.ts'
import type { VenueKind } from './port.ts'

const kinds: Readonly<Record<VenueSection['kind'], VenueKind>> = { hyperliquid, alpaca }

/** The venue that a configuration is for. Throws InputError (3) where it names none. */
export const venueKindOf = (loaded: LoadedConfig, mode: string): VenueKind =>
  kinds[venueOf(loaded, mode).kind]
