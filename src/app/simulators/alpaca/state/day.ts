import type { Session, TimeUs } from '../../../../core/mod.ts'
import { type Asset, priceOf } from '../listing.ts'
import { minuteOf } from '../market/bars.ts'
import { absolute, CENT, type Nano, roundUp, textOf, times } from '../wire/nano.ts'
import { DAY_US, dateText, MINUTE_US } from '../wire/times.ts'
import type { Floor } from './floor.ts'
import { charge } from './ledger.ts'
import { valueAccount } from './margin.ts'
import { correctMinute, endMinute, markOf, middleOf, rollDay } from './market-data.ts'
import { activityId, expireOrders, fillInAuction, wakeOrders } from './matching.ts'
import type { PublicTrade } from './notices.ts'
import { interestPpm } from './regulatory.ts'
import { extendedClose, extendedOpen, sessionAfter, tradingDay } from './sessions.ts'
import type { Account } from './types.ts'

/** The venue does regular things at multiples of this. */
export const BEAT_US = 30_000_000
const EQUITY_EVERY_US = 5 * MINUTE_US
const EQUITIES_KEPT = 10_000
/** Shares that trade in a generated auction, times the best level. */
const AUCTION_TIMES = 40

/** What the calendar does to the venue besides its own state. */
export interface DayHooks {
  /** True when the market's own trades are the auctions; otherwise the venue prints them. */
  readonly printsAuctions: boolean
  /** Adds a public trade. */
  publish(trade: PublicTrade): void
}

/** Everything that happens at a beat: bars, sessions, bookings. Beats come in order, once each. */
export function keepTime(floor: Floor, time: TimeUs, hooks: DayHooks): void {
  if (time % MINUTE_US !== 0) {
    for (const asset of floor.assets) tellCorrection(floor, asset, minuteOf(time) - MINUTE_US)
    return
  }
  const session = tradingDay(time)
  if (session !== null && time === extendedOpen(session)) startDay(floor)
  if (session !== null && time === session.openTime) openSession(floor, hooks)
  if (session !== null && time === session.closeTime) closeSession(floor, hooks)
  for (const asset of floor.assets) tellMinute(floor, asset, time)
  settle(floor, time)
  expireOrders(floor, time, hooks.printsAuctions)
  if (session !== null && time === extendedClose(session)) bookShareFees(floor, session)
  if (time % DAY_US === 0) bookCoinFees(floor, time)
  const changesPhase = session !== null && [extendedOpen(session), session.openTime].includes(time)
  if (changesPhase) wakeOrders(floor, floor.data)
  if (time % EQUITY_EVERY_US === 0) noteEquity(floor, time)
}

function tellMinute(floor: Floor, asset: Asset, time: TimeUs): void {
  const data = floor.data[asset.index]!
  const bar = endMinute(data, asset, time)
  if (asset.class === 'crypto' && time % DAY_US === 0) rollDay(data, time)
  if (bar === null) return
  floor.tell({ kind: 'bar', bar: 'b', asset: asset.index, value: bar })
  if (data.day !== null) floor.tell({ kind: 'bar', bar: 'd', asset: asset.index, value: data.day })
}

function tellCorrection(floor: Floor, asset: Asset, openTime: TimeUs): void {
  const bar = correctMinute(floor.data[asset.index]!, openTime)
  if (bar !== null) floor.tell({ kind: 'bar', bar: 'u', asset: asset.index, value: bar })
}

function startDay(floor: Floor): void {
  for (const account of floor.accounts) {
    for (const position of account.positions.values()) {
      position.dayQty = position.qty
      position.dayCost = position.cost
    }
  }
}

function openSession(floor: Floor, hooks: DayHooks): void {
  if (hooks.printsAuctions) return
  for (const asset of floor.assets) runAuction(floor, asset, 'opg', hooks)
}

function closeSession(floor: Floor, hooks: DayHooks): void {
  if (!hooks.printsAuctions) {
    for (const asset of floor.assets) runAuction(floor, asset, 'cls', hooks)
  }
  for (const account of floor.accounts) {
    const { equity, maintenanceMargin } = valueAccount(floor, account)
    account.lastEquity = equity
    account.lastMaintenance = maintenanceMargin
    account.dayEquity.push({ time: floor.time, equity })
  }
}

/** Prints an auction at the middle of the book, to the cent, and fills the orders meant for it. */
function runAuction(floor: Floor, asset: Asset, which: 'opg' | 'cls', hooks: DayHooks): void {
  const data = floor.data[asset.index]!
  const middle = middleOf(data)
  if (asset.class === 'crypto' || middle === null || data.halted) return
  const price = Math.round(middle / 100) * 100
  hooks.publish({
    asset: asset.index,
    time: floor.time,
    id: data.lastTradeId + 1,
    price,
    lots: data.quote!.bidLots * AUCTION_TIMES,
    aggressor: 'buy',
    conditions: which === 'opg' ? ['@', 'O'] : ['@', '6'],
  })
  fillInAuction(floor, asset.index, priceOf(asset, price), which)
}

function settle(floor: Floor, time: TimeUs): void {
  for (const account of floor.accounts) {
    if (account.unsettled.some((each) => each.time <= time)) {
      account.unsettled = account.unsettled.filter((each) => each.time > time)
    }
  }
}

/** Fees of the day's sales, the rent of what is short and interest on what is borrowed for the nights until the next session. */
function bookShareFees(floor: Floor, session: Session): void {
  const { time } = floor
  const nights = BigInt(sessionAfter(time).day - session.day)
  for (const account of floor.accounts) {
    const { owed } = account
    const fees = [
      ['REG', owed.sec, `REG fee for proceed of $${textOf(owed.soldValue)}`],
      ['TAF', owed.taf, `TAF fee for proceed of ${textOf(owed.soldShares)} shares`],
    ] as const
    for (const [, fee, text] of fees) {
      if (fee <= 0n) continue
      const description = `${text} on ${dateText(Math.floor(time / DAY_US))}`
      charge(account, floor.books, feeOf(floor, { amount: fee, description }))
    }
    Object.assign(owed, { soldValue: 0n, soldShares: 0n, sec: 0n, taf: 0n })
    chargeBorrowing(floor, account, nights)
    chargeInterest(floor, account, nights)
  }
}

const feeOf = (floor: Floor, fee: { readonly amount: Nano; readonly description: string }) => ({
  id: activityId(floor),
  time: floor.time,
  activityType: 'FEE',
  asset: null,
  qty: null,
  price: null,
  perShareAmount: null,
  ...fee,
})

/** Days of a year by which rent and interest are counted. */
const YEAR_DAYS = 360n

function chargeBorrowing(floor: Floor, account: Account, nights: bigint): void {
  for (const [index, { qty }] of account.positions) {
    const asset = floor.assets[index]!
    if (qty >= 0n || asset.class === 'crypto') continue
    const value = times(markOf(floor.data[index]!, asset), -qty)
    const amount = roundUp((value * nights * asset.borrowPpm) / (1_000_000n * YEAR_DAYS), CENT)
    const description = `Borrow fee for ${textOf(-qty)} shares of ${asset.symbol}`
    charge(account, floor.books, { ...feeOf(floor, { amount, description }), asset: index })
  }
}

/** What short sales brought is the lender's security and lowers no debt. */
function chargeInterest(floor: Floor, account: Account, nights: bigint): void {
  const { shortValue } = valueAccount(floor, account)
  const debit = -(account.cash + shortValue)
  if (debit <= 0n) return
  const rate = interestPpm(floor.time)
  const amount = roundUp((debit * nights * rate) / (1_000_000n * YEAR_DAYS), CENT)
  const description = `Margin interest on $${textOf(debit)}, ${nights} days`
  charge(account, floor.books, { ...feeOf(floor, { amount, description }), activityType: 'INT' })
}

/** Tells in each account's history what coins' trades of the UTC day cost: it was taken at once. */
function bookCoinFees(floor: Floor, time: TimeUs): void {
  for (const account of floor.accounts) {
    for (const [index, { units, dollars }] of account.cryptoFees) {
      const asset = floor.assets[index]!
      const common = { kind: 'other', time, activityType: 'CFEE', perShareAmount: null } as const
      const description = 'Coin Pair Transaction Fee (Non USD)'
      if (units > 0n) {
        const price = markOf(floor.data[index]!, asset)
        const id = activityId(floor)
        account.activities.push({
          ...common,
          id,
          asset: index,
          netAmount: 0n,
          qty: -units,
          price,
          description,
        })
      }
      if (dollars > 0n) {
        const id = activityId(floor)
        account.activities.push({
          ...common,
          id,
          asset: index,
          netAmount: -dollars,
          qty: null,
          price: null,
          description: 'Coin Pair Transaction Fee (USD)',
        })
      }
    }
    account.cryptoFees.clear()
  }
}

function noteEquity(floor: Floor, time: TimeUs): void {
  for (const account of floor.accounts) {
    const { equity } = valueAccount(floor, account)
    account.minuteEquity.push({ time, equity })
    if (account.minuteEquity.length > 2 * EQUITIES_KEPT) {
      account.minuteEquity.splice(0, account.minuteEquity.length - EQUITIES_KEPT)
    }
  }
}

/** Pays a dividend to who holds an asset, and takes it from who is short of it. */
export function payDividend(floor: Floor, asset: Asset, perShare: Nano): void {
  for (const account of floor.accounts) {
    const qty = account.positions.get(asset.index)?.qty ?? 0n
    if (qty === 0n) continue
    charge(account, floor.books, {
      id: activityId(floor),
      time: floor.time,
      activityType: 'DIV',
      asset: asset.index,
      amount: -times(qty, perShare),
      qty: absolute(qty),
      price: null,
      perShareAmount: perShare,
      description: qty > 0n ? 'Cash DIV' : 'Cash DIV owed on a short position',
    })
  }
}
