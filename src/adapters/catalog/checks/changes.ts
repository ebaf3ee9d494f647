import { missingValues, type Note, type Rule, timeOrder, timeOutOfRange } from './rule.ts'

/** Whole messages are put aside when one of their levels is bad: half a diff is no diff. */
const wholeMessage = (condition: string, reason: string): string =>
  `select rowid as id, ${reason} as reason from bookChanges where source_row in
    (select source_row from bookChanges where ${condition})`

/** What no change of a book may be. */
export const changeRules: readonly Rule[] = [
  missingValues('bookChanges', ['instrument', 'side'], false),
  {
    rule: 'missing value',
    finds: wholeMessage(
      'received_us is null and venue_us is null',
      "'neither a received nor a venue time'",
    ),
  },
  timeOutOfRange('bookChanges', ['received_us', 'venue_us']),
  {
    rule: 'bad level',
    finds: wholeMessage(
      `price is null or price <= 0 or quantity is null or quantity < 0
        or not isfinite(price) or not isfinite(quantity) or side not in ('bid', 'ask')`,
      "'a level of this message has no positive price, or a negative quantity, or no side'",
    ),
  },
]

/** What is worth knowing about changes of books. Sequence and crossing are found by rebuilding. */
export const changeNotes: readonly Note[] = [
  timeOrder('bookChanges', 'coalesce(received_us, venue_us)'),
]
