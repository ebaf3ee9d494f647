import { InputError } from '../../../adapters/mod.ts'
import { parseObject, readValues } from '../../config/load.ts'
import { parseDuration, parseFraction } from '../../config/quantities.ts'
import { rowTexts } from '../../data/row-texts.ts'
import { loadReadableMarket } from '../../run/load-market.ts'
import { discoverPairs } from './discover-pairs.ts'
import { defaultFilters } from './evaluate-pair.ts'
import { recordCloses } from './record-closes.ts'
import { toWhitelist, type WhitelistFile } from './write-whitelist.ts'

/** What may be chosen of a discovery, as text. */
export interface DiscoveryFlags {
  readonly lookback?: string
  readonly until?: string
  readonly samples?: string
  readonly rate?: string
  readonly top?: string
}

/** Discovers pairs in the data of a configuration; `warn` is told what the data have. Throws InputError for flags and data. */
export async function discoverFromConfig(
  path: string,
  flags: DiscoveryFlags,
  folder: string,
  warn: (text: string) => void = () => {},
): Promise<WhitelistFile> {
  const lookbackUs = read('--lookback', flags.lookback ?? '48h', parseDuration, 'a time: 48h, 3d')
  const rate = read('--rate', flags.rate ?? '5%', parseFraction, 'a share: 5%')
  if (!(rate > 0 && rate < 1)) throw refuse('--rate', flags.rate, 'more than 0 %, less than 100 %')
  const until = read('--until', flags.until, parseInstant, '2026-01-05T00:00:00Z')
  const { config } = parseObject(withoutPairs(readValues(path)), path)
  const recording = await loadReadableMarket(config, folder)
  for (const text of rowTexts(recording)) warn(text)
  const closes = recordCloses(config, recording, { lookbackUs, until })
  const samplesMin = Number(flags.samples ?? defaultFilters.samplesMin)
  const settings = {
    filters: { ...defaultFilters, samplesMin },
    intervalMinutes: config.signal.interval / 60e6,
    falseDiscoveryRate: rate,
    top: Number(flags.top ?? 12),
    perSymbolMax: 3,
  }
  const discovery = discoverPairs(closes.series, settings)
  if (discovery.tested === 0) {
    const have = closes.series.map(({ symbol, closes: { length } }) => `${symbol}: ${length} bars`)
    throw new InputError({
      code: 'ORN-PAIRS-010',
      exitCode: 4,
      message: `No two instruments have ${samplesMin} bars in common`,
      details: have,
      fix: 'Use more data, a longer --lookback, or fewer --samples',
    })
  }
  const { source } = recording.info
  return toWhitelist(discovery, { closes, settings, source, now: Date.now() * 1000 })
}

/** The whitelist that a configuration names is what is to be made: it need not exist yet. */
function withoutPairs(values: unknown): unknown {
  if (typeof values !== 'object' || values === null) return values
  const { companions: _, ...rest } = values as Record<string, unknown>
  return rest
}

const parseInstant = (text: string): number | null => {
  const time = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time * 1000
}

/** Reads a flag; infinity where it is absent. */
function read(
  flag: string,
  text: string | undefined,
  parse: (text: string) => number | null,
  allowed: string,
): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const value = parse(text)
  if (value === null) throw refuse(flag, text, allowed)
  return value
}

const refuse = (flag: string, text: string | undefined, allowed: string): InputError =>
  new InputError({
    code: 'ORN-PAIRS-012',
    exitCode: 2,
    message: `${flag} ${text ?? ''} is not allowed`,
    details: [`allowed: ${allowed}`],
  })
