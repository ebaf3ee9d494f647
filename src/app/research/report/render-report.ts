import { analyzeRun, type RunAnalysis, type RunRecord } from '../../../core/mod.ts'
import { document } from './document.ts'
import { glossarySection } from './glossary.ts'
import { html } from './html.ts'
import { pageOne, ribbon, titleBlock } from './page-head.ts'
import { embeddedLimits, reportJson } from './report-json.ts'
import type { ReportInput } from './section.ts'
import {
  dataSection,
  decisionsSection,
  nullTwinSection,
  parametersSection,
  reproduceFooter,
} from './section-basis.ts'
import { returnsSummary } from './section-equity.ts'
import { executionSection, fillModelSection } from './section-execution.ts'
import { exposureSection } from './section-exposure.ts'
import { haltsSection } from './section-halts.ts'
import { hygieneSection } from './section-hygiene.ts'
import { periodsSection } from './section-periods.ts'
import { riskSection } from './section-returns.ts'
import { sharesSection } from './section-shares.ts'
import { tradesSection } from './section-trades.ts'

const contents: readonly (readonly [string, string])[] = [
  ['equity', 'Equity'],
  ['trades', 'Trades'],
  ['costs', 'Costs'],
  ['exposure', 'Exposure'],
  ['returns', 'Returns'],
  ['risk', 'Risk and luck'],
  ['decisions', 'Why and why not'],
  ['null-twin', 'Null twins'],
  ['fills', 'Fill model'],
  ['shares', 'Rules of shares'],
  ['halts', 'Halts'],
  ['data', 'Data'],
  ['hygiene', 'Hygiene'],
  ['parameters', 'Parameters'],
  ['glossary', 'Glossary'],
  ['reproduce', 'Reproduce'],
]

/**
 * The tear sheet of a run as one HTML text: offline, readable without scripts, the same bytes for
 * the same record. Size is bounded: series are thinned, tables and charts have limits.
 */
export function renderReport(
  record: RunRecord,
  analysis: RunAnalysis = analyzeRun(record),
): string {
  const input: ReportInput = { record, analysis }
  const links = contents.filter(
    ([id]) =>
      (id !== 'null-twin' || analysis.nullTwin !== null) &&
      (id !== 'shares' || record.shareRules !== undefined) &&
      (id !== 'halts' || record.halts !== undefined),
  )
  const body = html`${ribbon(record)}${titleBlock(record, analysis)}<nav aria-label="Sections">${links.map(
    ([id, name]) => html`<a href="#${id}">${name}</a>`,
  )}</nav><main><div class="front">${pageOne(record, analysis)}${returnsSummary(input)}</div>${tradesSection(
    input,
  )}${executionSection(input)}${exposureSection(input)}${periodsSection(input)}${riskSection(input)}${decisionsSection(
    input,
  )}${nullTwinSection(input)}${fillModelSection(input)}${sharesSection(input)}${haltsSection(input)}${dataSection(input)}${hygieneSection(input)}${parametersSection(
    input,
  )}${glossarySection()}</main>${reproduceFooter(input)}`
  return document({
    title: `${record.name}: ${record.mode} report`,
    body,
    data: reportJson(record, analysis, embeddedLimits),
  })
}
