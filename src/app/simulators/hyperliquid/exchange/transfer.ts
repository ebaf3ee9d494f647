import { MONEY_DECIMALS, type Money, parseDecimal } from '../../../../core/mod.ts'
import { asText, asUnsigned, type Json, type JsonObject } from '../../json.ts'
import type { Account } from '../state/account.ts'
import type { MoneyRefusal } from '../state/money-texts.ts'
import { findToken } from '../state/tokens.ts'
import {
  classTransfer,
  sendAsset,
  spotSend,
  subAccountTransfer,
  usdSend,
  withdraw,
} from '../state/transfers.ts'
import { asAddress } from '../wire/addresses.ts'
import { requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  l1,
  refused,
  userSigned,
} from './action.ts'
import { settled } from './leverage.ts'

type Run = (context: ActionContext) => ActionReply

/** An action that is answered by what a reader makes of it; null when its shape is wrong. */
const transfer = (
  signing: ActionKind['signing'],
  read: (action: JsonObject) => Run | null,
): ActionKind => ({
  signing,
  read(action) {
    const run = read(action)
    return run === null ? null : { count: 1, run }
  },
})

const asAmount = (value: Json | undefined): Money | null =>
  parseDecimal(asText(value) ?? '', MONEY_DECIMALS)

/** Accounts that are joined have no separate sides between which to move. */
const unlessUnified =
  (run: (context: ActionContext) => MoneyRefusal | null): Run =>
  (context) => {
    const { profiles } = context.state.desk
    const { abstraction } = profiles.get(context.account.address) ?? { abstraction: 'default' }
    const isJoined = abstraction === 'unifiedAccount' || abstraction === 'portfolioMargin'
    return isJoined ? refused(requestTexts.unifiedAccount) : settled(run(context))
  }

/** The signer's sub-account of this address, or null. */
function subAccount({ state, account }: ActionContext, address: string): Account | null {
  const isOwn = state.desk.profiles.get(address)?.master === account.address
  return isOwn ? (state.accounts.get(address) ?? null) : null
}

/** Runs for a sub-account when one is named. */
const asSubAccount =
  (address: string | null, run: Run): Run =>
  (context) => {
    if (address === null) return run(context)
    const account = subAccount(context, address)
    if (account === null) return refused(requestTexts.unknownSubAccount(address))
    return run({ ...context, account })
  }

const classAmount = /^(\S+)(?:\s+subaccount:(0x[0-9a-fA-F]{40}))?$/

/** usdClassTransfer: `{amount, toPerp, nonce}`; the amount may name a sub-account. */
export const usdClassTransferAction = transfer(
  userSigned('UsdClassTransfer', ['amount string', 'toPerp bool']),
  (action) => {
    const { toPerp } = action
    const [, text, named] = classAmount.exec(asText(action['amount']) ?? '') ?? []
    const amount = asAmount(text)
    if (amount === null || typeof toPerp !== 'boolean') return null
    return asSubAccount(
      asAddress(named),
      unlessUnified(({ state, account }) => classTransfer(state, account, { amount, toPerp })),
    )
  },
)

/** sendAsset: `{destination, sourceDex, destinationDex, token, amount, fromSubAccount, nonce}`. */
export const sendAssetAction = transfer(
  userSigned('SendAsset', [
    'destination string',
    'sourceDex string',
    'destinationDex string',
    'token string',
    'amount string',
    'fromSubAccount string',
  ]),
  (action) => {
    const destination = asAddress(action['destination'])
    const sourceDex = asText(action['sourceDex'])
    const destinationDex = asText(action['destinationDex'])
    const spelled = asText(action['token'])
    const amount = asAmount(action['amount'])
    const from = asText(action['fromSubAccount'])
    if (destination === null || sourceDex === null || destinationDex === null) return null
    if (spelled === null || amount === null || from === null) return null
    return asSubAccount(from === '' ? null : from.toLowerCase(), ({ state, account, nonce }) => {
      const token = findToken(spelled)
      if (token === null) return settled('unknownToken')
      const sending = { destination, sourceDex, destinationDex, token, amount, nonce }
      return settled(sendAsset(state, account, sending))
    })
  },
)

/** usdSend: `{destination, amount, time}`. */
export const usdSendAction = transfer(
  userSigned('UsdSend', ['destination string', 'amount string'], { nonceKey: 'time' }),
  (action) => {
    const destination = asAddress(action['destination'])
    const amount = asAmount(action['amount'])
    if (destination === null || amount === null) return null
    return unlessUnified(({ state, account }) => usdSend(state, account, { destination, amount }))
  },
)

/** spotSend: `{destination, token, amount, time}`. */
export const spotSendAction = transfer(
  userSigned('SpotSend', ['destination string', 'token string', 'amount string'], {
    nonceKey: 'time',
  }),
  (action) => {
    const destination = asAddress(action['destination'])
    const spelled = asText(action['token'])
    const amount = asAmount(action['amount'])
    if (destination === null || spelled === null || amount === null) return null
    return ({ state, account, nonce }) => {
      const token = findToken(spelled)
      if (token === null) return settled('unknownToken')
      return settled(spotSend(state, account, { destination, token, amount, nonce }))
    }
  },
)

/** withdraw3: `{destination, amount, time}`; the money leaves the venue. */
export const withdrawAction = transfer(
  userSigned('Withdraw', ['destination string', 'amount string'], { nonceKey: 'time' }),
  (action) => {
    const amount = asAmount(action['amount'])
    if (asAddress(action['destination']) === null || amount === null) return null
    return ({ state, account, nonce }) => settled(withdraw(state, account, { amount, nonce }))
  },
)

/** Money per unit of `usd`: millionths of a dollar. */
const USD_UNIT: Money = 100n

/** subAccountTransfer: `{subAccountUser, isDeposit, usd}`. */
export const subAccountTransferAction = transfer(l1, (action) => {
  const address = asAddress(action['subAccountUser'])
  const usd = asUnsigned(action['usd'])
  const { isDeposit } = action
  if (address === null || usd === null || typeof isDeposit !== 'boolean') return null
  return (context) => {
    const own = subAccount(context, address)
    if (own === null) return refused(requestTexts.unknownSubAccount(address))
    const { state, account } = context
    const [from, to] = isDeposit ? [account, own] : [own, account]
    return settled(subAccountTransfer(state, from, to, BigInt(usd) * USD_UNIT))
  }
})
