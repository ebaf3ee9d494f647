import {
  assert,
  type EngineConfig,
  type ExecutorParameters,
  type Instrument,
  type Mode,
  type SignalParameters,
  type Strategy,
} from '../../core/mod.ts'
import {
  createEquities,
  createReversion,
  type ReversionParameters,
  type SeededStrategy,
} from '../../strategies/mod.ts'
import { actsAlone, composeConfigured, sizerOf } from './companions.ts'
import { equitiesParameters, sessionRules, tierOfSignal } from './equities.ts'
import { riskLimits } from './risk.ts'
import { routingOf } from './routing.ts'
import type { Config } from './schema.ts'
import { shareRules } from './shares.ts'
import { stockHours } from './strategy-options.ts'

/** The core's configuration out of a validated file and the venue's instruments. */
export function buildEngineConfig(
  config: Config,
  instruments: readonly Instrument[],
  options: {
    readonly trace: 'changes' | 'all'
    readonly reconcileIntervalUs: number
    readonly isBacktest: boolean
    /** In place of the strategy that the configuration describes. */
    readonly strategy?: Strategy<unknown>
  },
): EngineConfig {
  const { strategy } = options
  assert(strategy?.id !== config.strategy.kind, `a strategy of one's own has an id of its own`)
  return {
    instruments,
    signal: signalParameters(config),
    executor: executorParameters(config, instruments, options.isBacktest),
    limits: riskLimits(config, instruments),
    ...sharesOf(config, instruments),
    ...strategyParts(config, instruments, options),
    ...shadowOf(config, instruments),
    bookCapacity: 128,
    trace: options.trace,
    reconcileIntervalUs: options.reconcileIntervalUs,
    onDifference: config.onDifference,
  }
}

/**
 * The core's configuration of a session: the same for writing a journal and stepping it again.
 * `strategy` takes the place of the one that the configuration describes.
 */
export function sessionEngineConfig(
  mode: Mode,
  config: Config,
  instruments: readonly Instrument[],
  strategy?: Strategy<unknown>,
): EngineConfig {
  return buildEngineConfig(config, instruments, {
    isBacktest: mode === 'backtest',
    trace: mode === 'backtest' ? 'changes' : 'all',
    // Nothing to compare with where no orders leave or the venue answers in process.
    reconcileIntervalUs: mode === 'shadow' || mode === 'backtest' ? 0 : config.reconcileInterval,
    ...(strategy === undefined ? {} : { strategy }),
  })
}

/** True when the engine runs the strategy that the configuration describes, not one of one's own. */
export const isConfigured = ({ strategy }: EngineConfig, config: Config): boolean =>
  strategy.id === config.strategy.kind

function sharesOf(
  config: Config,
  instruments: readonly Instrument[],
): Pick<EngineConfig, 'shares'> {
  const shares = shareRules(config, instruments)
  return shares === undefined ? {} : { shares }
}

function shadowOf(
  { shadow }: Config,
  instruments: readonly Instrument[],
): Pick<EngineConfig, 'shadow'> {
  if (shadow.length === 0) return {}
  const inShadow = instruments.filter(({ symbol }) => shadow.includes(symbol))
  return { shadow: inShadow.map(({ id }) => id) }
}

/** The strategy alone, or with its companions and what warms them up. */
function strategyParts(
  config: Config,
  instruments: readonly Instrument[],
  options: { readonly strategy?: Strategy<unknown>; readonly isBacktest: boolean },
): Pick<EngineConfig, 'strategy' | 'ownerOf' | 'seedStrategy'> {
  if (options.strategy !== undefined) return { strategy: options.strategy }
  const reversion = configuredStrategy(config)
  if (actsAlone(config)) {
    const { seed } = reversion
    // Its window of closes is warmed up like the signal's.
    return {
      strategy: reversion,
      ...(config.strategy.equities === undefined ? {} : { seedStrategy: seed }),
    }
  }
  const { strategy, ownerOf, seed } = composeConfigured(config, instruments, reversion, options)
  return { strategy, ownerOf, seedStrategy: seed }
}

function configuredStrategy(config: Config): SeededStrategy {
  const parameters = reversionParameters(config)
  const equities = equitiesParameters(config)
  return equities === null ? createReversion(parameters) : createEquities(parameters, equities)
}

/** The signal part of a configuration in core's terms. */
export function signalParameters({ signal }: Config): SignalParameters {
  const { source, window, current, maxGap, trendWindow, imbalanceLevels, calendar, prices } = signal
  const intervalUs = signal.interval
  return {
    ...{ source, intervalUs, window, current, maxGap, trendWindow, imbalanceLevels },
    ...(calendar === undefined ? {} : { calendar }),
    ...(prices === undefined ? {} : { prices }),
  }
}

/** Shares are traded in their sessions, except on bars alone, where orders wait for the next open. */
function executorParameters(
  { execution, signal }: Config,
  instruments: readonly Instrument[],
  isBacktest: boolean,
): ExecutorParameters {
  const isOnBars = isBacktest && signal.source === 'bar' && signal.prices !== 'book'
  const hasHours = !isOnBars && instruments.some(({ kind }) => kind === 'equity')
  return {
    takerSlippageMax: execution.takerSlippageMax,
    makerLifetimeUs: execution.makerLifetime,
    makerRepricesMax: execution.makerRepricesMax,
    exitEscalationUs: execution.exitEscalation,
    retryPauseUs: execution.retryPause,
    ...(execution.repriceDrift === 0 ? {} : { repriceDrift: execution.repriceDrift }),
    ...(execution.repriceInterval === undefined
      ? {}
      : { repriceIntervalUs: execution.repriceInterval }),
    answerTimeoutUs: execution.answerTimeout,
    ...(hasHours ? { calendar: signal.calendar ?? 'us-equities' } : {}),
  }
}

/** The strategy part of a configuration in the strategy's terms. */
export function reversionParameters(config: Config): ReversionParameters {
  const { strategy, signal } = config
  const { revertGate, costGate } = strategy
  const sizer = sizerOf(strategy)
  return {
    tier: tierOfSignal(strategy),
    overrides: strategy.overrides,
    direction: strategy.direction,
    imbalanceThreshold: strategy.imbalanceThreshold,
    trendGate: strategy.trendGate,
    revertGate:
      revertGate === null
        ? null
        : { holdUs: revertGate.hold, favourableBp: revertGate.favourableBp },
    stopLoss: strategy.stopLoss,
    timeStopUs: strategy.timeStop,
    ...stockHours(strategy),
    ...sessionRules(strategy),
    costGate: costGate === null ? null : { marginBp: costGate.marginBp, holdUs: costGate.hold },
    notional: strategy.notional,
    notionals: strategy.notionals,
    ...(sizer.kind === 'fixed' ? {} : { sizing: { sizer, maxGap: signal.maxGap } }),
    entryUrgency: strategy.entry,
    exitUrgency: strategy.exit,
    ...routingOf(config),
  }
}

/** Names of the protections a configuration switches off: reports list them. */
export const gatesOff = (config: Config): readonly string[] => [
  ...strategyGatesOff(config),
  ...companionGatesOff(config),
  ...limitsOff(config),
]

/** Names of the risk limits and rules of shares that a configuration switches off. */
export const limitsOff = ({ risk, shares }: Config): readonly string[] => [
  ...Object.entries(risk).flatMap(([name, value]) => (value === null ? [`risk ${name}`] : [])),
  ...(shares === null ? ['rules of shares'] : []),
  ...Object.entries(shares ?? {}).flatMap(([name, value]) =>
    value === null || value === false ? [`shares ${name}`] : [],
  ),
]

function companionGatesOff({ companions }: Config): readonly string[] {
  const off: string[] = []
  if (companions?.momentum?.stopLoss === null) off.push('stop loss of momentum')
  if (companions?.momentum?.timeStop === null) off.push('time stop of momentum')
  if (companions?.pairs?.fundingMax === null) off.push('funding gate of pairs')
  if (companions?.pairs?.lossMax === null) off.push('loss stop of pairs')
  if (companions?.pairs?.costMarginBp === null) off.push('edge-versus-cost gate of pairs')
  return off
}

function strategyGatesOff({ strategy }: Config): readonly string[] {
  const off: string[] = []
  if (strategy.imbalanceThreshold === null) off.push('imbalance gate')
  if (!strategy.trendGate) off.push('trend gate')
  if (strategy.revertGate === null) off.push('revert gate')
  if (strategy.stopLoss === null) off.push('stop loss')
  if (strategy.timeStop === null) off.push('time stop')
  if (strategy.costGate === null) off.push('edge-versus-cost gate')
  return off
}
