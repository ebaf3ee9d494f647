import { createL1ActionHash, signUserSignedAction } from '@nktkas/hyperliquid/signing'
import { privateKeyToAccount, sign } from 'viem/accounts'
import type { TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { agentDigest } from './agent-digest.ts'
import type { NonceStore } from './options.ts'

/** A signed request, ready to be posted to /exchange. */
export type SignedRequest = Readonly<Record<string, unknown>>

/** One order as the venue takes it. */
export interface WireOrder {
  readonly asset: number
  readonly isBuy: boolean
  readonly price: string
  readonly size: string
  readonly reduceOnly: boolean
  readonly timeInForce: 'Gtc' | 'Ioc' | 'Alo'
  readonly cloid: string
}

/** One cancel as the venue takes it. */
export interface WireCancel {
  readonly asset: number
  readonly cloid: string
}

/** A transfer that only the account's own key may sign, with its fields in signing order. */
export interface UserAction {
  readonly type: string
  /** Name of the signed structure. */
  readonly primaryType: string
  readonly fields: readonly (readonly [name: string, type: string, value: string | boolean])[]
}

/** Signs actions; every call consumes one nonce, saved before the request exists. */
export interface Signer {
  /** Address of the key, lower case. */
  readonly address: string
  /** Trades for this sub-account or vault from now on; null for the key's own account. */
  actFor(vaultAddress: string | null): void
  /** One action with all orders: one signature, and one verdict each. */
  orders(orders: readonly WireOrder[], expiresAfterMs: number): Promise<SignedRequest>
  cancels(cancels: readonly WireCancel[]): Promise<SignedRequest>
  updateLeverage(asset: number, leverage: number, isCross: boolean): Promise<SignedRequest>
  scheduleCancel(timeMs: number): Promise<SignedRequest>
  user(action: UserAction): Promise<SignedRequest>
}

/** The venue takes nonces up to a day ahead of its clock; this leaves room for ours to be wrong. */
const NONCE_AHEAD_MS = 23 * 3_600_000

const keyPattern = /^0x[0-9a-fA-F]{64}$/
/** Any chain may be named; what is signed says which. This is the venue's own example. */
const SIGNATURE_CHAIN = '0x66eee'

/**
 * Signs with a key. The order of keys in the actions here is the order in which they are hashed: it
 * must not change. A signature costs about half a millisecond of this thread, whatever it covers.
 *
 * Throws AdapterError VENUE_CREDENTIALS for a key of the wrong form, without repeating it.
 */
export function createSigner(input: {
  readonly privateKey: string
  readonly isTestnet: boolean
  readonly nonceStore: NonceStore
  readonly now: () => TimeUs
}): Signer {
  const wallet = openWallet(input.privateKey)
  const { nonceStore, isTestnet } = input
  const privateKey = input.privateKey as `0x${string}`
  let last = nonceStore.last()
  let vault: `0x${string}` | null = null
  const takeNonce = (): number => {
    const nowMs = Math.floor(input.now() / 1000)
    const nonce = Math.max(nowMs, last + 1)
    if (nonce > nowMs + NONCE_AHEAD_MS) throw tooFarAhead(nonce, nowMs)
    nonceStore.save(nonce)
    last = nonce
    return nonce
  }
  const signAction = async (
    action: Readonly<Record<string, unknown>>,
    expiresAfter?: number,
  ): Promise<SignedRequest> => {
    const nonce = takeNonce()
    const extras = {
      ...(vault === null ? {} : { vaultAddress: vault }),
      ...(expiresAfter === undefined ? {} : { expiresAfter }),
    }
    const hash = createL1ActionHash({ action, nonce, ...extras })
    const { r, s, v } = await sign({ hash: agentDigest(hash, isTestnet), privateKey })
    return { action, nonce, signature: { r, s, v: Number(v) }, ...extras }
  }
  return {
    address: wallet.address.toLowerCase(),
    actFor(vaultAddress) {
      vault = vaultAddress === null ? null : (vaultAddress.toLowerCase() as `0x${string}`)
    },
    orders: (orders, expiresAfterMs) =>
      signAction({ type: 'order', orders: orders.map(toAction), grouping: 'na' }, expiresAfterMs),
    cancels: (cancels) =>
      signAction({
        type: 'cancelByCloid',
        cancels: cancels.map(({ asset, cloid }) => ({ asset, cloid })),
      }),
    updateLeverage: (asset, leverage, isCross) =>
      signAction({ type: 'updateLeverage', asset, isCross, leverage }),
    scheduleCancel: (time) => signAction({ type: 'scheduleCancel', time }),
    async user({ type, primaryType, fields }) {
      const nonce = takeNonce()
      const values = Object.fromEntries(fields.map(([name, , value]) => [name, value]))
      const hyperliquidChain = isTestnet ? 'Testnet' : 'Mainnet'
      const action = {
        type,
        signatureChainId: SIGNATURE_CHAIN as `0x${string}`,
        hyperliquidChain,
        ...values,
        nonce,
      }
      const types = {
        [`HyperliquidTransaction:${primaryType}`]: [
          { name: 'hyperliquidChain', type: 'string' },
          ...fields.map(([name, fieldType]) => ({ name, type: fieldType })),
          { name: 'nonce', type: 'uint64' },
        ],
      }
      const signature = await signUserSignedAction({ wallet, action, types })
      return { action, nonce, signature }
    },
  }
}

/** Once used, a nonce far ahead cannot be taken back: lower ones would be refused in time. */
function tooFarAhead(nonce: number, nowMs: number): AdapterError {
  const hours = Math.floor((nonce - nowMs) / 3_600_000)
  const text =
    `not sent: the key’s next nonce ${nonce} is ${hours} h ahead of this clock and the venue ` +
    'refuses it: the clock is or was wrong; set it right, or approve a new agent'
  return new AdapterError('VENUE_REFUSED', text, 'retry')
}

const toAction = (wire: WireOrder) => ({
  a: wire.asset,
  b: wire.isBuy,
  p: wire.price,
  s: wire.size,
  r: wire.reduceOnly,
  t: { limit: { tif: wire.timeInForce } },
  c: wire.cloid,
})

function openWallet(privateKey: string): ReturnType<typeof privateKeyToAccount> {
  const problem = (): AdapterError =>
    new AdapterError(
      'VENUE_CREDENTIALS',
      'the private key is not 0x and 64 hexadecimal digits of a valid key',
      'fatal',
    )
  if (!keyPattern.test(privateKey)) throw problem()
  try {
    return privateKeyToAccount(privateKey as `0x${string}`)
  } catch {
    // The library's error may quote the key: it is not passed on.
    throw problem()
  }
}
