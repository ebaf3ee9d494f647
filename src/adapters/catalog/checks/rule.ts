/** A condition that no row may meet. Rows that do are put aside, each with its reason. */
export interface Rule {
  /** Stable name, for example "high below low". */
  readonly rule: string
  /** SQL: (id, reason) of the offending rows, `id` being the table's rowid. */
  readonly finds: string
}

/** Something worth knowing that leaves the rows in place. */
export interface Note {
  /** Stable name, for example "locked book". */
  readonly check: string
  /** SQL: one text per finding, in order. */
  readonly finds: string
}

/** Result of a check, as manifests and reports show it. */
export interface CheckResult {
  readonly table: string
  readonly check: string
  /** quarantined: rows put aside; noted: rows kept. */
  readonly outcome: 'quarantined' | 'noted'
  readonly count: number
  /** The first findings in words. */
  readonly examples: readonly string[]
}

/** Findings shown per check. */
export const EXAMPLES_SHOWN = 3

/** SQL: true when a number is there and finite. */
const present = (column: string): string => `(${column} is not null and isfinite(${column}))`

/** SQL: a rule that every named column is there. */
export function missingValues(table: string, columns: readonly string[], numeric: boolean): Rule {
  const missing = (column: string): string =>
    numeric ? `not ${present(column)}` : `${column} is null or ${column} = ''`
  const names = columns.map((column) => `case when ${missing(column)} then '${column}' end`)
  return {
    rule: 'missing value',
    finds: `select rowid as id, 'no ' || concat_ws(', ', ${names.join(', ')}) as reason
      from ${table} where ${columns.map((column) => `(${missing(column)})`).join(' or ')}`,
  }
}

/** SQL: a rule on times outside 1990 to 2100, the sign of a wrong unit. */
export const timeOutOfRange = (table: string, columns: readonly string[]): Rule => ({
  rule: 'time out of range',
  finds: `select rowid as id, concat_ws(', ', ${columns
    .map((column) => `'${column} ' || ${column}`)
    .join(', ')}) || ' is not between 1990 and 2100' as reason
    from ${table} where ${columns
      .map((column) => `${column} not between ${FIRST_TIME_US} and ${LAST_TIME_US}`)
      .join(' or ')}`,
})

const FIRST_TIME_US = 631_152_000_000_000
const LAST_TIME_US = 4_102_444_800_000_000

/** SQL: a note on rows whose time is before an earlier row's of the same instrument. */
export const timeOrder = (table: string, time: string): Note => ({
  check: 'time order',
  finds: `select 'row ' || source_row || ' of ' || instrument || ' is ' || (latest - ${time})
      || ' us earlier than a row before it; the normalised copy is sorted' as text
    from (select *, max(${time}) over (partition by instrument order by source_row
      rows between unbounded preceding and 1 preceding) as latest from ${table})
    where ${time} < latest order by source_row`,
})

/** SQL: a note on pauses longer than `limitUs`. */
export const pauses = (table: string, time: string, limitUs: number): Note => ({
  check: 'gap',
  finds: `select instrument || ' pauses for ' || round((t - before) / 1e6, 1) || ' s from '
      || strftime(make_timestamp(before), '%Y-%m-%d %H:%M:%S') as text
    from (select instrument, ${time} as t, lag(${time}) over (partition by instrument
      order by ${time}, source_row) as before from ${table})
    where t - before > ${limitUs} order by before`,
})
