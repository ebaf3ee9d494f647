import type { EconomicKind } from '../../core/mod.ts'

/** Spellings of the country whose figures count. */
const COUNTRIES = new Set(['us', 'usa', 'united states', 'united states of america'])

/** Names that hold a kind's words and are something else: regional, private, talk, guesses. */
const OTHERS =
  /\b(speaks?|speech|testif\w+|testimony|minutes|press conference|expectations?|forecast|auction|adp|redbook|gdp ?now|nowcast|weekly|michigan|benchmark|inventories|productivity|consumer credit)\b/

/** How each kind is called, after `core` and what stands in brackets is taken off. */
const NAMES: readonly (readonly [EconomicKind, RegExp])[] = [
  ['CPI', /^(cpi|consumer price index|inflation rate)\b/],
  ['PPI', /^(ppi|producer price(s| index))\b/],
  ['PCE', /^(pce|personal consumption expenditures?) price index\b/],
  ['NFP', /^((private |government |manufacturing )?non ?farm payrolls|employment situation)\b/],
  [
    'FOMC',
    /^(fed (interest )?(rate decision|funds? rate)|fomc (statement|rate decision|economic projections|interest rate decision)|federal funds rate)\b/,
  ],
  ['GDP', /^(real )?(gdp|gross domestic product)\b/],
  ['retailSales', /^(advance )?retail (sales|control)\b/],
  ['joblessClaims', /^((initial|continuing) )?jobless claims\b/],
  ['JOLTS', /^jolts?\b/],
]

/**
 * The kind of a calendar's line, null for everything that is not a first-rate US release or rate
 * decision. Knows the names of Investing.com and of Financial Modeling Prep.
 */
export function classifyRelease(country: string, name: string): EconomicKind | null {
  if (!COUNTRIES.has(country.trim().toLowerCase())) return null
  const text = name
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/[-_./,]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(u ?s|united states) /, '')
  if (OTHERS.test(text)) return null
  const plain = text.replace(/^core /, '')
  return NAMES.find(([, pattern]) => pattern.test(plain))?.[0] ?? null
}
