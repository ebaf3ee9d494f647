import { asUnsigned, isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import type { OrderDraft } from '../state/order.ts'
import { profileOf } from '../state/profiles.ts'
import type { TriggerEntry } from '../state/triggers.ts'
import { asAddress } from '../wire/addresses.ts'
import { orderTexts, requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  accepted,
  l1,
  type ReadAction,
  refused,
} from './action.ts'
import { holdOrder, joinSiblings, reducesPosition } from './hold.ts'
import { assetOf, namedOf, type PlaceStatus, placeOrder } from './place.ts'
import { draftOrder, readWireOrder, type WireOrder } from './read-order.ts'

type Grouping = 'na' | 'normalTpsl' | 'positionTpsl'
type Builder = NonNullable<OrderDraft['builder']>

interface Batch {
  readonly orders: readonly WireOrder[]
  readonly grouping: Grouping
  readonly builder: Builder | null
}

function readBatch(action: JsonObject): Batch | null {
  const grouping = readGrouping(action['grouping'])
  const builder = action['builder'] == null ? null : readBuilder(action['builder'])
  if (grouping === null || builder === undefined || !isArray(action['orders'])) return null
  const orders: WireOrder[] = []
  for (const value of action['orders']) {
    const order = readWireOrder(value)
    if (order === null) return null
    orders.push(order)
  }
  return { orders, grouping, builder }
}

/** `{p: n}` buys priority for otherwise ungrouped orders; it has no effect here. */
function readGrouping(value: Json | undefined): Grouping | null {
  if (value === 'na' || value === 'normalTpsl' || value === 'positionTpsl') return value
  return isObject(value) && asUnsigned(value['p']) !== null ? 'na' : null
}

function readBuilder(value: Json): Builder | undefined {
  if (!isObject(value)) return undefined
  const address = asAddress(value['b'])
  const feeTenthsBp = asUnsigned(value['f'])
  return address === null || feeTenthsBp === null ? undefined : { address, feeTenthsBp }
}

/**
 * Places a batch. An order that cannot be read (price, size) fails the whole batch with one error,
 * before anything is placed; every other refusal concerns one order only.
 */
function placeBatch(context: ActionContext, batch: Batch): readonly PlaceStatus[] {
  const isPosition = batch.grouping === 'positionTpsl'
  const terms = { isPosition, builder: batch.builder }
  const drafts = batch.orders.map((order) => draftOrder(context.state.listing, order, terms))
  const unreadable = drafts.find((drafted) => !drafted.ok && drafted.scope === 'request')
  if (unreadable !== undefined && !unreadable.ok) return [{ error: unreadable.text }]
  if (batch.grouping === 'na') {
    return drafts.map((drafted) =>
      drafted.ok ? placeOrHold(context, drafted.draft) : { error: drafted.text },
    )
  }
  const failed = drafts.find((drafted) => !drafted.ok)
  if (failed !== undefined && !failed.ok) return drafts.map(() => ({ error: failed.text }))
  const list = drafts.flatMap((drafted) => (drafted.ok ? [drafted.draft] : []))
  return isPosition ? placeForPosition(context, list) : placeWithChildren(context, list)
}

/** An order by itself: a trigger order is answered as resting. */
export function placeOrHold(context: ActionContext, draft: OrderDraft): PlaceStatus {
  if (draft.trigger === undefined) return placeOrder(context, draft)
  const held = holdOrder(context, draft)
  if (!held.ok) return { error: held.text }
  return { resting: { oid: held.entry.order.oid, ...namedOf(held.entry.order) } }
}

/** positionTpsl: every order waits, concerns the position, and is the others' sibling. */
function placeForPosition(
  context: ActionContext,
  drafts: readonly OrderDraft[],
): readonly PlaceStatus[] {
  const { state, account } = context
  const entries: TriggerEntry[] = []
  const statuses = drafts.map((draft): PlaceStatus => {
    const asset = assetOf(state, draft.instrument)
    if (draft.trigger === undefined || !draft.reduceOnly) {
      return { error: orderTexts.groupedTrigger(asset) }
    }
    if (!reducesPosition(state, account.address, draft)) {
      state.refuse(account, draft, 'reduceOnlyRejected')
      return { error: orderTexts.reduceOnly(asset) }
    }
    const held = holdOrder(context, draft)
    if (!held.ok) return { error: held.text }
    entries.push(held.entry)
    return 'waitingForTrigger'
  })
  joinSiblings(entries)
  return statuses
}

/** normalTpsl: the first order is the parent, the others wait for its fill and then for a price. */
function placeWithChildren(
  context: ActionContext,
  [first, ...rest]: readonly OrderDraft[],
): readonly PlaceStatus[] {
  const { state, account } = context
  if (first === undefined) return []
  if (first.trigger !== undefined) {
    return [first, ...rest].map(() => ({ error: orderTexts.mainIsTrigger }))
  }
  const isChild = (draft: OrderDraft): boolean =>
    draft.trigger !== undefined && draft.reduceOnly && draft.side !== first.side
  const wrong = rest.find((draft) => !isChild(draft) || draft.instrument !== first.instrument)
  if (wrong !== undefined) {
    const error = orderTexts.groupedTrigger(assetOf(state, wrong.instrument))
    return [first, ...rest].map(() => ({ error }))
  }
  const status = placeOrder(context, first)
  if (typeof status === 'string' || 'error' in status) return [status, ...rest.map(() => status)]
  const oid = 'filled' in status ? status.filled.oid : status.resting.oid
  const isOpen = account.open.has(oid)
  const parent = isOpen ? { oid, price: first.price } : null
  const entries: TriggerEntry[] = []
  const statuses = rest.map((draft): PlaceStatus => {
    const held = holdOrder(context, draft, parent)
    if (!held.ok) return { error: held.text }
    entries.push(held.entry)
    return isOpen ? 'waitingForFill' : 'waitingForTrigger'
  })
  joinSiblings(entries)
  return [status, ...statuses]
}

/** order: `{type, orders, grouping, builder?}`. */
export const orderAction: ActionKind = {
  signing: l1,
  read(action): ReadAction | null {
    const batch = readBatch(action)
    if (batch === null) return null
    return {
      count: Math.max(1, batch.orders.length),
      run(context) {
        const { builder, orders } = batch
        if (orders.length === 0) return refused(requestTexts.emptyBatch)
        const { builders } = profileOf(context.state.desk.profiles, context.account.address)
        if (builder !== null && builder.feeTenthsBp > (builders.get(builder.address) ?? 0)) {
          return refused(requestTexts.builderNotApproved)
        }
        return accepted('order', { statuses: placeBatch(context, batch) })
      },
    }
  },
}
