import { join } from 'node:path'
import { InputError, type Recording } from '../../../adapters/mod.ts'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import { parseDuration } from '../../config/quantities.ts'
import { rowTexts } from '../../data/row-texts.ts'
import { codeHash, packageRoot } from '../../package.ts'
import { tradingDayOf } from '../../run/drill/days.ts'
import { type DrillResult, runDrill } from '../../run/drill/drill.ts'
import { loadRecordings } from '../../simulators/hyperliquid/market/load-recordings.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { configForMarket, requireMarket } from './market-file.ts'

/** Flags of `ornstein drill`. */
export interface DrillFlags {
  readonly seed?: string
  readonly seeds?: string
  readonly for?: string
  /** Name of a trading day. */
  readonly day?: string
  readonly kills?: string
  /** Files of recorded books. */
  readonly market?: readonly string[]
  readonly faults?: boolean
  readonly quiet?: boolean
}

/** Drills one or several seeds; fails when a promise of reliability did not hold. */
export async function drillCommand(
  path: string | undefined,
  flags: DrillFlags,
): Promise<CommandResult> {
  const files = (flags.market ?? []).map(requireMarket)
  const loaded = loadConfig(path ?? shippedConfig(files, flags.day !== undefined))
  const first = Number(flags.seed ?? loaded.config.seed)
  const text = flags.for ?? '1h'
  const durationUs = parseDuration(text)
  if (durationUs === null || durationUs <= 0) {
    throw new InputError({
      code: 'ORN-USAGE-002',
      exitCode: ExitCode.usage,
      message: `--for ${text} is not a duration`,
      details: ['allowed: a number with a unit (s, m, h, d), for example 6h'],
    })
  }
  const day = flags.day === undefined ? null : tradingDayOf(flags.day)
  if (day !== null) requireShares(loaded)
  const recordings = files.length === 0 ? null : await loadRecordings(files)
  if (recordings !== null) requireInstruments(loaded.config.venue?.instruments ?? [], recordings)
  const results: DrillResult[] = []
  for (let seed = first; seed < first + Number(flags.seeds ?? 1); seed++) {
    const faults = flags.faults !== false
    const result = await runDrill({
      ...{ loaded, codeHash: codeHash(), seed, durationUs, faults },
      kills: Number(flags.kills ?? 0),
      ...(day === null ? {} : { day }),
      ...(recordings === null ? {} : { recordings }),
      progress: progressOf(seed, flags.quiet === true),
    })
    results.push(result)
    if (flags.quiet !== true) process.stderr.write(`${line(result)}\n`)
  }
  const failed = results.filter((result) => result.violations.length > 0)
  return {
    data: results,
    text:
      failed.length === 0
        ? `Drilled ${results.length} seed${results.length === 1 ? '' : 's'}: every promise held`
        : failed.map((r) => `seed ${r.seed}: ${r.violations.join('; ')}`).join('\n'),
    mode: 'drill',
    warnings: (recordings ?? []).flatMap(rowTexts),
    exitCode: failed.length === 0 ? ExitCode.ok : ExitCode.mismatch,
  }
}

const PROGRESS_PAUSE_MS = 10_000

/** Says every ten seconds how far a seed is: a trading day takes minutes. */
function progressOf(seed: number, quiet: boolean): (share: number) => void {
  let last = performance.now()
  return (share) => {
    const now = performance.now()
    if (quiet || now - last < PROGRESS_PAUSE_MS) return
    last = now
    process.stderr.write(`seed ${seed}  ${Math.round(share * 100)} % of its time\n`)
  }
}

function requireShares({ config, path }: LoadedConfig): void {
  const { venue } = config
  const isShare = (symbol: string): boolean => !symbol.includes('/')
  if (venue?.kind === 'alpaca' && venue.instruments.some(isShare)) return
  throw new InputError({
    code: 'ORN-USAGE-002',
    exitCode: ExitCode.usage,
    message: `--day: ${path} trades no US shares`,
    details: ['allowed with venue.kind alpaca and a share among venue.instruments'],
  })
}

function requireInstruments(wanted: readonly string[], recordings: readonly Recording[]): void {
  const held = recordings.flatMap(({ instruments }) => instruments.map(({ symbol }) => symbol))
  const missing = wanted.find((symbol) => !held.includes(symbol))
  if (missing === undefined) return
  throw new InputError({
    code: 'ORN-DATA-017',
    exitCode: ExitCode.data,
    message: `There are no data of instrument ${missing}`,
    details: [`the recordings hold: ${held.join(', ')}`],
  })
}

/** The configuration shipped for drills, or for the first of the recordings. */
const shippedConfig = ([first]: readonly string[], isOfShares: boolean): string => {
  if (first !== undefined) return configForMarket(first)
  const file = isOfShares ? ['07-alpaca', 'equities.yaml'] : ['01-first-strategy', 'drill.yaml']
  return join(packageRoot, 'examples', ...file)
}

const line = ({ seed, summary, chainHead, kills, violations }: DrillResult): string =>
  `seed ${seed}  ${summary.events} events  ${summary.orders} orders  ${summary.fills} fills  ` +
  (kills.length === 0 ? '' : `${kills.length} kills  `) +
  `head ${chainHead.slice(0, 16)}  ${violations.length === 0 ? 'ok' : `${violations.length} broken`}`
