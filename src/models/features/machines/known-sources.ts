import {
  ANALYST_FIELDS,
  FUNDAMENTAL_FIELDS,
  type HourPanel,
  SENTIMENT_FIELDS,
} from '../../../core/mod.ts'
import { featureIndex } from '../registry.ts'
import type { BarRun } from '../windows/bar-run.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { DECISION_TIME, type FeatureTarget } from './bar-values.ts'
import { EVENT_TIME, KNOWN_FIELDS, KNOWN_TIME, KnownRow } from './known-row.ts'

const FUNDAMENTAL_COLUMNS = FUNDAMENTAL_FIELDS.map((field) => featureIndex(`f_${field}`))
const FILING = featureIndex('f_days_since_filing')
const LEVEL = featureIndex('sent_level')
const DISPERSION = featureIndex('sent_dispersion')
const MENTIONS = featureIndex('sent_mention_abnormal')
const LEVEL_CHANGE = featureIndex('sent_mom_6h')
const UPGRADES = featureIndex('analyst_net_updown')
const TARGETS = featureIndex('analyst_target_revision')
const RECENCY = featureIndex('analyst_action_recency_hours')
const SENTIMENT_AGE = featureIndex('hours_since_sentiment_update')
const FUNDAMENTAL_AGE = featureIndex('hours_since_fundamental_update')
const ANALYST_AGE = featureIndex('hours_since_analyst_update')
const NO_FUNDAMENTALS = featureIndex('missing_fundamentals')
const NO_SENTIMENT = featureIndex('missing_sentiment')
const NO_ANALYST = featureIndex('missing_analyst')

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
/** Bars back, and the power of two that holds so many. */
const CHANGE_BARS = 6
const LEVELS = 8

/** What is known of one name besides its bars: fundamentals, sentiment, analysts, and their ages. */
export class KnownSourcesMachine {
  readonly #fundamentals: KnownRow
  readonly #sentiment: KnownRow
  readonly #analyst: KnownRow
  /** Sentiment of the last bars, by their number modulo 8. */
  readonly #levels: Float64Array

  constructor(arena: StateArena) {
    this.#fundamentals = new KnownRow(arena, FUNDAMENTAL_FIELDS)
    this.#sentiment = new KnownRow(arena, SENTIMENT_FIELDS)
    this.#analyst = new KnownRow(arena, ANALYST_FIELDS)
    this.#levels = arena.take(LEVELS)
  }

  /** Reads a name of a panel from now on. */
  bind(panel: HourPanel, name: number): void {
    this.#fundamentals.bind(panel.fundamentals?.[name] ?? null)
    this.#sentiment.bind(panel.sentiment?.[name] ?? null)
    this.#analyst.bind(panel.analyst?.[name] ?? null)
  }

  /** Forgets everything. */
  reset(): void {
    this.#fundamentals.reset()
    this.#sentiment.reset()
    this.#analyst.reset()
    this.#levels.fill(Number.NaN)
  }

  /** Takes the next bars. */
  advance(run: BarRun, target: FeatureTarget): void {
    this.#reports(run, target)
    this.#news(run, target)
    this.#actions(run, target)
  }

  #reports(run: BarRun, target: FeatureTarget): void {
    const known = this.#fundamentals
    for (let i = 0; i < run.count; ) {
      const end = stretchEnd(known, run, i)
      const row = known.values
      for (let field = 0; field < FUNDAMENTAL_COLUMNS.length; field++) {
        fill(target, FUNDAMENTAL_COLUMNS[field]!, i, end, row[KNOWN_FIELDS + field]!)
      }
      age(run, target, { column: FILING, i, end, since: row[EVENT_TIME]!, unit: DAY_US })
      age(run, target, { column: FUNDAMENTAL_AGE, i, end, since: row[KNOWN_TIME]!, unit: HOUR_US })
      if (target.hasAdded) fill(target, NO_FUNDAMENTALS, i, end, known.isMissing ? 1 : 0)
      i = end
    }
  }

  #news(run: BarRun, target: FeatureTarget): void {
    const known = this.#sentiment
    const levels = this.#levels
    const { values: out, at, stride } = target
    for (let i = 0; i < run.count; ) {
      const end = stretchEnd(known, run, i)
      const row = known.values
      const level = row[KNOWN_FIELDS]!
      for (let k = i; k < end; k++) {
        const bar = run.first + k
        levels[bar % LEVELS] = level
        const before = levels[(bar + LEVELS - CHANGE_BARS) % LEVELS]!
        out[at + LEVEL_CHANGE * stride + k] = level - before
      }
      fill(target, LEVEL, i, end, level)
      fill(target, DISPERSION, i, end, row[KNOWN_FIELDS + 1]!)
      fill(target, MENTIONS, i, end, row[KNOWN_FIELDS + 2]!)
      age(run, target, { column: SENTIMENT_AGE, i, end, since: row[KNOWN_TIME]!, unit: HOUR_US })
      if (target.hasAdded) fill(target, NO_SENTIMENT, i, end, known.isMissing ? 1 : 0)
      i = end
    }
  }

  #actions(run: BarRun, target: FeatureTarget): void {
    const known = this.#analyst
    for (let i = 0; i < run.count; ) {
      const end = stretchEnd(known, run, i)
      const row = known.values
      fill(target, UPGRADES, i, end, row[KNOWN_FIELDS]!)
      fill(target, TARGETS, i, end, row[KNOWN_FIELDS + 1]!)
      age(run, target, { column: RECENCY, i, end, since: row[EVENT_TIME]!, unit: HOUR_US })
      age(run, target, { column: ANALYST_AGE, i, end, since: row[KNOWN_TIME]!, unit: HOUR_US })
      if (target.hasAdded) fill(target, NO_ANALYST, i, end, known.isMissing ? 1 : 0)
      i = end
    }
  }
}

/** Reads up to the decision of bar `i` of the run; the first later bar that has another row. */
function stretchEnd(known: KnownRow, { values, size, count }: BarRun, i: number): number {
  const times = DECISION_TIME * size
  known.advance(values, times + i)
  const until = known.untilTime
  let end = i + 1
  while (end < count && !(until < values[times + end]!)) end++
  return end
}

function fill(
  { values, at, stride }: FeatureTarget,
  column: number,
  i: number,
  end: number,
  value: number,
): void {
  const start = at + column * stride
  for (let k = start + i; k < start + end; k++) values[k] = value
}

/** From a time of the row, us, to each decision, in a unit of so many us. */
interface Age {
  readonly column: number
  readonly i: number
  readonly end: number
  readonly since: number
  readonly unit: number
}

function age(run: BarRun, target: FeatureTarget, { column, i, end, since, unit }: Age): void {
  const times = DECISION_TIME * run.size
  const start = target.at + column * target.stride
  for (let k = i; k < end; k++) {
    target.values[start + k] = (run.values[times + k]! - since) / unit
  }
}
