import type { TimeUs } from '../../../../core/mod.ts'
import type { MarketDataState } from '../market/market-data.ts'
import type { Account } from './account.ts'
import type { ClearinghouseSnapshot } from './clearinghouse.ts'
import type { ConsumptionState } from './consumption.ts'
import type { DeskSnapshot } from './desk.ts'
import type { NonceBook } from './nonces.ts'

/** The whole state as plain data (maps, typed arrays and bigints included). */
export interface VenueSnapshot {
  readonly time: TimeUs
  readonly lastOid: number
  readonly executions: number
  readonly accounts: readonly Account[]
  readonly nonces: NonceBook
  readonly data: readonly MarketDataState[]
  readonly engine: unknown
  readonly source: unknown
  /** Absent: nothing waits. */
  readonly desk?: DeskSnapshot
  readonly clearinghouse?: ClearinghouseSnapshot
  readonly consumption?: ConsumptionState
}
