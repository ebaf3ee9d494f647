import {
  adjustForFalseDiscovery,
  cumulate,
  dickeyFuller,
  engleGranger,
  estimateHalfLife,
  factorBasis,
  isExplainedWholly,
  nullPValue,
  regressOnFactors,
  unitRootNull,
} from '../../core/mod.ts'
import type { SessionCloses } from './close-history.ts'
import { factorOnly, type Panel, panelOf } from './factor-returns.ts'
import type { ResidualParameters, ReversionTests } from './residual-parameters.ts'

/** What the tests say of a name. */
export interface NameVerdict {
  /** Of a residual that does not revert. */
  readonly pValue: number
  /** The same after all names that were looked at. */
  readonly adjustedPValue: number
  /** Sessions, corrected for its bias; null where the data span fewer than ten. */
  readonly halfLife: number | null
  readonly hasPassed: boolean
}

/** The tests of all names on one day: plain data. */
export interface Review {
  readonly day: number
  /** By instrument; null where it could not be tested. */
  readonly names: readonly (NameVerdict | null)[]
}

/** Draws of a null distribution: the smallest p value is one in so many. */
const NULL_DRAWS = 5000
const NULL_SEED = 20_100_401

/** Null distributions by number of factors, each drawn when it is first needed. */
export type NullTables = Map<number, Float64Array>

/** True when names must be tested again: never were, or so many sessions ago. */
export function isReviewDue(
  tests: ReversionTests,
  review: Review | null,
  rows: readonly SessionCloses[],
): boolean {
  if (review === null) return true
  return rows.filter(({ day }) => day > review.day).length >= tests.everySessions
}

/**
 * Tests every name on the closes so far. Against one factor: Engle and Granger's test of log price
 * on the factor's, with MacKinnon's values. Against several: the Dickey-Fuller statistic of the
 * cumulated residual, held against random walks that were regressed on as many. Then the false
 * discovery rate over all names, and the half-life of what was tested.
 */
export function reviewResiduals(
  p: ResidualParameters & { readonly tests: ReversionTests },
  symbols: readonly string[],
  rows: readonly SessionCloses[],
  tables: NullTables,
): Review {
  const { tests } = p
  const panel = panelOf(p, symbols, rows, tests.window)
  const aside = factorOnly(p)
  const found = symbols.map((symbol, id) =>
    aside.has(symbol) ? null : testName(panel, id, tables),
  )
  const tested = found.flatMap((each, id) => (each === null ? [] : [{ id, ...each }]))
  const adjusted = adjustForFalseDiscovery(
    tested.map(({ pValue }) => pValue),
    tests.dependence,
  )
  const names: (NameVerdict | null)[] = symbols.map(() => null)
  tested.forEach(({ id, pValue, halfLife }, i) => {
    const adjustedPValue = adjusted[i]!
    const isLong = tests.needsHalfLife && halfLife === null
    const hasPassed = adjustedPValue <= tests.falseDiscoveryRate && !isLong
    names[id] = { pValue, adjustedPValue, halfLife, hasPassed }
  })
  return { day: rows.at(-1)?.day ?? 0, names }
}

interface Tested {
  readonly pValue: number
  readonly halfLife: number | null
}

function testName(panel: Panel, id: number, tables: NullTables): Tested | null {
  const returns = panel.returns[id]!
  const factors = returns === null ? null : panel.factors(id)
  if (returns === null || factors === null) return null
  if (factors.length === 1) {
    const test = engleGranger(logLevels(returns), logLevels(factors[0]!))
    if (test === null) return null
    return { pValue: test.pValue, halfLife: estimateHalfLife(test.line.residuals).halfLife }
  }
  const basis = factorBasis(factors, returns.length)
  if (basis === null) return null
  const fit = regressOnFactors(basis, returns)
  if (isExplainedWholly(fit, returns)) return null
  const levels = cumulate(fit.residuals)
  const test = dickeyFuller(levels)
  if (test === null) return null
  const table = tableOf(tables, { length: returns.length, factors: factors.length })
  return {
    pValue: nullPValue(table, test.statistic),
    halfLife: estimateHalfLife(levels).halfLife,
  }
}

function tableOf(
  tables: NullTables,
  asked: { readonly length: number; readonly factors: number },
): Float64Array {
  const known = tables.get(asked.factors)
  if (known !== undefined) return known
  const made = unitRootNull({ ...asked, draws: NULL_DRAWS, seed: NULL_SEED })
  tables.set(asked.factors, made)
  return made
}

const logLevels = (returns: Float64Array): Float64Array =>
  cumulate(returns.map((value) => Math.log1p(value)))
