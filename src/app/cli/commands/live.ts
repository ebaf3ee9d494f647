import { loadConfig } from '../../config/load.ts'
import { packageVersion } from '../../package.ts'
import { previewLive, startLive } from '../../run/live.ts'
import { openLiveAccount } from '../../run/live-account.ts'
import { askPassword } from '../ask-password.ts'
import { requireWord } from '../confirm.ts'
import type { CommandResult } from '../output.ts'
import { runSession, type SessionFlags } from '../run-session.ts'

/** Flags of `ornstein live`. */
export interface LiveFlags extends SessionFlags {
  readonly network?: string
  readonly yes?: boolean
}

/** Real orders: shows what it will trade and asks first. */
export async function liveCommand(path: string, flags: LiveFlags): Promise<CommandResult> {
  const loaded = loadConfig(path)
  const credentials = { environment: process.env, askPassword }
  const account = await openLiveAccount(loaded, {
    ...{ network: flags.network, isTrading: true, credentials },
  })
  process.stderr.write(`LIVE on ${account.network}: this trades\n`)
  process.stderr.write(`${await previewLive(loaded, account)}\n`)
  await requireWord(account.network, flags.yes === true)
  const banner = `Ornstein ${packageVersion()}  LIVE on ${account.network}: orders are sent`
  const resumeCommand = `ornstein live ${path} --network ${account.network}`
  return runSession({ mode: 'live', flags, loaded, banner, resumeCommand }, (options) =>
    startLive({ ...options, loaded, account, credentials }),
  )
}
