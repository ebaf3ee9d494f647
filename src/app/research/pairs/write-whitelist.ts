import { writeFileSync } from 'node:fs'
import { InputError } from '../../../adapters/mod.ts'
import { textTable } from '../../data/text-table.ts'
import type { Discovery, DiscoveryOptions } from './discover-pairs.ts'
import type { RecordedCloses } from './record-closes.ts'

/** A whitelist as it is written to a file (schema ornstein.pairs/1). Instants are UTC. */
export interface WhitelistFile {
  readonly schema: 'ornstein.pairs/1'
  readonly generatedAt: string
  readonly dataFrom: string
  readonly dataTo: string
  /** When the last of the data could be known: a session enters no pair before. */
  readonly knownTime: string
  readonly source: string
  readonly universe: readonly string[]
  readonly tested: number
  readonly untested: number
  readonly settings: DiscoveryOptions
  readonly rejected: Discovery['rejected']
  readonly pairs: Discovery['pairs']
}

const iso = (time: number): string => new Date(Math.ceil(time / 1000)).toISOString()

/** Puts a discovery with what it was made of into the form of a file. */
export function toWhitelist(
  discovery: Discovery,
  made: {
    readonly closes: RecordedCloses
    readonly settings: DiscoveryOptions
    readonly source: string
    readonly now: number
  },
): WhitelistFile {
  const { closes, settings, source } = made
  return {
    schema: 'ornstein.pairs/1',
    generatedAt: iso(made.now),
    dataFrom: iso(closes.from),
    dataTo: iso(closes.to),
    knownTime: iso(closes.knownTime),
    source,
    universe: closes.series.map(({ symbol }) => symbol),
    settings,
    ...discovery,
  }
}

/** Writes a whitelist. Throws InputError when that is not possible. */
export function writeWhitelist(file: string, whitelist: WhitelistFile): void {
  try {
    writeFileSync(file, `${JSON.stringify(whitelist, null, 2)}\n`)
  } catch (cause) {
    throw new InputError({
      code: 'ORN-PAIRS-011',
      exitCode: 2,
      message: `The whitelist ${file} cannot be written`,
      details: [cause instanceof Error ? cause.message : String(cause)],
      cause,
    })
  }
}

/** A whitelist for people. */
export function renderWhitelist(whitelist: WhitelistFile): string {
  const { pairs, tested, untested, rejected, settings } = whitelist
  const rate = `${settings.falseDiscoveryRate * 100} %`
  const lines = [
    `${whitelist.universe.length} instruments, ${whitelist.dataFrom} to ${whitelist.dataTo}`,
    `${tested} pairs tested, ${untested} with too few bars in common; at most ${rate} of those found are expected to be false`,
    ...Object.entries(rejected).map(([reason, count]) => `  ${count} left out: ${reason}`),
  ]
  if (pairs.length === 0) return [...lines, 'No pair was found.'].join('\n')
  const rows = pairs.map((pair) => [
    `${pair.legA}/${pair.legB}`,
    Number(pair.beta.toFixed(3)),
    Number(pair.r2.toFixed(2)),
    Math.round(pair.halfLifeMinutes),
    Number(pair.sigmaBp.toFixed(1)),
    Number(pair.statistic.toFixed(2)),
    Number(pair.adjustedPValue.toPrecision(2)),
    Number(pair.score.toFixed(2)),
    pair.first === 'a' ? pair.legA : pair.legB,
  ])
  const head = [
    'pair',
    'beta',
    'R2',
    'half-life min',
    'sigma bp',
    'ADF',
    'p adjusted',
    'score',
    'first',
  ]
  return [...lines, textTable(head, rows)].join('\n')
}
