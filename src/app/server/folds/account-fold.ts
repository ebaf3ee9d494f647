import {
  type AccountReport,
  BoundedSet,
  type Currency,
  type Event,
  type Execution,
  formatDecimal,
  type Instrument,
  Ledger,
  MONEY_DECIMALS,
  type Money,
  moneyToNumber,
  priceToNumber,
  signedQuantity,
  type TradingDays,
  tradingDayOf,
} from '../../../core/mod.ts'
import { instant, instantOrNull } from '../text.ts'
import type { AccountView, EquityView, PositionView } from '../views.ts'
import { EquityCurve } from './equity-curve.ts'

const SEEN_MAX = 65_536

/** Sums of one currency at one instant. */
interface Sums {
  readonly cash: Money
  readonly unrealised: Money
  /** Cost of what is owned outright (spot, equities); 0 for perpetuals. */
  readonly inventory: Money
  readonly realised: Money
  readonly fees: Money
  readonly funding: Money
  readonly gross: Money
  readonly net: Money
}

interface DayAnchor {
  readonly day: number
  readonly time: number
  readonly sums: Sums
}

type EventOf<K extends Event['kind']> = Extract<Event, { readonly kind: K }>

const equityOf = (sums: Sums): Money => sums.cash + sums.unrealised + sums.inventory

/**
 * Cash, positions and PnL, by the core's own ledger. Follows the core's rules: the first account
 * report of a new journal sets the cash and its past executions are not ours; every execution,
 * funding payment and transfer since counts once.
 */
export class AccountFold {
  readonly ledger: Ledger
  readonly #instruments: readonly Instrument[]
  readonly #currencies: readonly Currency[]
  readonly #tradingDays: TradingDays
  readonly #seen = new BoundedSet(SEEN_MAX)
  readonly #stops: (string | null)[]
  readonly #halfMarks: Float64Array
  readonly #anchors = new Map<Currency, DayAnchor>()
  readonly #peaks = new Map<Currency, Money>()
  readonly #curve = new EquityCurve()
  #lastAccount: AccountReport | null = null
  /** Venue time of the first report: what was booked by then is in its balances. */
  #historyTime = -1
  reportedTime: number | null = null
  /** Account reports so far. */
  reports = 0

  constructor(instruments: readonly Instrument[], tradingDays: TradingDays = {}) {
    this.#instruments = instruments
    this.#tradingDays = tradingDays
    this.ledger = new Ledger(instruments)
    this.#currencies = [...new Set(instruments.map((instrument) => instrument.quoteCurrency))]
    this.#stops = instruments.map(() => null)
    this.#halfMarks = new Float64Array(instruments.length).fill(-1)
  }

  /** Folds a report; returns the executions in it that were not seen before. */
  onAccount(
    report: { readonly venueTime: number; readonly account: AccountReport },
    time: number,
  ): readonly Execution[] {
    const { account, venueTime } = report
    this.#lastAccount = account
    this.reportedTime = time
    this.reports++
    const isFresh = this.reports === 1
    const isNew = (execution: Execution) => this.#seen.add(`x:${execution.executionId}`)
    const unseen = account.executions.filter(isNew)
    if (isFresh) {
      this.#historyTime = venueTime
      this.#adoptCash(account)
    }
    for (const position of account.positions) {
      const ours = this.ledger.position(position.instrument).quantity
      if (ours === position.quantity) this.#stops[position.instrument] = null
    }
    return isFresh ? [] : unseen
  }

  /** After a report's executions: what lies below a lot follows the venue's word. */
  settleDust({ positions }: AccountReport): void {
    for (const { instrument, quantity, dust } of positions) {
      const ours = this.ledger.position(instrument)
      if (dust === undefined || ours.quantity !== quantity || ours.dust === dust) continue
      this.ledger.adoptDust(instrument, dust)
    }
  }

  /** True when the execution counts: it was not seen before. */
  isNewExecution(executionId: string): boolean {
    return this.#seen.add(`x:${executionId}`)
  }

  onFunding(event: EventOf<'fundingPaid'>): void {
    if (!this.#isNews(`f:${event.fundingId}`, event.venueTime)) return
    this.ledger.applyFunding(event.instrument, event.amount, event.cause)
  }

  onSplit(event: EventOf<'sharesSplit'>): void {
    if (!this.#isNews(`s:${event.splitId}`, event.venueTime)) return
    this.ledger.applySplit(event.instrument, event)
  }

  onTransfer({ transferId, venueTime, currency, amount, cause }: EventOf<'transferred'>): void {
    if (!this.#isNews(`t:${transferId}`, venueTime)) return
    this.ledger.applyTransfer(currency, amount, cause)
    if (cause === undefined) this.#moveAnchor(currency, amount)
  }

  onDifference(
    difference: {
      readonly instrument: number
      readonly ours: number
      readonly venues: number
      readonly resolution: 'adopted' | 'stopped'
    },
    time: number,
  ): void {
    const { instrument, resolution, ours, venues } = difference
    if (resolution === 'adopted') return this.#adopt(instrument, venues, time)
    const { quantityDecimals, symbol } = this.#instruments[instrument]!
    const [held, venue] = [ours, venues].map((lots) => formatDecimal(lots, quantityDecimals))
    this.#stops[instrument] = `the journal explains ${held} ${symbol}, the venue holds ${venue}`
  }

  /** Marks everything at the last mids; opens a new day's anchor at the first mark of a trading day. */
  mark(halfMarks: ArrayLike<number>, time: number): void {
    for (let i = 0; i < this.#halfMarks.length; i++) {
      if (halfMarks[i]! > 0) this.#halfMarks[i] = halfMarks[i]!
    }
    for (const currency of this.#currencies) {
      if (this.reportedTime === null && this.ledger.cash(currency) === 0n) continue
      const sums = this.#sums(currency)
      const equity = equityOf(sums)
      const anchor = this.#anchors.get(currency)
      const day = tradingDayOf(this.#tradingDays, time, anchor?.day ?? -1)
      if (day !== anchor?.day) this.#anchors.set(currency, { day, time, sums })
      if (currency === this.#currencies[0]) this.#curve.add(time, moneyToNumber(equity))
      const peak = this.#peaks.get(currency)
      if (peak === undefined || equity > peak) this.#peaks.set(currency, equity)
    }
  }

  stopped(instrument: number): string | null {
    return this.#stops[instrument] ?? null
  }

  /** Equity of the first currency over the session. */
  equityView(): EquityView {
    return this.#curve.view(this.#currencies[0] ?? '')
  }

  accountViews(): readonly AccountView[] {
    const views: AccountView[] = []
    for (const currency of this.#currencies) {
      const anchor = this.#anchors.get(currency)
      if (anchor !== undefined) views.push(this.#accountView(currency, anchor))
    }
    return views
  }

  positionViews(): readonly PositionView[] {
    return this.#instruments.map((instrument) => this.#positionView(instrument))
  }

  direction(instrument: number): 'long' | 'short' | 'flat' {
    const { quantity } = this.ledger.position(instrument)
    return quantity > 0 ? 'long' : quantity < 0 ? 'short' : 'flat'
  }

  #isNews(id: string, venueTime: number): boolean {
    return venueTime > this.#historyTime && this.#seen.add(id)
  }

  #adoptCash(account: AccountReport): void {
    for (const { currency, amount } of account.balances) {
      const difference = amount - this.ledger.cash(currency)
      if (difference !== 0n) this.ledger.applyTransfer(currency, difference)
    }
  }

  #adopt(instrument: number, lots: number, time: number): void {
    const reported = this.#lastAccount?.positions.find((p) => p.instrument === instrument)
    const mid = Math.max(0, this.#halfMarks[instrument]! / 2)
    const fallback = this.ledger.averageEntryPrice(instrument) ?? mid
    const price = reported?.averageEntryPrice ?? fallback
    const dust = reported?.dust ?? 0n
    this.ledger.adoptPosition(instrument, { quantity: signedQuantity(lots), dust, price, time })
    this.#stops[instrument] = null
  }

  /** A deposit is no profit: the day's start and the peak move with it. */
  #moveAnchor(currency: Currency, amount: Money): void {
    const anchor = this.#anchors.get(currency)
    if (anchor === undefined) return
    const sums = { ...anchor.sums, cash: anchor.sums.cash + amount }
    this.#anchors.set(currency, { ...anchor, sums })
    this.#peaks.set(currency, (this.#peaks.get(currency) ?? 0n) + amount)
  }

  #sums(currency: Currency): Sums {
    const sums = {
      cash: this.ledger.cash(currency),
      unrealised: 0n,
      inventory: 0n,
      realised: 0n,
      fees: 0n,
      funding: 0n,
      gross: 0n,
      net: 0n,
    }
    for (const instrument of this.#instruments) {
      if (instrument.quoteCurrency !== currency) continue
      const position = this.ledger.position(instrument.id)
      sums.realised += position.realised
      sums.fees += position.fees
      sums.funding += position.funding
      if (position.quantity === 0 && position.dust === 0n) continue
      const value = this.#value(instrument) ?? position.cost
      sums.unrealised += value - position.cost
      if (instrument.kind !== 'perpetual') sums.inventory += position.cost
      sums.gross += value < 0n ? -value : value
      sums.net += value
    }
    return sums
  }

  /** Signed market value of a position at the last mid; null before the first. */
  #value(instrument: Instrument): Money | null {
    const halfMark = this.#halfMarks[instrument.id]!
    if (halfMark <= 0) return null
    const { id } = instrument
    return this.ledger.position(id).cost + this.ledger.unrealised(id, halfMark)
  }

  #accountView(currency: Currency, anchor: DayAnchor): AccountView {
    const sums = this.#sums(currency)
    const start = anchor.sums
    const equity = equityOf(sums)
    const peak = this.#peaks.get(currency) ?? equity
    const day = {
      realised: sums.realised - start.realised,
      unrealised: sums.unrealised - start.unrealised,
      fees: sums.fees - start.fees,
      funding: sums.funding - start.funding,
    }
    return {
      currency,
      equity: money(equity),
      cash: money(sums.cash),
      realisedPnl: money(sums.realised),
      unrealisedPnl: money(sums.unrealised),
      fees: money(sums.fees),
      funding: money(sums.funding),
      day: {
        since: instant(anchor.time),
        startEquity: money(equityOf(start)),
        pnl: money(day.realised + day.unrealised - day.fees + day.funding),
        realisedPnl: money(day.realised),
        unrealisedPnl: money(day.unrealised),
        fees: money(day.fees),
        funding: money(day.funding),
      },
      peakEquity: money(peak),
      drawdown: peak > 0n && equity < peak ? 1 - moneyToNumber(equity) / moneyToNumber(peak) : 0,
      grossExposure: money(sums.gross),
      netExposure: money(sums.net),
    }
  }

  #positionView(instrument: Instrument): PositionView {
    const { id, priceDecimals } = instrument
    const position = this.ledger.position(id)
    const average = this.ledger.averageEntryPrice(id)
    const halfMark = this.#halfMarks[id]!
    const value = this.#value(instrument)
    const isFlat = position.quantity === 0
    const unrealised = value === null || isFlat ? null : value - position.cost
    const cost = Math.abs(moneyToNumber(position.cost))
    return {
      instrument: id,
      symbol: instrument.symbol,
      direction: this.direction(id),
      quantity: formatDecimal(position.quantity, instrument.quantityDecimals),
      averageEntryPrice:
        average === null ? null : priceToNumber(instrument, average).toFixed(priceDecimals + 2),
      mark: halfMark > 0 ? formatDecimal(halfMark * 5, priceDecimals + 1) : null,
      notional: value === null || isFlat ? null : money(value),
      unrealisedPnl: unrealised === null ? null : money(unrealised),
      unrealisedBps:
        unrealised === null || cost === 0 ? null : (moneyToNumber(unrealised) / cost) * 1e4,
      realisedPnl: money(position.realised),
      fees: money(position.fees),
      funding: money(position.funding),
      entryTime: instantOrNull(position.entryTime),
      stopped: this.stopped(id),
    }
  }
}

const money = (value: Money): string => formatDecimal(value, MONEY_DECIMALS)
