import { asText, asUnsigned, isObject, isShallow, type Json, type JsonObject } from '../../json.ts'
import { asAddress } from '../wire/addresses.ts'
import {
  type AcceptedNetwork,
  hashAction,
  networksOf,
  readSignature,
  recoverActionSigner,
  recoverUserSigner,
  type WireSignature,
} from '../wire/signing.ts'
import type { ActionKind, ReadAction } from './action.ts'
import { actionKinds } from './actions.ts'

/** Deepest nesting of an action; the deepest of the venue's own have six. */
const ACTION_DEPTH_MAX = 16

/** A signed action whose shape has been checked, its signature not yet. */
export interface Envelope {
  readonly kind: ActionKind
  readonly action: JsonObject
  readonly read: ReadAction
  readonly nonce: number
  readonly signature: WireSignature
  readonly vaultAddress: string | null
  readonly expiresAfter: number | null
}

/** Reads the body of an exchange request; null when its shape is wrong (422). */
export function readEnvelope(body: Json): Envelope | null {
  if (!isObject(body) || !isObject(body['action'])) return null
  if (!isShallow(body['action'], ACTION_DEPTH_MAX)) return null
  const { action } = body
  const kind = actionKinds.get(asText(action['type']) ?? '')
  const read = kind?.read(action) ?? null
  const nonce = asUnsigned(body['nonce'])
  const signature = readSignature(body['signature'])
  if (kind === undefined || read === null || nonce === null || signature === null) return null
  const vaultAddress = body['vaultAddress'] == null ? null : asAddress(body['vaultAddress'])
  if (vaultAddress === null && body['vaultAddress'] != null) return null
  const expiresAfter = body['expiresAfter'] == null ? null : asUnsigned(body['expiresAfter'])
  if (expiresAfter === null && body['expiresAfter'] != null) return null
  const { signing } = kind
  if (signing.kind === 'user' && asUnsigned(action[signing.nonceKey]) !== nonce) return null
  return { kind, action, read, nonce, signature, vaultAddress, expiresAfter }
}

/**
 * The addresses that may have signed an envelope, in lower case: one for each chain the venue takes
 * signatures for. A wrong hash gives some other address; empty when nobody can have signed.
 */
export async function recoverSigners(
  envelope: Envelope,
  accepted: AcceptedNetwork,
): Promise<readonly string[]> {
  const { action, nonce, vaultAddress, expiresAfter, signature } = envelope
  const { signing } = envelope.kind
  const recovered: (string | null)[] = []
  if (signing.kind === 'l1') {
    const hash = hashAction({ action, nonce, vaultAddress, expiresAfter })
    for (const network of networksOf(accepted)) {
      recovered.push(await recoverActionSigner(hash, network, signature))
    }
  } else {
    const { primaryType, fields, defaults } = signing
    const given = Object.entries(action).filter(([, value]) => value !== null)
    const whole = { ...defaults, ...Object.fromEntries(given) }
    recovered.push(await recoverUserSigner({ action: whole, primaryType, fields, signature }))
  }
  return recovered.filter((address) => address !== null)
}
