import { parseNumber } from '../csv.ts'
import { type Importer, type ReadInput, symbolOf } from '../importer.ts'
import { eachCsvRow } from './lines.ts'

/** Times above this are microseconds, which the files carry since 2025. */
const FIRST_MICROSECOND = 1e14

/** Binance's daily files of aggregate trades: 8 columns, no header. */
export const binanceAggregateTrades: Importer = {
  kind: 'binance-aggregate-trades',
  title: 'Binance spot aggregate trades',
  venue: 'binance',
  instrumentKind: 'spot',
  timeZone: 'UTC (milliseconds, microseconds since 2025; receiver not recorded)',
  units: 'prices in the quote asset, quantities in the base asset',
  continuous: true,
  recognises: (probe) =>
    probe.container === 'lines' &&
    probe.cells.length === 8 &&
    /^\d+$/.test(probe.cells[0]!) &&
    /^(true|false)$/i.test(probe.cells[6]!),
  async read(input) {
    const symbol = symbolOfContent(input)
    const trades = await input.tables.open('trades')
    await eachCsvRow(input, { header: false, width: 8 }, (cells, row) => {
      const time = parseNumber(cells[5])
      const buyerIsMaker = cells[6]!.toLowerCase()
      trades.add({
        source_row: row,
        instrument: symbol,
        venue_us: time > FIRST_MICROSECOND ? time : time * 1000,
        price: parseNumber(cells[1]),
        quantity: parseNumber(cells[2]),
        aggressor: buyerIsMaker === 'true' ? 'sell' : buyerIsMaker === 'false' ? 'buy' : null,
        trade_id: cells[0]!,
      })
    })
  },
}

function symbolOfContent(input: ReadInput): string {
  const inner = input.probe.container === 'lines' ? input.probe.text.name : ''
  return (
    input.symbol ??
    /^([A-Z0-9]+)-aggTrades/.exec(inner)?.[1] ??
    symbolOf(input, /_([A-Z0-9]+)_aggTrades/)
  )
}
