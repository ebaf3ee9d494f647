import {
  divideHalfEven,
  type Instrument,
  notional,
  type Price,
  type Quantity,
} from '../../../../core/mod.ts'
import { type Account, createAccount } from '../state/account.ts'
import { REQUESTS_FREE, requestsAllowed } from '../state/limits.ts'
import {
  type AccountValue,
  leverageOf,
  liquidationPrice,
  type PositionValue,
  valueAccount,
} from '../state/margin.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress, asText } from '../wire/json.ts'
import { wireDecimal, wireFloat, wireMoney, wirePrice, wireQuantity } from '../wire/numbers.ts'
import { dexOf, failure, type InfoHandler, json, wrongShape } from './handler.ts'
import { inTimeRange, readTimeRange } from './time-range.ts'

const FUNDINGS_PER_REPLY = 500

/** A margin summary in the venue's words. */
export const wireSummary = (value: AccountValue): object => ({
  accountValue: wireMoney(value.accountValue),
  totalNtlPos: wireMoney(value.totalNotional),
  totalRawUsd: wireMoney(value.rawUsd),
  totalMarginUsed: wireMoney(value.initialMargin),
})

/** The clearinghouseState reply; all zeros for users without an account. */
export function wireClearinghouse(state: VenueState, user: string, nowMs: number): object {
  const account = state.accounts.get(user)
  const value =
    account === undefined
      ? valueAccount(createAccount(user, -1), {
          listing: state.listing,
          balance: 0n,
          mark: () => 0,
        })
      : valueAccount(account, state.marginView(account))
  return {
    marginSummary: wireSummary(value),
    crossMarginSummary: wireSummary(value),
    crossMaintenanceMarginUsed: wireMoney(value.maintenanceMargin),
    withdrawable: wireMoney(value.withdrawable),
    assetPositions: value.positions.map((position) => ({
      type: 'oneWay',
      position: wirePosition(position, value, account!),
    })),
    time: nowMs,
  }
}

/** One position in the venue's words. */
export function wirePosition(valued: PositionValue, value: AccountValue, account: Account): object {
  const { instrument, position } = valued
  const liquidation = liquidationPrice(valued, value)
  const allTime = account.fundingPaid.get(instrument.id) ?? 0n
  const returned = Number(valued.unrealisedPnl) / Number(valued.initialMargin)
  return {
    coin: instrument.symbol,
    szi: wireQuantity(instrument, position.lots),
    leverage: { type: 'cross', value: valued.leverage },
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
  (answer: (state: VenueState, user: string, nowMs: number) => unknown): InfoHandler =>
  (request, { state, nowMs }) => {
    const user = asAddress(request['user'])
    if (user === null) return wrongShape
    return dexOf(state, request) === null ? failure : json(answer(state, user, nowMs))
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
export const wireSpotState = (_state: VenueState, _user: string): object => ({ balances: [] })

/** activeAssetData: what a user could trade of a coin at most. */
export function wireActiveAsset(state: VenueState, user: string, instrument: Instrument): object {
  const account = state.accounts.get(user) ?? createAccount(user, -1)
  const isKnown = state.accounts.has(user)
  const free = isKnown ? valueAccount(account, state.marginView(account)).withdrawable : 0n
  const leverage = leverageOf(account, instrument)
  const mark = state.mark(instrument.id)
  const available = free > 0n ? free : 0n
  const lot = mark > 0 ? notional(instrument, mark as Price, 1 as Quantity) : 0n
  const lots = lot > 0n ? Number((available * BigInt(leverage)) / lot) : 0
  const most = wireQuantity(instrument, lots)
  return {
    user,
    coin: instrument.symbol,
    leverage: { type: 'cross', value: leverage },
    maxTradeSzs: [most, most],
    availableToTrade: [wireMoney(available), wireMoney(available)],
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
  userRateLimit: withUser(wireRateLimit),
  activeAssetData,
}
