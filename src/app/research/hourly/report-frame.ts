import { formatUtcDate } from '../../../core/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { formatCount, timeElement, zoneName } from '../report/format.ts'
import { type Html, html } from '../report/html.ts'
import type { Study } from './study.ts'

/** What every hourly report says of itself. */
export interface ReportFacts {
  readonly config: HourlyConfig
  readonly configurationHash: string
  readonly codeHash: string
  readonly command: string
  readonly study: Pick<Study, 'panel' | 'coverage' | 'labels' | 'hash'>
}

/** What a report's data say of the panel. */
export function studyFacts({ panel, coverage, labels, hash }: ReportFacts['study']) {
  const { grid, symbols, dataKind, provenance, tables } = panel
  return {
    ...{ kind: dataKind, hash, provenance, tables, coverage },
    labels: labels.entryBasis,
    names: symbols.length,
    bars: grid.openTime.length,
    anchor: grid.anchor,
    from: formatUtcDate(grid.openTime[0]!),
    to: formatUtcDate(grid.closeTime.at(-1)!),
  }
}

/** Head, contents, what to read first and foot of a report, around its sections. */
export function reportFrame(
  { config, configurationHash, codeHash, command, study }: ReportFacts,
  parts: {
    readonly ribbon: string
    /** Below the head's facts. */
    readonly link: Html | null
    readonly contents: readonly (readonly [id: string, name: string])[]
    readonly verdict: Html | false
    /** What to read first, after what the data say of themselves. */
    readonly warnings: readonly string[]
    /** Page one, after that. */
    readonly front: Html | false
    readonly sections: Html
  },
): Html {
  const { panel, hash } = study
  const { grid, symbols, dataKind, provenance } = panel
  const { ribbon, link, contents, verdict, warnings, front, sections } = parts
  const isGenerated = dataKind === 'generated'
  const kind = isGenerated ? 'generated panel, no company of these names exists' : 'real data'
  const gap = isGenerated
    ? 'Generated data hold no survivorship gap; they say nothing of real markets.'
    : 'Names that left are missing where the data do not hold them: see the coverage.'
  const first = [...provenance, gap, ...warnings]
  return html`<div class="ribbon backtest"><span>${ribbon}: ${kind}</span></div><header class="top"><div><h1>${config.name}</h1><p class="sub">Hourly portfolio, ${formatCount(symbols.length)} names, ${formatCount(grid.openTime.length)} bars<br>${timeElement(grid.openTime[0]!)} to ${timeElement(grid.closeTime.at(-1)!)} ${zoneName}<br>Preset: ${config.preset}; configuration ${configurationHash.slice(0, 12)}${link}</p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="zone" aria-pressed="false">Times: ${zoneName}</button><button type="button" data-do="json">JSON</button></div></header><nav aria-label="Sections">${contents.map(
    ([id, name]) => html`<a href="#${id}">${name}</a>`,
  )}</nav><main><div class="front">${verdict}<div class="box warnings"><h3>Read this first</h3><ul>${first.map((text) => html`<li>${text}</li>`)}</ul></div>${front}</div>${sections}</main><footer class="base" id="reproduce"><h2>Reproduce</h2><dl class="facts"><dt>Command</dt><dd><code>${command}</code></dd><dt>Configuration</dt><dd><code>${configurationHash}</code></dd><dt>Data</dt><dd><code>${hash}</code></dd><dt>Code</dt><dd><code>${codeHash}</code></dd></dl></footer>`
}
