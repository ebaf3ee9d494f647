import { divideHalfEven, type Money, notional } from '../../../../core/mod.ts'
import { type Account, createAccount } from '../state/account.ts'
import {
  type AccountValue,
  liquidationPrice,
  type PositionValue,
  valueAccount,
} from '../state/margin.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress } from '../wire/json.ts'
import { wireDecimal, wireFloat, wireMoney, wireQuantity } from '../wire/numbers.ts'
import { failure, type InfoHandler, isNativeDex, json, wrongShape } from './handler.ts'
import { inTimeRange, readTimeRange } from './time-range.ts'

const FUNDINGS_PER_REPLY = 500
/** Requests an address may send before it trades. */
const REQUESTS_FREE = 10_000
const MONEY_UNIT = 10n ** 8n

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
    return isNativeDex(request) ? json(answer(state, user, nowMs)) : failure
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

/** Whole currency units of an amount, rounded down. */
const wholeUnits = (amount: Money): number => Number(amount / MONEY_UNIT)

/** Requests an address may have sent so far: a free budget and one per unit traded. */
export const requestsAllowed = (account: Account): number =>
  REQUESTS_FREE + wholeUnits(account.volume)

function wireRateLimit(state: VenueState, user: string): object {
  const account = state.accounts.get(user)
  return {
    cumVlm: wireDecimal(account?.volume ?? 0n, 8),
    nRequestsUsed: account?.requestsUsed ?? 0,
    nRequestsCap: account === undefined ? REQUESTS_FREE : requestsAllowed(account),
    nRequestsSurplus: 0,
  }
}

function wireRole(state: VenueState, user: string): object {
  if (state.accounts.has(user)) return { role: 'user' }
  const owner = state.ownerOf(user)
  return owner === null ? { role: 'missing' } : { role: 'agent', data: { user: owner.address } }
}

const wireAgents = (state: VenueState, user: string): object[] =>
  (state.accounts.get(user)?.agents ?? [])
    .filter(({ name }) => name !== '')
    .map(({ name, address, validUntilMs }) => ({ name, address, validUntil: validUntilMs }))

/**
 * clearinghouseState, spotClearinghouseState, userFunding, userRateLimit, userRole, extraAgents.
 */
export const accountHandlers: Readonly<Record<string, InfoHandler>> = {
  clearinghouseState: withUser(wireClearinghouse),
  spotClearinghouseState: withUser(() => ({ balances: [] })),
  userFunding,
  userRateLimit: withUser(wireRateLimit),
  userRole: withUser(wireRole),
  extraAgents: withUser(wireAgents),
  userAbstraction: withUser(() => 'default'),
}
