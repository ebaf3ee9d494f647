import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AdapterError, sessionPaths } from '../../adapters/mod.ts'
import type { TimeUs } from '../../core/mod.ts'
import { accountsOf, type FleetAccount } from '../config/fleet-accounts.ts'
import type { LoadedEngine } from '../config/load-fleet.ts'
import type { DashboardServer } from '../server/dashboard-server.ts'
import { type OpenAccount, type OpenOptions, openFleetAccount } from './fleet-account.ts'
import { serveFleetDashboard } from './fleet-dashboard.ts'
import { enginePaths, type FleetOptions, type RunningEngine, startEngine } from './fleet-engine.ts'
import {
  type AccountSummary,
  type FleetSummary,
  failureText,
  summariseAccount,
} from './fleet-summary.ts'
import { requireUsable } from './require-usable.ts'
import type { SessionSummary } from './summary.ts'

/** Several engines in one process. */
export interface RunningFleet {
  readonly engines: readonly RunningEngine[]
  readonly accounts: readonly OpenAccount[]
  readonly dashboard: DashboardServer | null
  readonly summary: () => FleetSummary
  /** Stops the engines, then what they share. */
  readonly stop: (reason: string) => Promise<FleetSummary>
}

/** Starts or resumes every engine of a fleet. All start or none does. */
export async function startFleet(options: FleetOptions): Promise<RunningFleet> {
  const { fleet } = options
  const plans = accountsOf(fleet)
  const journaled = requireJournals(options)
  const running = new Map<string, RunningEngine>()
  const policy = createPolicy(options, running)
  const accounts: OpenAccount[] = []
  try {
    for (const plan of plans) {
      accounts.push(
        await openFleetAccount(plan, {
          ...accountOptions(plan, options, policy),
          notBefore: lastOf(plan, journaled),
        }),
      )
    }
    const starts = plans.map((plan, i) =>
      startAccount(plan, accounts[i]!, options, policy, running),
    )
    const outcomes = await Promise.allSettled(starts)
    const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    if (failures.length > 0) throw newsOf(failures)
  } catch (error) {
    await stopAll([...running.values()], accounts, 'start failed').catch(() => {})
    throw error
  }
  const engines = fleet.engines.map((engine) => running.get(engine.name)!)
  policy.isUp = true
  const summary = () => summarise(options, engines, accounts)
  let dashboard: DashboardServer | null = null
  try {
    if (options.dashboardPort !== null) {
      dashboard = await serveFleetDashboard(options.dashboardPort, {
        ...options,
        engines,
        accounts,
      })
    }
  } catch (error) {
    await stopAll(engines, accounts, 'start failed').catch(() => {})
    throw error
  }
  let done: Promise<FleetSummary> | null = null
  return {
    ...{ engines, accounts, dashboard, summary },
    stop(reason) {
      done ??= stopAll(engines, accounts, reason)
        .finally(() => dashboard?.close())
        .then(summary)
      return done
    },
  }
}

/** What failed first, before what followed from it. */
const newsOf = (failures: readonly unknown[]): unknown =>
  failures.find((each) => !(each instanceof AdapterError && each.code === 'VENUE_STOPPED')) ??
  failures[0]

/** When the engines of an account were seen last, us; null where none was. */
function lastOf(plan: FleetAccount, journaled: ReadonlyMap<string, TimeUs>): TimeUs | null {
  const times = plan.engines.flatMap(({ name }) => journaled.get(name) ?? [])
  return times.length === 0 ? null : Math.max(...times)
}

/**
 * Refuses at once what cannot be resumed or would be overwritten. Returns the time of the last
 * entry of each journal that is gone on with.
 */
function requireJournals({ fleet, name, resume }: FleetOptions): ReadonlyMap<string, TimeUs> {
  const times = new Map<string, TimeUs>()
  const exists = fleet.engines.map((engine) => existsSync(enginePaths(name, engine.name).journal))
  fleet.engines.forEach((engine, i) => {
    // An engine whose start was cut short has no journal yet: it begins when the others go on.
    const isResumed = resume && (exists[i]! || !exists.includes(true))
    const time = requireUsable(enginePaths(name, engine.name), {
      resume: isResumed,
      configurationHash: engine.loaded.hash,
    })
    if (time !== null) times.set(engine.name, time)
  })
  return times
}

interface Policy {
  isUp: boolean
  /** An engine failed by itself. */
  engineFailed(engine: string, error: unknown): void
  /** What the engines of an account share failed. */
  accountFailed(engines: readonly LoadedEngine[], error: unknown): void
}

function createPolicy(options: FleetOptions, running: ReadonlyMap<string, RunningEngine>): Policy {
  const lose = (name: string, error: unknown): void => {
    const engine = running.get(name)
    if (engine === undefined || engine.failure !== null) return
    engine.failure = { error }
    options.logOf(name).failed(error)
    options.lost(name, error)
    const { account, served } = engine
    // It cancels what rests; that stopping failed as well would follow from it.
    const stopped = served.stop('failure').catch(() => {})
    const others = [...running.values()].filter((each) => each.account === account)
    if (others.some(({ failure }) => failure === null)) return
    void stopped.then(() => account.close()).catch(() => {})
  }
  const policy: Policy = {
    isUp: false,
    engineFailed(name, error) {
      const engine = running.get(name)
      if (engine === undefined || !policy.isUp) return options.failed(error)
      if (options.fleet.onFailure === 'stopAll') {
        engine.failure ??= { error }
        return options.failed(error)
      }
      lose(name, error)
      if ([...running.values()].every(({ failure }) => failure !== null)) options.failed(error)
    },
    accountFailed(engines, error) {
      for (const { name } of engines) policy.engineFailed(name, error)
    },
  }
  return policy
}

function accountOptions(
  plan: FleetAccount,
  options: FleetOptions,
  policy: Policy,
): Omit<OpenOptions, 'notBefore'> {
  const { mode, market, faults, credentials, lastsMs, notice } = options
  return {
    ...{ mode, market, faults, credentials, lastsMs },
    directory: join(sessionPaths(options.name).directory, 'accounts', plan.name),
    traded: options.traded?.get(plan.name) ?? null,
    notice: (text) => notice(null, `${plan.name}: ${text}`),
    failed: (error) => policy.accountFailed(plan.engines, error),
  }
}

async function startAccount(
  plan: FleetAccount,
  account: OpenAccount,
  options: FleetOptions,
  policy: Policy,
  running: Map<string, RunningEngine>,
): Promise<void> {
  const start = async () => {
    const starts = plan.engines.map(async (engine) => {
      running.set(
        engine.name,
        await startEngine(engine, account, options, (error) =>
          policy.engineFailed(engine.name, error),
        ),
      )
    })
    const outcomes = await Promise.allSettled(starts)
    const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    if (failures.length > 0) throw newsOf(failures)
  }
  await account.settle(start())
}

/** Stops engines side by side, then disconnects; what failed first is thrown at the end. */
async function stopAll(
  engines: readonly RunningEngine[],
  accounts: readonly OpenAccount[],
  reason: string,
): Promise<void> {
  const stops = await Promise.allSettled(
    engines.map(async ({ served, failure }) => {
      if (failure === null) await served.stop(reason)
      else await served.stop(reason).catch(() => {})
    }),
  )
  const closes = await Promise.allSettled(accounts.map((account) => account.close()))
  const failed = [...stops, ...closes].find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

function summarise(
  { mode, fleet }: FleetOptions,
  engines: readonly RunningEngine[],
  accounts: readonly OpenAccount[],
): FleetSummary {
  return {
    mode,
    name: fleet.name,
    engines: engines.map(({ name, account, served, failure }) => ({
      name,
      account: account.name,
      failure: failure === null ? null : failureText(failure.error),
      summary: served.live.summary() satisfies SessionSummary,
    })),
    accounts: accounts.map(
      (account): AccountSummary => summariseAccount(account, account.shared.state()),
    ),
  }
}
