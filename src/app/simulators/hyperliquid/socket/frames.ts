import type { TimeUs } from '../../../../core/mod.ts'
import { FILLS_PER_REPLY, joinFills } from '../info/fills.ts'
import { BOOK_LEVELS, wireBook, wireCandle, wireMids } from '../info/market.ts'
import { wireAssetContext } from '../info/universe.ts'
import { candleIntervals } from '../market/candles.ts'
import { wireLevels } from '../market/depth.ts'
import { HISTORY_TRADES, wireTrade } from '../market/tape.ts'
import type { WireFunding } from '../state/account.ts'
import type { Notice } from '../state/notices.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireTime } from '../wire/numbers.ts'
import type { Subscription } from './subscription.ts'

/** Levels per side of the fast book. */
export const FAST_BOOK_LEVELS = 5

/** A frame's channel and data, not yet serialised. */
export interface Frame {
  readonly channel: string
  readonly data: unknown
}

const frame = (channel: string, data: unknown): Frame => ({ channel, data })

const withoutHash = ({ hash: _, ...funding }: WireFunding): object => funding

/** The whole present value of a subscription, as its regular frames carry it; null when unknown. */
export function presentFrame(
  subscription: Subscription,
  state: VenueState,
  time: TimeUs,
): Frame | null {
  switch (subscription.type) {
    case 'l2Book': {
      const { coin, wanted, fast } = subscription
      const levels = fast ? FAST_BOOK_LEVELS : BOOK_LEVELS
      const book = wireBook(state, state.listing.find(coin)!, wanted, { levels, timeUs: time })
      return frame('l2Book', fast ? { ...book, fast: true } : book)
    }
    case 'bbo': {
      const instrument = state.listing.find(subscription.coin)!
      const [[bid], [ask]] = wireLevels(instrument, state.depth(instrument.id), 1)
      const bbo = [bid ?? null, ask ?? null]
      return frame('bbo', { coin: subscription.coin, time: wireTime(time), bbo })
    }
    case 'candle': {
      const instrument = state.listing.find(subscription.coin)!
      const { candles } = state.data[instrument.id]!
      candles.advance(time)
      const current = candles.current(candleIntervals[subscription.interval]!)
      return current === null
        ? null
        : frame('candle', wireCandle(instrument, subscription.interval, current))
    }
    case 'activeAssetCtx': {
      const instrument = state.listing.find(subscription.coin)!
      const ctx = wireAssetContext(state, instrument)
      return frame('activeAssetCtx', { coin: subscription.coin, ctx })
    }
    case 'allMids':
      return frame('allMids', { mids: wireMids(state, state.listing.dexs[0]!) })
    default:
      return null
  }
}

/** What a subscription begins with, after its confirmation; null when with nothing. */
export function firstFrame(
  subscription: Subscription,
  state: VenueState,
  time: TimeUs,
): Frame | null {
  switch (subscription.type) {
    case 'trades': {
      const instrument = state.listing.find(subscription.coin)!
      const latest = state.data[instrument.id]!.trades.slice(-HISTORY_TRADES)
      const trades = latest.map((trade) => wireTrade(instrument, trade))
      return trades.length === 0 ? null : frame('trades', trades)
    }
    case 'userFills': {
      const { user, aggregateByTime } = subscription
      const fills = joinFills(state.accounts.get(user)?.fills ?? [], { aggregateByTime })
      const latest = fills.slice(-FILLS_PER_REPLY).reverse()
      return frame('userFills', { isSnapshot: true, user, fills: latest })
    }
    case 'userFundings': {
      const { user } = subscription
      const fundings = (state.accounts.get(user)?.fundings ?? []).map(withoutHash)
      return frame('userFundings', { isSnapshot: true, user, fundings })
    }
    default:
      return presentFrame(subscription, state, time)
  }
}

/**
 * What a subscription is told about something that happened; null when it is none of its concern.
 */
export function noticeFrame(subscription: Subscription, notice: Notice): Frame | null {
  switch (subscription.type) {
    case 'bbo':
      if (notice.kind !== 'bbo' || notice.coin !== subscription.coin) return null
      return frame('bbo', { coin: notice.coin, time: wireTime(notice.time), bbo: notice.bbo })
    case 'trades':
      if (notice.kind !== 'trades' || notice.coin !== subscription.coin) return null
      return frame('trades', notice.trades)
    case 'orderUpdates':
      if (notice.kind !== 'orders' || notice.user !== subscription.user) return null
      return frame('orderUpdates', notice.updates)
    case 'userFills': {
      if (notice.kind !== 'fills' || notice.user !== subscription.user) return null
      const { user, aggregateByTime } = subscription
      return frame('userFills', { user, fills: joinFills(notice.fills, { aggregateByTime }) })
    }
    case 'userFundings':
      if (notice.kind !== 'funding' || notice.user !== subscription.user) return null
      return frame('userFundings', {
        user: notice.user,
        fundings: [withoutHash(notice.funding)],
      })
    case 'userEvents':
      return userEventFrame(subscription.user, notice)
    default:
      return null
  }
}

function userEventFrame(user: string, notice: Notice): Frame | null {
  if (!('user' in notice) || notice.user !== user) return null
  switch (notice.kind) {
    case 'fills':
      return frame('user', { fills: notice.fills })
    case 'funding':
      return frame('user', { funding: withoutHash(notice.funding) })
    case 'nonUserCancel':
      return frame('user', { nonUserCancel: notice.cancels })
    case 'twap':
      return frame('user', { twapHistory: [notice.record] })
    default:
      return null
  }
}
