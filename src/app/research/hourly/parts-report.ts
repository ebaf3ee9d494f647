import type { MeanEstimate } from '../../../models/mod.ts'
import { formatCount, formatNumber } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import type { RankIcParts, RouteFigures } from './diagnose.ts'
import type { RouteExplanation } from './explain-route.ts'

const number = (value: number | null, digits: number, factor = 1): string =>
  value === null ? '—' : formatNumber(value * factor, digits)

const signed = (value: number | null): string =>
  value === null ? '—' : formatNumber(value, 4, true)

/** Rank ICs by sector, hour, night and horizon. */
export function partsSections({ bySector, byHour, byNight, decay }: RankIcParts): Html {
  const groups = (
    caption: string,
    head: string,
    of: readonly (readonly [string, MeanEstimate])[],
  ) =>
    table({
      caption,
      head: [head, 'Rank IC', '95 % interval', 'Hours'],
      rows: of.map(([name, mean]) => [name, ...estimate(mean)]),
    })
  const rows = (of: RankIcParts['byHour']) => of.map(({ group, mean }) => [group, mean] as const)
  return section(
    'parts',
    'Where the forecasts hold',
    html`<p>Mean rank IC with Newey-West intervals. Sectors are ranked among their own members, five at least.</p>${groups('Rank IC by sector', 'Sector', rows(bySector))}${groups('Rank IC by hour of the day', 'New York', rows(byHour))}${groups('Rank IC by window of the label', 'Label', rows(byNight))}<p>The same scores with the excess return of other horizons, from the next open: a forecast that decays at once is worth little after its costs.</p>${groups(
      'Rank IC by horizon',
      'Bars',
      decay.map(({ horizonBars, mean }) => [String(horizonBars), mean] as const),
    )}`,
  )
}

const estimate = ({ value, low, high, observations }: MeanEstimate): readonly string[] => [
  signed(value),
  low === null || high === null ? '—' : `${signed(low)} to ${signed(high)}`,
  formatCount(observations),
]

/** Features that are listed; all are in the data. */
const FEATURES_MOST = 15

/** What each route rests on. */
export const featuresSection = (
  routes: readonly Pick<RouteFigures, 'name' | 'implementation' | 'explanation'>[],
): Html =>
  section(
    'features',
    'What the forecasts rest on',
    html`${routes.map(
      ({ name, implementation, explanation }) =>
        html`<h3>${name}: ${implementation}</h3>${explanationTable(explanation)}`,
    )}`,
  )

function explanationTable(explanation: RouteExplanation): Html {
  const { fold, isHeldOut, bars, rows, features } = explanation
  const seen = isHeldOut ? 'that it had not seen' : 'that it was trained on'
  const shown = features
    .slice(0, FEATURES_MOST)
    .map((each) => [
      each.feature,
      number(each.shapBp, 3),
      number(each.shapLogOdds, 4),
      number(each.sensitivity, 3, 100),
      number(each.gainShare, 2, 100),
      each.splits === null ? '—' : formatCount(each.splits),
    ])
  return html`<p>The model of ${fold}: ${rows > 0 ? `exact Shapley values of ${formatCount(rows)} rows and ` : null}sensitivity on ${formatCount(bars)} hours ${seen}${rows > 0 ? '; gain and splits are of its training' : null}. Weight is no proof of an edge.</p>${table(
    {
      caption: `${Math.min(FEATURES_MOST, features.length)} of ${features.length} features, the weightiest first`,
      head: [
        'Feature',
        'Mean |Shapley value|, bp before calibration',
        'Of the log odds of a fall',
        'Forecasts that rest on it %',
        'Gain in training %',
        'Splits',
      ],
      rows: shown,
    },
  )}`
}
