import {
  ANALYST_FIELDS,
  FUNDAMENTAL_FIELDS,
  type HourPanel,
  SENTIMENT_FIELDS,
} from '../../../core/mod.ts'
import { featureIndex } from '../registry.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { DECISION_TIME } from './bar-values.ts'
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

  /** Takes a bar by its number; writes feature f to `out[at + f * stride]`. */
  advance(bar: Float64Array, number: number, out: Float32Array, at: number, stride: number): void {
    this.#reports(bar, out, at, stride)
    this.#news(bar, number, out, at, stride)
    this.#actions(bar, out, at, stride)
  }

  #reports(bar: Float64Array, out: Float32Array, at: number, stride: number): void {
    this.#fundamentals.advance(bar, DECISION_TIME)
    const row = this.#fundamentals.values
    for (let field = 0; field < FUNDAMENTAL_COLUMNS.length; field++) {
      out[at + FUNDAMENTAL_COLUMNS[field]! * stride] = row[KNOWN_FIELDS + field]!
    }
    const now = bar[DECISION_TIME]!
    out[at + FILING * stride] = (now - row[EVENT_TIME]!) / DAY_US
    out[at + FUNDAMENTAL_AGE * stride] = (now - row[KNOWN_TIME]!) / HOUR_US
    out[at + NO_FUNDAMENTALS * stride] = this.#fundamentals.isMissing ? 1 : 0
  }

  #news(bar: Float64Array, number: number, out: Float32Array, at: number, stride: number): void {
    this.#sentiment.advance(bar, DECISION_TIME)
    const row = this.#sentiment.values
    const level = row[KNOWN_FIELDS]!
    this.#levels[number % LEVELS] = level
    const before = this.#levels[(number + LEVELS - CHANGE_BARS) % LEVELS]!
    out[at + LEVEL * stride] = level
    out[at + DISPERSION * stride] = row[KNOWN_FIELDS + 1]!
    out[at + MENTIONS * stride] = row[KNOWN_FIELDS + 2]!
    out[at + LEVEL_CHANGE * stride] = level - before
    out[at + SENTIMENT_AGE * stride] = (bar[DECISION_TIME]! - row[KNOWN_TIME]!) / HOUR_US
    out[at + NO_SENTIMENT * stride] = this.#sentiment.isMissing ? 1 : 0
  }

  #actions(bar: Float64Array, out: Float32Array, at: number, stride: number): void {
    this.#analyst.advance(bar, DECISION_TIME)
    const row = this.#analyst.values
    const now = bar[DECISION_TIME]!
    out[at + UPGRADES * stride] = row[KNOWN_FIELDS]!
    out[at + TARGETS * stride] = row[KNOWN_FIELDS + 1]!
    out[at + RECENCY * stride] = (now - row[EVENT_TIME]!) / HOUR_US
    out[at + ANALYST_AGE * stride] = (now - row[KNOWN_TIME]!) / HOUR_US
    out[at + NO_ANALYST * stride] = this.#analyst.isMissing ? 1 : 0
  }
}
