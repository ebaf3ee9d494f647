import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { EngineConfig, Mode } from '../../core/mod.ts'
import { tierOf } from '../../strategies/mod.ts'
import { isConfigured, reversionParameters } from '../config/build.ts'
import type { Config } from '../config/schema.ts'
import { packageRoot, packageVersion } from '../package.ts'
import { createDashboardServer, type DashboardServer } from '../server/dashboard-server.ts'
import type { OperatorHandler } from '../server/operator-route.ts'
import { Projection } from '../server/projection.ts'
import type { Session, SessionTap } from './session.ts'

/** A projection of a session and the tap that feeds it. */
export interface Watched {
  readonly projection: Projection
  readonly tap: SessionTap
}

/** Makes the fold that dashboards show, over the session's instruments. */
export function watch(
  engineConfig: EngineConfig,
  facts: { readonly config: Config; readonly mode: Mode; readonly account: string },
): Watched {
  const { config, mode, account } = facts
  const { strategy, risk } = config
  const parameters = reversionParameters(config)
  const budget = (staleUs: number) => ({ warnUs: staleUs / 2, staleUs })
  const projection = new Projection({
    instruments: engineConfig.instruments,
    mode,
    account,
    version: packageVersion(),
    signal: engineConfig.signal,
    imbalanceLevels: config.signal.imbalanceLevels,
    thresholds: engineConfig.instruments.map(({ symbol }) => {
      if (!isConfigured(engineConfig, config)) return null
      const tier = tierOf(parameters, symbol)
      const isBoth = strategy.direction === 'both'
      return {
        zLongEntry: tier.longEntry,
        zLongExit: tier.longExit,
        zShortEntry: isBoth ? tier.shortEntry : null,
        zShortExit: isBoth ? tier.shortExit : null,
        imbalance: strategy.imbalanceThreshold,
      }
    }),
    ageBudgets: {
      book: budget(risk.bookAgeMax),
      trades: budget(Math.max(60_000_000, risk.bookAgeMax)),
      account: budget(Math.max(180_000_000, 3 * config.reconcileInterval)),
    },
    tradingDays: engineConfig.limits,
    isRealTime: mode !== 'backtest' && mode !== 'replay' && mode !== 'drill',
  })
  return {
    projection,
    tap: {
      event: (event, seq) => projection.onEvent(event, seq),
      market: (batch) => projection.onMarket(batch),
      effects: (effects, seq, time) => projection.onEffects(effects, seq, time),
      committed: ({ head, path }, time) =>
        projection.onJournal({ sequence: head.seq, head: head.hash, committedTime: time, path }),
    },
  }
}

/** Serves a session's dashboard on the loopback interface with a token of its own. */
export const serveDashboard = (
  projection: Projection,
  session: Session,
  facts: { readonly port: number; readonly now: () => number },
): Promise<DashboardServer> =>
  createDashboardServer({
    ...placeOf(facts.port),
    projection,
    operator: operatorOf(session),
    now: facts.now,
  })

/** Where a dashboard is served, with a token of its own. */
export const placeOf = (port: number) =>
  ({
    port,
    host: '127.0.0.1',
    token: randomBytes(24).toString('base64url'),
    staticDir: join(packageRoot, 'web', 'dist'),
  }) as const

/** Hands commands to a session. */
export const operatorOf =
  (session: Session): OperatorHandler =>
  async (command, actor, reason) => {
    if (session.isStopped) return { accepted: false, text: 'the session has stopped' }
    session.operator(command, { actor, reason })
    return { accepted: true, text: 'journaled and carried out' }
  }
