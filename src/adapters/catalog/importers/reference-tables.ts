import { headerWith, type Importer } from '../importer.ts'
import { eachCsvRow } from './lines.ts'

/** A table of facts about instruments, kept as published; `key` must be unique and not empty. */
const referenceTable = (
  kind: string,
  title: string,
  columns: readonly string[],
  key: string,
): Importer => ({
  kind,
  title,
  venue: '',
  instrumentKind: 'equity',
  timeZone: 'none',
  units: 'as published',
  continuous: false,
  recognises: headerWith(...columns),
  async read(input) {
    const rows = await input.tables.open('reference', { reference: columns })
    const at = columns.indexOf(key)
    const seen = new Map<string, number>()
    await eachCsvRow(input, { header: true, width: columns.length }, (cells, row) => {
      const value = cells[at]!
      const earlier = seen.get(value)
      if (value === '') input.reject(row, 'missing value', `${key} is empty`)
      else if (earlier !== undefined) {
        input.reject(row, 'duplicate', `${key} ${value} as in row ${earlier}`)
      } else {
        seen.set(value, row)
        const cell = Object.fromEntries(columns.map((name, n) => [name, cells[n] ?? null]))
        rows.add({ source_row: row, ...cell })
      }
    })
  },
})

/** Names and sectors of equities. */
export const sectorTable = referenceTable(
  'equity-sectors',
  'Sectors of US equities',
  ['symbol', 'name', 'sector', 'grp'],
  'symbol',
)

/** A list of equities to trade with sector and rank. */
export const universeTable = referenceTable(
  'equity-universe',
  'Universe of US equities',
  ['symbol', 'sector', 'avg_dollar_volume_2010_2018', 'rk'],
  'symbol',
)

/** Assets of a builder-deployed exchange with their number rules. */
export const builderUniverse = referenceTable(
  'hyperliquid-universe',
  'Universe of a builder-deployed Hyperliquid exchange',
  ['index_in_dex', 'name', 'szDecimals', 'maxLeverage', 'onlyIsolated', 'marginMode', 'isDelisted'],
  'name',
)
