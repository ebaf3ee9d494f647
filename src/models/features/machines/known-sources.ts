import {
  ANALYST_FIELDS,
  FUNDAMENTAL_FIELDS,
  type HourPanel,
  SENTIMENT_FIELDS,
} from '../../../core/mod.ts'
import { featureIndex } from '../registry.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { KnownRow } from './known-row.ts'

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

const DAY_HOURS = 24
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
  advance(
    decisionTime: number,
    number: number,
    out: Float32Array,
    at: number,
    stride: number,
  ): void {
    const reports = this.#fundamentals
    reports.advance(decisionTime)
    for (let field = 0; field < FUNDAMENTAL_COLUMNS.length; field++) {
      out[at + FUNDAMENTAL_COLUMNS[field]! * stride] = reports.value(field)
    }
    out[at + FILING * stride] = reports.hoursSinceEvent(decisionTime) / DAY_HOURS
    out[at + FUNDAMENTAL_AGE * stride] = reports.hoursKnown(decisionTime)
    out[at + NO_FUNDAMENTALS * stride] = reports.isMissing ? 1 : 0

    const mood = this.#sentiment
    mood.advance(decisionTime)
    const level = mood.value(0)
    this.#levels[number % LEVELS] = level
    out[at + LEVEL * stride] = level
    out[at + DISPERSION * stride] = mood.value(1)
    out[at + MENTIONS * stride] = mood.value(2)
    const before = this.#levels[(number + LEVELS - CHANGE_BARS) % LEVELS]!
    out[at + LEVEL_CHANGE * stride] = level - before
    out[at + SENTIMENT_AGE * stride] = mood.hoursKnown(decisionTime)
    out[at + NO_SENTIMENT * stride] = mood.isMissing ? 1 : 0

    const analysts = this.#analyst
    analysts.advance(decisionTime)
    out[at + UPGRADES * stride] = analysts.value(0)
    out[at + TARGETS * stride] = analysts.value(1)
    out[at + RECENCY * stride] = analysts.hoursSinceEvent(decisionTime)
    out[at + ANALYST_AGE * stride] = analysts.hoursKnown(decisionTime)
    out[at + NO_ANALYST * stride] = analysts.isMissing ? 1 : 0
  }
}
