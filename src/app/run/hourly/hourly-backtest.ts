import {
  annualisation,
  Engine,
  type EngineConfig,
  type Event,
  type HourPanel,
  type Instrument,
  type InterestTerm,
  moneyFromNumber,
  SELL_FEE_DAYS,
  SimulatedExchange,
  type SolvePortfolio,
} from '../../../core/mod.ts'
import type { MinutePrices } from '../../../models/mod.ts'
import {
  createHourly,
  type Forecaster,
  type HourlySettings,
  panelHours,
} from '../../../strategies/mod.ts'
import { type HourlyCollected, HourlyCollector } from './hourly-collect.ts'
import { driveHours } from './hourly-drive.ts'
import { hourlyActions, hourlyInstruments } from './hourly-market.ts'

/** The account of an hourly backtest. */
export interface HourlyAccount {
  /** Dollars at first. */
  readonly balance: number
  /** A cash account waits until sales have settled: T+1, T+2 before 2024-05-28. */
  readonly kind: 'cash' | 'margin'
  /** Digits of a share that can be traded: 0 for whole shares, at most 4. */
  readonly lotDecimals: number
  readonly commissionBp: number
  /** Whether sales pay the SEC's and FINRA's fees, on days whose rates are known. */
  readonly hasSellFees: boolean
  /** What cash earns for every calendar day, a year of 360; empty for nothing. */
  readonly cashInterest: readonly InterestTerm[]
}

/** The usual account. */
export const HOURLY_ACCOUNT: HourlyAccount = {
  balance: 1_000_000,
  kind: 'margin',
  lotDecimals: 0,
  commissionBp: 0,
  hasSellFees: true,
  cashInterest: [],
}

/** What an hourly backtest needs. */
export interface HourlyBacktestRequest {
  readonly panel: HourPanel
  readonly forecaster: Forecaster
  readonly settings: HourlySettings
  readonly account?: HourlyAccount
  /** Minutes by name, null for a name without; none unless given: the next open is traded at. */
  readonly minutes?: readonly (MinutePrices | null)[] | null
  /** From an order to its first chance to trade, us; 250 ms unless given. */
  readonly latencyUs?: number
  /** The quick heuristic unless given. */
  readonly solve?: SolvePortfolio
  /** Called after each bar; return true to stop early. */
  readonly progress?: (bar: number, bars: number) => boolean
}

/** A finished hourly backtest. */
export interface HourlyBacktest extends HourlyCollected {
  readonly settings: HourlySettings
  readonly account: HourlyAccount
  readonly instruments: readonly Instrument[]
  /** Bars driven: fewer than the panel's when it was stopped early. */
  readonly bars: number
  readonly engine: Engine
  readonly exchange: SimulatedExchange
}

/** From an order to its first chance to trade, us. */
export const ORDER_LATENCY_US = 250_000
/** How far a limit crosses the last price: a night's gap beyond it is not traded. */
const LIMIT_DISTANCE = 0.05
const HALF_HOUR_US = 1_800_000_000
const DAY_US = 86_400_000_000

/** Runs the hourly strategy over a panel through engine and simulated exchange. Deterministic. */
export function runHourlyBacktest(request: HourlyBacktestRequest): HourlyBacktest {
  const { panel, settings, forecaster, solve, progress } = request
  const account = request.account ?? HOURLY_ACCOUNT
  const latencyUs = request.latencyUs ?? ORDER_LATENCY_US
  const instruments = hourlyInstruments(panel, account)
  const source = panelHours(panel, annualisation(panel.grid).barsPerYear)
  const strategy = createHourly({
    ...{ settings, source, forecaster, takerSlippageMax: LIMIT_DISTANCE },
    ...(solve === undefined ? {} : { solve }),
  })
  const engine = new Engine(engineConfig(instruments, account, strategy))
  const exchange = new SimulatedExchange({
    ...{ instruments, queueModel: 'conservative', arrivalMatch: 'next' },
    ...{ entryLatencyUs: latencyUs, responseLatencyUs: latencyUs, fundingIntervalUs: 0 },
    ...{ bars: null, hours: settings.costs, moneyDecimals: 6 },
    hasSellFees: account.hasSellFees && areSellFeesKnown(panel),
    shareCosts: {
      borrow: null,
      actions: hourlyActions(panel),
      cashInterest: account.cashInterest,
    },
  })
  exchange.addAccount(moneyFromNumber(account.balance))
  const collector = new HourlyCollector(engine, panel.grid.closeTime)
  const bars = driveHours({
    ...{ engine, exchange, panel, latencyUs, progress },
    minutes: request.minutes ?? null,
    opening: openingOf(panel),
    buyDelayUs: settings.buyDelayUs,
    observer: collector,
  })
  return { ...collector.finish(), settings, account, instruments, bars, engine, exchange }
}

/** Whether the rates of the SEC's and FINRA's fees are known on all days of a panel. */
export function areSellFeesKnown({ grid }: HourPanel): boolean {
  const { from, until } = SELL_FEE_DAYS
  return grid.sessionDay[0]! >= from && grid.sessionDay.at(-1)! <= until
}

function engineConfig(
  instruments: readonly Instrument[],
  account: HourlyAccount,
  strategy: EngineConfig['strategy'],
): EngineConfig {
  return {
    instruments,
    signal: {
      // No bar is shorter, so none seems to overlap the one before.
      ...{ source: 'bar', intervalUs: HALF_HOUR_US, window: 2, current: 'include' },
      ...{ maxGap: Number.POSITIVE_INFINITY, trendWindow: 0, imbalanceLevels: 1 },
    },
    executor: {
      ...{ takerSlippageMax: LIMIT_DISTANCE, makerLifetimeUs: 0, makerRepricesMax: 0 },
      ...{ exitEscalationUs: 0, retryPauseUs: 1_000_000, answerTimeoutUs: 3_600_000_000 },
      calendar: 'us-equities',
    },
    limits: {
      ...{ orderNotionalMax: null, positionNotionalMax: null, grossNotionalMax: null },
      ...{ netNotionalMax: null, positionsMax: null, leverageMax: null, ordersPerMinuteMax: null },
      ...{ breakers: [], priceBandMax: null, bookAgeMaxUs: 10 * DAY_US, accountAgeMaxUs: null },
      tradingDayCalendar: 'us-equities',
    },
    shares: {
      ...{ account: account.kind, borrow: null, isLocateGranted: false, hasPriceTest: false },
      ...{ hasMargin: false, dayTrades: 'off', hasSettlement: true, isHeldOvernight: true },
    },
    strategy,
    ...{ bookCapacity: 1, trace: 'changes', reconcileIntervalUs: 0, onDifference: 'stop' },
  }
}

function openingOf({ grid }: HourPanel): Event[] {
  const receivedTime = grid.openTime[0]!
  const stream = {
    kind: 'streamStatus',
    receivedTime,
    instrument: null,
    status: 'connected',
  } as const
  return [
    {
      ...{
        kind: 'sessionStarted',
        receivedTime,
        mode: 'backtest',
        sessionId: '0'.repeat(16),
        seed: 0,
      },
      ...{ resumed: false, configurationHash: '', dataHash: '', codeHash: '' },
    },
    { ...stream, stream: 'book' },
    { ...stream, stream: 'account' },
  ]
}
