import { missingValues, type Note, pauses, type Rule, timeOrder, timeOutOfRange } from './rule.ts'

/** A pause between two books longer than this is a gap, us. */
const BOOK_GAP_US = 5_000_000

/** SQL: true when a level's price or quantity is not positive, not finite, or alone. */
const badLevel = (side: 'bid' | 'ask', n: number): string =>
  `(${side}_price_${n} is null) <> (${side}_quantity_${n} is null) or
   ${side}_price_${n} <= 0 or ${side}_quantity_${n} <= 0 or
   not isfinite(${side}_price_${n}) or not isfinite(${side}_quantity_${n})`

/** What no recorded book may be, for a table of so many levels. */
export function bookRules(levels: number): readonly Rule[] {
  const sides = ['bid', 'ask'] as const
  const each = (test: (side: 'bid' | 'ask', n: number) => string | null): string =>
    sides
      .flatMap((side) => Array.from({ length: levels }, (_, n) => test(side, n)))
      .filter((condition) => condition !== null)
      .join(' or ')
  return [
    missingValues('books', ['instrument'], false),
    {
      rule: 'missing value',
      finds: `select rowid as id, 'neither a received nor a venue time' as reason from books
        where received_us is null and venue_us is null`,
    },
    timeOutOfRange('books', ['received_us', 'venue_us']),
    {
      rule: 'bad level',
      finds: `select rowid as id, case ${sides
        .flatMap((side) =>
          Array.from(
            { length: levels },
            (_, n) => `when ${badLevel(side, n)} then '${side} ${n}: price ' ||
              coalesce(${side}_price_${n}::varchar, 'missing') || ', quantity ' ||
              coalesce(${side}_quantity_${n}::varchar, 'missing')`,
          ),
        )
        .join(' ')} end as reason from books where ${each(badLevel)}`,
    },
    {
      rule: 'level order',
      finds: `select rowid as id, 'levels are not ordered from the best outwards' as reason
        from books where ${
          each((side, n) =>
            n === 0
              ? null
              : side === 'bid'
                ? `bid_price_${n} >= bid_price_${n - 1}`
                : `ask_price_${n} <= ask_price_${n - 1}`,
          ) || 'false'
        }`,
    },
    {
      rule: 'crossed book',
      finds: `select rowid as id, 'best bid ' || bid_price_0 || ' above best ask ' || ask_price_0
        as reason from books where bid_price_0 > ask_price_0`,
    },
  ]
}

/** What is worth knowing about recorded books. */
export const bookNotes: readonly Note[] = [
  timeOrder('books', 'coalesce(received_us, venue_us)'),
  {
    check: 'locked book',
    finds: `select 'row ' || source_row || ' at ' || bid_price_0 as text from books
      where bid_price_0 = ask_price_0 order by source_row`,
  },
  {
    check: 'one-sided book',
    finds: `select 'row ' || source_row as text from books
      where bid_price_0 is null or ask_price_0 is null order by source_row`,
  },
  {
    check: 'repeated venue time',
    finds: `select 'row ' || source_row as text from (select *, lag(venue_us) over
        (partition by instrument order by source_row) as before from books)
      where venue_us = before order by source_row`,
  },
  pauses('books', 'coalesce(received_us, venue_us)', BOOK_GAP_US),
]

/** What no best bid and ask may be. */
export const quoteRules: readonly Rule[] = [
  missingValues('quotes', ['instrument'], false),
  missingValues('quotes', ['bid_price', 'bid_quantity', 'ask_price', 'ask_quantity'], true),
  timeOutOfRange('quotes', ['received_us', 'venue_us']),
  {
    rule: 'bad level',
    finds: `select rowid as id, 'a price or quantity is not positive' as reason from quotes
      where bid_price <= 0 or ask_price <= 0 or bid_quantity <= 0 or ask_quantity <= 0`,
  },
  {
    rule: 'crossed book',
    finds: `select rowid as id, 'bid ' || bid_price || ' above ask ' || ask_price as reason
      from quotes where bid_price > ask_price`,
  },
]

/** What is worth knowing about best bids and asks. */
export const quoteNotes: readonly Note[] = [
  timeOrder('quotes', 'coalesce(received_us, venue_us)'),
  {
    check: 'locked book',
    finds: `select 'row ' || source_row || ' at ' || bid_price as text from quotes
      where bid_price = ask_price order by source_row`,
  },
  pauses('quotes', 'coalesce(received_us, venue_us)', BOOK_GAP_US),
]

/** What no published summary of a book may be. */
export const summaryRules: readonly Rule[] = [
  missingValues(
    'bookSummaries',
    ['received_us', 'bid_price', 'ask_price', 'bid_volume', 'ask_volume', 'imbalance'],
    true,
  ),
  timeOutOfRange('bookSummaries', ['received_us']),
  {
    rule: 'crossed book',
    finds: `select rowid as id, 'bid ' || bid_price || ' above ask ' || ask_price as reason
      from bookSummaries where bid_price > ask_price`,
  },
  {
    rule: 'imbalance does not follow',
    finds: `select rowid as id, 'published ' || imbalance || ', volumes give '
        || (bid_volume - ask_volume) / (bid_volume + ask_volume) as reason from bookSummaries
      where not abs(imbalance - (bid_volume - ask_volume) / (bid_volume + ask_volume)) < 1e-9`,
  },
]

/** What is worth knowing about summaries. */
export const summaryNotes: readonly Note[] = [
  timeOrder('bookSummaries', 'received_us'),
  {
    check: 'locked book',
    finds: `select 'row ' || source_row as text from bookSummaries
      where bid_price = ask_price order by source_row`,
  },
  pauses('bookSummaries', 'received_us', 60_000_000),
]
