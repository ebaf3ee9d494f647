import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows, sqlName, sqlText } from '../duckdb.ts'
import type { Importer } from '../importer.ts'
import { type Column, levelsOf, type Shape } from '../shapes.ts'
import { barNotes, barRules, staleTail } from './bars.ts'
import {
  bookNotes,
  bookRules,
  quoteNotes,
  quoteRules,
  summaryNotes,
  summaryRules,
} from './books.ts'
import { changeNotes, changeRules } from './changes.ts'
import { type CheckResult, EXAMPLES_SHOWN, type Note, type Rule } from './rule.ts'
import { findTickerReuse } from './ticker-reuse.ts'
import { executionRules, fundingNotes, fundingRules, tradeNotes, tradeRules } from './trades.ts'

/** Table of rows put aside: (shape, source_row, rule, reason, content as JSON). */
export const QUARANTINE = 'quarantine'

/** Makes the table of rows put aside. */
export async function createQuarantine(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `create table ${QUARANTINE} (shape varchar, source_row bigint, rule varchar, reason varchar,
      content varchar)`,
  )
}

/** Rules and notes of a shape. */
export function checksOf(
  shape: Shape,
  columns: readonly Column[],
  importer: Pick<Importer, 'continuous' | 'instrumentKind'>,
): { readonly rules: readonly Rule[]; readonly notes: readonly Note[] } {
  switch (shape) {
    case 'bars':
      return { rules: barRules, notes: barNotes(importer.continuous) }
    case 'books':
      return { rules: bookRules(levelsOf(columns)), notes: bookNotes }
    case 'bookChanges':
      return { rules: changeRules, notes: changeNotes }
    case 'quotes':
      return { rules: quoteRules, notes: quoteNotes }
    case 'bookSummaries':
      return { rules: summaryRules, notes: summaryNotes }
    case 'trades':
      return { rules: tradeRules, notes: tradeNotes }
    case 'executions':
      return { rules: executionRules, notes: [] }
    case 'funding':
      return { rules: fundingRules, notes: fundingNotes }
    case 'reference':
      return { rules: [], notes: [] }
  }
}

/** Applies a shape's rules: moves every offending row into the quarantine table. */
export async function applyRules(
  connection: DuckDBConnection,
  shape: Shape,
  columns: readonly Column[],
  importer: Pick<Importer, 'continuous' | 'instrumentKind'>,
): Promise<void> {
  for (const { rule, finds } of checksOf(shape, columns, importer).rules) {
    await quarantine(connection, shape, rule, finds)
  }
  if (shape !== 'bars' || importer.instrumentKind !== 'equity') return
  const suspects = await findTickerReuse(connection)
  if (suspects.length > 0) {
    const values = suspects.map(({ id, reason }) => `(${id}, ${sqlText(reason)})`).join(', ')
    const finds = `select id, reason from (values ${values}) as suspects(id, reason)`
    await quarantine(connection, shape, 'ticker reuse', finds)
  }
  await quarantine(connection, shape, staleTail.rule, staleTail.finds)
}

async function quarantine(
  connection: DuckDBConnection,
  shape: Shape,
  rule: string,
  finds: string,
): Promise<void> {
  const table = sqlName(shape)
  await connection.run(
    `create or replace temp table found as
       select id, any_value(reason) as reason from (${finds}) group by id`,
  )
  await connection.run(
    `insert into ${QUARANTINE} select ${sqlText(shape)}, source_row, ${sqlText(rule)}, reason,
       to_json(t)::varchar from ${table} as t join found on t.rowid = found.id order by source_row`,
  )
  await connection.run(`delete from ${table} where rowid in (select id from found)`)
}

/** What was put aside from a table, by rule. */
export async function quarantineResults(connection: DuckDBConnection): Promise<CheckResult[]> {
  const rows = await readRows(
    connection,
    `select shape, rule, count(*)::int as count,
       list('row ' || source_row || ': ' || reason order by source_row)[1:${EXAMPLES_SHOWN}]
         as examples
     from ${QUARANTINE} group by shape, rule order by min(source_row), rule`,
  )
  return rows.map((row) => ({
    table: String(row['shape']),
    check: String(row['rule']),
    outcome: 'quarantined',
    count: Number(row['count']),
    examples: row['examples'] as string[],
  }))
}

/** Findings of a shape's notes; those with none are left out. */
export async function noteResults(
  connection: DuckDBConnection,
  shape: Shape,
  columns: readonly Column[],
  importer: Pick<Importer, 'continuous' | 'instrumentKind'>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const { check, finds } of checksOf(shape, columns, importer).notes) {
    const [row] = await readRows(
      connection,
      `select count(*)::int as count, list(text)[1:${EXAMPLES_SHOWN}] as examples from (${finds})`,
    )
    const count = Number(row?.['count'] ?? 0)
    if (count === 0) continue
    const examples = row?.['examples'] as string[]
    results.push({ table: shape, check, outcome: 'noted', count, examples })
  }
  return results
}
