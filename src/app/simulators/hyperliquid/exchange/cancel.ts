import { asUnsigned, isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { findOrder } from '../info/orders.ts'
import type { OrderRecord } from '../state/order.ts'
import { asCloid } from '../wire/addresses.ts'
import { orderTexts, requestTexts } from '../wire/texts.ts'
import { type ActionContext, type ActionKind, accepted, l1, refused } from './action.ts'

interface Wanted {
  readonly asset: number
  find(context: ActionContext): OrderRecord | undefined
}

function readOne(value: Json): Wanted | null {
  if (!isObject(value)) return null
  const asset = asUnsigned(value['a'])
  const oid = asUnsigned(value['o'])
  if (asset === null || oid === null) return null
  return { asset, find: ({ state, account }) => findOrder(state, account, oid) }
}

function readOneByCloid(value: Json): Wanted | null {
  if (!isObject(value)) return null
  const asset = asUnsigned(value['asset'])
  const cloid = asCloid(value['cloid'])
  if (asset === null || cloid === null) return null
  return { asset, find: ({ account }) => account.byCloid.get(cloid) }
}

function cancelOne(context: ActionContext, wanted: Wanted): unknown {
  const { state, account } = context
  const order = wanted.find(context)
  const isThere = order !== undefined && order.instrument === state.listing.at(wanted.asset)?.id
  if (isThere && state.cancel(account, order)) return 'success'
  return { error: orderTexts.cancelMissing(wanted.asset) }
}

const cancelKind = (read: (value: Json) => Wanted | null): ActionKind => ({
  signing: l1,
  read(action: JsonObject) {
    if (!isArray(action['cancels'])) return null
    const wanted: Wanted[] = []
    for (const value of action['cancels']) {
      const one = read(value)
      if (one === null) return null
      wanted.push(one)
    }
    return {
      count: Math.max(1, wanted.length),
      run(context) {
        if (wanted.length === 0) return refused(requestTexts.emptyBatch)
        return accepted('cancel', { statuses: wanted.map((one) => cancelOne(context, one)) })
      },
    }
  },
})

/** cancel: `{type, cancels: [{a, o}]}`. */
export const cancelAction = cancelKind(readOne)

/** cancelByCloid: `{type, cancels: [{asset, cloid}]}`. */
export const cancelByCloidAction = cancelKind(readOneByCloid)
