import type { Approved } from '../domain/approved.ts'
import type { Denial, DenialCode } from '../domain/effect.ts'
import { type Instrument, isValidPrice } from '../domain/instrument.ts'
import { moneyToNumber, notional, notionalFloat } from '../domain/money.ts'
import type { CancelOrder, NewOrder, ReplacedOrder } from '../domain/order.ts'
import { sign, type TimeUs } from '../domain/units.ts'
import { haltAt } from './halts.ts'
import type { RiskLimits, RiskState } from './limits.ts'
import type { Breaker } from './policy.ts'

/** What the gate must know about the world to judge an order. Read-only. */
export interface RiskContext {
  readonly now: TimeUs
  readonly instruments: readonly Instrument[]
  readonly reconciled: boolean
  readonly behindUs: number
  /** Signed lots held; of an instrument in shadow, those it would hold. */
  positionLots(instrument: number): number
  /** Signed lots that the account holds. */
  accountLots(instrument: number): number
  /** True when what is held is nothing, or too little to be traded. */
  isDust(instrument: number): boolean
  /** True for an instrument whose orders are not sent. */
  isShadow(instrument: number): boolean
  /** Signed lots that open orders of a side could still add. */
  worstCaseLots(instrument: number, side: 'buy' | 'sell'): number
  /** Mid in half quanta, -1 when unknown. */
  halfMid(instrument: number): number
  bookAge(instrument: number): number
  isBookKnown(instrument: number): boolean
  isConnected(instrument: number): boolean
  /** Age of the last account report, us; 0 where the venue needs none. */
  readonly accountAge: number
  /** Why the rules of shares deny an order that adds risk, or null; absent where none hold. */
  readonly shareDenial?: ((order: NewOrder) => Denial | null) | null
  /** Why trading in the instrument is stopped, or null. */
  stopReason(instrument: number): string | null
  /** Equity in quote units. */
  readonly equity: number
}

/** The verdict: an approved order, or why not. */
export type Verdict =
  | { readonly approved: Approved<NewOrder>; readonly denial: null }
  | { readonly approved: null; readonly denial: Denial }

/** How a tripped breaker denies. */
const denialOf: Readonly<Record<Breaker, DenialCode>> = {
  dailyLoss: 'DAILY_LOSS',
  dailyDrawdown: 'DAILY_DRAWDOWN',
  sessionLoss: 'SESSION_LOSS',
  drawdown: 'DRAWDOWN',
  regime: 'REGIME',
  macro: 'MACRO_HALT',
  grossCap: 'GROSS_REDUCE_ONLY',
  netCap: 'NET_REDUCE_ONLY',
}

const deny = (code: DenialCode, value: number, limit: number): Verdict => ({
  approved: null,
  denial: { code, value, limit },
})

/**
 * Judges an order. Risk-reducing orders (reduce-only, not larger than the position) pass whatever
 * the throttles, halts and ages say; only their form is checked. Takes a token from the bucket when
 * an order that adds risk is approved. Of an order that takes the place of another, `replacedLots`
 * are those the other one leaves: never both fill. The only place where `Approved` is made.
 */
export function approveOrder(
  order: NewOrder,
  context: RiskContext,
  limits: RiskLimits,
  state: RiskState,
  replacedLots = 0,
): Verdict {
  const instrument = context.instruments[order.instrument]!
  const form = checkForm(order, instrument, context)
  if (form !== null) return form
  if (!order.reduceOnly) {
    const refusal =
      checkSession(order, context, limits, state) ??
      checkShares(order, context) ??
      checkExposure(order, instrument, context, { limits, state, replacedLots }) ??
      takeToken(order, context, { limits, state })
    if (refusal !== null) return refusal
  }
  return { approved: order as Approved<NewOrder>, denial: null }
}

/** Cancels always pass. */
export const approveCancel = (cancel: CancelOrder): Approved<CancelOrder> =>
  cancel as Approved<CancelOrder>

/** The end of an order that is replaced passes as a cancel does. */
export const approveReplaced = (replaced: ReplacedOrder): Approved<ReplacedOrder> =>
  replaced as Approved<ReplacedOrder>

function checkForm(order: NewOrder, instrument: Instrument, context: RiskContext): Verdict | null {
  if (!Number.isSafeInteger(order.price) || !isValidPrice(instrument, order.price)) {
    return deny('INVALID_PRICE', order.price, 0)
  }
  if (!Number.isSafeInteger(order.quantity) || order.quantity < instrument.minimumQuantity) {
    return deny('INVALID_QUANTITY', order.quantity, instrument.minimumQuantity)
  }
  const held = context.positionLots(order.instrument)
  if (order.reduceOnly) {
    const reducible = Math.sign(held) === -sign(order.side) ? Math.abs(held) : 0
    if (order.quantity > reducible) {
      return deny('REDUCE_ONLY_EXCEEDS_POSITION', order.quantity, reducible)
    }
    if (instrument.hasDust !== true) return null
  }
  const value = notional(instrument, order.price, order.quantity)
  if (value < instrument.minimumNotional) {
    const limit = moneyToNumber(instrument.minimumNotional)
    return deny('MINIMUM_NOTIONAL', moneyToNumber(value), limit)
  }
  if (!order.reduceOnly && instrument.longOnly && order.side === 'sell')
    return deny('SHORT_NOT_ALLOWED', held, 0)
  return null
}

function checkSession(
  order: NewOrder,
  context: RiskContext,
  limits: RiskLimits,
  state: RiskState,
): Verdict | null {
  if (!context.reconciled) return deny('NOT_RECONCILED', 0, 1)
  if (state.paused) return deny('PAUSED', 1, 0)
  // What the net cap denies depends on the order: see below.
  const trip = state.trips.find(({ breaker }) => breaker !== 'netCap')
  if (trip !== undefined && trip.breaker !== 'macro') {
    return deny(denialOf[trip.breaker], trip.value, trip.limit)
  }
  const halted = checkHalt(context.now, limits, state)
  if (halted !== null) return halted
  if (context.stopReason(order.instrument) !== null) return deny('INSTRUMENT_STOPPED', 1, 0)
  if (context.behindUs > 0) return deny('FELL_BEHIND', context.behindUs, 0)
  if (!context.isConnected(order.instrument)) return deny('STREAM_DOWN', 0, 1)
  if (!context.isBookKnown(order.instrument)) return deny('BOOK_UNKNOWN', 0, 1)
  const age = context.bookAge(order.instrument)
  if (age > limits.bookAgeMaxUs) return deny('BOOK_STALE', age, limits.bookAgeMaxUs)
  if (limits.accountAgeMaxUs !== null && context.accountAge > limits.accountAgeMaxUs) {
    return deny('ACCOUNT_STALE', context.accountAge, limits.accountAgeMaxUs)
  }
  return null
}

function checkShares(order: NewOrder, context: RiskContext): Verdict | null {
  const denial = context.shareDenial?.(order) ?? null
  return denial === null ? null : { approved: null, denial }
}

/** A halt holds to the instant; its breaker is only looked at with every heartbeat. */
function checkHalt(now: TimeUs, limits: RiskLimits, state: RiskState): Verdict | null {
  const trip = state.trips.find(({ breaker }) => breaker === 'macro')
  const halt = haltAt(state, limits, now)
  if (halt === null) return trip === undefined ? null : deny('MACRO_HALT', trip.value, trip.limit)
  const value = trip?.value ?? (halt.untilTime - now) / 1e6
  const { name, untilTime } = halt
  const denial: Denial = { code: 'MACRO_HALT', value, limit: 0, halt: { name, untilTime } }
  return { approved: null, denial }
}

function checkExposure(
  order: NewOrder,
  instrument: Instrument,
  context: RiskContext,
  {
    limits,
    state,
    replacedLots,
  }: {
    readonly limits: RiskLimits
    readonly state: RiskState
    readonly replacedLots: number
  },
): Verdict | null {
  const halfMid = context.halfMid(order.instrument)
  if (halfMid > 0 && limits.priceBandMax !== null) {
    const distance = Math.abs((2 * order.price) / halfMid - 1)
    if (distance > limits.priceBandMax) return deny('PRICE_BAND', distance, limits.priceBandMax)
  }
  const value = notionalFloat(instrument, order.price, order.quantity)
  if (limits.orderNotionalMax !== null && value > limits.orderNotionalMax) {
    return deny('ORDER_NOTIONAL', value, limits.orderNotionalMax)
  }
  const exposure = sumExposure(order, context, replacedLots)
  const own = exposure.own
  if (limits.positionNotionalMax !== null && own > limits.positionNotionalMax) {
    return deny('POSITION_NOTIONAL', own, limits.positionNotionalMax)
  }
  const ownMax = limits.positionNotionalMaxes?.[order.instrument] ?? null
  if (ownMax !== null && own > ownMax) return deny('SYMBOL_NOTIONAL', own, ownMax)
  return checkSums(exposure, context, { limits, state })
}

function checkSums(
  exposure: ReturnType<typeof sumExposure>,
  context: RiskContext,
  { limits, state }: { readonly limits: RiskLimits; readonly state: RiskState },
): Verdict | null {
  if (limits.grossNotionalMax !== null && exposure.gross > limits.grossNotionalMax) {
    return deny('GROSS_NOTIONAL', exposure.gross, limits.grossNotionalMax)
  }
  const net = Math.abs(exposure.net)
  const netCap = state.trips.find(({ breaker }) => breaker === 'netCap')
  if (netCap !== undefined && net >= exposure.netBefore) {
    return deny('NET_REDUCE_ONLY', net, netCap.limit)
  }
  if (limits.netNotionalMax !== null && net > limits.netNotionalMax && net > exposure.netBefore) {
    return deny('NET_NOTIONAL', net, limits.netNotionalMax)
  }
  if (limits.positionsMax !== null && exposure.positions > limits.positionsMax) {
    return deny('MAXIMUM_POSITIONS', exposure.positions, limits.positionsMax)
  }
  if (limits.leverageMax !== null) {
    const leverage = context.equity > 0 ? exposure.gross / context.equity : Number.MAX_VALUE
    if (leverage > limits.leverageMax) return deny('LEVERAGE', leverage, limits.leverageMax)
  }
  return null
}

/** Worst case of every instrument (everything open on one side fills), with the order included. */
function sumExposure(order: NewOrder, context: RiskContext, replacedLots: number) {
  let gross = 0
  let net = 0
  let netBefore = 0
  let own = 0
  let positions = 0
  for (const instrument of context.instruments) {
    const { id } = instrument
    const isOwn = id === order.instrument
    // What would be held counts for the orders of its own instrument and for no other's.
    const isElse = !isOwn && context.isShadow(id)
    const held = isElse ? context.accountLots(id) : context.positionLots(id)
    // What the replaced order leaves is counted already.
    const added = isOwn ? sign(order.side) * Math.max(0, order.quantity - replacedLots) : 0
    const long = held + (isElse ? 0 : context.worstCaseLots(id, 'buy'))
    const short = held + (isElse ? 0 : context.worstCaseLots(id, 'sell'))
    const before = Math.abs(long) >= Math.abs(short) ? long : short
    const withLong = long + Math.max(0, added)
    const withShort = short + Math.min(0, added)
    const worst = Math.abs(withLong) >= Math.abs(withShort) ? withLong : withShort
    if (worst === 0 && before === 0) continue
    const halfMid = context.halfMid(id)
    const mark = halfMid > 0 ? halfMid / 2 : isOwn ? order.price : 0
    const value = notionalFloat(instrument, mark, worst)
    gross += Math.abs(value)
    net += value
    netBefore += notionalFloat(instrument, mark, before)
    if (worst !== 0 && !(worst === held && context.isDust(id))) positions++
    if (isOwn) own = Math.abs(notionalFloat(instrument, Math.max(mark, order.price), worst))
  }
  return { gross, net, netBefore: Math.abs(netBefore), own, positions }
}

/** Orders that are not sent take none. */
function takeToken(
  order: NewOrder,
  { now, isShadow }: RiskContext,
  { limits, state }: { readonly limits: RiskLimits; readonly state: RiskState },
): Verdict | null {
  const perMinute = limits.ordersPerMinuteMax
  if (perMinute === null || isShadow(order.instrument)) return null
  const refill = ((now - state.tokensTime) / 60_000_000) * perMinute
  state.tokens = Math.min(perMinute, state.tokens + Math.max(0, refill))
  state.tokensTime = now
  if (state.tokens < 1) return deny('ORDER_RATE', perMinute - state.tokens, perMinute)
  state.tokens -= 1
  return null
}
