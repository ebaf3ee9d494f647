import type {
  EquitiesParameters,
  ResidualParameters,
  ReversionParameters,
} from '../../strategies/mod.ts'
import { residualSchema } from './residual-schema.ts'
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
    residual: residualParameters(own, signal.maxGap),
  }
}

/** The section as written, or its defaults; null where the signal is the close. */
const residualSection = ({ signal, residual }: Equities) =>
  signal === 'close' ? null : (residual ?? residualSchema.parse({}))

function residualParameters(own: Equities, maxGap: number): ResidualParameters | null {
  const section = residualSection(own)
  if (section === null) return null
  const { tests, neutral, pca } = section
  const sectors = symbolSectors(own.sectors)
  return {
    factors:
      section.factors === 'sector'
        ? { kind: 'sector', sectors, proxies: section.proxies }
        : {
            ...{ kind: 'pca', window: pca.window },
            count:
              pca.explained === null
                ? { kind: 'fixed', count: pca.factors }
                : { kind: 'explained', share: pca.explained },
          },
    market: section.market ?? null,
    window: section.window,
    kappaMin: section.kappaMin,
    centreMeans: section.centreMeans,
    withDrift: section.drift,
    maxGap,
    tests:
      tests === null
        ? null
        : {
            ...{ window: tests.window, everySessions: tests.every },
            ...{ needsHalfLife: tests.halfLife, dependence: tests.dependence },
            falseDiscoveryRate: tests.falseDiscoveryRate,
          },
    neutral,
  }
}

/** Thresholds of the score where it is of residuals, else those of the strategy. */
export const tierOfSignal = ({ equities, tier }: Config['strategy']): ReversionParameters['tier'] =>
  (equities === undefined ? null : residualSection(equities))?.tier ?? tier

const symbolSectors = (sectors: Equities['sectors']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(sectors?.of ?? {}).flatMap(([name, { symbols }]) =>
      symbols.map((symbol) => [symbol, name]),
    ),
  )

/** Null where no sector has a cap. */
function sectorCaps({ sectors }: Equities): EquitiesParameters['sectors'] {
  if (sectors === undefined) return null
  const caps = Object.fromEntries(
    Object.entries(sectors.of).flatMap(([name, { cap }]) =>
      cap === undefined ? [] : [[name, cap]],
    ),
  )
  if (sectors.cap === null && Object.keys(caps).length === 0) return null
  return {
    cap: sectors.cap ?? Number.MAX_SAFE_INTEGER,
    freedBy: sectors.freedBy,
    caps,
    sectors: symbolSectors(sectors),
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
  const { shortable = [], sectors, residual } = equities ?? {}
  const named = Object.entries(sectors?.of ?? {}).flatMap(([sector, { symbols }]) =>
    symbols.map((symbol): [string, string] => [`strategy.equities.sectors.of.${sector}`, symbol]),
  )
  const section = 'strategy.equities'
  const factors = Object.entries(residual?.proxies ?? {}).map(
    ([sector, symbol]): [string, string] => [`${section}.residual.proxies.${sector}`, symbol],
  )
  const market = residual?.market
  if (market !== undefined) factors.push([`${section}.residual.market`, market])
  const able = shortable.map((symbol): [string, string] => [`${section}.shortable`, symbol])
  return [...able, ...named, ...factors]
}
