import { nearest } from '../catalog/nearest.ts'
import { InputError } from '../errors.ts'
import type { Keystore } from './keystore.ts'
import { Secret } from './secret.ts'

/** Where a secret is kept; the only form in which configurations mention one. */
export type SecretReference = { readonly env: string } | { readonly keystore: string }

/** Where references are looked up. */
export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Opens the keystore when a reference needs it; null when the run has none. */
  readonly keystore: () => Keystore | null
}

/**
 * Looks a secret up. `key` is the place in the configuration that asks. Throws InputError that
 * names the key, the reference and the nearest existing name, never a value.
 */
export function resolveSecret(
  key: string,
  reference: SecretReference,
  from: SecretSources,
): Secret {
  if ('env' in reference) {
    const value = from.environment[reference.env]
    if (value !== undefined && value !== '') return new Secret(value)
    const names = Object.keys(from.environment).filter((name) => from.environment[name] !== '')
    throw missing(key, `the environment variable ${reference.env} is not set`, reference.env, names)
  }
  const keystore = from.keystore()
  if (keystore === null) {
    throw missing(key, 'a keystore is needed but none is configured', reference.keystore, [])
  }
  const secret = keystore.get(reference.keystore)
  if (secret !== null) return secret
  const message = `the keystore ${keystore.path} has no secret ${reference.keystore}`
  throw missing(key, message, reference.keystore, keystore.names())
}

function missing(key: string, message: string, name: string, names: readonly string[]): InputError {
  const close = nearest(name, names)
  return new InputError({
    code: 'ORN-KEYSTORE-006',
    exitCode: 3,
    message,
    details: [`key: ${key}`, ...(close === null ? [] : [`nearest name: ${close}`])],
  })
}
