import {
  type Allocation,
  allocate,
  boundsOf,
  type GovernorVerdict,
  hourOfDay,
  type NameRule,
  type Relaxation,
  type SolvePortfolio,
  tradeCost,
} from '../../core/mod.ts'
import type { HourMemory } from './hour-memory.ts'
import { narrow, widen } from './narrow.ts'
import type { Forecast, HourFacts } from './ports.ts'
import type { HourlySettings } from './settings.ts'

/** Where the account stands at a decision. */
export interface HourStanding {
  /** Dollars. */
  readonly equity: number
  /** Shares held of each name, and the last price each is valued at, dollars; 0 before any. */
  readonly shares: Float64Array
  readonly price: Float64Array
}

/** Why nothing was decided. */
export type Idle = 'warming up' | 'no equity'

/** What one hour decided: plain data. */
export interface HourDecision {
  readonly bar: number
  readonly time: number
  readonly equity: number
  readonly governor: GovernorVerdict
  /** Members, those with a forecast, and those that may be bought. */
  readonly members: number
  readonly scored: number
  readonly tradable: number
  /** Target weights by name, above 0 only, ascending by name. */
  readonly weights: readonly (readonly [name: number, weight: number])[]
  /** Held before it, as shares of equity together. */
  readonly exposureBefore: number
  readonly allocation: Omit<Allocation, 'weights'> | null
  readonly relaxations: readonly Relaxation[]
  /** Null where weights were decided on. */
  readonly idle: Idle | null
}

/** A decision and the changes of weights it asks for. */
export interface Decided {
  readonly decision: HourDecision
  /** Target weight less the one held, by name. */
  readonly change: Float64Array
  /** 1 where the name is to be left whole. */
  readonly isExit: Uint8Array
}

/** What a decision is made of. */
export interface DecisionInput {
  readonly bar: number
  readonly time: number
  /** When what is decided can be traded. */
  readonly tradeTime: number
  readonly barsPerYear: number
  readonly sectors: number
  readonly facts: HourFacts
  readonly memory: HourMemory
  readonly forecast: Forecast
  readonly standing: HourStanding
  readonly governor: GovernorVerdict
  readonly solve: SolvePortfolio
}

/** The size of a trade whose cost stands for that of any, as a share of the hour's volume. */
const USUAL_SHARE = 0.01

/** Target weights of one hour: scores in basis points, limits, and the volatility band. */
export function decideHour(input: DecisionInput, settings: HourlySettings): Decided {
  const { facts, standing, memory, governor } = input
  const names = facts.isMember.length
  const { equity } = standing
  const held = new Float64Array(names)
  if (equity > 0) {
    for (let i = 0; i < names; i++) held[i] = (standing.shares[i]! * standing.price[i]!) / equity
  }
  const covariance = memory.risk.covariance(facts.sector)
  const isWarm = covariance !== null && memory.risk.observations >= settings.warmUpBars * WARMTH
  const names_ = namesOf(input, settings)
  const about = {
    ...{ bar: input.bar, time: input.time, equity, governor },
    ...{ members: names_.members, scored: names_.scored, tradable: names_.tradable },
    exposureBefore: held.reduce((sum, weight) => sum + weight, 0),
  }
  if (!isWarm || !(equity > 0)) {
    const idle = equity > 0 ? 'warming up' : 'no equity'
    return idleDecision({ ...about, weights: [], allocation: null, relaxations: [], idle }, names)
  }
  const { nameMax, sectorMax, exposureMax, turnoverMax } = settings.limits
  const limits = { nameMax, sectorMax, turnoverMax, exposureMax: exposureMax * governor.exposure }
  const { rule, tradeMax, score, cost } = names_
  const { sectors } = input
  const bounds = boundsOf(limits, { held, rule, tradeMax, sector: facts.sector, sectors })
  const problem = {
    ...bounds,
    ...{ score, cost, held, sector: facts.sector, covariance, aversion: settings.aversion },
  }
  const { solve, barsPerYear } = input
  const few = narrow(problem)
  const allocated = allocate(few.problem, { solve, band: settings.band, barsPerYear })
  const { weights: fewWeights, ...allocation } = allocated
  const weights = widen(few.names, fewWeights, names)
  const { relaxations } = bounds
  const decision = { ...about, weights: sparse(weights), allocation, relaxations, idle: null }
  return { decision, ...changesOf({ held, weights, rule }, settings.tradeMin) }
}

/** Weights of falling importance never add up to the number of bars: a little less is enough. */
const WARMTH = 0.9

const idleDecision = (decision: HourDecision, names: number): Decided => ({
  decision,
  change: new Float64Array(names),
  isExit: new Uint8Array(names),
})

/** Below it a weight is none. */
const WEIGHT_MIN = 1e-6

const sparse = (weights: Float64Array): (readonly [number, number])[] => {
  const list: [number, number][] = []
  for (const [name, weight] of weights.entries()) if (weight > WEIGHT_MIN) list.push([name, weight])
  return list
}

interface NameColumns {
  readonly rule: NameRule[]
  readonly tradeMax: Float64Array
  readonly score: Float64Array
  readonly cost: Float64Array
  readonly members: number
  readonly scored: number
  readonly tradable: number
}

/** Rule, room to trade, score and cost of every name. */
function namesOf(input: DecisionInput, settings: HourlySettings): NameColumns {
  const { facts, memory, forecast, standing } = input
  const names = facts.isMember.length
  const hour = hourOfDay(input.tradeTime)
  const base = settings.downsideBase === 'mean' ? meanOf(forecast.downside, facts.isMember) : 0
  const columns = {
    rule: [] as NameRule[],
    tradeMax: new Float64Array(names),
    score: new Float64Array(names),
    cost: new Float64Array(names),
  }
  // What is carried is traded in as many hours.
  const hours = settings.remainder === 'carry' ? settings.everyBars : 1
  const share = settings.costs.participationMax * hours
  let [members, scored, tradable] = [0, 0, 0]
  for (let name = 0; name < names; name++) {
    const price = standing.price[name]!
    const volume = memory.trailing.volume(name, hour)
    const dollars = price * volume
    const isMember = facts.isMember[name] === 1
    const alpha = forecast.alphaBp[name]!
    const isScored = isMember && Number.isFinite(alpha)
    const isLiquid = dollars >= settings.dollarVolumeMin && facts.close[name]! > 0
    const rule = !isMember ? 'exit' : isScored && isLiquid ? 'trade' : 'sellOnly'
    columns.rule.push(rule)
    members += Number(isMember)
    scored += Number(isScored)
    tradable += Number(rule === 'trade')
    if (standing.equity > 0) {
      columns.tradeMax[name] = (share * dollars) / standing.equity
    }
    const shares = volume * USUAL_SHARE
    const volatility = memory.trailing.volatility(name)
    const cost = tradeCost(settings.costs, { price, shares, volume, volatility })
    columns.cost[name] = cost.slippageBp + cost.halfSpreadBp + cost.impactBp
    if (!isScored) continue
    const downside = forecast.downside[name]!
    const charge = Number.isFinite(downside) ? settings.downsideChargeBp * (downside - base) : 0
    columns.score[name] = alpha - charge
  }
  return { ...columns, members, scored, tradable }
}

function meanOf(values: Float64Array, isMember: Uint8Array): number {
  let sum = 0
  let count = 0
  for (const [name, value] of values.entries()) {
    if (isMember[name] !== 1 || !Number.isFinite(value)) continue
    sum += value
    count++
  }
  return count === 0 ? 0 : sum / count
}

function changesOf(
  {
    held,
    weights,
    rule,
  }: {
    readonly held: Float64Array
    readonly weights: Float64Array
    readonly rule: readonly NameRule[]
  },
  tradeMin: number,
): Pick<Decided, 'change' | 'isExit'> {
  const change = new Float64Array(held.length)
  const isExit = new Uint8Array(held.length)
  for (const [name, weight] of weights.entries()) {
    const before = held[name]!
    if (before > 0 && weight <= WEIGHT_MIN) {
      isExit[name] = 1
      change[name] = -before
    } else if (before > 0 && rule[name] === 'exit') change[name] = weight - before
    else if (Math.abs(weight - before) >= tradeMin) change[name] = weight - before
  }
  return { change, isExit }
}
