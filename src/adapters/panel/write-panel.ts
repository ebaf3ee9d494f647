import { join } from 'node:path'
import { ACTION_KINDS, type KnownTable, type PanelTables } from '../../core/mod.ts'
import { type TableColumn, type TableFormat, writeTable } from '../store/table-files.ts'
import { TIME_COLUMNS } from './sheet-table.ts'

/**
 * Writes the tables of a panel into a folder in the layout that {@link panelFolder} reads, each
 * whole or not at all, and returns the files' names. A benchmark's bars have to be among the others.
 */
export async function writePanelTables(
  folder: string,
  tables: PanelTables,
  how: { readonly sectorNames: readonly string[]; readonly format: TableFormat },
): Promise<readonly string[]> {
  const { membership, macro, bars } = tables
  const { sectors, actions, delistings, shares, fundamentals, sentiment, analyst } = tables
  const written: string[] = []
  const one = async (table: KnownTable | null, name: string): Promise<void> => {
    if (table === null) return
    await writeTable(join(folder, name), columnsOf(table, how.sectorNames), [how.format])
    written.push(`${name}.${how.format}`)
  }
  const several = async (list: readonly KnownTable[], kind: string): Promise<void> => {
    for (const [k, table] of list.entries()) await one(table, k === 0 ? kind : `${kind}-${k + 1}`)
  }
  await several(bars, 'bars')
  await one(membership === 'everyName' ? null : membership, 'membership')
  const rest = { sectors, actions, delistings, shares, fundamentals, sentiment, analyst }
  for (const [kind, table] of Object.entries(rest)) await one(table, kind)
  await several(macro, 'macro')
  return written
}

/** The columns that a table is read by: symbol, four times, fields with words for their numbers. */
function columnsOf(table: KnownTable, sectorNames: readonly string[]): TableColumn[] {
  const { kind, symbols, symbol, fields } = table
  const text = (name: string, of: (row: number) => string | undefined): TableColumn => ({
    ...{ name, type: 'text' },
    values: Array.from(symbol, (_, row) => of(row) ?? null),
  })
  const own = Object.entries(fields).map(([name, values]): TableColumn => {
    if (name === 'is_member') return text(name, (row) => String(values[row] === 1))
    if (name === 'sector') return text(name, (row) => sectorNames[values[row]!])
    if (kind === 'actions' && name === 'kind')
      return text(name, (row) => ACTION_KINDS[values[row]!])
    const isTime = name.endsWith('_time') || name === 'start'
    return { name, type: isTime ? 'instant' : 'number', values }
  })
  return [
    ...(kind === 'macro' ? [] : [text('symbol', (row) => symbols[symbol[row]!])]),
    ...Object.entries(TIME_COLUMNS).map(
      ([name, key]): TableColumn => ({ name, type: 'instant', values: table[key] }),
    ),
    ...own,
  ]
}
