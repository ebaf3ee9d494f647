import { readRows } from '../duckdb.ts'
import type { ReadInput } from '../importer.ts'
import { dataError } from '../source-file.ts'

/** Most frequent distance of an instrument's neighbouring bars, us. */
export async function inferInterval(
  input: ReadInput,
  table: string,
  instrument: string,
  timeUs: string,
): Promise<number> {
  const [row] = await readRows(
    input.connection,
    `select mode(step)::double as step from (
       select t - lag(t) over (partition by i order by t) as step
       from (select ${instrument} as i, ${timeUs} as t from ${table})) where step > 0`,
  )
  const step = row?.['step']
  if (typeof step === 'number') return step
  throw dataError('014', `Cannot tell the length of the bars in ${input.probe.file.name}`, [
    'no instrument has two bars',
  ])
}
