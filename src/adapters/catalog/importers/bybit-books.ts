import { parseNumber } from '../csv.ts'
import type { Importer } from '../importer.ts'
import { eachLine, fromMilliseconds, isObject, parseObject } from './lines.ts'

/** Bybit's historical books: a snapshot of 500 levels, then changes, one JSON object a line. */
export const bybitBooks: Importer = {
  kind: 'bybit-books',
  title: 'Bybit order book snapshots and changes',
  venue: 'bybit',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (venue in milliseconds; receiver not recorded)',
  units: 'prices in the quote asset, quantities in the base asset',
  continuous: true,
  recognises: (probe) =>
    probe.container === 'lines' && probe.first.startsWith('{"topic":"orderbook.'),
  async read(input) {
    const changes = await input.tables.open('bookChanges')
    await eachLine(input, (line, row) => {
      const message = parseObject(line)
      const data = message?.['data']
      const type = message?.['type']
      if (message === null || !isObject(data) || (type !== 'snapshot' && type !== 'delta')) {
        input.reject(row, 'unreadable row', `not a book message: ${line.slice(0, 60)}`)
        return
      }
      for (const side of ['bid', 'ask'] as const) {
        const levels = data[side.slice(0, 1)]
        for (const level of Array.isArray(levels) ? (levels as unknown[][]) : []) {
          changes.add({
            source_row: row,
            instrument: typeof data['s'] === 'string' ? data['s'] : null,
            venue_us: fromMilliseconds(message['cts'] ?? message['ts']),
            is_snapshot: type === 'snapshot',
            last_id: Number(data['u']),
            side,
            price: parseNumber(level[0]),
            quantity: parseNumber(level[1]),
          })
        }
      }
    })
  },
}
