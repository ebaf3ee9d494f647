import { parseNumber } from '../csv.ts'
import { headerWith, type Importer, symbolOf } from '../importer.ts'
import { eachCsvRow } from './lines.ts'

/** Best prices, summed volumes and the imbalance somebody published, every few seconds. */
export const bookSummaries: Importer = {
  kind: 'book-summaries',
  title: 'Summed book volumes with their published imbalance',
  venue: 'binance',
  instrumentKind: 'spot',
  timeZone: 'naive local time of the publisher, zone not stated; kept as if it were UTC',
  units: 'prices in the quote asset, volumes in the base asset',
  continuous: true,
  recognises: headerWith(
    'best_bid',
    'best_ask',
    'mid_price',
    'spread',
    'bid_volume',
    'ask_volume',
    'imbalance',
    'timestamp',
  ),
  async read(input) {
    const symbol = symbolOf(input, /^[a-z]+_([a-z0-9]+)_imbalance/).toUpperCase()
    const summaries = await input.tables.open('bookSummaries')
    await eachCsvRow(input, { header: true, width: 8 }, (cells, row) => {
      summaries.add({
        source_row: row,
        instrument: symbol,
        received_us: parseNaiveTime(cells[7]!),
        bid_price: parseNumber(cells[0]),
        ask_price: parseNumber(cells[1]),
        bid_volume: parseNumber(cells[4]),
        ask_volume: parseNumber(cells[5]),
        imbalance: parseNumber(cells[6]),
      })
    })
  },
}

/** "2026-06-15 05:45:31.053108" read as if it were UTC, us; NaN when it is not that. */
function parseNaiveTime(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return Number.NaN
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number)
  const ms = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!)
  return ms * 1000 + Number((match[7] ?? '').padEnd(6, '0'))
}
