import { loadConfig } from '../../config/load.ts'
import { describesFleet, loadFleet } from '../../config/load-fleet.ts'
import { packageVersion } from '../../package.ts'
import { type ObservingMode, startObservation } from '../../run/observe.ts'
import { askPassword } from '../ask-password.ts'
import type { CommandResult } from '../output.ts'
import { runFleet } from '../run-fleet.ts'
import { runSession, type SessionFlags } from '../run-session.ts'

const banners = {
  paper: 'PAPER: live market data, orders are matched in this process, none is sent',
  shadow: 'SHADOW: live market data, orders are journaled, none is sent',
} as const

/** Paper and shadow: a live market, no order leaves. */
export async function observeCommand(
  mode: ObservingMode,
  path: string,
  flags: SessionFlags,
): Promise<CommandResult> {
  const banner = `Ornstein ${packageVersion()}  ${banners[mode]}`
  const resumeCommand = `ornstein ${mode} ${path}`
  if (describesFleet(path)) {
    const fleet = loadFleet(path)
    return runFleet({
      mode,
      flags,
      fleet,
      banner,
      resumeCommand,
      market: 'generated',
      faults: 'none',
    })
  }
  const loaded = loadConfig(path)
  return runSession({ mode, flags, loaded, banner, resumeCommand }, (options) =>
    startObservation({
      ...options,
      mode,
      loaded,
      credentials: { environment: process.env, askPassword },
    }),
  )
}
