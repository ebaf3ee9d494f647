import { InputError } from '../../adapters/mod.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { VenueSection, VenueSectionOf } from '../config/venue-schema.ts'

/** The venue section, which `mode` cannot do without. Throws InputError (exit code 3). */
export function venueOf({ config, path }: LoadedConfig, mode: string): VenueSection {
  if (config.venue !== undefined) return config.venue
  throw new InputError({
    code: 'ORN-CONF-012',
    exitCode: 3,
    message: `${path} has no "venue" section, which ${mode} needs`,
    fix: 'Copy the venue section of examples/03-paper/paper.yaml, or of examples/07-alpaca/coins.yaml',
  })
}

/**
 * The venue section, if there is one, for what only Hyperliquid has. Throws InputError (exit code
 * 3) where it is another venue's.
 */
export function hyperliquidOf(
  { config: { venue }, path }: LoadedConfig,
  what: string,
): VenueSectionOf<'hyperliquid'> | undefined {
  if (venue === undefined || venue.kind === 'hyperliquid') return venue
  throw new InputError({
    code: 'ORN-CONF-020',
    exitCode: 3,
    message: `${path} has venue.kind ${venue.kind}, and ${what} knows hyperliquid only`,
  })
}
