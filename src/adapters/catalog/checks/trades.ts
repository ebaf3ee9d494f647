import { missingValues, type Note, type Rule, timeOrder, timeOutOfRange } from './rule.ts'

const repeated = (table: string): Rule => ({
  rule: 'duplicate',
  finds: `select id, 'repeats trade id ' || trade_id || ' of row ' || first as reason
    from (select rowid as id, trade_id, source_row, first_value(source_row) over w as first,
        row_number() over w as n
      from ${table} where trade_id is not null
      window w as (partition by instrument, trade_id order by source_row, rowid))
    where n > 1`,
})

/** What no public trade may be. */
export const tradeRules: readonly Rule[] = [
  missingValues('trades', ['instrument'], false),
  missingValues('trades', ['price', 'quantity'], true),
  {
    rule: 'missing value',
    finds: `select rowid as id, 'neither a received nor a venue time' as reason from trades
      where received_us is null and venue_us is null`,
  },
  timeOutOfRange('trades', ['received_us', 'venue_us']),
  {
    rule: 'non-positive price or quantity',
    finds: `select rowid as id, 'price ' || price || ', quantity ' || quantity as reason
      from trades where price <= 0 or quantity <= 0`,
  },
  {
    rule: 'unknown side',
    finds: `select rowid as id, 'side "' || coalesce(aggressor, '') || '"' as reason from trades
      where aggressor is null or aggressor not in ('buy', 'sell')`,
  },
  repeated('trades'),
]

/** What is worth knowing about public trades. */
export const tradeNotes: readonly Note[] = [
  timeOrder('trades', 'coalesce(received_us, venue_us)'),
  {
    check: 'one side only',
    finds: `select 'every one of ' || count(*) || ' trades of ' || instrument || ' is a '
        || any_value(aggressor) as text
      from trades group by instrument having count(distinct aggressor) = 1 and count(*) >= 100`,
  },
]

/** What no execution of an account may be. */
export const executionRules: readonly Rule[] = [
  missingValues('executions', ['instrument', 'side', 'order_id'], false),
  missingValues('executions', ['venue_us', 'price', 'quantity'], true),
  timeOutOfRange('executions', ['venue_us']),
  repeated('executions'),
]

/** What no funding rate may be. Rates are payments: one per instrument and hour. */
export const fundingRules: readonly Rule[] = [
  missingValues('funding', ['instrument'], false),
  missingValues('funding', ['venue_us', 'rate'], true),
  timeOutOfRange('funding', ['venue_us']),
  {
    rule: 'impossible rate',
    finds: `select rowid as id, 'rate ' || rate || ' is above 4 % an interval' as reason
      from funding where abs(rate) > 0.04`,
  },
  {
    rule: 'duplicate',
    finds: `select id, 'same instrument and hour as row ' || first as reason
      from (select rowid as id, source_row, first_value(source_row) over w as first,
          row_number() over w as n
        from funding window w as (partition by instrument, venue_us // 3600000000
          order by source_row)) where n > 1`,
  },
]

/** What is worth knowing about funding rates: a pause beyond the longest interval, 8 hours. */
export const fundingNotes: readonly Note[] = [
  timeOrder('funding', 'venue_us'),
  {
    check: 'gap',
    finds: `select instrument || ' has no rate for ' || round((venue_us - before) / 3.6e9, 1)
        || ' h after ' || strftime(make_timestamp(before), '%Y-%m-%d %H:%M') as text
      from (select *, lag(venue_us) over (partition by instrument order by venue_us) as before
        from funding)
      where venue_us - before > 8.5 * 3.6e9 order by before`,
  },
]
