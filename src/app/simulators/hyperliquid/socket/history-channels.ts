import { FILLS_PER_REPLY, joinFills } from '../info/fills.ts'
import { findOrder, wireOrderHistory } from '../info/orders.ts'
import { latestSliceFills, sliceFills } from '../info/twap.ts'
import type { WireFunding } from '../state/account.ts'
import type { Notice } from '../state/notices.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireOrderState } from '../state/wire-order.ts'
import { asAddress } from '../wire/addresses.ts'
import { type ChannelReader, concerns, type Frame, frame, ofUser } from './channel.ts'

const withoutHash = ({ hash: _, ...funding }: WireFunding): object => funding

const userFills: ChannelReader = (sent) => {
  const user = asAddress(sent['user'])
  const wanted = sent['aggregateByTime'] ?? false
  if (user === null || typeof wanted !== 'boolean') return 'invalid'
  const request = { aggregateByTime: wanted }
  return {
    echo: { type: 'userFills', user, aggregateByTime: wanted },
    user,
    hasSnapshot: true,
    first({ state }) {
      const fills = joinFills(state.accounts.get(user)?.fills ?? [], request)
      const latest = fills.slice(-FILLS_PER_REPLY).reverse()
      return frame('userFills', { isSnapshot: true, user, fills: latest })
    },
    told: (notice) =>
      notice.kind === 'fills' && notice.user === user
        ? frame('userFills', { user, fills: joinFills(notice.fills, request) })
        : null,
  }
}

const orderUpdates = ofUser('orderUpdates', (user) => ({
  told: (notice) =>
    notice.kind === 'orders' && notice.user === user ? frame('orderUpdates', notice.updates) : null,
}))

/** The liquidator is the venue itself. */
const LIQUIDATOR = `0x${'0'.repeat(40)}`

function tellEvent(notice: Notice, user: string): Frame | null {
  if (!('user' in notice) || notice.user !== user) return null
  switch (notice.kind) {
    case 'fills':
      return frame('user', { fills: notice.fills })
    case 'funding':
      return frame('user', { funding: withoutHash(notice.funding) })
    case 'nonUserCancel':
      return frame('user', { nonUserCancel: notice.cancels })
    case 'liquidation':
      return frame('user', {
        liquidation: {
          lid: notice.time,
          liquidator: LIQUIDATOR,
          liquidated_user: user,
          liquidated_ntl_pos: notice.notional,
          liquidated_account_value: notice.accountValue,
        },
      })
    case 'twap':
      return frame('user', { twapHistory: [notice.record] })
    default:
      return null
  }
}

const userEvents = ofUser('userEvents', (user) => ({
  told: (notice) => tellEvent(notice, user),
}))

const userFundings = ofUser('userFundings', (user) => ({
  hasSnapshot: true,
  first({ state }) {
    const fundings = (state.accounts.get(user)?.fundings ?? []).map(withoutHash)
    return frame('userFundings', { isSnapshot: true, user, fundings })
  },
  told: (notice) =>
    notice.kind === 'funding' && notice.user === user
      ? frame('userFundings', { user, fundings: [withoutHash(notice.funding)] })
      : null,
}))

/** The states of the orders a notice is about, in the long form. */
function changedOrders(state: VenueState, user: string, notice: Notice): object[] {
  const account = state.accounts.get(user)
  if (account === undefined || notice.kind !== 'orders') return []
  return notice.updates.flatMap(({ order: { oid } }) => {
    const order = findOrder(state, account, oid)
    return order === undefined
      ? []
      : [wireOrderState(state.listing.instruments[order.instrument]!, order)]
  })
}

const userHistoricalOrders = ofUser('userHistoricalOrders', (user) => ({
  hasSnapshot: true,
  first: ({ state }) =>
    frame('userHistoricalOrders', {
      isSnapshot: true,
      user,
      orderHistory: wireOrderHistory(state, user),
    }),
  told: (notice, { state }) =>
    concerns(notice, user, ['orders'])
      ? frame('userHistoricalOrders', { user, orderHistory: changedOrders(state, user, notice) })
      : null,
}))

const userNonFundingLedgerUpdates = ofUser('userNonFundingLedgerUpdates', (user) => ({
  hasSnapshot: true,
  first: ({ state }) =>
    frame('userNonFundingLedgerUpdates', {
      isSnapshot: true,
      user,
      nonFundingLedgerUpdates: state.accounts.get(user)?.ledger ?? [],
    }),
  told: (notice) =>
    notice.kind === 'ledger' && notice.user === user
      ? frame('userNonFundingLedgerUpdates', { user, nonFundingLedgerUpdates: [notice.update] })
      : null,
}))

const userTwapHistory = ofUser('userTwapHistory', (user) => ({
  hasSnapshot: true,
  first({ state }) {
    const history = [...state.desk.twaps.recordsOf(user)].reverse()
    return frame('userTwapHistory', { isSnapshot: true, user, history })
  },
  told: (notice) =>
    notice.kind === 'twap' && notice.user === user
      ? frame('userTwapHistory', { user, history: [notice.record] })
      : null,
}))

const userTwapSliceFills = ofUser('userTwapSliceFills', (user) => ({
  hasSnapshot: true,
  first({ state }) {
    const fills = latestSliceFills(state, user)
    return frame('userTwapSliceFills', { isSnapshot: true, user, twapSliceFills: fills })
  },
  told(notice) {
    if (notice.kind !== 'fills' || notice.user !== user) return null
    const fills = sliceFills(notice.fills)
    return fills.length === 0 ? null : frame('userTwapSliceFills', { user, twapSliceFills: fills })
  },
}))

/** Channels of what happened to a user, by their type. */
export const historyChannels: Readonly<Record<string, ChannelReader>> = {
  userFills,
  orderUpdates,
  userEvents,
  userFundings,
  userHistoricalOrders,
  userNonFundingLedgerUpdates,
  userTwapHistory,
  userTwapSliceFills,
}
