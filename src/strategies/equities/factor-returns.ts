import { eigenportfolios } from '../../core/mod.ts'
import { lastCloses, returnsOf, type SessionCloses } from './close-history.ts'
import type { ResidualParameters } from './residual-parameters.ts'

/** What is known of all names over the same last sessions. */
export interface Panel {
  readonly symbols: readonly string[]
  /** By instrument: its returns, null where closes are missing. */
  readonly returns: readonly (Float64Array | null)[]
  readonly market: Float64Array | null
  /** By instrument: returns of its factors; null where it has none. */
  factors(id: number): readonly Float64Array[] | null
  /** Share of variance that eigenportfolios explain; null with other factors. */
  readonly explained: number | null
}

/** Names that are factors and are never traded. */
export function factorOnly({ factors, market }: ResidualParameters): ReadonlySet<string> {
  const proxies = factors.kind === 'sector' ? Object.values(factors.proxies) : []
  return new Set(market === null ? proxies : [...proxies, market])
}

/** Returns of names and factors over the last `length` sessions of `rows`. */
export function panelOf(
  p: ResidualParameters,
  symbols: readonly string[],
  rows: readonly SessionCloses[],
  length: number,
): Panel {
  const returns = symbols.map((_, id) => {
    const closes = lastCloses(rows, id, length + 1, p.maxGap)
    return closes === null ? null : returnsOf(closes)
  })
  const aside = factorOnly(p)
  const names = symbols.flatMap((symbol, id) => (aside.has(symbol) ? [] : [id]))
  const market =
    p.market === null ? meanOf(names.map((id) => returns[id]!)) : of(returns, symbols, p.market)
  const panel = { symbols, returns, market }
  if (p.factors.kind === 'pca') return { ...panel, ...pcaFactors(p, { symbols, rows, length }) }
  return { ...panel, factors: sectorFactors(p, names, panel), explained: null }
}

const of = <T>(all: readonly T[], symbols: readonly string[], symbol: string): T | null =>
  all[symbols.indexOf(symbol)] ?? null

function sectorFactors(
  { factors }: ResidualParameters,
  names: readonly number[],
  { symbols, returns }: Pick<Panel, 'symbols' | 'returns'>,
): Panel['factors'] {
  if (factors.kind !== 'sector') return () => null
  const sums = new Map<string, { readonly sum: Float64Array; count: number }>()
  for (const id of names) {
    const sector = factors.sectors[symbols[id]!]
    const own = returns[id]!
    if (sector === undefined || own === null) continue
    const entry = sums.get(sector) ?? { sum: new Float64Array(own.length), count: 0 }
    for (let i = 0; i < own.length; i++) entry.sum[i]! += own[i]!
    entry.count++
    sums.set(sector, entry)
  }
  return (id) => {
    const sector = factors.sectors[symbols[id]!]
    if (sector === undefined) return null
    const proxy = factors.proxies[sector]
    const entry = sums.get(sector)
    const factor =
      proxy === undefined ? meanOfOthers(entry, returns[id]!) : of(returns, symbols, proxy)
    return factor === null ? null : [factor]
  }
}

/** Mean return of a sector without one of its own; null where there is no other. */
function meanOfOthers(
  sector: { readonly sum: Float64Array; readonly count: number } | undefined,
  own: Float64Array | null,
): Float64Array | null {
  if (sector === undefined || own === null || sector.count < 2) return null
  return sector.sum.map((sum, i) => (sum - own[i]!) / (sector.count - 1))
}

/** Of eigenportfolios over their own window, the returns over the last `length` sessions. */
function pcaFactors(
  p: ResidualParameters,
  asked: {
    readonly symbols: readonly string[]
    readonly rows: readonly SessionCloses[]
    readonly length: number
  },
): Pick<Panel, 'factors' | 'explained'> {
  const { factors } = p
  const none = { factors: () => null, explained: null }
  if (factors.kind !== 'pca') return none
  const { symbols, rows, length } = asked
  const window = Math.max(factors.window, length)
  const aside = factorOnly(p)
  const names = symbols.flatMap((symbol, id) => {
    const closes = aside.has(symbol) ? null : lastCloses(rows, id, window + 1, p.maxGap)
    if (closes === null) return []
    const all = returnsOf(closes)
    const own = all.subarray(window - factors.window)
    // One that stood still has no correlation, and must not cost the others theirs.
    return own.every((value) => value === own[0]) ? [] : [{ id, returns: all, own }]
  })
  const own = names.map((name) => name.own)
  const made = eigenportfolios(own, factors.count)
  if (made === null) return none
  const returns = made.weights.map((weights) => {
    const factor = new Float64Array(length)
    weights.forEach((weight, i) => {
      const name = names[i]!.returns
      for (let t = 0; t < length; t++) factor[t]! += weight * name[window - length + t]!
    })
    return factor
  })
  const known = new Set(names.map(({ id }) => id))
  return { factors: (id) => (known.has(id) ? returns : null), explained: made.explained }
}

/** Mean return by session of those that are known; null of none. */
function meanOf(returns: readonly (Float64Array | null)[]): Float64Array | null {
  const known = returns.filter((each) => each !== null)
  if (known.length === 0) return null
  const sums = new Float64Array(known[0]!.length)
  for (const each of known) for (let i = 0; i < sums.length; i++) sums[i]! += each[i]!
  return sums.map((sum) => sum / known.length)
}
