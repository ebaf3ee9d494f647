import { missingValues, type Note, type Rule, timeOrder, timeOutOfRange } from './rule.ts'

/** Slack for prices that were stored as 32-bit floats, as a fraction. */
const SLACK = 1e-6
/** Shortest run of idle rows at an instrument's end that counts as a stale tail. */
const STALE_ROWS = 5

const ohlc = `'open ' || open || ', high ' || high || ', low ' || low || ', close ' || close`

const bad = (rule: string, condition: string, reason = ohlc): Rule => ({
  rule,
  finds: `select rowid as id, ${reason} as reason from bars where ${condition}`,
})

/** What no bar may be. */
export const barRules: readonly Rule[] = [
  missingValues('bars', ['instrument'], false),
  missingValues('bars', ['open_us', 'close_us', 'open', 'high', 'low', 'close', 'volume'], true),
  timeOutOfRange('bars', ['open_us', 'close_us']),
  bad('all-zero bar', 'open = 0 and high = 0 and low = 0 and close = 0', "'every price is 0'"),
  bad('non-positive price', 'open <= 0 or high <= 0 or low <= 0 or close <= 0'),
  bad('high below low', 'high < low'),
  bad(
    'open or close outside high and low',
    `greatest(open, close) > high * (1 + ${SLACK}) or least(open, close) < low * (1 - ${SLACK})`,
  ),
  bad('negative volume', 'volume < 0', "'volume ' || volume"),
  bad('bar without length', 'close_us <= open_us', "'it closes when it opens or before'"),
  {
    rule: 'duplicate',
    finds: `select id, case when same then 'repeats row ' || first else
        'contradicts row ' || first || ' of the same instrument and time' end as reason
      from (select bars.rowid as id, source_row, first_value(source_row) over w as first,
          min(close) over w = max(close) over w and min(open) over w = max(open) over w
          and min(high) over w = max(high) over w and min(low) over w = max(low) over w
          and min(volume) over w = max(volume) over w as same,
          count(*) over w as n
        from bars join (select instrument, open_us from bars group by instrument, open_us
            having count(*) > 1) using (instrument, open_us)
        window w as (partition by instrument, open_us order by source_row
          rows between unbounded preceding and unbounded following))
      where n > 1 and (source_row <> first or not same)`,
  },
]

/**
 * Rows at the end of an instrument that nobody traded: the longest run of at least five rows, its
 * last part included, of which four in five have no volume.
 */
export const staleTail: Rule = {
  rule: 'stale tail',
  finds: `select id, 'one of the last ' || n || ' rows of ' || instrument || ', ' || zeros
      || ' of them without volume' as reason
    from (select rowid as id, instrument, k,
        max(case when ends and zero then k end) over (partition by instrument) as n,
        max(case when ends and zero then z end) over (partition by instrument) as zeros
      from (select rowid, instrument, volume = 0 as zero, k, z,
          z >= 0.8 * k and k >= ${STALE_ROWS} as ends
        from (select rowid, *, row_number() over w as k,
            sum(case when volume = 0 then 1 else 0 end) over w as z
          from bars where instrument in (select instrument from bars where volume = 0
            group by instrument having count(*) >= 0.8 * ${STALE_ROWS})
          window w as (partition by instrument order by open_us desc, source_row desc
            rows unbounded preceding))))
    where k <= n`,
}

/** Instruments with a jump that may be two companies: see ticker-reuse.ts. */
export const jumpCandidates = `select distinct instrument from (
    select instrument, abs(ln(p / lag(p) over w)) as jump,
      volume <= thin or lag(volume) over w <= thin as idle
    from (select instrument, open_us, source_row, volume, coalesce(adjusted_close, close) as p,
        0.01 * median(volume) over (partition by instrument) as thin from bars)
    window w as (partition by instrument order by open_us, source_row))
  where jump > ln(3) or (idle and jump > ln(1.2)) order by instrument`

/** Jumps of raw prices that no split column explains: splits or spin-offs a user must know. */
const priceJumps: Note = {
  check: 'unexplained price jump',
  finds: `select instrument || ' goes from ' || before || ' to ' || close || ' on '
      || strftime(make_timestamp(open_us), '%Y-%m-%d') as text
    from (select *, lag(close) over (partition by instrument order by open_us) as before from bars)
    where (close / before > 1.8 or close / before < 0.55) and coalesce(split, 1) = 1
    order by open_us, instrument`,
}

/** What is worth knowing about bars. Missing bars count where trading never stops. */
export function barNotes(continuous: boolean): readonly Note[] {
  const notes: Note[] = [
    timeOrder('bars', 'open_us'),
    {
      check: 'bar without volume',
      finds: `select 'row ' || source_row || ' of ' || instrument as text from bars
        where volume = 0 order by source_row`,
    },
  ]
  if (continuous) notes.push(missingBars)
  else notes.push(missingSessions, priceJumps)
  return notes
}

const missingBars: Note = {
  check: 'gap',
  finds: `select instrument || ' misses ' || cast(round((open_us - before) / step) - 1 as bigint)
      || ' bars after ' || strftime(make_timestamp(before), '%Y-%m-%d %H:%M') as text
    from (select instrument, open_us,
        mode(close_us - open_us) over (partition by instrument) as step,
        lag(open_us) over (partition by instrument order by open_us) as before from bars)
    where open_us - before > step order by before, instrument`,
}

const missingSessions: Note = {
  check: 'gap',
  finds: `with seen as (select distinct instrument, day from (
      select instrument, cast(make_timestamp(open_us) as date) as day from bars)),
    days as (select day, row_number() over (order by day) as n from
      (select distinct day from seen))
    select instrument || ' misses ' || (n - before - 1) || ' sessions before ' || day as text
    from (select instrument, day, n, lag(n) over (partition by instrument order by n) as before
      from seen join days using (day))
    where n - before > 1 order by day, instrument`,
}
