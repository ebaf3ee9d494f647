import { z } from 'zod'
import { createNodeEnvironment, InputError } from '../../../adapters/mod.ts'
import { MONEY_DECIMALS, type Money, parseDecimal } from '../../../core/mod.ts'
import { loadConfig } from '../../config/load.ts'
import { requestJson, systemEnvironment } from '../../data/download/environment.ts'
import {
  type LiveAccount,
  liveAdapter,
  openLiveAccount,
} from '../../run/venues/hyperliquid-account.ts'
import { askPassword } from '../ask-password.ts'
import { requireWord } from '../confirm.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import type { FundFlags } from './fund.ts'
import { requireTransferable, type Transfer } from './fund-check.ts'

/** Moves money between pockets of one account: checked, shown and confirmed before it is sent. */
export async function fundCommand(
  name: string,
  text: string,
  flags: FundFlags,
): Promise<CommandResult> {
  const amount = readAmount(text)
  const { from, to } = placesOf(name, flags)
  const token = flags.token ?? 'USDC'
  const live = await openLiveAccount(loadConfig(flags.config), {
    network: flags.network,
    isTrading: false,
    credentials: { environment: process.env, askPassword },
  })
  await requireOwnKey(live)
  await requireTransferable(live, { amount, token, from, to })
  const what = `${text} ${token} from ${from} to ${to} of ${live.account} on ${live.network}`
  const data = { amount: text, token, from, to, account: live.account, network: live.network }
  if (flags.dryRun === true) {
    return { data: { ...data, sent: false }, text: `Would move ${what}. Nothing was sent.` }
  }
  process.stderr.write(`This moves ${what}\n`)
  await requireWord(live.network, flags.yes === true)
  await send(live, { name, amount, token, from, to })
  return { data: { ...data, sent: true }, text: `Moved ${what}.` }
}

function readAmount(text: string): Money {
  const amount = /^\d{1,12}(\.\d{1,6})?$/.test(text) ? parseDecimal(text, MONEY_DECIMALS) : null
  if (amount !== null && amount > 0n) return amount
  throw usage(`${text} is no amount`, 'a number above 0 with at most 6 decimals, for example 250.5')
}

function placesOf(name: string, flags: FundFlags): { readonly from: string; readonly to: string } {
  if (name === 'spot-to-perp') return { from: 'spot', to: 'perp' }
  if (name === 'perp-to-spot') return { from: 'perp', to: 'spot' }
  const { from = '', to = '' } = flags
  if (from === to) throw usage(`From ${from} to itself`, 'two places')
  return { from, to }
}

const usage = (message: string, allowed: string): InputError =>
  new InputError({
    code: 'ORN-LIVE-003',
    exitCode: ExitCode.usage,
    message: `${message}; nothing was sent`,
    details: [`allowed: ${allowed}`],
  })

const roleReply = z.object({
  role: z.string(),
  data: z.object({ master: z.string().optional(), user: z.string().optional() }).nullish(),
})

/** Agents may trade and never move money: told before anything is signed. */
async function requireOwnKey({ account, signer, restUrl }: LiveAccount): Promise<void> {
  if (signer === account) return
  const role = async (user: string) => {
    const { value } = await requestJson(systemEnvironment, {
      url: `${restUrl}/info`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'userRole', user }),
    })
    return roleReply.safeParse(value).data
  }
  const found = await role(account)
  if (found?.role === 'subAccount' && found.data?.master?.toLowerCase() === signer) return
  const isAgent = (await role(signer))?.role === 'agent'
  throw new InputError({
    code: 'ORN-LIVE-004',
    exitCode: ExitCode.preflight,
    message: 'Only the account’s own key moves its money; nothing was sent',
    details: [
      `account ${account}`,
      `key     ${signer}${isAgent ? ', an agent: agents may only trade' : ', not the account’s'}`,
    ],
    fix: 'Refer to the account’s own key in venue.key, for this command only',
  })
}

async function send(live: LiveAccount, what: Transfer & { readonly name: string }): Promise<void> {
  const { name, amount, token } = what
  const { adapter, nonces } = liveAdapter(live, createNodeEnvironment(), { bookStream: 'l2Book' })
  const dexOf = (place: string): string => (place === 'perp' ? '' : place)
  try {
    if (name === 'spot-to-perp') await adapter.transferSpotToPerp(amount)
    else if (name === 'perp-to-spot') await adapter.transferPerpToSpot(amount)
    else {
      const [sourceDex, destinationDex] = [dexOf(what.from), dexOf(what.to)]
      await adapter.sendAsset({ sourceDex, destinationDex, token, amount })
    }
  } finally {
    await adapter.stop()
    nonces.close()
  }
}
