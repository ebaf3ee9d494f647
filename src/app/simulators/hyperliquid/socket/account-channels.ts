import { asText } from '../../json.ts'
import { wireActiveAsset, wireClearinghouse, wireSpotState } from '../info/account.ts'
import { wireFrontendOrders } from '../info/orders.ts'
import { wireTwapStates, wireWebData2, wireWebData3 } from '../info/web-data.ts'
import type { Notice } from '../state/notices.ts'
import { asAddress } from '../wire/addresses.ts'
import { wireTime } from '../wire/numbers.ts'
import {
  type Channel,
  type ChannelReader,
  concerns,
  type Frame,
  frame,
  ofUser,
  ofUserOnDex,
  type View,
} from './channel.ts'

/** A whole state that is sent again when one of these things happens to its user. */
const wholeState = (
  user: string,
  kinds: readonly Notice['kind'][],
  regular: (view: View) => Frame,
): Omit<Channel, 'echo' | 'user'> => ({
  regular,
  told: (notice, view) => (concerns(notice, user, kinds) ? regular(view) : null),
})

const money = ['fills', 'funding', 'ledger', 'liquidation'] as const

const clearinghouseState = ofUserOnDex('clearinghouseState', (user, dex) => ({
  tick: 'mids',
  ...wholeState(user, money, ({ state, time }) =>
    frame('clearinghouseState', {
      dex: dex.name,
      user,
      clearinghouseState: wireClearinghouse(state, user, wireTime(time), dex.index),
    }),
  ),
}))

const allDexsClearinghouseState = ofUser('allDexsClearinghouseState', (user) => ({
  tick: 'mids',
  ...wholeState(user, money, ({ state, time }) =>
    frame('allDexsClearinghouseState', {
      user,
      clearinghouseStates: state.listing.dexs.map(({ name, index }) => [
        name,
        wireClearinghouse(state, user, wireTime(time), index),
      ]),
    }),
  ),
}))

const openOrders = ofUserOnDex('openOrders', (user, dex) =>
  wholeState(user, ['orders', 'fills'], ({ state }) =>
    frame('openOrders', {
      dex: dex.name,
      user,
      orders: wireFrontendOrders(state, user, dex.index),
    }),
  ),
)

const spotState = ofUser('spotState', (user) =>
  wholeState(user, ['ledger'], ({ state }) =>
    frame('spotState', { user, spotState: wireSpotState(state, user) }),
  ),
)

const twapStates = ofUserOnDex('twapStates', (user, dex) =>
  wholeState(user, ['twap', 'fills'], ({ state }) =>
    frame('twapStates', { dex: dex.name, user, states: wireTwapStates(state, user, dex.index) }),
  ),
)

const webData2 = ofUser('webData2', (user) => ({
  tick: 'mids',
  ...wholeState(user, ['orders', ...money], ({ state, time }) =>
    frame('webData2', wireWebData2(state, user, wireTime(time))),
  ),
}))

const webData3 = ofUser('webData3', (user) => ({
  tick: 'mids',
  ...wholeState(user, [], ({ state, time }) =>
    frame('webData3', wireWebData3(state, user, wireTime(time))),
  ),
}))

const activeAssetData: ChannelReader = (sent, state) => {
  const user = asAddress(sent['user'])
  const coin = asText(sent['coin'])
  if (user === null || coin === null) return 'invalid'
  const instrument = state.listing.find(coin)
  if (instrument === null) return 'drop'
  return {
    echo: { type: 'activeAssetData', user, coin },
    user,
    tick: 'second',
    onChange: true,
    regular: (view) => frame('activeAssetData', wireActiveAsset(view.state, user, instrument)),
  }
}

/** The venue has nothing to announce. */
const notification = ofUser('notification', () => ({}))

/** Channels of how a user stands, by their type. */
export const accountChannels: Readonly<Record<string, ChannelReader>> = {
  clearinghouseState,
  allDexsClearinghouseState,
  openOrders,
  spotState,
  twapStates,
  webData2,
  webData3,
  activeAssetData,
  notification,
}
