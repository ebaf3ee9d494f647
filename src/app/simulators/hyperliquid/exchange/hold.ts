import { notional } from '../../../../core/mod.ts'
import type { OrderDraft, OrderStatus } from '../state/order.ts'
import type { TriggerEntry } from '../state/triggers.ts'
import { triggersAbove } from '../state/triggers.ts'
import type { VenueState } from '../state/venue-state.ts'
import { orderTexts } from '../wire/texts.ts'
import type { ActionContext } from './action.ts'
import { assetOf, isFull } from './place.ts'

/** What becomes of an order that is to wait for the mark price. */
export type Held =
  | { readonly ok: true; readonly entry: TriggerEntry }
  | { readonly ok: false; readonly text: string }

/**
 * Holds a trigger order back. `parent`: the venue order id whose fill it waits for first; its
 * trigger price is then measured against that order's limit price.
 */
export function holdOrder(
  context: ActionContext,
  draft: OrderDraft,
  parent: { readonly oid: number; readonly price: number } | null = null,
): Held {
  const { state, account } = context
  const refusal = findRefusal(context, draft, parent?.price ?? state.mark(draft.instrument.id))
  if (refusal === null) {
    return { ok: true, entry: state.desk.triggers.hold(account, draft, parent?.oid ?? null) }
  }
  if (refusal.status !== null) state.refuse(account, draft, refusal.status)
  return { ok: false, text: refusal.text }
}

interface Refusal {
  readonly text: string
  readonly status: OrderStatus | null
}

function findRefusal(
  { state, account, rules }: ActionContext,
  draft: OrderDraft,
  reference: number,
): Refusal | null {
  const { instrument, lots, price, reduceOnly } = draft
  const asset = assetOf(state, instrument)
  if (reference === 0) return { text: orderTexts.halted, status: null }
  const isBad = !isAhead(draft, reference) || (rules.triggerLimits && !hasRoom(draft))
  if (isBad) return { text: orderTexts.badTrigger(asset), status: 'badTriggerPxRejected' }
  if (!reduceOnly && notional(instrument, price, lots) < instrument.minimumNotional) {
    return { text: orderTexts.minimumNotional(asset), status: 'minTradeNtlRejected' }
  }
  if (isFull(state, account)) {
    return { text: orderTexts.tooManyOpen(asset), status: 'tooManyOpenOrdersRejected' }
  }
  return null
}

/** The price must still have to move for the trigger to fire. */
function isAhead({ side, trigger }: OrderDraft, reference: number): boolean {
  const { kind, price } = trigger!
  return triggersAbove(side, kind) ? price > reference : price < reference
}

/** A buy's limit may not lie below its trigger price, a sell's not above it. */
const hasRoom = ({ side, price, trigger }: OrderDraft): boolean =>
  side === 'buy' ? price >= trigger!.price : price <= trigger!.price

/** Makes orders each other's siblings: when one has filled, the others are canceled. */
export function joinSiblings(entries: readonly TriggerEntry[]): void {
  for (const { siblings, order } of entries) {
    siblings.push(...entries.map((other) => other.order.oid).filter((oid) => oid !== order.oid))
  }
}

/** True when the account has a position that an order of this draft's side would reduce. */
export const reducesPosition = (state: VenueState, user: string, draft: OrderDraft): boolean => {
  const lots = state.accounts.get(user)?.positions.get(draft.instrument.id)?.lots ?? 0
  return draft.side === 'sell' ? lots > 0 : lots < 0
}
