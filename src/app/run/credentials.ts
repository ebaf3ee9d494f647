import { join } from 'node:path'
import { privateKeyToAddress } from 'viem/accounts'
import {
  AdapterError,
  InputError,
  type Keystore,
  openKeystore,
  requireKeystore,
  resolveSecret,
  type Secret,
  type SecretReference,
} from '../../adapters/mod.ts'
import type { Config } from '../config/schema.ts'

/** Variable that holds the keystore's password where nobody is there to type it. */
export const PASSWORD_VARIABLE = 'ORNSTEIN_KEYSTORE_PASSWORD'
/** Variable that names another keystore file. */
const PATH_VARIABLE = 'ORNSTEIN_KEYSTORE'

/** Where a session finds its secrets. */
export interface CredentialSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asks a person for the keystore's password; null where nobody can be asked. */
  readonly askPassword: (() => Promise<string | null>) | null
}

/** The environment alone: nobody is asked. */
export const environmentOnly = (): CredentialSources => ({
  environment: process.env,
  askPassword: null,
})

/** The keystore's file: what ORNSTEIN_KEYSTORE names, or `.ornstein/keystore.json`. */
export const keystorePath = (environment: CredentialSources['environment']): string =>
  environment[PATH_VARIABLE] || join('.ornstein', 'keystore.json')

/** The keystore's password. Throws InputError when there is none. */
export async function readPassword(from: CredentialSources): Promise<string> {
  const given = from.environment[PASSWORD_VARIABLE] || (await from.askPassword?.()) || ''
  if (given !== '') return given
  throw new InputError({
    code: 'ORN-KEYSTORE-008',
    exitCode: 3,
    message: 'no password for the keystore was given',
    fix: `type it at the prompt, pipe it in as a line, or set ${PASSWORD_VARIABLE}`,
  })
}

/**
 * The secret that `venue.key` refers to, null when it refers to none. Throws InputError naming the
 * reference, never a value.
 */
export async function readVenueKey(
  { venue }: Config,
  from: CredentialSources,
): Promise<Secret | null> {
  const reference = venue?.kind === 'hyperliquid' ? venue.key : undefined
  return reference === undefined ? null : readSecret('venue.key', reference, from)
}

/** What the reference of a setting refers to. Throws InputError naming the reference. */
export async function readSecret(
  setting: string,
  reference: SecretReference,
  from: CredentialSources,
): Promise<Secret> {
  let keystore: Keystore | null = null
  if ('keystore' in reference) {
    const path = keystorePath(from.environment)
    requireKeystore(path)
    keystore = openKeystore(path, await readPassword(from))
  }
  const { environment } = from
  return resolveSecret(setting, reference, { environment, keystore: () => keystore })
}

/**
 * The account a configuration is for, lower case: `venue.account`, else the one that `venue.key`
 * opens, else null. A key is looked up also beside an account, so that a wrong reference is noticed
 * before a mode needs it. Throws AdapterError VENUE_CREDENTIALS for what is no key.
 */
export async function readAccount(config: Config, from: CredentialSources): Promise<string | null> {
  return accountOf(config, await readVenueKey(config, from))
}

/** As {@link readAccount}, of a key that was read already. */
export function accountOf(config: Config, key: Secret | null): string | null {
  const { venue } = config
  const account = (venue?.kind === 'hyperliquid' && venue.account?.toLowerCase()) || null
  if (key === null) return account
  const text = key.reveal()
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) {
    const what = `venue.key is no private key: 0x and 64 hexadecimal digits, not ${text.length} characters`
    throw new AdapterError('VENUE_CREDENTIALS', what, 'fatal')
  }
  return account ?? privateKeyToAddress(text as `0x${string}`).toLowerCase()
}
