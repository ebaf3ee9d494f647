import { hashTypedData, keccak256, recoverAddress } from 'viem/utils'
import { asUnsigned, isObject, type Json, type JsonObject } from '../../json.ts'
import { bigEndian, encodeMsgpack } from './msgpack.ts'

type Hex = `0x${string}`

/** Which chain the venue claims to be; part of what is signed ("a" and "b"). */
export type Network = 'mainnet' | 'testnet'

/** For which chain a venue takes signatures; "any": for either. */
export type AcceptedNetwork = Network | 'any'

/** The chains a venue takes signatures for. */
export const networksOf = (accepted: AcceptedNetwork): readonly Network[] =>
  accepted === 'any' ? ['mainnet', 'testnet'] : [accepted]

/** The three parts of an ECDSA signature, padded to 32 bytes each. */
export interface WireSignature {
  readonly r: Hex
  readonly s: Hex
  readonly v: 27 | 28
}

const zeroAddress = '0x0000000000000000000000000000000000000000'

/** Reads `{r, s, v}`; clients may omit leading zeros. Null when it has another shape. */
export function readSignature(value: Json | undefined): WireSignature | null {
  if (!isObject(value)) return null
  const r = padHex(value['r'])
  const s = padHex(value['s'])
  const v = asUnsigned(value['v'])
  if (r === null || s === null || v === null) return null
  if (v === 27 || v === 0) return { r, s, v: 27 }
  if (v === 28 || v === 1) return { r, s, v: 28 }
  return null
}

function padHex(value: Json | undefined): Hex | null {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) return null
  return `0x${value.slice(2).toLowerCase().padStart(64, '0')}`
}

/**
 * Hash of an L1 action: keccak256 of msgpack(action in received key order), the nonce (u64, big
 * endian), 0x00 or 0x01 and the vault's 20 bytes, and 0x00 and expiresAfter (u64) when present.
 */
export function hashAction(input: {
  readonly action: JsonObject
  readonly nonce: number
  readonly vaultAddress: string | null
  readonly expiresAfter: number | null
}): Hex {
  const { vaultAddress, expiresAfter } = input
  const tail = bigEndian(input.nonce, 8)
  if (vaultAddress === null) tail.push(0)
  else {
    tail.push(1)
    for (let i = 2; i < 42; i += 2) tail.push(Number.parseInt(vaultAddress.slice(i, i + 2), 16))
  }
  if (expiresAfter !== null) tail.push(0, ...bigEndian(expiresAfter, 8))
  const action = encodeMsgpack(input.action)
  const bytes = new Uint8Array(action.length + tail.length)
  bytes.set(action)
  bytes.set(tail, action.length)
  return keccak256(bytes)
}

/**
 * Address that signed the phantom agent of an action hash, in lower case; null when no key can
 * have made this signature. A wrong hash gives some other address, not null.
 */
export function recoverActionSigner(
  hash: Hex,
  network: Network,
  signature: WireSignature,
): Promise<string | null> {
  const typed = {
    domain: { name: 'Exchange', version: '1', chainId: 1337, verifyingContract: zeroAddress },
    types: {
      Agent: [
        { name: 'source', type: 'string' },
        { name: 'connectionId', type: 'bytes32' },
      ],
    },
    primaryType: 'Agent',
    message: { source: network === 'mainnet' ? 'a' : 'b', connectionId: hash },
  } as const
  return recover(() => hashTypedData(typed), signature)
}

/** One field of a user-signed action. */
export interface SignedField {
  readonly name: string
  readonly type: 'string' | 'uint64' | 'bool' | 'address'
}

/**
 * Address that signed a user-signed action (EIP-712 over the action's own fields), in lower case.
 * Null when a field is missing or no key can have made the signature.
 */
export function recoverUserSigner(input: {
  readonly action: JsonObject
  /** Name behind "HyperliquidTransaction:". */
  readonly primaryType: string
  readonly fields: readonly SignedField[]
  readonly signature: WireSignature
}): Promise<string | null> {
  return recover(() => hashUserAction(input), input.signature)
}

function hashUserAction(input: {
  readonly action: JsonObject
  readonly primaryType: string
  readonly fields: readonly SignedField[]
}): Hex {
  const { action, fields } = input
  const message: Record<string, unknown> = {}
  for (const field of fields) {
    const value = action[field.name]
    message[field.name] = field.type === 'uint64' ? BigInt(value as number) : value
  }
  const primaryType = `HyperliquidTransaction:${input.primaryType}`
  return hashTypedData({
    domain: {
      name: 'HyperliquidSignTransaction',
      version: '1',
      chainId: Number.parseInt(String(action['signatureChainId']), 16),
      verifyingContract: zeroAddress,
    },
    types: { [primaryType]: [...fields] },
    primaryType,
    message,
  })
}

async function recover(digest: () => Hex, signature: WireSignature): Promise<string | null> {
  const { r, s, v } = signature
  try {
    const address = await recoverAddress({ hash: digest(), signature: { r, s, v: BigInt(v) } })
    return address.toLowerCase()
  } catch {
    return null
  }
}
