import { InputError } from '../../adapters/mod.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'

/** The venue section, which `mode` cannot do without. Throws InputError (exit code 3). */
export function venueOf(
  { config, path }: LoadedConfig,
  mode: string,
): NonNullable<Config['venue']> {
  if (config.venue !== undefined) return config.venue
  throw new InputError({
    code: 'ORN-CONF-012',
    exitCode: 3,
    message: `${path} has no "venue" section, which ${mode} needs`,
    fix: 'Copy the venue section of examples/03-paper/paper.yaml',
  })
}
