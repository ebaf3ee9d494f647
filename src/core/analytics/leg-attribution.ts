import type { Instrument } from '../domain/instrument.ts'
import { moneyToNumber, notionalFloat } from '../domain/money.ts'
import type { InstrumentId, TimeUs } from '../domain/units.ts'
import { splitLots } from '../ledger/split.ts'
import { fitLine } from './cointegration.ts'
import { lastAtOrBefore } from './growth.ts'
import { createLotsMoved } from './lots-moved.ts'
import { mean } from './moments.ts'
import type { RunBars, RunBenchmark, RunFill, RunRecord, RunSplit } from './run-record.ts'

/** What one leg earned. Fractions of equity a year where not said otherwise. */
export interface LegResult {
  /** Currency units over the run: at fill prices and last marks, before fees. */
  readonly pricePnl: number
  readonly fees: number
  /** Funding, rent of shorts, dividends, and interest, which longs bear; negative was paid. */
  readonly holding: number
  /** pricePnl - fees + holding. */
  readonly net: number
  /** Mean daily net result over the equity before it, times the days a year. */
  readonly returnAnnual: number
  /** Of daily results against the market's; null without a market or too few days. */
  readonly beta: number | null
  /** beta times the market's mean, and the rest; they sum to `returnAnnual`. */
  readonly marketAnnual: number | null
  readonly alphaAnnual: number | null
}

/** A run's result by leg: long and short sum to `both` in every figure. */
export interface LegAttribution {
  readonly long: LegResult
  readonly short: LegResult
  readonly both: LegResult
  /** Days with a result, and those of them with a return of the market. */
  readonly days: number
  readonly marketDays: number
  /** Net of both legs less the change of equity; 0 when the books agree. */
  readonly difference: number
}

/** Days below which nothing is regressed. */
const DAYS_MIN = 30

/**
 * Splits a run by the side that was held: marks are bar closes, else the last fill; what is open is
 * valued at the last mark. `days` are ends of days, us; `annualiser` days a year. Against the
 * market each leg's daily result is regressed on the same days, so that betas and alphas add up.
 */
export function attributeLegs(
  record: RunRecord,
  days: Float64Array,
  annualiser: number,
  market: RunBenchmark | null,
): LegAttribution {
  const end = record.equity.time.at(-1) ?? 0
  const times = Float64Array.from([...days.filter((time) => time < end), end])
  const legs = walkLegs(record, times)
  const before = times.map((_, i) =>
    i === 0 ? record.startEquity : equityAt(record, times[i - 1]!),
  )
  const returns = market === null ? null : marketReturns(market, times)
  const known = [...times.keys()].flatMap((i) =>
    returns === null || Number.isNaN(returns[i]) ? [] : [i],
  )
  const part = (leg: Leg): LegResult => resultOf(leg, { before, returns, known, annualiser })
  const { long, short } = legs
  const both: Leg = {
    price: long.price.map((value, i) => value + short.price[i]!),
    fees: long.fees.map((value, i) => value + short.fees[i]!),
    holding: long.holding.map((value, i) => value + short.holding[i]!),
  }
  const moved = record.transfers.reduce((sum, { amount }) => sum + moneyToNumber(amount), 0)
  const change = (record.equity.value.at(-1) ?? record.startEquity) - record.startEquity - moved
  const total = part(both)
  return {
    long: part(long),
    short: part(short),
    both: total,
    days: times.length,
    marketDays: known.length,
    difference: total.net - change,
  }
}

/** Results by day: at fill prices and marks, fees, and what holding cost or earned. */
interface Leg {
  readonly price: Float64Array
  readonly fees: Float64Array
  readonly holding: Float64Array
}

function resultOf(
  leg: Leg,
  at: {
    readonly before: Float64Array
    readonly returns: Float64Array | null
    readonly known: readonly number[]
    readonly annualiser: number
  },
): LegResult {
  const { before, returns, known, annualiser } = at
  const daily = leg.price.map((value, i) => (value - leg.fees[i]! + leg.holding[i]!) / before[i]!)
  const pricePnl = sum(leg.price)
  const fees = sum(leg.fees)
  const holding = sum(leg.holding)
  const net = pricePnl - fees + holding
  const result = { pricePnl, fees, holding, net, returnAnnual: mean(daily) * annualiser }
  const line =
    returns === null || known.length < DAYS_MIN
      ? null
      : fitLine(
          Float64Array.from(known, (i) => daily[i]!),
          Float64Array.from(known, (i) => returns[i]!),
        )
  if (line === null || returns === null) {
    return { ...result, beta: null, marketAnnual: null, alphaAnnual: null }
  }
  const marketMean = known.reduce((all, i) => all + returns[i]!, 0) / daily.length
  const marketAnnual = line.beta * marketMean * annualiser
  return {
    ...result,
    beta: line.beta,
    marketAnnual,
    alphaAnnual: result.returnAnnual - marketAnnual,
  }
}

function walkLegs(record: RunRecord, times: Float64Array): { long: Leg; short: Leg } {
  const empty = (): Leg => ({
    price: new Float64Array(times.length),
    fees: new Float64Array(times.length),
    holding: new Float64Array(times.length),
  })
  const legs = { long: empty(), short: empty() }
  const changes = changesOf(record)
  for (const [id, own] of changes) new Walk(record, id, { times, legs }).run(own)
  // What shorts brought pays for nothing: money is borrowed for longs alone.
  for (const { time, amount } of record.interest ?? []) {
    const day = Math.min(times.length - 1, lastAtOrBefore(times, time - 1) + 1)
    legs.long.holding[day]! += moneyToNumber(amount)
  }
  return legs
}

/** What changes a position or is paid for it, in the order it happened. */
type Change =
  | { readonly kind: 'fill'; readonly time: TimeUs; readonly fill: RunFill; readonly lots: number }
  | { readonly kind: 'split'; readonly time: TimeUs; readonly split: RunSplit }
  | { readonly kind: 'paid'; readonly time: TimeUs; readonly amount: number }

/** By instrument; at one instant what was held is paid for, then split, then traded. */
function changesOf(record: RunRecord): ReadonlyMap<InstrumentId, readonly Change[]> {
  const all = new Map<InstrumentId, Change[]>()
  const put = (id: InstrumentId, change: Change): void => {
    const own = all.get(id)
    if (own === undefined) all.set(id, [change])
    else own.push(change)
  }
  for (const { time, instrument, amount } of record.funding) {
    put(instrument, { kind: 'paid', time, amount: moneyToNumber(amount) })
  }
  for (const split of record.splits ?? []) {
    put(split.instrument, { kind: 'split', time: split.time, split })
  }
  const { moved } = createLotsMoved(record)
  for (const fill of record.fills.toSorted((a, b) => a.time - b.time)) {
    put(fill.instrument, { kind: 'fill', time: fill.time, fill, lots: moved(fill) })
  }
  for (const own of all.values()) own.sort((a, b) => a.time - b.time)
  return all
}

/** Days, and the legs that results go to. */
interface WalkTarget {
  readonly times: Float64Array
  readonly legs: { readonly long: Leg; readonly short: Leg }
}

/** One instrument through the days of a run: its results go to the leg that it is in. */
class Walk {
  readonly #instrument: Instrument
  readonly #bars: RunBars | undefined
  readonly #to: WalkTarget
  #position = 0
  #mark = 0
  /** When a fill or a split said what it is worth: older closes say no more. */
  #markTime = Number.NEGATIVE_INFINITY
  /** The leg that it was in last: rent may come after a position is closed. */
  #leg: Leg

  constructor(record: RunRecord, id: InstrumentId, to: WalkTarget) {
    this.#instrument = record.instruments[id]!
    this.#bars = record.bars.find((each) => each.instrument === id)
    this.#to = to
    this.#leg = to.legs.long
  }

  run(changes: readonly Change[]): void {
    let next = 0
    const { times } = this.#to
    for (let day = 0; day < times.length; day++) {
      while (next < changes.length && changes[next]!.time <= times[day]!) {
        this.#take(changes[next++]!, day)
      }
      const bars = this.#bars
      const row = bars === undefined ? -1 : lastAtOrBefore(bars.time, times[day]!)
      if (row >= 0 && bars!.time[row]! >= this.#markTime) this.#markTo(bars!.close[row]! / 2, day)
    }
  }

  #take(change: Change, day: number): void {
    switch (change.kind) {
      case 'paid':
        this.#leg.holding[day]! += change.amount
        return
      case 'split': {
        const { price } = change.split
        const { lots, cashInLieu } = splitLots(this.#instrument, this.#position, change.split)
        const before = notionalFloat(this.#instrument, this.#mark, this.#position)
        const after = notionalFloat(this.#instrument, price, lots) + moneyToNumber(cashInLieu)
        this.#leg.price[day]! += after - before
        this.#position = lots
        this.#mark = price
        this.#markTime = change.time
        return
      }
      case 'fill':
        this.#markTo(change.fill.price, day)
        this.#markTime = change.time
        this.#trade(change.lots, moneyToNumber(change.fill.fee), day)
    }
  }

  /** A fill that crosses flat pays its fee on both legs, by quantity. */
  #trade(lots: number, fee: number, day: number): void {
    const held = this.#position
    const closed =
      Math.sign(lots) === -Math.sign(held) ? Math.min(Math.abs(lots), Math.abs(held)) : 0
    const share = lots === 0 ? 1 : closed / Math.abs(lots)
    this.#leg.fees[day]! += fee * share
    this.#position = held + lots
    if (this.#position !== 0) {
      const { long, short } = this.#to.legs
      this.#leg = this.#position > 0 ? long : short
    }
    this.#leg.fees[day]! += fee * (1 - share)
  }

  #markTo(price: number, day: number): void {
    if (this.#position !== 0) {
      const value = notionalFloat(this.#instrument, price - this.#mark, this.#position)
      this.#leg.price[day]! += value
    }
    this.#mark = price
  }
}

function marketReturns({ time, value }: RunBenchmark, times: Float64Array): Float64Array {
  return times.map((end, i) => {
    const now = lastAtOrBefore(time, end)
    const before = i === 0 ? -1 : lastAtOrBefore(time, times[i - 1]!)
    return now < 0 || before < 0 ? Number.NaN : value[now]! / value[before]! - 1
  })
}

function equityAt({ equity, startEquity }: RunRecord, time: number): number {
  const row = lastAtOrBefore(equity.time, time)
  return row < 0 ? startEquity : equity.value[row]!
}

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0)
