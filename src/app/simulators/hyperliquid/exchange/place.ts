import { type Instrument, notional } from '../../../../core/mod.ts'
import type { Account } from '../state/account.ts'
import { canPlace, reducibleLots } from '../state/margin.ts'
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

const OPEN_ORDERS_FREE = 1_000
const OPEN_ORDERS_MAX = 5_000
const VOLUME_PER_OPEN_ORDER = 5_000_000n * 10n ** 8n
/** Largest distance of a limit price from the mark, as a fraction. */
const BAND = 0.8

/** The number of a coin in actions and error texts. */
export const assetOf = (state: VenueState, instrument: Instrument): number =>
  state.listing.perps[instrument.id]!.asset

/** The client order id as replies carry it. */
export const namedOf = (order: OrderRecord): { readonly cloid?: string } =>
  order.cloid === null ? {} : { cloid: order.cloid }

/** Places one order by the venue's rules and says what became of it. */
export function placeOrder(context: ActionContext, draft: OrderDraft): PlaceStatus {
  const { state, account } = context
  const refusal = findRefusal(context, draft)
  if (refusal !== null) {
    if (refusal.status !== null) state.refuse(account, draft, refusal.status)
    return { error: refusal.text }
  }
  const best = state.depth(draft.instrument.id)
  const order = state.place(account, draft)
  return describe(context, draft, order, {
    bid: best.bids[0]?.price ?? 0,
    ask: best.asks[0]?.price ?? 0,
  })
}

interface Refusal {
  readonly text: string
  /** How the order is remembered; null when it is not. */
  readonly status: OrderStatus | null
}

function findRefusal({ state, account }: ActionContext, draft: OrderDraft): Refusal | null {
  const { instrument, side, price, lots, reduceOnly } = draft
  const { id } = instrument
  const asset = assetOf(state, instrument)
  const mark = state.mark(id)
  if (mark === 0) return { text: orderTexts.halted, status: null }
  if (Math.abs(price - mark) > BAND * mark) {
    return { text: orderTexts.band, status: 'oracleRejected' }
  }
  if (!reduceOnly && notional(instrument, price, lots) < instrument.minimumNotional) {
    return { text: orderTexts.minimumNotional(asset), status: 'minTradeNtlRejected' }
  }
  if (reduceOnly && reducibleLots(account, id, side) === 0) {
    return { text: orderTexts.reduceOnly(asset), status: 'reduceOnlyRejected' }
  }
  if (isFull(state, account) || (reduceOnly && account.open.size >= OPEN_ORDERS_FREE)) {
    return { text: orderTexts.tooManyOpen(asset), status: 'tooManyOpenOrdersRejected' }
  }
  if (!reduceOnly && !canPlace(account, state.marginView(account), { instrument, side, lots })) {
    return { text: orderTexts.margin(asset), status: 'perpMarginRejected' }
  }
  return null
}

/** True when the account may have no further open order, waiting ones included. */
export function isFull(state: VenueState, account: Account): boolean {
  const waiting = state.desk.triggers.book.waiting.get(account.address)?.size ?? 0
  return account.open.size + waiting >= openOrdersAllowed(account.volume)
}

const openOrdersAllowed = (volume: bigint): number =>
  Math.min(OPEN_ORDERS_MAX, OPEN_ORDERS_FREE + Number(volume / VOLUME_PER_OPEN_ORDER))

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
