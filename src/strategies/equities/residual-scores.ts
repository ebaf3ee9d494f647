import {
  type FactorBasis,
  factorBasis,
  fitResidualProcess,
  isExplainedWholly,
  type ResidualProcess,
  regressOnFactors,
  residualScore,
} from '../../core/mod.ts'
import type { SessionCloses } from './close-history.ts'
import { factorOnly, type Panel, panelOf } from './factor-returns.ts'
import type { ResidualParameters } from './residual-parameters.ts'

/** The score of a name at the last session of the closes. */
export interface ResidualScore {
  readonly s: number
  readonly model: ResidualProcess
  /** Daily drift of the residual. */
  readonly alpha: number
  /** Mean that was taken off. */
  readonly centre: number
  /** Beta against its only factor; null where there are several. */
  readonly factorBeta: number | null
  /** Beta against the market. */
  readonly marketBeta: number
}

/** Why a name has no score. */
export type NoScore =
  | 'factor only'
  | 'closes missing'
  | 'no factor'
  | 'factors collinear'
  | 'nothing left'
  | 'not reverting'

/** Scores by instrument, with why there is none. */
export interface ResidualScores {
  readonly byName: readonly (ResidualScore | NoScore)[]
  readonly explained: number | null
}

/** Scores all names on the last session of `rows`: nothing later is looked at. */
export function scoreResiduals(
  p: ResidualParameters,
  symbols: readonly string[],
  rows: readonly SessionCloses[],
): ResidualScores {
  const panel = panelOf(p, symbols, rows, p.window)
  const aside = factorOnly(p)
  const bases = new Map<readonly Float64Array[], FactorBasis | null>()
  const market = panel.market === null ? null : factorBasis([panel.market], p.window)
  const fits = symbols.map((symbol, id) =>
    aside.has(symbol) ? 'factor only' : fitName(panel, id, { p, bases, market }),
  )
  const centre = p.centreMeans ? centreOf(p, fits) : 0
  return {
    byName: fits.map((fit) => {
      if (typeof fit === 'string') return fit
      const drift = p.withDrift ? fit.alpha : 0
      const s = residualScore(fit.model, { centre, alpha: drift })
      return { ...fit, centre, s }
    }),
    explained: panel.explained,
  }
}

type Fit = Omit<ResidualScore, 's' | 'centre'>

function fitName(
  panel: Panel,
  id: number,
  shared: {
    readonly p: ResidualParameters
    /** Names with the same factors share the basis. */
    readonly bases: Map<readonly Float64Array[], FactorBasis | null>
    readonly market: FactorBasis | null
  },
): Fit | NoScore {
  const { p, bases, market } = shared
  const returns = panel.returns[id]!
  if (returns === null) return 'closes missing'
  const factors = panel.factors(id)
  if (factors === null) return 'no factor'
  if (!bases.has(factors)) bases.set(factors, factorBasis(factors, p.window))
  const basis = bases.get(factors) ?? null
  if (basis === null || market === null) return 'factors collinear'
  const fit = regressOnFactors(basis, returns)
  if (isExplainedWholly(fit, returns)) return 'nothing left'
  const { alpha, betas, residuals } = fit
  const model = fitResidualProcess(residuals)
  if (model === null) return 'not reverting'
  const marketBeta = regressOnFactors(market, returns).betas[0]!
  return { model, alpha, factorBeta: betas.length === 1 ? betas[0]! : null, marketBeta }
}

/** Mean of the means of the names that revert fast enough: of the others it is hardly known. */
function centreOf({ kappaMin }: ResidualParameters, fits: readonly (Fit | NoScore)[]): number {
  const means = fits.flatMap((fit) =>
    typeof fit !== 'string' && fit.model.kappa >= kappaMin ? [fit.model.mean] : [],
  )
  return means.length === 0 ? 0 : means.reduce((sum, value) => sum + value, 0) / means.length
}
