import type { EquitiesParameters, ReversionParameters } from '../../strategies/mod.ts'
import type { Config } from './schema.ts'

type Equities = NonNullable<Config['strategy']['equities']>

/** How equities are decided, in the strategy's terms; null where every bar is. */
export function equitiesParameters({ strategy, signal }: Config): EquitiesParameters | null {
  const own = strategy.equities
  if (own === undefined) return null
  return {
    decision: own.decision,
    prices: signal.prices ?? 'bar',
    quoteWaitUs: own.quoteWait,
    precloseLeadUs: own.precloseLead,
    flattenLeadUs: own.flattenAtClose,
    shortable: own.shortable === undefined ? null : new Set(own.shortable),
    sectors: sectorCaps(own),
    window: { size: signal.window, current: signal.current },
  }
}

function sectorCaps({ sectors }: Equities): EquitiesParameters['sectors'] {
  if (sectors === undefined) return null
  const named = Object.entries(sectors.of)
  return {
    cap: sectors.cap,
    freedBy: sectors.freedBy,
    caps: Object.fromEntries(
      named.flatMap(([name, { cap }]) => (cap === undefined ? [] : [[name, cap]])),
    ),
    sectors: Object.fromEntries(
      named.flatMap(([name, { symbols }]) => symbols.map((symbol) => [symbol, name])),
    ),
  }
}

/** What equities add to the parameters of reversion. */
export const sessionRules = ({
  equities,
}: Config['strategy']): Pick<ReversionParameters, 'noQuote' | 'timeStopSessions'> =>
  equities === undefined
    ? {}
    : { noQuote: equities.noQuote, timeStopSessions: equities.timeStopSessions }

/** Names that the settings of equities are about, each with its key. */
export function equityNames({ equities }: Config['strategy']): readonly [string, string][] {
  const { shortable = [], sectors } = equities ?? {}
  const named = Object.entries(sectors?.of ?? {}).flatMap(([sector, { symbols }]) =>
    symbols.map((symbol): [string, string] => [`strategy.equities.sectors.of.${sector}`, symbol]),
  )
  const key = 'strategy.equities.shortable'
  return [...shortable.map((symbol): [string, string] => [key, symbol]), ...named]
}
