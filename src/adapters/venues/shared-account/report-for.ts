import {
  type AccountReport,
  type AssetUnits,
  assetLot,
  signedQuantity,
  type VenuePosition,
} from '../../../core/mod.ts'
import type { EngineShare } from './engine-share.ts'
import type { Owners } from './owners.ts'
import { type Books, sumOf, unitsAt, unitsIn } from './sums.ts'

/**
 * The account as one engine owns it: its own orders and executions, as its position what no other
 * engine holds, as its cash what it booked and what the venue differs by from the account's books.
 */
export function reportFor(
  share: EngineShare,
  facts: {
    readonly account: AccountReport
    readonly books: Books
    readonly owners: Owners
    /** True when no other engine trades the instrument. */
    readonly isSole: (instrument: number) => boolean
  },
): AccountReport {
  const { account, owners, isSole } = facts
  const openOrders = account.openOrders.filter((order) => {
    if (!share.trades(order.instrument)) return false
    // An order that is nobody's is for everybody to say so.
    const owner = owners.of(order.clientOrderId, order.venueOrderId)
    return owner === null || owner === share
  })
  const executions = account.executions.filter(({ clientOrderId, venueOrderId, instrument }) => {
    const owner = owners.of(clientOrderId, venueOrderId)
    return owner === null ? isSole(instrument) : owner === share
  })
  return share.report({ openOrders, executions }, held(share, facts))
}

function held(
  share: EngineShare,
  facts: Parameters<typeof reportFor>[1],
): Pick<AccountReport, 'positions' | 'balances'> {
  const { account, isSole } = facts
  const positions = share.ids.flatMap((id, own): VenuePosition[] => {
    const instrument = share.instruments[own]!
    const lot = assetLot(instrument)
    const units = unitsIn(share, id)! + unexplained(share, facts, id)
    const dust = ((units % lot) + lot) % lot
    const quantity = signedQuantity(Number((units - dust) / lot))
    const found = account.positions.find((each) => each.instrument === id)
    const isVenues = isSole(id) || share.ledger.position(own).quantity === 0
    const averageEntryPrice = isVenues
      ? (found?.averageEntryPrice ?? null)
      : share.ledger.averageEntryPrice(own)
    if (units === 0n && found?.dust === undefined) return []
    const beyond = found?.dust === undefined ? {} : { dust }
    return [{ instrument: own, quantity, averageEntryPrice, ...beyond }]
  })
  return { positions, balances: balancesOf(share, facts) }
}

/**
 * What the venue holds and no engine does, in whole lots: everybody sees it. Parts of a lot are
 * roundings, and the first engine's of the instrument. Who begins takes over only what can be nobody
 * else's.
 */
function unexplained(
  share: EngineShare,
  { account, books, isSole }: Parameters<typeof reportFor>[1],
  id: number,
): AssetUnits {
  const instrument = books.instruments[id]!
  if (!share.books.hasBegun() && !isSole(id)) return 0n
  const held = sumOf(books.engines.map((engine) => unitsIn(engine, id)))
  const difference = unitsAt(account, instrument, books.account) - held
  if (isSole(id)) return difference
  const isFirst = books.engines.find((engine) => engine.own[id]! >= 0) === share
  return isFirst ? difference : difference - (difference % assetLot(instrument))
}

/** Who is alone on the account has all of it, in every currency; else its share of its own. */
function balancesOf(
  share: EngineShare,
  { account, books }: Parameters<typeof reportFor>[1],
): AccountReport['balances'] {
  const isAlone = books.engines.length === 1
  if (!share.books.hasBegun()) {
    const { currency, options } = share
    return isAlone ? account.balances : [{ currency, amount: options.balance }]
  }
  return account.balances
    .filter(({ currency }) => isAlone || currency === share.currency)
    .map(({ currency, amount }) => ({
      currency,
      amount: share.ledger.cash(currency) + amount - books.account.cash(currency),
    }))
}
