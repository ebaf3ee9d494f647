import {
  cancelByCloid,
  order,
  scheduleCancel,
  updateLeverage,
} from '@nktkas/hyperliquid/api/exchange'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
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

/** Signs actions; every call consumes one nonce, saved before the request exists. */
export interface Signer {
  /** Address of the key, lower case. */
  readonly address: string
  order(order: WireOrder, expiresAfterMs: number): Promise<SignedRequest>
  cancel(asset: number, cloid: string): Promise<SignedRequest>
  updateLeverage(asset: number, leverage: number, isCross: boolean): Promise<SignedRequest>
  scheduleCancel(timeMs: number): Promise<SignedRequest>
}

const keyPattern = /^0x[0-9a-fA-F]{64}$/

/**
 * Signs through the SDK's own request functions (validation, canonical key order, nonce, EIP-712).
 *
 * The SDK holds one lock per wallet from the nonce to the reply, so that an order whose reply is
 * lost would hold up every cancel behind it for a whole timeout. The transport given to it here
 * therefore only takes the finished request; sending it and reading the reply is ours.
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
  const { nonceStore } = input
  let last = nonceStore.last()
  const nonceManager = (): number => {
    const nonce = Math.max(Math.floor(input.now() / 1000), last + 1)
    nonceStore.save(nonce)
    last = nonce
    return nonce
  }
  const sign = async (
    request: (config: Parameters<typeof order>[0]) => Promise<unknown>,
  ): Promise<SignedRequest> => {
    let signed: SignedRequest | null = null
    const transport = {
      isTestnet: input.isTestnet,
      request<T>(_endpoint: string, payload: unknown): Promise<T> {
        signed = payload as SignedRequest
        return Promise.resolve({ status: 'ok', response: { type: 'default' } } as T)
      },
    }
    await request({ transport, wallet, nonceManager })
    if (signed === null) throw new AdapterError('VENUE_CREDENTIALS', 'not signed', 'retry')
    return signed
  }
  return {
    address: wallet.address.toLowerCase(),
    order: (wire, expiresAfter) =>
      sign((config) =>
        order(
          config,
          {
            orders: [
              {
                a: wire.asset,
                b: wire.isBuy,
                p: wire.price,
                s: wire.size,
                r: wire.reduceOnly,
                t: { limit: { tif: wire.timeInForce } },
                c: wire.cloid as `0x${string}`,
              },
            ],
            grouping: 'na',
          },
          { expiresAfter },
        ),
      ),
    cancel: (asset, cloid) =>
      sign((config) =>
        cancelByCloid(config, { cancels: [{ asset, cloid: cloid as `0x${string}` }] }),
      ),
    updateLeverage: (asset, leverage, isCross) =>
      sign((config) => updateLeverage(config, { asset, leverage, isCross })),
    scheduleCancel: (time) => sign((config) => scheduleCancel(config, { time })),
  }
}

function openWallet(privateKey: string): PrivateKeyAccount {
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
