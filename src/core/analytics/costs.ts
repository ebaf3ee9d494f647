import type { HoldingCause } from '../domain/event.ts'
import { moneyToNumber, notional } from '../domain/money.ts'
import { type Money, sign } from '../domain/units.ts'
import { type Figure, figure, missing } from './figure.ts'
import { createMidLookup, fillCost, type MidLookup } from './fill-cost.ts'
import { type DailySeries, lastAtOrBefore } from './growth.ts'
import { isConstant, mean, quantile, sampleDeviation } from './moments.ts'
import type { RoundTripReport } from './round-trips.ts'
import type { RunRecord } from './run-record.ts'

/** From the result at decision mids down to what was earned. Every line exact in money units. */
export interface CostReport {
  /** gross - spread - slippage - fees + funding - interest = net. */
  readonly gross: Money
  /** + is a cost, - is earned. */
  readonly spread: Money
  readonly slippage: Money
  readonly fees: Money
  /** What holding earned (+) or cost (-), borrowing and dividends included. */
  readonly funding: Money
  /** Parts of it: rent of borrowed shares (+ is a cost), dividends (+ received, - owed). */
  readonly borrow: Money
  readonly dividends: Money
  /** On borrowed money, of the account as a whole (+ is a cost). */
  readonly interest: Money
  readonly net: Money
  /** Sum of all fills' values, both sides. */
  readonly tradedNotional: Money
  readonly makerNotional: Money
  readonly fillsWithoutMid: number
  readonly fillsWithoutDecisionMid: number
  /** (spread + slippage + fees) in bps of traded notional: what trading cost per unit traded. */
  readonly costBps: Figure
  /** All-in cost in bps per unit traded at which net would be zero. */
  readonly breakEvenCostBps: Figure
  /** Share of a positive gross that costs and paid funding took. */
  readonly costShareOfGross: Figure
  /** side x (fill - mid at decision) + fees over measured fills, in bps of their notional. */
  readonly implementationShortfallBps: Figure
  /** side x (fill - best opposite at decision) in bps, over fills that know it; + is a cost. */
  readonly arrivalSlippageBps: {
    readonly mean: Figure
    readonly median: Figure
    readonly p95: Figure
  }
}

/** Cost waterfall of a run; `trips` must be the run's own. */
export function costReport(
  record: RunRecord,
  report: RoundTripReport,
  mids: MidLookup = createMidLookup(record.mids),
): CostReport {
  const { trips } = report
  const total = (pick: (trip: (typeof trips)[number]) => Money): Money =>
    trips.reduce((sum, trip) => sum + pick(trip), 0n)
  const spread = total((trip) => trip.spread)
  const slippage = total((trip) => trip.slippage)
  const fees = total((trip) => trip.fees)
  const funding = total((trip) => trip.funding) + report.unattributedFunding
  const borrow = -paidFor(record, 'borrow')
  const dividends = paidFor(record, 'dividend')
  const gross = total((trip) => trip.gross)
  const interest = -(record.interest ?? []).reduce((sum, { amount }) => sum + amount, 0n)
  const net = gross - spread - slippage - fees + funding - interest
  const traded = tradedOf(record, mids)
  const perTraded = (value: Money): Figure =>
    traded.notional === 0n
      ? missing('nothing traded')
      : figure((Number(value) / Number(traded.notional)) * 1e4)
  return {
    gross,
    spread,
    slippage,
    fees,
    funding,
    borrow,
    dividends,
    interest,
    net,
    tradedNotional: traded.notional,
    makerNotional: traded.makerNotional,
    fillsWithoutMid: traded.withoutMid,
    fillsWithoutDecisionMid: traded.withoutDecisionMid,
    costBps: perTraded(spread + slippage + fees),
    breakEvenCostBps: perTraded(gross + funding - interest),
    costShareOfGross:
      gross > 0n
        ? figure(Number(gross - net) / Number(gross))
        : missing('gross result is not positive'),
    implementationShortfallBps: traded.shortfallBps,
    arrivalSlippageBps: arrivalSlippage(record),
  }
}

const paidFor = ({ funding }: RunRecord, wanted: HoldingCause): Money =>
  funding.reduce((sum, { cause, amount }) => (cause === wanted ? sum + amount : sum), 0n)

function tradedOf(record: RunRecord, mids: MidLookup) {
  let all = 0n
  let maker = 0n
  let withoutMid = 0
  let withoutDecisionMid = 0
  let shortfall = 0n
  let measured = 0n
  for (const fill of record.fills) {
    const instrument = record.instruments[fill.instrument]!
    const value = notional(instrument, fill.price, fill.quantity)
    const cost = fillCost(instrument, fill, mids)
    all += value
    if (fill.liquidity === 'maker') maker += value
    if (!cost.spreadMeasured) withoutMid++
    if (cost.slippageMeasured) {
      shortfall += cost.spread + cost.slippage + fill.fee
      measured += value
    } else withoutDecisionMid++
  }
  const shortfallBps =
    measured === 0n
      ? missing('no fill with a known mid at its decision')
      : figure((Number(shortfall) / Number(measured)) * 1e4)
  return { notional: all, makerNotional: maker, withoutMid, withoutDecisionMid, shortfallBps }
}

function arrivalSlippage(record: RunRecord): CostReport['arrivalSlippageBps'] {
  const bps: number[] = []
  for (const fill of record.fills) {
    if (fill.arrivalPrice === null) continue
    bps.push(sign(fill.side) * (fill.price / fill.arrivalPrice - 1) * 1e4)
  }
  if (bps.length === 0) {
    const none = missing('no fill knows its arrival price')
    return { mean: none, median: none, p95: none }
  }
  return {
    mean: figure(mean(bps)),
    median: figure(quantile(bps, 0.5)),
    p95: figure(quantile(bps, 0.95)),
  }
}

/** What the result would be if every cost (spread, slippage, fees) were scaled. */
export interface CostStress {
  readonly multiple: number
  /** Currency units. */
  readonly net: number
  /** Annualised from daily returns; refused like the Sharpe ratio itself. */
  readonly sharpe: Figure
}

/** Result at 0, 1, 2 and 3 times the costs; daily costs fall on the day of their fill. */
export function costStress(
  record: RunRecord,
  costs: CostReport,
  daily: DailySeries,
  sharpe: Figure,
  annualiser: number,
  mids: MidLookup = createMidLookup(record.mids),
): readonly CostStress[] {
  const days = daily.returns.length
  const dailyCost = new Float64Array(days)
  for (const fill of record.fills) {
    const instrument = record.instruments[fill.instrument]!
    const cost = fillCost(instrument, fill, mids)
    // Ends of days belong to the day that ends.
    const day = fill.time <= daily.baseTime ? -1 : lastAtOrBefore(daily.time, fill.time - 1) + 1
    if (day >= 0 && day < days) {
      dailyCost[day]! += moneyToNumber(cost.spread + cost.slippage + fill.fee)
    }
  }
  const equityAt = (time: number): number => {
    const row = lastAtOrBefore(record.equity.time, time)
    return row < 0 ? record.startEquity : record.equity.value[row]!
  }
  const relative = dailyCost.map((cost, day) => {
    const base = equityAt(day === 0 ? daily.baseTime : daily.time[day - 1]!)
    return base > 0 ? cost / base : 0
  })
  const allCosts = moneyToNumber(costs.spread + costs.slippage + costs.fees)
  const net = moneyToNumber(costs.net)
  return [0, 1, 2, 3].map((multiple) => {
    const scaled = daily.returns.map((value, day) => value - (multiple - 1) * relative[day]!)
    const value =
      sharpe.value === null || isConstant(scaled)
        ? null
        : ((mean(scaled) - record.conventions.riskFreeAnnual / annualiser) /
            sampleDeviation(scaled)) *
          Math.sqrt(annualiser)
    return {
      multiple,
      net: net - (multiple - 1) * allCosts,
      sharpe:
        value === null ? missing(sharpe.reason ?? 'daily returns do not vary') : figure(value),
    }
  })
}
