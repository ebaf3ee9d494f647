import { loadConfig } from '../../config/load.ts'
import { packageVersion } from '../../package.ts'
import { startLive } from '../../run/live.ts'
import { venueKindOf } from '../../run/venues/table.ts'
import { askPassword } from '../ask-password.ts'
import { requireWord } from '../confirm.ts'
import type { CommandResult } from '../output.ts'
import { runSession, type SessionFlags } from '../run-session.ts'

/** Flags of `ornstein live`. */
export interface LiveFlags extends SessionFlags {
  readonly network?: string
  readonly account?: string
  readonly yes?: boolean
}

/** Real orders: shows what it will trade and asks first. */
export async function liveCommand(path: string, flags: LiveFlags): Promise<CommandResult> {
  const loaded = loadConfig(path)
  const credentials = { environment: process.env, askPassword }
  const { network, account: which } = flags
  const kind = venueKindOf(loaded, 'ornstein live')
  const account = await kind.openAccount(loaded, { network, account: which }, credentials)
  process.stderr.write(`LIVE on ${account.word}: this trades\n`)
  process.stderr.write(`${await account.preview()}\n`)
  await requireWord(account.word, flags.yes === true)
  const banner = `Ornstein ${packageVersion()}  LIVE on ${account.word}: orders are sent`
  const resumeCommand = `ornstein live ${path} ${account.flags}`
  return runSession({ mode: 'live', flags, loaded, banner, resumeCommand }, (options) =>
    startLive({ ...options, loaded, account, credentials }),
  )
}
