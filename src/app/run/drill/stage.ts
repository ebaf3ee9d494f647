import type { Recording } from '../../../adapters/mod.ts'
import {
  type AdapterEnvironment,
  createVirtualEnvironment,
  type VenueAdapter,
  type VirtualEnvironment,
  type VirtualRoute,
} from '../../../adapters/mod.ts'
import { type Currency, createRandom, type Money, type TimeUs } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import type { FaultRates } from '../../simulators/faults.ts'

/** A venue in memory under virtual time, which outlives the sessions that trade at it. */
export interface DrillStage {
  readonly environment: VirtualEnvironment
  /** An adapter of one life of the session; executions before `fillsSince` are not delivered. */
  readonly connect: (environment: AdapterEnvironment, fillsSince: () => TimeUs) => VenueAdapter
  /** The account as the venue states it over its own protocol. */
  readonly account: () => Promise<VenueAccountView>
  /** Stops trading in an instrument, or lets it go on; nothing where the venue knows no halts. */
  readonly halt: (symbol: string, isHalted: boolean) => void
}

/** An account as a venue states it, all its parts together. */
export interface VenueAccountView {
  /** Signed quantity as decimal text; flat instruments are absent. */
  readonly positions: ReadonlyMap<string, string>
  readonly openOrders: number
  /** Cash, or what an account without positions is worth, by currency. */
  readonly cash: ReadonlyMap<Currency, Money>
  /** By how much its cash may differ where it counts finer than money does here. */
  readonly tolerance: Money
}

/** What a stage is made of. */
export interface StageOptions {
  readonly loaded: LoadedConfig
  /** Of market, faults and latencies. */
  readonly seed: number
  readonly startTime: TimeUs
  /** Faults are drawn until then. */
  readonly faultsUntil: TimeUs
  readonly rates: FaultRates
  /** In place of the generated market. */
  readonly recordings?: readonly Recording[]
}

/** Virtual time in which messages travel some 20 ms each way, by the seed. */
export function createDrillEnvironment(
  { seed, startTime }: StageOptions,
  route: VirtualRoute,
  idle?: () => Promise<void>,
): VirtualEnvironment {
  const random = createRandom(seed ^ 0x5eed)
  const delay = (mean: number) => () => Math.round(1000 + random.exponential(mean))
  return createVirtualEnvironment({
    startTime,
    latency: {
      requestUs: delay(20_000),
      replyUs: delay(20_000),
      socketOutUs: delay(20_000),
      socketInUs: delay(20_000),
    },
    ...(idle === undefined ? {} : { idle }),
    route,
  })
}
