import { notional, type Price } from '../../../../core/mod.ts'
import { asText, asUnsigned, isObject } from '../../json.ts'
import { readQuantity } from '../listing.ts'
import { reducibleLots } from '../state/margin.ts'
import { orderTexts, twapTexts } from '../wire/texts.ts'
import { type ActionContext, type ActionKind, type ActionReply, accepted, l1 } from './action.ts'

const MINUTES_MIN = 5
const MINUTES_MAX = 1440
/** Least value per minute, currency units at 8 decimals. */
const MINUTE_NOTIONAL = 10n * 10n ** 8n

interface Wanted {
  readonly asset: number
  readonly isBuy: boolean
  readonly size: string
  readonly reduceOnly: boolean
  readonly minutes: number
  readonly randomize: boolean
}

function start({ state, account }: ActionContext, wanted: Wanted): ActionReply {
  const { asset, minutes, reduceOnly, randomize } = wanted
  const fail = (error: string): ActionReply => accepted('twapOrder', { status: { error } })
  const instrument = state.listing.at(asset)
  if (instrument === null) return fail(orderTexts.unknownAsset(asset))
  if (minutes < MINUTES_MIN || minutes > MINUTES_MAX) return fail(twapTexts.duration(minutes))
  const size = readQuantity(instrument, wanted.size)
  if (!size.ok) return fail(size.text)
  const mark = state.mark(instrument.id)
  if (mark === 0) return fail(orderTexts.halted)
  if (notional(instrument, mark as Price, size.value) < MINUTE_NOTIONAL * BigInt(minutes)) {
    return fail(twapTexts.tooSmall(minutes))
  }
  const side = wanted.isBuy ? 'buy' : 'sell'
  if (reduceOnly && reducibleLots(account, instrument.id, side) === 0) {
    return fail(orderTexts.reduceOnly(asset))
  }
  const twap = state.desk.twaps.start({
    user: account.address,
    instrument: instrument.id,
    side,
    lots: size.value,
    minutes,
    reduceOnly,
    randomize,
    slices: 0,
    executedLots: 0,
    executedNotional: 0n,
  })
  return accepted('twapOrder', { status: { running: { twapId: twap.id } } })
}

/** twapOrder: `{twap: {a, b, s, r, m, t}}`. */
export const twapOrderAction: ActionKind = {
  signing: l1,
  read(action) {
    const { twap } = action
    if (!isObject(twap)) return null
    const asset = asUnsigned(twap['a'])
    const size = asText(twap['s'])
    const minutes = asUnsigned(twap['m'])
    const { b: isBuy, r: reduceOnly, t: randomize } = twap
    if (asset === null || size === null || minutes === null) return null
    if (typeof isBuy !== 'boolean' || typeof reduceOnly !== 'boolean') return null
    if (typeof randomize !== 'boolean') return null
    const wanted = { asset, isBuy, size, reduceOnly, minutes, randomize }
    return { count: 1, run: (context) => start(context, wanted) }
  },
}

/** twapCancel: `{a, t}`. */
export const twapCancelAction: ActionKind = {
  signing: l1,
  read(action) {
    const asset = asUnsigned(action['a'])
    const id = asUnsigned(action['t'])
    if (asset === null || id === null) return null
    return {
      count: 1,
      run({ state, account }) {
        const { twaps } = state.desk
        const found = twaps.of(account.address).find((twap) => twap.id === id)
        const isThere = found?.instrument === state.listing.at(asset)?.id
        const isStopped = found !== undefined && isThere && twaps.stop(account, id)
        const status = isStopped ? 'success' : { error: twapTexts.missing }
        return accepted('twapCancel', { status })
      },
    }
  },
}
