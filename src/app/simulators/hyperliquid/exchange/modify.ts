import { asUnsigned, isArray, isObject, type Json } from '../../json.ts'
import { findOrder } from '../info/orders.ts'
import { asCloid } from '../wire/addresses.ts'
import { requestTexts } from '../wire/texts.ts'
import { type ActionContext, type ActionKind, accepted, done, l1, refused } from './action.ts'
import { placeOrHold } from './order.ts'
import { type PlaceStatus, postOnlyText, wouldCross } from './place.ts'
import { draftOrder, readWireOrder, type WireOrder } from './read-order.ts'

interface Modification {
  readonly id: number | string
  readonly order: WireOrder
}

function readModification(value: Json | undefined): Modification | null {
  if (!isObject(value)) return null
  const id = asUnsigned(value['oid']) ?? asCloid(value['oid'])
  const order = readWireOrder(value['order'])
  return id === null || order === null ? null : { id, order }
}

/**
 * Cancel and replace under a new venue order id; the client order id is inherited. The result must
 * rest, unless `a: true` allows it to cross. Not atomic, as at the venue: a replacement that would
 * cross has lost the original.
 */
function modifyOne(
  context: ActionContext,
  { id, order }: Modification,
  mayCross: boolean,
): PlaceStatus {
  const { state, account } = context
  const original = findOrder(state, account, id)
  if (original === undefined || !state.desk.triggers.isOpen(account, original)) {
    return { error: requestTexts.modifyMissing }
  }
  const drafted = draftOrder(state.listing, order)
  if (!drafted.ok) return { error: drafted.text }
  const draft = { ...drafted.draft, cloid: drafted.draft.cloid ?? original.cloid }
  const isSame = draft.side === original.side && draft.instrument.id === original.instrument
  if (!isSame || (!mayCross && draft.tif !== 'Gtc' && draft.tif !== 'Alo')) {
    return { error: requestTexts.modifyInvalid }
  }
  state.cancel(account, original)
  if (!mayCross && draft.trigger === undefined && wouldCross(state, draft)) {
    state.refuse(account, draft, 'badAloPxRejected')
    return { error: postOnlyText(state, draft.instrument) }
  }
  return placeOrHold(context, draft)
}

/** modify: `{type, oid, order, a?}`; the reply only confirms. */
export const modifyAction: ActionKind = {
  signing: l1,
  read(action) {
    const modification = readModification(action)
    if (modification === null) return null
    return {
      count: 1,
      run(context) {
        const status = modifyOne(context, modification, action['a'] === true)
        const isError = typeof status !== 'string' && 'error' in status
        return isError ? refused(status.error) : done
      },
    }
  },
}

/** batchModify: `{type, modifies: [{oid, order}], a?}`; answered like an order. */
export const batchModifyAction: ActionKind = {
  signing: l1,
  read(action) {
    if (!isArray(action['modifies'])) return null
    const modifications: Modification[] = []
    for (const value of action['modifies']) {
      const modification = readModification(value)
      if (modification === null) return null
      modifications.push(modification)
    }
    return {
      count: Math.max(1, modifications.length),
      run(context) {
        if (modifications.length === 0) return refused(requestTexts.emptyBatch)
        const mayCross = action['a'] === true
        const statuses = modifications.map((one) => modifyOne(context, one, mayCross))
        return accepted('order', { statuses })
      },
    }
  },
}
