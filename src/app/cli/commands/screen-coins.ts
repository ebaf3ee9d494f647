import { readFileSync, statSync } from 'node:fs'
import { InputError, writeFileAtomically } from '../../../adapters/mod.ts'
import type { Tier } from '../../../strategies/mod.ts'
import { parseConfig } from '../../config/load.ts'
import { systemEnvironment } from '../../data/download/environment.ts'
import { textTable } from '../../data/text-table.ts'
import {
  type Change,
  type CoinKind,
  changeConfig,
  type Selected,
} from '../../screen/change-config.ts'
import { builderLeverage, builderTier, nativeTier } from '../../screen/classes.ts'
import { loadBuilderCoins, loadNative, type ScreenSource } from '../../screen/load.ts'
import { alwaysNative, type Screened, screenBuilders, screenNative } from '../../screen/score.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult, CommonFlags } from '../output.ts'

/** Flags of `ornstein screen`. */
export interface ScreenFlags extends CommonFlags {
  readonly top: string
  readonly minVolume: string
  readonly url: string
  readonly config?: string
  readonly apply?: string
}

/** Chooses coins by what the venue says of them now; changes a file only when told to. */
export async function screenCommand(kind: CoinKind, flags: ScreenFlags): Promise<CommandResult> {
  const path = flags.apply ?? flags.config
  const text = path === undefined ? null : readConfig(path)
  const source: ScreenSource = {
    url: flags.url,
    environment: systemEnvironment,
    progress: progressOf(flags),
  }
  const options = { top: Number(flags.top), volumeMin: Number(flags.minVolume) }
  const found = kind === 'perps' ? await natives(source, options) : await builders(source, options)
  if (found.screened.chosen.length === 0) throw nothingPassed(found.screened)
  const changed = text === null ? null : changeConfig(text, { kind, coins: found.coins })
  if (changed !== null) parseConfig(changed.text, path!)
  if (flags.apply !== undefined && changed !== null && changed.changes.length > 0) {
    writeFileAtomically(flags.apply, changed.text, { mode: statSync(flags.apply).mode & 0o777 })
  }
  const { screened } = found
  return {
    data: {
      kind,
      asOf: new Date().toISOString(),
      url: flags.url,
      rules: options,
      candidates: screened.candidates,
      excluded: screened.excluded,
      coins: found.coins,
      chosen: screened.chosen,
      changes: changed?.changes ?? null,
      applied: flags.apply ?? null,
    },
    text: [found.table, excludedText(screened), ...changesText(changed?.changes, flags)].join('\n'),
  }
}

async function natives(source: ScreenSource, options: { top: number; volumeMin: number }) {
  const screened = screenNative(await loadNative(source, options.volumeMin), options)
  const coins = [...alwaysNative, ...screened.chosen.map(({ coin }) => coin)].map(
    (coin): Selected => ({ coin, tier: nativeTier(coin) }),
  )
  const table = textTable(
    ['coin', 'volume 24 h USD', 'spread bp', 'leverage'],
    screened.chosen.map((one) => [
      one.coin,
      Math.round(one.dayVolume),
      round(one.spreadBp!, 2),
      one.maxLeverage,
    ]),
  )
  return { screened, coins, table }
}

async function builders(source: ScreenSource, options: { top: number; volumeMin: number }) {
  const screened = screenBuilders(await loadBuilderCoins(source, options.volumeMin), options)
  const coins = screened.chosen.map(
    (one): Selected => ({ coin: one.coin, tier: builderTier(one.class, one.deviationPercent) }),
  )
  const table = textTable(
    [
      'coin',
      'class',
      'score',
      'bonus',
      'deviation %',
      'open interest USD',
      'volume 24 h USD',
      'z',
      'leverage',
    ],
    screened.chosen.map((one) => [
      one.coin,
      one.class,
      round(one.score, 4),
      one.bonus,
      round(one.deviationPercent, 2),
      Math.round(one.openInterest),
      Math.round(one.dayVolume),
      zText(builderTier(one.class, one.deviationPercent)),
      builderLeverage(one.class, one.maxLeverage),
    ]),
  )
  return { screened, coins, table }
}

const zText = ({ shortEntry, shortExit }: Tier): string =>
  `${shortEntry.toFixed(2)}/${shortExit.toFixed(2)}`

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals))

function progressOf({ quiet }: CommonFlags): (done: number, total: number) => void {
  if (quiet === true || !process.stderr.isTTY) return () => {}
  return (done, total) => process.stderr.write(`\r${done} of ${total}${done === total ? '\n' : ''}`)
}

const excludedText = ({ candidates, chosen, excluded }: Screened<unknown>): string => {
  const reasons = Object.entries(excluded).map(([reason, count]) => `${reason} ${count}`)
  const out = reasons.length === 0 ? '' : `, out by ${reasons.join(', ')}`
  return `${chosen.length} of ${candidates} chosen${out}`
}

function changesText(changes: readonly Change[] | undefined, flags: ScreenFlags): string[] {
  if (changes === undefined) return ['--config FILE shows what a configuration would gain and lose']
  const path = flags.apply ?? flags.config
  if (changes.length === 0) return [`${path} has this selection already`]
  const lines = changes.map(({ sign, key, value }) => `${sign} ${key}: ${value}`)
  const end = flags.apply === undefined ? `not written: --apply ${path}` : `written to ${path}`
  return [...lines, end]
}

function readConfig(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InputError({
      code: 'ORN-SCREEN-001',
      exitCode: ExitCode.configuration,
      message: `The configuration ${path} cannot be read`,
      cause,
    })
  }
  parseConfig(text, path)
  return text
}

const nothingPassed = (screened: Screened<unknown>): InputError =>
  new InputError({
    code: 'ORN-SCREEN-002',
    exitCode: ExitCode.data,
    message: 'No coin passes the screen',
    details: [excludedText(screened)],
    fix:
      screened.excluded.volume === undefined
        ? 'Screen again later, or another venue; an empty universe is never written'
        : 'Lower --min-volume; an empty universe is never written',
  })
