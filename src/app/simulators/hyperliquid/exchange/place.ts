import type { Instrument } from '../../../../core/mod.ts'
import type { Account } from '../state/account.ts'
import { findRefusal, openOrders, openOrdersAllowed, type Refusal } from '../state/admission.ts'
import type { OrderDraft, OrderRecord, OrderStatus } from '../state/order.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireDecimal, wireQuantity } from '../wire/numbers.ts'
import { orderTexts, textPrice } from '../wire/texts.ts'
import type { ActionContext } from './action.ts'

/** What one order of a batch is answered with. */
export type PlaceStatus =
  | { readonly resting: { readonly oid: number; readonly cloid?: string } }
  | {
      readonly filled: {
        readonly totalSz: string
        readonly avgPx: string
        readonly oid: number
        readonly cloid?: string
      }
    }
  | { readonly error: string }
  /** A trigger order of a group. */
  | 'waitingForFill'
  | 'waitingForTrigger'

/** The number of a coin in actions and error texts. */
export const assetOf = (state: VenueState, instrument: Instrument): number =>
  state.listing.perps[instrument.id]!.asset

/** The client order id as replies carry it. */
export const namedOf = (order: OrderRecord): { readonly cloid?: string } =>
  order.cloid === null ? {} : { cloid: order.cloid }

/** Places one order by the venue's rules and says what became of it. */
export function placeOrder(context: ActionContext, draft: OrderDraft): PlaceStatus {
  const { state, account } = context
  const refusal = findRefusal(state, account, draft)
  if (refusal !== null) {
    if (refusal !== 'halted') state.refuse(account, draft, refusal)
    return { error: admissionText(refusal, assetOf(state, draft.instrument)) }
  }
  const best = state.depth(draft.instrument.id)
  const order = state.place(account, draft)
  return describe(context, draft, order, {
    bid: best.bids[0]?.price ?? 0,
    ask: best.asks[0]?.price ?? 0,
  })
}

/** The venue's words for an order that was not admitted. */
function admissionText(refusal: Refusal, asset: number): string {
  switch (refusal) {
    case 'halted':
      return orderTexts.halted
    case 'oracleRejected':
      return orderTexts.band
    case 'minTradeNtlRejected':
      return orderTexts.minimumNotional(asset)
    case 'reduceOnlyRejected':
      return orderTexts.reduceOnly(asset)
    case 'tooManyOpenOrdersRejected':
      return orderTexts.tooManyOpen(asset)
    case 'perpMarginRejected':
      return orderTexts.margin(asset)
    case 'perpMaxPositionRejected':
      return orderTexts.marginTier
    case 'tooAggressiveAtOpenInterestCapRejected':
      return orderTexts.aggressiveAtCap
    default:
      return orderTexts.openInterestCap
  }
}

/** True when the account may have no further open order, waiting ones included. */
export const isFull = (state: VenueState, account: Account): boolean =>
  openOrders(state, account) >= openOrdersAllowed(account.volume)

function describe(
  { state, rules }: ActionContext,
  draft: OrderDraft,
  order: OrderRecord,
  best: { readonly bid: number; readonly ask: number },
): PlaceStatus {
  const { instrument } = draft
  const named = namedOf(order)
  const isOpen = order.status === 'open'
  if (order.filledLots > 0 && !(isOpen && rules.partialFillReply === 'resting')) {
    return {
      filled: {
        totalSz: wireQuantity(instrument, order.filledLots),
        avgPx: averagePrice(instrument, order),
        oid: order.oid,
        ...named,
      },
    }
  }
  if (isOpen) return { resting: { oid: order.oid, ...named } }
  return { error: refusalText(state, instrument, { status: order.status, best }) }
}

/** Average price of an order's fills with up to eight decimals. */
function averagePrice(instrument: Instrument, order: OrderRecord): string {
  const scaled = order.filledNotional * 10n ** BigInt(instrument.quantityDecimals)
  return wireDecimal(scaled / BigInt(order.filledLots), 8)
}

function refusalText(
  state: VenueState,
  instrument: Instrument,
  {
    status,
    best,
  }: {
    readonly status: OrderStatus
    readonly best: { readonly bid: number; readonly ask: number }
  },
): string {
  const asset = assetOf(state, instrument)
  switch (status) {
    case 'badAloPxRejected':
      return orderTexts.postOnly(
        asset,
        textPrice(instrument, best.bid),
        textPrice(instrument, best.ask),
      )
    case 'reduceOnlyRejected':
    case 'reduceOnlyCanceled':
      return orderTexts.reduceOnly(asset)
    case 'perpMarginRejected':
    case 'marginCanceled':
      return orderTexts.margin(asset)
    case 'perpMaxPositionRejected':
      return orderTexts.marginTier
    case 'minTradeNtlRejected':
      return orderTexts.minimumNotional(asset)
    case 'tickRejected':
      return orderTexts.tick(asset)
    case 'marketOrderNoLiquidityRejected':
      return orderTexts.noLiquidity(asset)
    default:
      return orderTexts.immediateOrCancel(asset)
  }
}

/** True when an order would trade at once with the book as it stands. */
export function wouldCross(state: VenueState, draft: OrderDraft): boolean {
  const { bids, asks } = state.depth(draft.instrument.id)
  const best = draft.side === 'buy' ? asks[0]?.price : bids[0]?.price
  if (best === undefined) return false
  return draft.side === 'buy' ? draft.price >= best : draft.price <= best
}

/** The post-only refusal with the best prices of now. */
export function postOnlyText(state: VenueState, instrument: Instrument): string {
  const { bids, asks } = state.depth(instrument.id)
  const best = { bid: bids[0]?.price ?? 0, ask: asks[0]?.price ?? 0 }
  return refusalText(state, instrument, { status: 'badAloPxRejected', best })
}
