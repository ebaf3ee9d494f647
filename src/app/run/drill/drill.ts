import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Recording } from '../../../adapters/mod.ts'
import { createRandom, nextSession, type Strategy, type TimeUs } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { drawRates } from '../../simulators/draw-rates.ts'
import type { FaultRates } from '../../simulators/faults.ts'
import { requireKnownCalendar } from '../economic-calendar.ts'
import type { SessionSummary } from '../summary.ts'
import { createAlpacaStage } from './alpaca-stage.ts'
import { checkPromises } from './check.ts'
import { type DrillPlan, dayPlan, spanPlan, type TradingDay, withReleases } from './days.ts'
import { createHyperliquidStage } from './hyperliquid-stage.ts'
import { beginLife, type Life, type LifeParts, settle } from './life.ts'
import type { DrillStage } from './stage.ts'
import { watchDay } from './watch.ts'

/** What a drill does. */
export interface DrillOptions {
  readonly loaded: LoadedConfig
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  readonly codeHash: string
  /** Of market, faults, latencies and kills. */
  readonly seed: number
  /** Virtual time with faults, us; a trading day has its own. */
  readonly durationUs: number
  /** A trading day of US shares in place of a span of time. */
  readonly day?: TradingDay
  /** How often the session is killed and resumed (0). */
  readonly kills?: number
  /** Whether faults are drawn, a subset and rates by the seed. */
  readonly faults: boolean
  /** In place of the generated market: played from its beginning, its last book stands. */
  readonly recordings?: readonly Recording[]
  readonly progress?: (share: number) => void
}

/** What a drill found. */
export interface DrillResult {
  readonly seed: number
  readonly summary: SessionSummary
  /** Head of the canonical entry stream: the same seed gives the same head. */
  readonly chainHead: string
  readonly entries: number
  readonly rates: FaultRates
  /** Times at which the session was killed, us. */
  readonly kills: readonly TimeUs[]
  /** Promises of reliability that did not hold after the faults stopped; empty is a pass. */
  readonly violations: readonly string[]
}

const STEPS = 50
/** Mean time from a moment of the plan to the kill that it is for. */
const MOMENT_US = 1_500_000
/** Virtual time after the faults stopped in which everything must come right. */
const CONVERGENCE_US = 180_000_000
/** After an opening bell, before everything is closed. */
const OPENING_US = 300_000_000

/**
 * Runs live adapter and simulated venue in one process under virtual time, with faults at the
 * protocol's border and kills in between; then stops them, closes all positions and demands
 * convergence. Of shares the account is also compared after the close, with what is held overnight.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { seed } = options
  requireKnownCalendar(options.loaded.config)
  const folder = mkdtempSync(join(tmpdir(), 'ornstein-drill-'))
  const rates = options.faults ? drawRates(seed) : {}
  const symbols = options.loaded.config.venue?.instruments ?? []
  const plan =
    options.day === undefined ? spanPlan(options.durationUs) : dayPlan(options.day, symbols)
  const config = withReleases({ ...options.loaded.config, seed }, plan)
  const loaded = { ...options.loaded, config }
  const stage = openStage({ ...options, loaded }, plan, rates)
  const watch = watchDay(config, plan.halts)
  let failure: unknown = null
  const parts: LifeParts = {
    ...{ loaded, stage, folder, tap: watch, codeHash: options.codeHash, startTime: plan.startTime },
    isKilled: (options.kills ?? 0) > 0,
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
    failed: (error) => {
      failure ??= error
    },
  }
  const lives: Life[] = []
  try {
    planHalts(stage, plan)
    const begun = async (): Promise<void> => {
      const life = await beginLife(parts, lives.length)
      lives.push(life)
      watch.instruments = life.live.engine.world.config.instruments
    }
    await begun()
    const kills = killTimes(options, plan)
    for (const time of [...kills, plan.endTime]) {
      await runTo(
        stage,
        time,
        () => failure,
        (at) => options.progress?.(shareOf(at, plan)),
      )
      if (time === plan.endTime) break
      lives.at(-1)!.kill()
      await stage.environment.run(pauseMs(seed, lives.length))
      await begun()
    }
    const { live } = lives.at(-1)!
    const overnight = await checkOvernight(live, stage, options.day)
    const violations = [...watch.violations, ...overnight, ...(await flatten(live, stage))]
    if (failure !== null) throw failure
    const summary = await settle(live.stop('shutdown'), stage.environment)
    const { head, entries } = summary.journal ?? { head: '', entries: 0 }
    return { seed, summary, chainHead: head, entries, rates, kills, violations }
  } finally {
    for (const { live } of lives.slice(0, -1)) live.journal.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function openStage(options: DrillOptions, plan: DrillPlan, rates: FaultRates): DrillStage {
  const { loaded, seed, recordings } = options
  const create = loaded.config.venue?.kind === 'alpaca' ? createAlpacaStage : createHyperliquidStage
  return create({
    ...{ loaded, seed, rates, startTime: plan.startTime, faultsUntil: plan.endTime },
    ...(recordings === undefined ? {} : { recordings }),
  })
}

function planHalts(stage: DrillStage, { halts }: DrillPlan): void {
  for (const { symbol, fromTime, untilTime } of halts) {
    stage.environment.at(fromTime, () => stage.halt(symbol, true))
    stage.environment.at(untilTime, () => stage.halt(symbol, false))
  }
}

/** In order: shortly after moments of the plan, as far as it has any, and anywhere. */
function killTimes({ kills = 0, seed }: DrillOptions, plan: DrillPlan): readonly TimeUs[] {
  const random = createRandom(seed ^ 0x0dead)
  const { startTime, endTime } = plan
  const moments = [...plan.moments]
  const times = Array.from({ length: kills }, () => {
    const [moment] = moments.splice(random.integer(Math.max(1, moments.length)), 1)
    if (moment !== undefined) return moment + Math.round(random.exponential(MOMENT_US))
    return Math.floor(startTime + (endTime - startTime) * (0.05 + 0.9 * random.next()))
  })
  return times.filter((time) => time > startTime && time < endTime).sort((x, y) => x - y)
}

/** How long nobody restarts it, ms. */
const pauseMs = (seed: number, number: number): number =>
  Math.round(500 + createRandom(seed ^ (number * 0x9e37)).exponential(15_000))

const shareOf = (time: TimeUs, { startTime, endTime }: DrillPlan): number =>
  (time - startTime) / (endTime - startTime)

async function runTo(
  { environment }: DrillStage,
  time: TimeUs,
  failure: () => unknown,
  progress: (time: TimeUs) => void,
): Promise<void> {
  const from = environment.now()
  for (let i = 1; i <= STEPS && failure() === null; i++) {
    await environment.runUntil(Math.round(from + ((time - from) * i) / STEPS))
    progress(environment.now())
  }
  if (failure() !== null) throw failure()
}

/** After a close: the account as it stands, then on to the next opening. */
async function checkOvernight(
  live: Life['live'],
  stage: DrillStage,
  day: TradingDay | undefined,
): Promise<readonly string[]> {
  if (day === undefined) return []
  const { environment } = stage
  await environment.run(CONVERGENCE_US / 1000)
  const violations = checkPromises(live, await stage.account(), false)
  const next = nextSession('us-equities', environment.now())
  if (next !== null) await environment.runUntil(next.openTime + OPENING_US)
  return violations.map((text) => `at the end of the day: ${text}`)
}

async function flatten(live: Life['live'], stage: DrillStage): Promise<readonly string[]> {
  live.session.operator({ kind: 'flatten' }, { actor: 'drill', reason: 'end of the drill' })
  await stage.environment.run(CONVERGENCE_US / 1000)
  return checkPromises(live, await stage.account(), true)
}
