import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { describesFleet, loadFleet } from '../../config/load-fleet.ts'
import { packageRoot, packageVersion } from '../../package.ts'
import { startRehearsal } from '../../run/rehearse.ts'
import { drawRates } from '../../simulators/draw-rates.ts'
import { faultsOf } from '../../simulators/flags.ts'
import type { CommandResult } from '../output.ts'
import { runFleet } from '../run-fleet.ts'
import { runSession, type SessionFlags } from '../run-session.ts'
import { configForMarket, requireMarket } from './market-file.ts'

/** Flags of `npm start` and `ornstein rehearse`. */
export interface StartFlags extends SessionFlags {
  readonly config?: string
  readonly market?: string
  readonly faults?: string
}

/** The rehearsal: simulated venue, live adapter, engine and dashboard. */
export async function startCommand(flags: StartFlags): Promise<CommandResult> {
  const market = flags.market === undefined ? 'generated' : requireMarket(flags.market)
  const path = flags.config ?? shippedConfig(market)
  const banner =
    `Ornstein ${packageVersion()}  REHEARSE: simulated venue, no real money, ` +
    'nothing leaves this machine'
  const resumeCommand = resumeCommandOf(flags)
  if (describesFleet(path)) {
    const fleet = loadFleet(path)
    const faults = faultsFor(flags, fleet.engines[0]!.loaded.config.seed)
    return runFleet({ mode: 'rehearse', flags, fleet, banner, resumeCommand, market, faults })
  }
  const loaded = loadConfig(path)
  const faults = faultsFor(flags, loaded.config.seed)
  return runSession({ mode: 'rehearse', flags, loaded, banner, resumeCommand }, (options) =>
    startRehearsal({ ...options, loaded, market, faults }),
  )
}

/** The venue's rates of faults as JSON, or "none". Throws InputError (2). */
function faultsFor({ faults = 'none', quiet }: StartFlags, seed: number): string {
  const rates = faults === 'drawn' ? drawRates(seed) : faultsOf(faults, seed)?.rates
  if (rates === undefined) return 'none'
  const text = JSON.stringify(Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate)))
  if (quiet !== true) process.stderr.write(`  faults of the venue: ${text}\n`)
  return text
}

/** What goes on with the session, up to its name: everything that chose its settings is in it. */
export function resumeCommandOf({ config, market, faults }: StartFlags): string {
  const isClone = existsSync(join(packageRoot, 'src'))
  return [
    isClone ? 'npm start --' : 'npx ornstein start',
    ...(config === undefined ? [] : [`--config ${config}`]),
    ...(market === undefined ? [] : [`--market ${market}`]),
    ...(faults === undefined ? [] : [`--faults '${faults}'`]),
  ].join(' ')
}

/** The configuration shipped for a market. */
const shippedConfig = (market: string): string =>
  market === 'generated'
    ? join(packageRoot, 'examples', '01-first-strategy', 'rehearse.yaml')
    : configForMarket(market)
