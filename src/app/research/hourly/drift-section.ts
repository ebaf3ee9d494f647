import { formatCount, formatNumber } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import type { Diagnosis } from './diagnose.ts'

/** Features that are listed; all are in the data. */
const FEATURES_MOST = 15
/** What custom calls worth a look, and a change. */
const LOOK = 0.1
const CHANGE = 0.25

/** How far features went from what the last model was trained on. */
export function driftSection({ fold, trainRows, testRows, features, label }: Diagnosis['drift']) {
  return section(
    'drift',
    'Drift',
    trainRows === 0
      ? html`<p>What the saved model was trained on is not among these data: nothing to compare with.</p>`
      : html`${summary({ fold, trainRows, testRows, features })}${table({
          caption: `${Math.min(FEATURES_MOST, features.length)} of ${features.length} features, the furthest first, and the label`,
          head: ['Column', 'Population stability index', 'By custom'],
          rows: [...features.slice(0, FEATURES_MOST), label].map(({ name, psi }) => [
            name,
            psi === null ? '—' : formatNumber(psi, 3),
            wordOf(psi),
          ]),
        })}`,
  )
}

function summary(
  of: Pick<Diagnosis['drift'], 'fold' | 'trainRows' | 'testRows' | 'features'>,
): Html {
  const beyond = (limit: number): number =>
    of.features.filter(({ psi }) => psi !== null && psi > limit).length
  return html`<p>${of.fold}: ${formatCount(of.testRows)} rows of its test against ${formatCount(of.trainRows)} of its training. ${formatCount(beyond(CHANGE))} of ${formatCount(of.features.length)} features are above ${CHANGE}, ${formatCount(beyond(LOOK))} above ${LOOK}. What all names share, like the VIX, and what hardly moves within a name drifts over so few independent values even when nothing has changed.</p>`
}

const wordOf = (psi: number | null): string =>
  psi === null ? '—' : psi > CHANGE ? 'changed' : psi > LOOK ? 'worth a look' : 'stable'
