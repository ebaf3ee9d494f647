import { join } from 'node:path'
import {
  pngOf,
  type TableColumn,
  writeFileAtomically,
  writeTable,
} from '../../../../adapters/mod.ts'
import { writeBoth } from '../../report/write-report.ts'
import { fundCharts } from './fund-charts.ts'
import type { FundComparison } from './fund-comparison.ts'
import { fundPage } from './fund-page.ts'
import { fundPicture } from './fund-picture.ts'

/**
 * Writes `comparison.html`, `comparison.json`, the table `public_quant_model_comparison` as CSV and
 * Parquet, and a picture of each chart, 2600 by 1520.
 */
export async function writeFundComparison(
  folder: string,
  comparison: FundComparison,
): Promise<void> {
  const charts = fundCharts(comparison)
  await writeTable(join(folder, 'public_quant_model_comparison'), columnsOf(comparison))
  for (const chart of charts) {
    const picture = await pngOf(fundPicture(chart))
    writeFileAtomically(join(folder, `${chart.file}.png`), picture, { mode: 0o644 })
  }
  const data = JSON.stringify(comparison)
  writeBoth(
    [join(folder, 'comparison.json'), `${data}\n`],
    [join(folder, 'comparison.html'), fundPage(comparison, charts, data)],
  )
}

function columnsOf({ rows }: FundComparison): readonly TableColumn[] {
  type Row = FundComparison['rows'][number]
  const text = (name: string, of: (row: Row) => string): TableColumn => ({
    ...{ name, type: 'text', values: rows.map(of) },
  })
  const number = (name: string, of: (row: Row) => number | null): TableColumn => ({
    ...{ name, type: 'number', values: rows.map(of) },
  })
  return [
    text('name', ({ name }) => name),
    text('category', ({ category }) => category),
    text('strategy_family', ({ family }) => family),
    number('annualized_return_pct', ({ returnPercent }) => returnPercent),
    number('aum_or_capacity_usd_bn', ({ capitalBillion }) => capitalBillion),
    number('cumulative_net_gains_usd_bn', ({ gainsBillion }) => gainsBillion),
    text('period_basis', ({ basis }) => basis),
    text('data_quality', ({ quality }) => quality),
    text('source_key', ({ source }) => source),
    number('estimated_annual_pnl_usd_bn', ({ scaleBillion }) => scaleBillion),
  ]
}
