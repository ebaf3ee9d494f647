import type { Recording, RecordingInfo } from '../../adapters/mod.ts'
import {
  type DenialCode,
  isPricedByBars,
  type NullTwin,
  type RunCalendar,
  type RunFillModel,
  type RunRecord,
  type RunTrials,
  sessionsBetween,
} from '../../core/mod.ts'
import { asWritten } from '../config/as-written.ts'
import { gatesOff, isConfigured, limitsOff } from '../config/build.ts'
import type { Config } from '../config/schema.ts'
import { type BacktestResult, dataHash } from './backtest.ts'
import { coinNotes } from './coin-rules.ts'
import { missingTexts } from './economic-calendar.ts'
import { equityNotes } from './equity-notes.ts'
import { feedsOf } from './feeds.ts'
import { sellFeeNotes } from './sell-fees.ts'
import { shareRuleNotes } from './share-notes.ts'

/** What a record states beside the run's own numbers. */
export interface RecordContext {
  readonly config: Config
  readonly configurationHash: string
  readonly codeHash: string
  readonly commit: string
  readonly command: string
  readonly recording: Recording
  readonly trials: RunTrials | null
  readonly companion?: RunRecord
  readonly nullTwin?: NullTwin
}

/** A backtest as the plain data that reports, JSON and the run ledger are made of. */
export function toRunRecord(result: BacktestResult, context: RecordContext): RunRecord {
  const { config, recording } = context
  const { info } = recording
  const { counters, config: engine } = result.engine.world
  const isOwn = !isConfigured(engine, config)
  const { window, current, maxGap } = config.signal
  return {
    schema: 'ornstein.run/1',
    mode: 'backtest',
    name: config.name,
    strategy: engine.strategy.id,
    currency: result.instruments[0]?.quoteCurrency ?? 'USD',
    data: {
      kind: info.kind,
      description: info.source,
      licenceClass: info.licenceClass === 'own' ? null : info.licenceClass,
      firstTime: info.firstTime,
      lastTime: info.lastTime,
      skewUs: info.skew.appliedUs,
      files: info.files.map(({ path, rows }) => ({ file: path, rows })),
      checks: info.checks,
      gaps: info.gaps.map((gap) => ({ ...gap, reason: gapReason(config, info) })),
      feeds: feedsOf(recording.batch),
      hash: dataHash(recording),
      survivorship: survivorship(config, info),
      lookahead:
        'The strategy sees records by received time only; orders meet states of the venue at or ' +
        'after their arrival. ornstein verify-lookahead checks it for this configuration.',
    },
    fillModel: fillModel(result, context),
    conventions: {
      calendar: runCalendar(config, info),
      riskFreeAnnual: 0,
      riskFreeSource: 'zero: no cash yield is credited',
    },
    parameters: isOwn
      ? asWritten(withoutEvents(config), 'signal', 'execution', 'risk')
      : asWritten(withoutEvents(config), 'signal', 'strategy', 'companions', 'execution', 'risk'),
    ...haltsOf(result, context),
    ...shareRuleNotes(config, result, recording),
    gatesOff: isOwn ? limitsOff(config) : gatesOff(config),
    z: { window, ddof: 1, current, maxGap },
    seed: config.seed,
    commit: context.commit,
    configurationHash: context.configurationHash,
    dataHash: dataHash(recording),
    codeHash: context.codeHash,
    command: context.command,
    instruments: result.instruments,
    startEquity: config.balance,
    ...result.collected,
    transfers: [],
    counts: {
      events: counters.events,
      evaluations: counters.evaluations,
      signals: counters.signals,
      orders: counters.orders,
      fills: counters.fills,
      rejects: counters.rejects,
      denials: counters.denials as Partial<Record<DenialCode, number>>,
      evaluationsByOutcome: counters.outcomes,
    },
    trials: context.trials,
    ...(context.companion === undefined ? {} : { companion: context.companion }),
    ...(context.nullTwin === undefined ? {} : { nullTwin: context.nullTwin }),
  }
}

function survivorship({ data }: Config, info: RecordingInfo): string {
  if (info.kind === 'generated') return 'The instruments are invented: the question does not arise.'
  const chosen = data?.kind === 'bars' || data?.kind === 'catalog' ? data.chosen : undefined
  return chosen ?? 'The instruments were chosen after the fact, among those that still trade.'
}

/** Marks of a session's close are sampled by then, and nothing has moved since. */
const AFTER_CLOSE_US = 12 * 3_600_000_000
const SESSIONS_PER_YEAR = 252

/** Days of a market that closes end at its closes, as far as the samples of the equity allow. */
function runCalendar({ signal }: Config, { firstTime, lastTime }: RecordingInfo): RunCalendar {
  if (signal.calendar === undefined) return { kind: 'continuous' }
  const day = 24 * 3_600_000_000
  const closes = sessionsBetween(signal.calendar, firstTime - day, lastTime + day)
    .map(({ closeTime }) => closeTime)
    .filter((time) => time >= firstTime && time <= lastTime)
    .map((time) => Math.min(time + AFTER_CLOSE_US, lastTime))
  const exchange = 'US stock exchanges'
  const perYear = SESSIONS_PER_YEAR
  return { kind: 'sessions', exchange, closes: Float64Array.from(closes), perYear }
}

/** Events of a calendar are told as the halts they made. */
function withoutEvents(config: Config): Config {
  const { macro } = config.risk
  if (macro === undefined) return config
  const { events: _events, coverage: _coverage, ...rest } = macro
  return { ...config, risk: { ...config.risk, macro: rest } }
}

function haltsOf(
  result: BacktestResult,
  { config, recording: { info } }: RecordContext,
): Pick<RunRecord, 'halts'> {
  const { haltWindows = [] } = result.engine.world.config.limits
  const windows = haltWindows.filter(
    ({ fromTime, untilTime }) => fromTime <= info.lastTime && untilTime > info.firstTime,
  )
  const missing = missingTexts(config, info)
  const isAny = haltWindows.length > 0 || missing.length > 0 || config.risk.macro !== undefined
  return isAny ? { halts: { windows, missing } } : {}
}

const gapReason = (config: Config, info: RecordingInfo): string => {
  const what = isPricedByBars(config.signal) ? 'bar' : 'book'
  const aside = info.quarantined.length > 0 ? ', or none that was usable' : ''
  return `no ${what} in the recording${aside}`
}

const queueNames = {
  conservative: 'conservative',
  proRata: 'pro-rata',
  optimistic: 'optimistic',
} as const

function fillModel(result: BacktestResult, { config, recording }: RecordContext): RunFillModel {
  const { fills, signal, data } = config
  const { entry, exit } = config.strategy
  const rests = isConfigured(result.engine.world.config, config)
    ? entry === 'passive' || exit === 'passive'
    : result.collected.fills.some(({ liquidity }) => liquidity === 'maker')
  const isBars = isPricedByBars(signal)
  const notes = isBars
    ? ['Bars only: fills at the next bar’s open worsened by half the spread and the impact.']
    : ['Taker fills walk the recorded book; what was taken is gone until that level updates.']
  if (data?.kind === 'hyperliquid-book' && data.timeBasis === 'received') {
    notes.push('Time basis "received": the venue’s book is advanced by the receiver’s clock.')
  }
  notes.push(
    ...equityNotes(config, recording.info),
    ...sellFeeNotes(config, result.instruments, recording.info),
    ...coinNotes(config, result.instruments, {
      info: recording.info,
      fills: result.collected.fills,
    }),
  )
  return {
    queueModel: rests ? queueNames[result.queueModel] : null,
    entryLatencyUs: fills.entryLatency,
    responseLatencyUs: fills.responseLatency,
    arrivalMatch: isBars
      ? 'the first bar that opens at or after the order’s arrival'
      : 'the first book state or trade at or after the order’s arrival',
    notes,
  }
}
