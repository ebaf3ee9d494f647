import { accountsOf } from '../../config/fleet-accounts.ts'
import { loadConfig } from '../../config/load.ts'
import { describesFleet, loadFleet } from '../../config/load-fleet.ts'
import { notionalText } from '../../config/notionals.ts'
import { packageVersion } from '../../package.ts'
import { openTraded } from '../../run/fleet-live.ts'
import { startLive } from '../../run/live.ts'
import { venueKindOf } from '../../run/venues/table.ts'
import { askPassword } from '../ask-password.ts'
import { requireWord } from '../confirm.ts'
import type { CommandResult } from '../output.ts'
import { runFleet } from '../run-fleet.ts'
import { runSession, type SessionFlags } from '../run-session.ts'

/** Flags of `ornstein live`. */
export interface LiveFlags extends SessionFlags {
  readonly network?: string
  readonly account?: string
  readonly yes?: boolean
}

/** Real orders: shows what it will trade and asks first. */
export async function liveCommand(path: string, flags: LiveFlags): Promise<CommandResult> {
  if (describesFleet(path)) return liveFleet(path, flags)
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

/** The same with several engines: every account is shown before one word opens them. */
async function liveFleet(path: string, flags: LiveFlags): Promise<CommandResult> {
  const fleet = loadFleet(path)
  const credentials = { environment: process.env, askPassword }
  const { network, account } = flags
  const traded = await openTraded(accountsOf(fleet), { network, account }, credentials)
  for (const [name, place] of traded) {
    process.stderr.write(`LIVE on ${place.word}: this trades (${name})\n`)
    process.stderr.write(`${await place.preview()}\n`)
  }
  for (const { name, loaded } of fleet.engines) {
    const { strategy, balance, venue } = loaded.config
    const entries = notionalText(strategy, venue?.instruments ?? [])
    process.stderr.write(`  ${name}: a share of ${balance}, entries ${entries}\n`)
  }
  const places = [...traded.values()]
  const words = [...new Set(places.map(({ word }) => word))].join(' ')
  await requireWord(words, flags.yes === true)
  const banner = `Ornstein ${packageVersion()}  LIVE on ${words}: orders are sent`
  const given = [...new Set(places.map((place) => place.flags))].join(' ')
  const resumeCommand = `ornstein live ${path} ${given}`
  const market = 'generated'
  return runFleet({
    mode: 'live',
    flags,
    fleet,
    banner,
    resumeCommand,
    market,
    faults: 'none',
    traded,
  })
}
