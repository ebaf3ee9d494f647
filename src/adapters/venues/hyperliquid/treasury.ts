import { formatTrimmed, MONEY_DECIMALS, type Money } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { unknownName } from '../lib/unknown-name.ts'
import { readPlainReply } from './command-reply.ts'
import type { Context } from './context.ts'
import { loadBuilders } from './dexs.ts'
import { askOf } from './http.ts'
import { NATIVE } from './names.ts'
import type { AssetTransfer } from './options.ts'
import type { Signer, UserAction } from './signing.ts'
import { spotTokensReply, userRoleReply } from './wire.ts'

/** The pocket of spot balances beside the dexs. */
const SPOT = 'spot'

/**
 * Moves an account's own money between its pockets. Only the key of the account (or of a
 * sub-account's master) may: any other key is refused before anything is sent. Never repeated: an
 * outcome that is not known is thrown as such.
 */
export class Treasury {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /** Between the spot balance and the native perpetuals' account, in USDC. */
  async transferUsdc(amount: Money, toPerp: boolean): Promise<void> {
    const { signer, subAccount } = await this.#requireOwner()
    const suffix = subAccount === '' ? '' : ` subaccount:${subAccount}`
    await this.#send(signer, {
      type: 'usdClassTransfer',
      primaryType: 'UsdClassTransfer',
      fields: [
        ['amount', 'string', writeAmount(amount) + suffix],
        ['toPerp', 'bool', toPerp],
      ],
    })
  }

  /** Between two pockets of this account: "" native perpetuals, "spot", or a builder's dex. */
  async sendAsset(transfer: AssetTransfer): Promise<void> {
    const { sourceDex, destinationDex, token, amount } = transfer
    const text = writeAmount(amount)
    const { signer, subAccount } = await this.#requireOwner()
    if (sourceDex === destinationDex) throw refused(`from ${sourceDex} to itself`)
    await this.#requirePockets([sourceDex, destinationDex])
    await this.#send(signer, {
      type: 'sendAsset',
      primaryType: 'SendAsset',
      fields: [
        ['destination', 'string', subAccount === '' ? signer.address : subAccount],
        ['sourceDex', 'string', sourceDex],
        ['destinationDex', 'string', destinationDex],
        ['token', 'string', await this.#tokenId(token)],
        ['amount', 'string', text],
        ['fromSubAccount', 'string', subAccount],
      ],
    })
  }

  async #send(signer: Signer, action: UserAction): Promise<void> {
    const raw = await this.#context.post({
      path: '/exchange',
      body: () => signer.user(action),
      requestClass: 'order',
      weight: 1,
      waitMs: 10_000,
    })
    const refusal = readPlainReply(raw)
    if (refusal === null) return
    const text = `${action.type}: ${refusal}`
    if (refusal.startsWith('unreadable')) {
      throw new AdapterError('VENUE_UNREADABLE', text, 'unknown')
    }
    throw new AdapterError('VENUE_REFUSED', text, 'fatal')
  }

  /** The signer of the account's own key; `subAccount` is "" for a master account. */
  async #requireOwner(): Promise<{ readonly signer: Signer; readonly subAccount: string }> {
    const { signer, options, post } = this.#context
    const user = options.userAddress?.toLowerCase() ?? null
    if (signer === null || user === null) throw noKey('this session has no key')
    if (signer.address === user) return { signer, subAccount: '' }
    const reply = userRoleReply.safeParse(
      await post({
        path: '/info',
        body: () => ({ type: 'userRole', user }),
        requestClass: 'query',
        weight: 60,
        waitMs: 30_000,
      }),
    )
    if (reply.data?.role === 'subAccount' && reply.data.data?.master === signer.address) {
      return { signer, subAccount: user }
    }
    throw noKey(`the key of ${signer.address} is not that of the account ${user}`)
  }

  async #requirePockets(pockets: readonly string[]): Promise<void> {
    const others = pockets.filter((name) => name !== NATIVE && name !== SPOT)
    if (others.length === 0) return
    const { names } = await loadBuilders(askOf(this.#context.post))
    for (const name of others) {
      if (!names.includes(name)) throw unknownName(name, 'a builder’s dex', [...names, SPOT])
    }
  }

  async #tokenId(token: string): Promise<string> {
    const reply = spotTokensReply.safeParse(await askOf(this.#context.post)({ type: 'spotMeta' }))
    if (!reply.success) throw unreadable('spotMeta')
    const found = reply.data.tokens.find(({ name }) => name === token)
    if (found?.tokenId == null) {
      throw unknownName(
        token,
        'a token of the venue',
        reply.data.tokens.map(({ name }) => name),
      )
    }
    return `${found.name}:${found.tokenId}`
  }
}

function writeAmount(amount: Money): string {
  if (amount <= 0n) throw refused(`an amount of ${amount} is nothing to move`)
  return formatTrimmed(amount, MONEY_DECIMALS)
}

const refused = (text: string): AdapterError =>
  new AdapterError('VENUE_REFUSED', `not sent: ${text}`, 'fatal')

const noKey = (why: string): AdapterError =>
  new AdapterError(
    'VENUE_CREDENTIALS',
    `not sent: transfers need the account’s own key, agents may only trade: ${why}`,
    'fatal',
  )
