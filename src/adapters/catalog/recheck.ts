import { damagedFiles, loadTables } from './catalog.ts'
import { checksOf } from './checks/run.ts'
import { readRows, withDatabase } from './duckdb.ts'
import { instrumentStatistics } from './instrument-statistics.ts'
import type { Manifest } from './manifest.ts'

/**
 * Hashes a data set's files again and repeats every check on what is stored. Returns what is
 * wrong, in sentences; empty when all is well.
 */
export async function recheck(catalog: string, manifest: Manifest): Promise<string[]> {
  const damaged = await damagedFiles(catalog, manifest)
  if (damaged.length > 0) return damaged
  return withDatabase(async (connection) => {
    const problems: string[] = []
    const tables = await loadTables(connection, catalog, manifest)
    for (const table of manifest.tables) {
      const { shape } = table
      const columns = tables.get(shape)!
      const [count] = await readRows(connection, `select count(*)::int as n from "${shape}"`)
      if (count?.['n'] !== table.rows) {
        problems.push(`${table.file} holds ${count?.['n']} rows, the manifest says ${table.rows}`)
      }
      for (const { rule, finds } of checksOf(shape, columns, manifest).rules) {
        const [found] = await readRows(
          connection,
          `select count(*)::int as n, any_value(reason) as reason from (${finds})`,
        )
        if (Number(found?.['n']) > 0) {
          problems.push(`${table.file}: ${found?.['n']} rows break "${rule}": ${found?.['reason']}`)
        }
      }
      const known = new Map(
        table.instruments.map(({ instrument, priceDecimals, quantityDecimals }) => [
          instrument,
          { price: priceDecimals, quantity: quantityDecimals },
        ]),
      )
      const statistics = await instrumentStatistics(connection, shape, columns, known)
      if (JSON.stringify(statistics) !== JSON.stringify(table.instruments)) {
        problems.push(`${table.file}: spans or counts per instrument differ from the manifest`)
      }
    }
    return problems
  })
}
