import { unreachable } from '../../lib/assert.ts'
import type { Random } from '../../lib/random.ts'
import type { HourGrid } from '../hour-grid.ts'
import type { KnownRows } from './known-rows.ts'
import type { GeneratedPanelSettings, SignalColumn } from './options.ts'

/** The bars [from, to) in which a name trades. */
export interface Lifetime {
  readonly from: number
  readonly to: number
}

/** From event to known time, us. */
const FILING_KNOWN_US = 180_000_000
const SENTIMENT_KNOWN_US = 240_000_000
const ANALYST_KNOWN_US = 360_000_000
const MINUTE_US = 60_000_000
const DAY_IN_US = 86_400_000_000

/** Sessions between the filings of a company. */
const FILING_SESSIONS = 63
const BARS_OF_SESSION = 7
/** Days from the end of a quarter to its filing. */
const FILING_DAYS = 35
/** How much of a column's last value is in its next one. */
const SENTIMENT_MEMORY = 0.9
const SURPRISE_MEMORY = 0.3
const GUIDANCE_MEMORY = 0.5
const RATIO_MEMORY = 0.95

const next = (random: Random, last: number, memory: number): number =>
  memory * last + Math.sqrt(1 - memory * memory) * random.normal()

/** Of the fields of filings, in their order: memory, usual level and deviation. */
const FILING_DYNAMICS = [
  { memory: SURPRISE_MEMORY, level: 0, scale: 1 },
  { memory: SURPRISE_MEMORY, level: 0, scale: 1 },
  { memory: GUIDANCE_MEMORY, level: 0, scale: 1 },
  { memory: GUIDANCE_MEMORY, level: 0, scale: 1 },
  { memory: RATIO_MEMORY, level: 0.42, scale: 0.12 },
  { memory: RATIO_MEMORY, level: 0.16, scale: 0.1 },
  { memory: RATIO_MEMORY, level: 1.6, scale: 1.2 },
] as const

/** One filing a quarter, after a close; the first is known before the name trades. */
export function drawFundamentals(
  random: Random,
  grid: HourGrid,
  life: Lifetime,
  rows: KnownRows,
): void {
  const columns = Object.values(rows.fields)
  const state = columns.map(() => random.normal())
  let session = random.integer(FILING_SESSIONS)
  for (let bar = life.from - 1; bar < life.to; bar++) {
    const isFirst = bar < life.from
    const isLastOfSession = (grid.barOfSession[bar + 1] ?? 0) === 0
    if (!isFirst && !isLastOfSession) continue
    if (!isFirst && ++session % FILING_SESSIONS !== 0) continue
    for (const [k, { memory, level, scale }] of FILING_DYNAMICS.entries()) {
      if (!isFirst) state[k] = next(random, state[k]!, memory)
      columns[k]![rows.rows] = level + scale * state[k]!
    }
    const publicTime = isFirst
      ? grid.openTime[life.from]! - DAY_IN_US
      : grid.closeTime[bar]! + 30 * MINUTE_US
    rows.knownTime[rows.rows] = publicTime + FILING_KNOWN_US
    rows.eventTime[rows.rows] = publicTime - FILING_DAYS * DAY_IN_US
    rows.bar[rows.rows++] = bar + 1
  }
}

/** News and posts of a name: score and abnormal mentions in deviations, dispersion above 0. */
export function drawSentiment(
  random: Random,
  grid: HourGrid,
  life: Lifetime,
  settings: GeneratedPanelSettings,
  rows: KnownRows,
): void {
  const [score, dispersion, mentions] = Object.values(rows.fields) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let last = random.normal()
  for (let bar = life.from; bar < life.to; bar++) {
    if (random.next() >= settings.sentimentRate) continue
    last = next(random, last, SENTIMENT_MEMORY)
    score[rows.rows] = last
    dispersion[rows.rows] = Math.exp(0.4 * random.normal())
    mentions[rows.rows] = random.normal()
    addEvent(random, grid, bar, SENTIMENT_KNOWN_US, rows)
  }
}

/** Analysts' upgrades less downgrades, and the change of their target price in deviations. */
export function drawAnalyst(
  random: Random,
  grid: HourGrid,
  life: Lifetime,
  settings: GeneratedPanelSettings,
  rows: KnownRows,
): void {
  const [upgrades, target] = Object.values(rows.fields) as [Float64Array, Float64Array]
  for (let bar = life.from; bar < life.to; bar++) {
    if (random.next() >= settings.analystRate) continue
    upgrades[rows.rows] = random.integer(5) - 2
    target[rows.rows] = random.normal()
    addEvent(random, grid, bar, ANALYST_KNOWN_US, rows)
  }
}

/** An event within a bar, early enough to be known at its decision. */
function addEvent(
  random: Random,
  grid: HourGrid,
  bar: number,
  delayUs: number,
  rows: KnownRows,
): void {
  const open = grid.openTime[bar]!
  const latest = grid.decisionTime[bar]! - delayUs - 1_000_000
  const event = Math.floor(open + random.next() * (latest - open))
  rows.eventTime[rows.rows] = event
  rows.knownTime[rows.rows] = event + delayUs
  rows.bar[rows.rows++] = bar
}

/**
 * Sum over the five bars after a decision of the share of a column's value that its expectation
 * keeps: what a planted effect a bar is multiplied by to make the effect of five bars.
 */
export function persistence(column: SignalColumn, settings: GeneratedPanelSettings): number {
  const { changeRate, memory } = dynamics(column, settings)
  const kept = 1 - changeRate * (1 - memory)
  let sum = 0
  for (let bar = 0; bar < 5; bar++) sum += kept ** bar
  return sum
}

function dynamics(
  column: SignalColumn,
  settings: GeneratedPanelSettings,
): { readonly changeRate: number; readonly memory: number } {
  switch (column) {
    case 'sentiment_score':
      return { changeRate: settings.sentimentRate, memory: SENTIMENT_MEMORY }
    case 'mention_abnormal':
      return { changeRate: settings.sentimentRate, memory: 0 }
    case 'net_upgrades_downgrades':
    case 'target_price_revision':
      return { changeRate: settings.analystRate, memory: 0 }
    case 'eps_surprise_std':
    case 'revenue_surprise_std':
      return { changeRate: 1 / (FILING_SESSIONS * BARS_OF_SESSION), memory: SURPRISE_MEMORY }
    case 'guidance_sentiment':
    case 'est_revision_rate':
      return { changeRate: 1 / (FILING_SESSIONS * BARS_OF_SESSION), memory: GUIDANCE_MEMORY }
    default:
      return unreachable(column, 'signal column')
  }
}
