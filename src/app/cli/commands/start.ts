import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { InputError } from '../../../adapters/mod.ts'
import { loadConfig } from '../../config/load.ts'
import { packageRoot, packageVersion } from '../../package.ts'
import { startRehearsal } from '../../run/rehearse.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { runSession, type SessionFlags } from '../run-session.ts'

/** Flags of `npm start` and `ornstein rehearse`. */
export interface StartFlags extends SessionFlags {
  readonly config?: string
  readonly market?: string
}

/** The rehearsal: simulated venue, live adapter, engine and dashboard. */
export async function startCommand(flags: StartFlags): Promise<CommandResult> {
  const market = flags.market === undefined ? 'generated' : requireMarket(flags.market)
  const loaded = loadConfig(flags.config ?? shippedConfig(market))
  const banner =
    `Ornstein ${packageVersion()}  REHEARSE: simulated venue, no real money, ` +
    'nothing leaves this machine'
  const again = flags.market === undefined ? '' : ` --market ${flags.market}`
  const isClone = existsSync(join(packageRoot, 'src'))
  const resumeCommand = `${isClone ? 'npm start --' : 'npx ornstein start'}${again}`
  return runSession({ mode: 'rehearse', flags, loaded, banner, resumeCommand }, (options) =>
    startRehearsal({ ...options, loaded, market }),
  )
}

function requireMarket(path: string): string {
  const file = resolve(path)
  if (existsSync(file)) return file
  throw new InputError({
    code: 'ORN-DATA-041',
    exitCode: ExitCode.data,
    message: `The market file ${path} does not exist`,
    details: ['allowed: a recorded Hyperliquid book (Parquet); its trades are found beside it'],
  })
}

/** The configuration shipped for a market. */
function shippedConfig(market: string): string {
  const examples = join(packageRoot, 'examples')
  if (market === 'generated') return join(examples, '01-first-strategy', 'rehearse.yaml')
  const symbol = /_(BTC|ETH)_/.exec(basename(market))?.[1]?.toLowerCase()
  if (symbol !== undefined) return join(examples, '02-backtest', `${symbol}-rehearse.yaml`)
  throw new InputError({
    code: 'ORN-CONF-011',
    exitCode: ExitCode.configuration,
    message: `No configuration is shipped for ${basename(market)}`,
    fix: 'Name one with --config FILE',
  })
}
