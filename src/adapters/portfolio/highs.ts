import highsModule, { type Highs, type ModelData } from 'highs'
import type { PortfolioProblem, PortfolioSolution, SolvePortfolio } from '../../core/mod.ts'

/**
 * Most steps of a solve: portfolios take some tens, but on a few problems in a thousand the active
 * set goes round in circles. Steps, not seconds: the same on any machine.
 */
const ITERATIONS_MAX = 10_000

/** Its types are of a CommonJS module, whose default is a property; here it is the loader. */
const highsLoader = highsModule as unknown as (typeof highsModule)['default']

/**
 * Loads HiGHS (compiled to WebAssembly) as a solver of portfolios: its convex quadratic program in
 * factor form. Where it gives up, the solution is what is held and says that it is not optimal.
 */
export async function loadHighs(): Promise<SolvePortfolio> {
  const highs = await highsLoader({ print: () => {}, printErr: () => {} })
  return (problem) => solve(highs, problem)
}

function solve(highs: Highs, problem: PortfolioProblem): PortfolioSolution {
  const trades = tradesOf(problem)
  try {
    return highs.withModel(modelOf(highs, problem, trades), (instance) => {
      // Weights are small numbers: in 128ths its tolerances mean what they do of percents.
      instance.options.set({
        output_flag: false,
        qp_iteration_limit: ITERATIONS_MAX,
        user_bound_scale: 7,
      })
      instance.run()
      if (instance.getModelStatus() !== highs.constants.modelStatus.optimal)
        return unsolved(problem)
      const weights = problem.held.slice()
      const { colValue } = instance.getSolution()
      for (const [column, { name, sign }] of trades.entries()) {
        weights[name]! += sign * colValue[column]!
      }
      for (const [name, weight] of weights.entries()) {
        weights[name] = Math.min(problem.upper[name]!, Math.max(problem.lower[name]!, weight))
      }
      const iterations = Number(instance.info.get('qp_iteration_count'))
      return { implementation: 'highs', weights, isOptimal: true, iterations }
    })
  } catch (error) {
    // What is no number is a fault of the problem, not of the solver.
    const { HighsError, HighsValidationError } = highs.errors
    if (!(error instanceof HighsError) || error instanceof HighsValidationError) throw error
    return unsolved(problem)
  }
}

const unsolved = ({ held }: PortfolioProblem): PortfolioSolution => ({
  ...{ implementation: 'highs', weights: held.slice(), isOptimal: false, iterations: 0 },
})

/** A column: what is bought or sold of a name. */
interface Trade {
  readonly name: number
  readonly sign: 1 | -1
  readonly most: number
}

/**
 * The trades that may be part of the solution. Where no two names move against each other, a
 * purchase only adds risk: one whose score does not pay its cost is none.
 */
function tradesOf({ score, cost, held, lower, upper, covariance }: PortfolioProblem) {
  const addsRisk = covariance.loadings.every((loading) => loading >= 0)
  const trades: Trade[] = []
  for (const [name, weight] of held.entries()) {
    const isWorth = !addsRisk || score[name]! > cost[name]!
    const [buys, sells] = [upper[name]! - weight, weight - lower[name]!]
    if (buys > 0 && isWorth) trades.push({ name, sign: 1, most: buys })
    if (sells > 0) trades.push({ name, sign: -1, most: sells })
  }
  return trades
}

/** Columns: the trades, then the exposure to each factor in units of its largest loading. */
function modelOf(highs: Highs, problem: PortfolioProblem, trades: readonly Trade[]): ModelData {
  const { score, cost, held, upper, covariance, aversion } = problem
  const { factors, ownVariance } = covariance
  const numCols = trades.length + factors
  const colCost = new Float64Array(numCols)
  const colLower = new Float64Array(numCols).fill(-highs.infinity)
  const colUpper = new Float64Array(numCols).fill(highs.infinity)
  for (const [column, { name, sign, most }] of trades.entries()) {
    const slope = aversion * ownVariance[name]! * held[name]! - score[name]!
    colCost[column] = sign * slope + cost[name]!
    const forced = sign === -1 ? Math.max(0, held[name]! - upper[name]!) : 0
    colLower[column] = Math.min(forced, most)
    colUpper[column] = most
  }
  const scales = scalesOf(problem)
  const rows = new Rows(problem, trades, scales)
  return {
    numCols,
    numRows: rows.upper.length,
    colCost,
    colLower,
    colUpper,
    rowLower: rows.lower.map((low) => low ?? -highs.infinity),
    rowUpper: rows.upper,
    matrix: { format: 'csr', numRows: rows.upper.length, numCols, ...rows.packed },
    hessian: curvature(problem, trades, scales),
  }
}

/** The largest loading of each factor: exposures in its units are about as large as weights. */
function scalesOf({ covariance }: PortfolioProblem): Float64Array {
  const { names, factors, loadings } = covariance
  const scales = new Float64Array(factors)
  for (let i = 0; i < names * factors; i++) {
    scales[i % factors] = Math.max(scales[i % factors]!, Math.abs(loadings[i]!))
  }
  return scales.map((scale) => (scale === 0 ? 1 : scale))
}

/** The limits, row by row, with what is held moved to their right sides. */
class Rows {
  readonly lower: (number | null)[] = []
  readonly upper: number[] = []
  readonly packed: { starts: number[]; indices: number[]; values: number[] } = {
    starts: [0],
    indices: [],
    values: [],
  }
  readonly #trades: readonly Trade[]

  constructor(problem: PortfolioProblem, trades: readonly Trade[], scales: Float64Array) {
    const { sector, sectorMax, exposureMax, buysMax, sellsMax, held, covariance } = problem
    const { factors, loadings } = covariance
    this.#trades = trades
    for (const [k, scale] of scales.entries()) {
      const loading = (name: number): number => loadings[name * factors + k]! / scale
      const now = held.reduce((sum, weight, name) => sum + loading(name) * weight, 0)
      this.#add(({ name, sign }) => -sign * loading(name), { low: now, most: now, exposure: k })
    }
    for (const [group, limit] of sectorMax.entries()) {
      const now = held.reduce((sum, each, name) => sum + (sector[name] === group ? each : 0), 0)
      this.#add(({ name, sign }) => (sector[name] === group ? sign : 0), { most: limit - now })
    }
    const whole = held.reduce((sum, weight) => sum + weight, 0)
    this.#add(({ sign }) => sign, { most: exposureMax - whole })
    this.#add(({ sign }) => (sign === 1 ? 1 : 0), { most: buysMax })
    this.#add(({ sign }) => (sign === -1 ? 1 : 0), { most: sellsMax })
  }

  #add(
    coefficient: (trade: Trade) => number,
    { low, most, exposure }: { low?: number; most: number; exposure?: number },
  ): void {
    const { starts, indices, values } = this.packed
    for (const [column, trade] of this.#trades.entries()) {
      const value = coefficient(trade)
      if (value === 0) continue
      indices.push(column)
      values.push(value)
    }
    if (exposure !== undefined) {
      indices.push(this.#trades.length + exposure)
      values.push(1)
    }
    starts.push(indices.length)
    this.lower.push(low ?? null)
    this.upper.push(most)
  }
}

/** The quadratic part: own variances of purchases less sales, and the factors'. */
function curvature(
  { covariance, aversion }: PortfolioProblem,
  trades: readonly Trade[],
  scales: Float64Array,
): NonNullable<ModelData['hessian']> {
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  for (const [column, { name }] of trades.entries()) {
    const own = aversion * covariance.ownVariance[name]!
    indices.push(column)
    values.push(own)
    if (trades[column + 1]?.name === name) {
      indices.push(column + 1)
      values.push(-own)
    }
    starts.push(indices.length)
  }
  for (const [k, scale] of scales.entries()) {
    indices.push(trades.length + k)
    values.push(aversion * scale * scale)
    starts.push(indices.length)
  }
  return { format: 'triangular', dimension: starts.length - 1, starts, indices, values }
}
