import { join } from 'node:path'
import type { summariseLabels } from '../../../models/mod.ts'
import { document } from '../report/document.ts'
import { formatCount, formatNumber, formatTime } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import { writeBoth } from '../report/write-report.ts'
import type { LeakChecks } from './check-leaks.ts'
import { dataSections } from './data-report.ts'
import { leaksSection, settingsSection } from './evidence-report.ts'
import type { RouteExplanation } from './explain-route.ts'
import { labelTable } from './model-report.ts'
import { featuresSection } from './parts-report.ts'
import { type ReportFacts, reportFrame, studyFacts } from './report-frame.ts'
import type { TrainedModel, TrainedRoute } from './train-model.ts'

/** What a report of a training is made of. */
export interface TrainingReport extends ReportFacts {
  readonly trained: TrainedModel
  /** By route. */
  readonly explanations: readonly RouteExplanation[]
  readonly labels: ReturnType<typeof summariseLabels>
  readonly leaks: LeakChecks
}

/** Writes `training.html` and `training.json` into a folder, both or neither. */
export function writeTrainingReport(folder: string, report: TrainingReport): string {
  const { study, trained, ...rest } = report
  const routes = trained.routes.map(({ model: _, ...route }) => route)
  const { file, trainedOn } = trained
  const facts = { schema: 'ornstein.hourly-training/1', ...rest, file, trainedOn, routes }
  const data = JSON.stringify({ ...facts, data: studyFacts(study) })
  const page = document({ title: `Trained: ${report.config.name}`, body: body(report), data })
  const path = join(folder, 'training.html')
  writeBoth([join(folder, 'training.json'), `${data}\n`], [path, page])
  return path
}

const CONTENTS: readonly (readonly [string, string])[] = [
  ['trained', 'Trained'],
  ['features', 'Features'],
  ['labels', 'Labels'],
  ['leaks', 'Leaks'],
  ['sources', 'Sources'],
  ['coverage', 'Coverage'],
  ['settings', 'Settings'],
  ['reproduce', 'Reproduce'],
]

function body(report: TrainingReport): Html {
  const { config, study, trained, explanations, labels, leaks } = report
  const routes = trained.routes.map((route, i) => ({ ...route, explanation: explanations[i]! }))
  return reportFrame(report, {
    ribbon: 'TRAINING',
    link: null,
    contents: CONTENTS,
    ...{ verdict: false, front: false },
    warnings: [
      'These models have seen all of these data: no figure here says what they are worth. They refuse to forecast any date below.',
    ],
    sections: html`${section('trained', 'What was trained', trainedTables(trained))}${featuresSection(routes)}${section('labels', 'Labels', labelTable(labels))}${leaksSection(leaks, config)}${dataSections(study.panel, study.coverage)}${settingsSection(config)}`,
  })
}

function trainedTables({ file, routes, trainedOn }: TrainedModel): Html {
  return html`<p>Written to <code>${file}</code>. Calibrations were fitted on later training bars, forecast by models of earlier ones.</p>${table(
    {
      caption: 'Routes',
      head: [
        ...['Route', 'Weight %', 'Implementation', 'Computed by', 'Rows'],
        ...['Basis points for a unit of score', 't', 'Kept %'],
      ],
      rows: routes.map(routeRow),
    },
  )}${table({
    caption: 'Times that were seen, UTC',
    head: ['From', 'To'],
    rows: trainedOn.map(({ fromTime, toTime }) => [formatTime(fromTime), formatTime(toTime)]),
  })}`
}

function routeRow(route: TrainedRoute): readonly string[] {
  const { name, weight, implementation, computes, rows, calibration } = route
  const { returns } = calibration
  const slope =
    returns === null
      ? ['—', '—', '—']
      : [
          formatNumber(returns.slopeBps, 0, true),
          formatNumber(returns.slopeT, 1, true),
          formatNumber(returns.kept * 100, 0),
        ]
  return [
    name,
    formatNumber(weight * 100, 1),
    implementation,
    computes,
    formatCount(rows),
    ...slope,
  ]
}
