import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InputError, writeFileAtomically } from '../../../adapters/mod.ts'
import { formatDay } from '../../../core/mod.ts'
import { loadConfig, parseConfig } from '../../config/load.ts'
import { textTable } from '../../data/text-table.ts'
import { addNames, listedNames } from '../../screen/add-names.ts'
import type { Change } from '../../screen/change-config.ts'
import {
  type EquityFound,
  type EquityRules,
  type EquityScreen,
  screenEquities,
} from '../../screen/equities-score.ts'
import { type DailyBars, loadDailyBars } from '../../screen/load-equities.ts'
import {
  type IndexChange,
  type Members,
  membersOn,
  type NamedText,
  readMembership,
  readSectors,
} from '../../screen/membership.ts'
import { dayFlag } from '../day-flag.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult, CommonFlags } from '../output.ts'

/** Flags of `ornstein screen equities`. */
export interface ScreenEquitiesFlags extends CommonFlags {
  readonly bars?: string
  readonly membership: string
  readonly changes?: string
  readonly sectors?: string
  readonly date?: string
  readonly newOnly?: boolean
  readonly sector?: string
  readonly minZ: number
  readonly minPrice: number
  readonly minAdv: number
  readonly momentum?: boolean
  readonly config?: string
  readonly apply?: string
}

/** Screens the members of an index on a day; changes a file only when told to. */
export async function screenEquitiesCommand(flags: ScreenEquitiesFlags): Promise<CommandResult> {
  const path = flags.apply ?? flags.config
  const text = path === undefined ? null : readFileOf(path, 'configuration')
  if (text !== null) parseConfig(text, path!)
  if (flags.newOnly === true && text === null) throw newOnlyAlone()
  const asked = flags.date === undefined ? null : dayFlag('--date', flags.date)
  // Mistakes in small files are said before the bars are read, which takes long.
  const membership = readMembership(
    named(flags.membership),
    flags.changes === undefined ? null : named(flags.changes),
  )
  const sectors = sectorsOf(flags, path)
  requireSector(flags.sector ?? null, sectors)
  const bars = await loadDailyBars(barsOf(flags, path), asked)
  if (bars === null) throw noBars(flags)
  const day = asked ?? bars.day
  const members = membersOn(membership, day)
  const rules: EquityRules = {
    ...{ minZ: flags.minZ, minPrice: flags.minPrice, minAdv: flags.minAdv },
    sector: flags.sector ?? null,
    known: flags.newOnly === true ? listedNames(text!) : new Set(),
    isMomentum: flags.momentum === true,
  }
  const screened = screenEquities(candidatesOf(members, bars, sectors), rules)
  const found = [...screened.long, ...screened.short]
  const changed = text === null ? null : addNames(text, found)
  if (changed !== null) parseConfig(changed.text, path!)
  if (flags.apply !== undefined && changed !== null && changed.changes.length > 0) {
    writeFileAtomically(flags.apply, changed.text, { mode: statSync(flags.apply).mode & 0o777 })
  }
  const covered = members.symbols.filter((symbol) => bars.bySymbol.has(symbol)).length
  const announced = announcedOf(members)
  return {
    data: {
      ...{ kind: 'equities', date: formatDay(day), session: formatDay(bars.day) },
      rules: { ...rules, known: rules.known.size },
      ...{ members: members.symbols.length, withBars: covered, scoresAdjusted: bars.isAdjusted },
      ...{ long: screened.long, short: screened.short, excluded: screened.excluded },
      announced: announced.map((change) => ({
        ...{ symbol: change.symbol, action: change.action },
        announced: formatDay(change.announced),
        effective: formatDay(change.effective),
      })),
      changes: changed?.changes ?? null,
      applied: flags.apply ?? null,
    },
    text: [
      tableOf(screened, announced, rules.isMomentum),
      excludedText(screened),
      ...changesText(changed?.changes, flags),
    ].join('\n'),
    warnings: warningsOf({
      members,
      covered,
      day,
      bars,
      spellsUntil: membership.spellsUntil,
      flags,
    }),
  }
}

function candidatesOf({ symbols }: Members, bars: DailyBars, sectors: ReadonlyMap<string, string>) {
  const none = { closes: [], price: null, volumes: [], isCurrent: false }
  return symbols.map((symbol) => ({
    ...(bars.bySymbol.get(symbol) ?? none),
    symbol,
    sector: sectors.get(symbol) ?? null,
  }))
}

/** The file of bars: that of the flag, else that of the configuration. */
function barsOf(flags: ScreenEquitiesFlags, path: string | undefined): string {
  if (flags.bars !== undefined) return flags.bars
  const data = path === undefined ? undefined : loadConfig(path).config.data
  if (data?.kind === 'bars') return resolve(dirname(path!), data.file)
  throw new InputError({
    code: 'ORN-SCREEN-004',
    exitCode: ExitCode.usage,
    message: 'No file of daily bars is named',
    details: ['--bars FILE, or --config FILE of a configuration with data of kind bars'],
  })
}

function sectorsOf(
  flags: ScreenEquitiesFlags,
  path: string | undefined,
): ReadonlyMap<string, string> {
  if (flags.sectors !== undefined) return readSectors(named(flags.sectors))
  const of = path === undefined ? undefined : loadConfig(path).config.strategy.equities?.sectors?.of
  return new Map(
    Object.entries(of ?? {}).flatMap(([sector, { symbols }]) =>
      symbols.map((symbol): [string, string] => [symbol, sector]),
    ),
  )
}

/** A sector that no name has would only ever find nothing. */
function requireSector(sector: string | null, sectors: ReadonlyMap<string, string>): void {
  const all = [...new Set(sectors.values())].sort()
  if (sector === null || all.some((each) => each.toLowerCase() === sector.toLowerCase())) return
  throw new InputError({
    code: 'ORN-SCREEN-005',
    exitCode: ExitCode.usage,
    message: `--sector ${sector} is the sector of no name`,
    details: [
      all.length === 0
        ? 'no sectors are known: --sectors FILE, or a configuration with sectors'
        : `allowed: ${all.join(', ')}`,
    ],
  })
}

function tableOf(
  { long, short }: EquityScreen,
  announced: readonly IndexChange[],
  isMomentum: boolean,
): string {
  const round = (value: number | null, digits: number): number | null =>
    value === null ? null : Number(value.toFixed(digits))
  const rows = [...long, ...short].map((one: EquityFound) => [
    ...[one.zone, one.symbol, one.sector ?? '-'],
    ...[round(one.price, 2), Math.round(one.adv), round(one.z, 2), round(Math.abs(one.z), 2)],
    ...(isMomentum ? [round(one.zTrend, 2), round((one.aboveTrend ?? 0) * 100, 1)] : []),
    noteOf(announced, one.symbol),
  ])
  const trend = isMomentum ? ['z 240', 'above average %'] : []
  return textTable(
    ['zone', 'symbol', 'sector', 'price', 'volume 30 d', 'z', '|z|', ...trend, 'announced'],
    rows,
  )
}

function noteOf(announced: readonly IndexChange[], symbol: string): string {
  const change = announced.find((each) => each.symbol === symbol)
  return change === undefined ? '' : `${change.action} ${formatDay(change.effective)}`
}

/** Announced by the day and still ahead, the next one first. */
const announcedOf = ({ announced }: Members): readonly IndexChange[] =>
  announced.toSorted((a, b) => a.effective - b.effective)

const excludedText = ({ long, short, excluded }: EquityScreen): string => {
  const reasons = Object.entries(excluded).map(([reason, count]) => `${reason} ${count}`)
  const out = reasons.length === 0 ? '' : `; in none by ${reasons.join(', ')}`
  return `${long.length} in the long zone, ${short.length} in the short zone${out}`
}

function changesText(
  changes: readonly Change[] | undefined,
  flags: ScreenEquitiesFlags,
): readonly string[] {
  if (changes === undefined) return ['--config FILE shows what a configuration would gain']
  const path = flags.apply ?? flags.config
  if (changes.length === 0) return [`nothing to add to ${path}`]
  const lines = changes.map(({ sign, key, value }) => `${sign} ${key}: ${value}`)
  return [
    ...lines,
    flags.apply === undefined ? `not written: --apply ${path}` : `written to ${path}`,
  ]
}

function warningsOf(of: {
  readonly members: Members
  readonly covered: number
  readonly day: number
  readonly bars: DailyBars
  readonly spellsUntil: number
  readonly flags: ScreenEquitiesFlags
}): readonly string[] {
  const { members, covered, day, bars, spellsUntil, flags } = of
  const total = members.symbols.length
  const warnings: string[] = []
  if (covered < total) {
    const share = ((covered / total) * 100).toFixed(0)
    warnings.push(
      `The file holds bars of ${covered} of ${total} members (${share} %): what it does not hold, failed names before all, is not seen.`,
    )
  }
  if (day > bars.day) {
    warnings.push(`The last session of the file is ${formatDay(bars.day)}.`)
  }
  if (day > spellsUntil && flags.changes === undefined) {
    warnings.push(
      `The membership is known until ${formatDay(spellsUntil)}; --changes FILE tells what was published later.`,
    )
  }
  if (flags.sectors !== undefined || flags.config !== undefined) {
    warnings.push('Sectors are those of the file, not of the day.')
  }
  return warnings
}

const named = (path: string): NamedText => ({ name: path, text: readFileOf(path, 'file') })

function readFileOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InputError({
      code: 'ORN-SCREEN-001',
      exitCode: what === 'configuration' ? ExitCode.configuration : ExitCode.data,
      message: `The ${what} ${path} cannot be read`,
      cause,
    })
  }
}

const newOnlyAlone = (): InputError =>
  new InputError({
    code: 'ORN-SCREEN-006',
    exitCode: ExitCode.usage,
    message: '--new-only needs to know which names are there already',
    fix: 'add --config FILE',
  })

const noBars = ({ date }: ScreenEquitiesFlags): InputError =>
  new InputError({
    code: 'ORN-SCREEN-002',
    exitCode: ExitCode.data,
    message: `The file has no daily bar${date === undefined ? '' : ` up to ${date}`}`,
  })
