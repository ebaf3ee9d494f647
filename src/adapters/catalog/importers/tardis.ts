import { parseNumber } from '../csv.ts'
import { headerWith, type Importer, type ReadInput } from '../importer.ts'
import { eachCsvRow } from './lines.ts'

const head = ['exchange', 'symbol', 'timestamp', 'local_timestamp'] as const

/** What the four kinds of files of this vendor have in common. Amounts are the exchange's own. */
const tardis = (
  name: string,
  title: string,
  columns: readonly string[],
  read: (input: ReadInput) => Promise<void>,
): Importer => ({
  kind: `tardis-${name}`,
  title: `Tardis ${title}`,
  venue: 'tardis',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (venue and receiver in microseconds)',
  units: 'prices in the quote currency, amounts as the exchange counts them (coins or contracts)',
  continuous: true,
  recognises: headerWith(...head, ...columns),
  read,
})

const headOf = (cells: readonly string[], row: number) => ({
  source_row: row,
  instrument: `${cells[0]}:${cells[1]}`,
  venue_us: parseNumber(cells[2]),
  received_us: parseNumber(cells[3]),
})

/** Whole books: asks[0].price, asks[0].amount, bids[0].price, bids[0].amount, asks[1].price ... */
export const tardisBooks = tardis(
  'books',
  'book snapshots',
  ['asks[0].price', 'asks[0].amount', 'bids[0].price', 'bids[0].amount'],
  async (input) => {
    const width = input.probe.container === 'lines' ? input.probe.cells.length : 0
    const levels = Math.floor((width - 4) / 4)
    const books = await input.tables.open('books', { levels })
    await eachCsvRow(input, { header: true, width: 4 + 4 * levels }, (cells, row) => {
      const values: Record<string, string | number> = { ...headOf(cells, row), sequence: row }
      for (let n = 0; n < levels; n++) {
        for (const [i, name] of [
          'ask_price',
          'ask_quantity',
          'bid_price',
          'bid_quantity',
        ].entries()) {
          values[`${name}_${n}`] = parseNumber(cells[4 + 4 * n + i])
        }
      }
      books.add(values)
    })
  },
)

/** Public trades; `side` is the aggressor's, "unknown" is rejected later. */
export const tardisTrades = tardis(
  'trades',
  'trades',
  ['id', 'side', 'price', 'amount'],
  async (input) => {
    const trades = await input.tables.open('trades')
    await eachCsvRow(input, { header: true, width: 8 }, (cells, row) => {
      trades.add({
        ...headOf(cells, row),
        trade_id: cells[4] === '' ? null : cells[4]!,
        aggressor: cells[5]!,
        price: parseNumber(cells[6]),
        quantity: parseNumber(cells[7]),
      })
    })
  },
)

/** Level changes, one row each; rows of a snapshot say so. */
export const tardisChanges = tardis(
  'changes',
  'book changes',
  ['is_snapshot', 'side', 'price', 'amount'],
  async (input) => {
    const changes = await input.tables.open('bookChanges')
    await eachCsvRow(input, { header: true, width: 8 }, (cells, row) => {
      changes.add({
        ...headOf(cells, row),
        is_snapshot: cells[4] === 'true',
        side: cells[5]!,
        price: parseNumber(cells[6]),
        quantity: parseNumber(cells[7]),
      })
    })
  },
)

/** Best bid and ask. */
export const tardisQuotes = tardis(
  'quotes',
  'best bid and ask',
  ['ask_amount', 'ask_price', 'bid_price', 'bid_amount'],
  async (input) => {
    const quotes = await input.tables.open('quotes')
    await eachCsvRow(input, { header: true, width: 8 }, (cells, row) => {
      quotes.add({
        ...headOf(cells, row),
        ask_quantity: parseNumber(cells[4]),
        ask_price: parseNumber(cells[5]),
        bid_price: parseNumber(cells[6]),
        bid_quantity: parseNumber(cells[7]),
      })
    })
  },
)
