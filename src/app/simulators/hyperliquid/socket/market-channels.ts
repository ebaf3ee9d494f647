import type { Instrument } from '../../../../core/mod.ts'
import { asText, type Json } from '../../json.ts'
import { BOOK_LEVELS, readAggregation, wireBook, wireCandle, wireMids } from '../info/market.ts'
import { wireAssetContext, wireAssetContexts } from '../info/universe.ts'
import { candleIntervals } from '../market/candles.ts'
import { wireLevels } from '../market/depth.ts'
import { HISTORY_TRADES, wireTrade } from '../market/tape.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireTime } from '../wire/numbers.ts'
import { type Channel, type ChannelReader, frame, namedDex } from './channel.ts'

/** Levels per side of the fast book. */
export const FAST_BOOK_LEVELS = 5

type Rest = Omit<Channel, 'echo' | 'user'>

/** Reads subscriptions of one coin; the venue drops the socket for a coin it does not list. */
const ofCoin =
  (type: string, make: (instrument: Instrument) => Rest): ChannelReader =>
  (sent, state) => {
    const coin = asText(sent['coin'])
    if (coin === null) return 'invalid'
    const instrument = state.listing.find(coin)
    return instrument === null ? 'drop' : { echo: { type, coin }, user: null, ...make(instrument) }
  }

const isFlag = (value: Json | undefined): value is boolean | null | undefined =>
  value == null || typeof value === 'boolean'

const l2Book: ChannelReader = (sent, state) => {
  const coin = asText(sent['coin'])
  if (coin === null || !isFlag(sent['fast'])) return 'invalid'
  const wanted = readAggregation(sent)
  const instrument = state.listing.find(coin)
  if (wanted === null || instrument === null) return 'drop'
  const fast = sent['fast'] === true
  const levels = fast ? FAST_BOOK_LEVELS : BOOK_LEVELS
  return {
    echo: { type: 'l2Book', coin, ...wanted, fast },
    user: null,
    tick: fast ? 'fastBook' : 'slowBook',
    regular(view) {
      const shown = { levels, timeUs: view.time }
      const book = wireBook(view.state, instrument, wanted, shown)
      return frame('l2Book', fast ? { ...book, fast: true } : book)
    },
  }
}

const bbo = ofCoin('bbo', (instrument) => ({
  regular({ state, time }) {
    const [[bid], [ask]] = wireLevels(instrument, state.depth(instrument.id), 1)
    const best = [bid ?? null, ask ?? null]
    return frame('bbo', { coin: instrument.symbol, time: wireTime(time), bbo: best })
  },
  told(notice) {
    if (notice.kind !== 'bbo' || notice.coin !== instrument.symbol) return null
    const { coin, time } = notice
    return frame('bbo', { coin, time: wireTime(time), bbo: notice.bbo })
  },
}))

const trades = ofCoin('trades', (instrument) => ({
  first({ state }) {
    const latest = state.data[instrument.id]!.trades.slice(-HISTORY_TRADES)
    const list = latest.map((trade) => wireTrade(instrument, trade))
    return list.length === 0 ? null : frame('trades', list)
  },
  told: (notice) =>
    notice.kind === 'trades' && notice.coin === instrument.symbol
      ? frame('trades', notice.trades)
      : null,
}))

const candle: ChannelReader = (sent, state) => {
  const coin = asText(sent['coin'])
  const interval = asText(sent['interval'])
  const minutes = candleIntervals[interval ?? '']
  if (coin === null || interval === null || minutes === undefined) return 'invalid'
  const instrument = state.listing.find(coin)
  if (instrument === null) return 'drop'
  return {
    echo: { type: 'candle', coin, interval },
    user: null,
    tick: 'second',
    onChange: true,
    regular(view) {
      const { candles } = view.state.data[instrument.id]!
      candles.advance(view.time)
      const current = candles.current(minutes)
      return current === null ? null : frame('candle', wireCandle(instrument, interval, current))
    },
  }
}

const allMids: ChannelReader = (sent, state) => {
  const dex = namedDex(sent, state)
  if (dex === null) return 'drop'
  const given = sent['dex'] === undefined ? {} : { dex: sent['dex'] }
  const shown = dex.name === '' ? {} : { dex: dex.name }
  return {
    echo: { type: 'allMids', ...given },
    user: null,
    tick: 'mids',
    regular: (view) => frame('allMids', { ...shown, mids: wireMids(view.state, dex) }),
  }
}

const activeAssetCtx = ofCoin('activeAssetCtx', (instrument) => ({
  tick: 'second',
  regular: ({ state }) =>
    frame('activeAssetCtx', {
      coin: instrument.symbol,
      ctx: wireAssetContext(state, instrument),
    }),
}))

const assetCtxs: ChannelReader = (sent, state) => {
  const dex = namedDex(sent, state)
  if (dex === null) return 'drop'
  return {
    echo: { type: 'assetCtxs', dex: dex.name },
    user: null,
    tick: 'contexts',
    regular: (view) =>
      frame('assetCtxs', { dex: dex.name, ctxs: wireAssetContexts(view.state, dex) }),
  }
}

const allContexts = (state: VenueState): object => ({
  ctxs: state.listing.dexs.map((dex) => [dex.name, wireAssetContexts(state, dex)]),
})

const allDexsAssetCtxs: ChannelReader = () => ({
  echo: { type: 'allDexsAssetCtxs' },
  user: null,
  tick: 'contexts',
  regular: ({ state }) => frame('allDexsAssetCtxs', allContexts(state)),
})

/** There are no spot markets. */
const spotAssetCtxs: ChannelReader = () => ({
  echo: { type: 'spotAssetCtxs' },
  user: null,
  tick: 'contexts',
  regular: () => frame('spotAssetCtxs', []),
})

/** Channels of market data by their type. */
export const marketChannels: Readonly<Record<string, ChannelReader>> = {
  l2Book,
  bbo,
  trades,
  candle,
  allMids,
  activeAssetCtx,
  assetCtxs,
  allDexsAssetCtxs,
  spotAssetCtxs,
}
