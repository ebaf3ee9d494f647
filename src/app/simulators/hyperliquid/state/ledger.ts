import { transactionHash } from '../wire/identity.ts'
import { wireTime } from '../wire/numbers.ts'
import { type Account, LEDGER_KEPT, remember, type WireLedgerUpdate } from './account.ts'
import type { VenueFloor } from './venue-floor.ts'

/** Adds a row to an account's ledger at the state's time, and tells. */
export function noteLedger(
  state: VenueFloor,
  account: Account,
  delta: WireLedgerUpdate['delta'],
): void {
  const { time } = state
  const hash = transactionHash(time + account.index * 131 + account.ledger.length)
  const update: WireLedgerUpdate = { time: wireTime(time), hash, delta }
  remember(account.ledger, update, LEDGER_KEPT)
  state.tell({ kind: 'ledger', time, user: account.address, update })
}
