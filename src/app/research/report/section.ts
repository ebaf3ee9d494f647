import type { RunAnalysis, RunBars, RunRecord } from '../../../core/mod.ts'
import { type Html, html } from './html.ts'

/** What every section is drawn from. */
export interface ReportInput {
  readonly record: RunRecord
  readonly analysis: RunAnalysis
}

/** What the sections on risk and on periods are drawn from: of any run with daily returns. */
export interface ReturnsInput {
  readonly record: Pick<RunRecord, 'trials' | 'benchmark' | 'conventions'>
  readonly analysis: Pick<
    RunAnalysis,
    'equity' | 'drawdowns' | 'benchmark' | 'daily' | 'months' | 'periods'
  >
}

/** Width of every drawing and its plot area, pixels of the view box. */
export const WIDTH = 1040
export const PLOT_LEFT = 70
export const PLOT_RIGHT = WIDTH - 12

/** A section that is open, can be folded, and has an anchor. */
export const section = (id: string, title: string, body: Html): Html =>
  html`<details class="section" id="${id}" open><summary><h2>${title}</h2></summary>${body}</details>`

/** A drawing with a caption, its switches, and its table twin folded below. */
export const figureBlock = (
  caption: string,
  drawing: Html,
  twin: Html | null = null,
  switches: Html | null = null,
): Html =>
  html`<figure><div class="above"><figcaption>${caption}</figcaption><div class="switches">${switches}</div></div><div class="plot">${drawing}</div></figure>${
    twin === null
      ? null
      : html`<details class="twin"><summary>View as table</summary>${twin}</details>`
  }`

/** Rows spread evenly over a series for its table twin, first and last included. */
export function spreadRows(length: number, most: number): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)))
}

/** Instruments that get a price chart of their own. */
const CHARTS_MOST = 6

/** Bars that are drawn: the instruments with most fills. */
export function chartedBars(record: RunRecord): readonly RunBars[] {
  const counts = new Map<number, number>()
  for (const { instrument } of record.fills) {
    counts.set(instrument, (counts.get(instrument) ?? 0) + 1)
  }
  const fills = (bars: RunBars): number => counts.get(bars.instrument) ?? 0
  return record.bars
    .filter((bars) => bars.time.length > 0)
    .toSorted((a, b) => fills(b) - fills(a) || a.instrument - b.instrument)
    .slice(0, CHARTS_MOST)
}
