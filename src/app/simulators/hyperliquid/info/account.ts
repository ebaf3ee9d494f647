import {
  divideHalfEven,
  type Instrument,
  MONEY_DECIMALS,
  type Money,
  notional,
  type Price,
  type Quantity,
} from '../../../../core/mod.ts'
import { asText } from '../../json.ts'
import { type Account, createAccount } from '../state/account.ts'
import { REQUESTS_FREE, requestsAllowed } from '../state/limits.ts'
import {
  type AccountValue,
  isIsolated,
  leverageOf,
  liquidationPrice,
  type MarginSummary,
  type PositionValue,
} from '../state/margin.ts'
import { tokenAt } from '../state/tokens.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress } from '../wire/addresses.ts'
import { wireDecimal, wireFloat, wireMoney, wirePrice, wireQuantity } from '../wire/numbers.ts'
import { dexOf, failure, type InfoHandler, json, wrongShape } from './handler.ts'
import { inTimeRange, readTimeRange } from './time-range.ts'

const FUNDINGS_PER_REPLY = 500
const LEDGER_PER_REPLY = 500

/** A margin summary in the venue's words. */
export const wireSummary = (value: MarginSummary): object => ({
  accountValue: wireMoney(value.accountValue),
  totalNtlPos: wireMoney(value.totalNotional),
  totalRawUsd: wireMoney(value.rawUsd),
  totalMarginUsed: wireMoney(value.initialMargin),
})

/** The clearinghouseState reply of one dex; all zeros for users without an account. */
export function wireClearinghouse(state: VenueState, user: string, nowMs: number, dex = 0): object {
  const account = state.accounts.get(user) ?? createAccount(user, -1)
  const value = state.valueOf(account, dex)
  return {
    marginSummary: wireSummary(value),
    crossMarginSummary: wireSummary(value.cross),
    crossMaintenanceMarginUsed: wireMoney(value.maintenanceMargin),
    withdrawable: wireMoney(value.withdrawable),
    assetPositions: value.positions.map((position) => ({
      type: 'oneWay',
      position: wirePosition(position, value, account),
    })),
    time: nowMs,
  }
}

/** How a coin is margined in the venue's words. */
const wireLeverage = (leverage: number, isolatedRawUsd: Money | null): object =>
  isolatedRawUsd === null
    ? { type: 'cross', value: leverage }
    : { type: 'isolated', value: leverage, rawUsd: wireMoney(isolatedRawUsd) }

/** One position in the venue's words. */
export function wirePosition(valued: PositionValue, value: AccountValue, account: Account): object {
  const { instrument, position, isolatedRawUsd } = valued
  const liquidation = liquidationPrice(valued, value)
  const allTime = account.fundingPaid.get(instrument.id) ?? 0n
  const returned = Number(valued.unrealisedPnl) / Number(valued.initialMargin)
  return {
    coin: instrument.symbol,
    szi: wireQuantity(instrument, position.lots),
    leverage: wireLeverage(valued.leverage, isolatedRawUsd),
    entryPx: wireDecimal(entryQuanta(valued), instrument.priceDecimals),
    positionValue: wireMoney(valued.value),
    unrealizedPnl: wireMoney(valued.unrealisedPnl),
    returnOnEquity: wireFloat(Number.isFinite(returned) ? returned : 0, 8),
    liquidationPx: liquidation === null ? null : wireFloat(liquidation, 8),
    marginUsed: wireMoney(valued.initialMargin),
    maxLeverage: instrument.maximumLeverage,
    cumFunding: {
      allTime: wireMoney(allTime),
      sinceOpen: wireMoney(position.fundingSinceOpen),
      sinceChange: wireMoney(position.fundingSinceChange),
    },
  }
}

/** Average entry price rounded to the price quantum. */
const entryQuanta = ({ instrument, position }: PositionValue): bigint =>
  divideHalfEven(position.entryNotional, notional(instrument, 1, Math.abs(position.lots)))

const withUser =
  (answer: (state: VenueState, user: string, nowMs: number, dex: number) => unknown): InfoHandler =>
  (request, { state, nowMs }) => {
    const user = asAddress(request['user'])
    const dex = dexOf(state, request)
    if (user === null) return wrongShape
    return dex === null ? failure : json(answer(state, user, nowMs, dex.index))
  }

const userFunding: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const range = readTimeRange(request, true)
  if (user === null || range === null) return wrongShape
  const fundings = state.accounts.get(user)?.fundings ?? []
  return json(
    inTimeRange(fundings, range, FUNDINGS_PER_REPLY).map(({ time, hash, ...delta }) => ({
      time,
      hash,
      delta: { type: 'funding', ...delta },
    })),
  )
}

const userNonFundingLedgerUpdates: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const range = readTimeRange(request, true)
  if (user === null || range === null) return wrongShape
  return json(inTimeRange(state.accounts.get(user)?.ledger ?? [], range, LEDGER_PER_REPLY))
}

function wireRateLimit(state: VenueState, user: string): object {
  const account = state.accounts.get(user)
  return {
    cumVlm: wireDecimal(account?.volume ?? 0n, 8),
    nRequestsUsed: account?.requestsUsed ?? 0,
    nRequestsCap:
      account === undefined ? REQUESTS_FREE : requestsAllowed(account, state.desk.limits),
    nRequestsSurplus: state.desk.limits.get(user)?.reserved ?? 0,
  }
}

/** A user's balances outside the perpetual dexs: the spotClearinghouseState reply. */
export const wireSpotState = (state: VenueState, user: string): object => ({
  balances: [...(state.accounts.get(user)?.spot ?? [])]
    .filter(([, amount]) => amount !== 0n)
    .map(([index, amount]) => ({
      coin: tokenAt(index).name,
      token: index,
      total: wireDecimal(amount, MONEY_DECIMALS),
      hold: '0.0',
      entryNtl: '0.0',
    })),
})

/** activeAssetData: what a user could trade of a coin at most, buying and selling. */
export function wireActiveAsset(state: VenueState, user: string, instrument: Instrument): object {
  const account = state.accounts.get(user) ?? createAccount(user, -1)
  const perp = state.listing.perps[instrument.id]!
  const value = state.valueOf(account, perp.dex)
  const own = value.positions.find((each) => each.instrument.id === instrument.id)
  const leverage = leverageOf(account, instrument)
  const mark = state.mark(instrument.id)
  const lot = mark > 0 ? notional(instrument, mark as Price, 1 as Quantity) : 0n
  // What is held comes back twice when the position is turned round.
  const held = own?.initialMargin ?? 0n
  const side = (isLong: boolean): Money =>
    value.withdrawable + ((own?.position.lots ?? 0) > 0 === isLong ? 0n : 2n * held)
  const available = [side(true), side(false)]
  const isApart = isIsolated(account, perp)
  return {
    user,
    coin: instrument.symbol,
    leverage: wireLeverage(leverage, isApart ? (own?.isolatedRawUsd ?? 0n) : null),
    maxTradeSzs: available.map((amount) =>
      wireQuantity(instrument, lot > 0n ? Number((amount * BigInt(leverage)) / lot) : 0),
    ),
    availableToTrade: available.map(wireMoney),
    markPx: wirePrice(instrument, mark),
  }
}

const activeAssetData: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const coin = asText(request['coin'])
  if (user === null || coin === null) return wrongShape
  const instrument = state.listing.find(coin)
  return instrument === null ? failure : json(wireActiveAsset(state, user, instrument))
}

/** clearinghouseState, spotClearinghouseState, userFunding, userRateLimit, activeAssetData. */
export const accountHandlers: Readonly<Record<string, InfoHandler>> = {
  clearinghouseState: withUser(wireClearinghouse),
  spotClearinghouseState: withUser(wireSpotState),
  userFunding,
  userNonFundingLedgerUpdates,
  userRateLimit: withUser(wireRateLimit),
  activeAssetData,
}
