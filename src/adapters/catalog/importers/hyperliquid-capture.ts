import type { Importer } from '../importer.ts'
import { addBook, addTrade, LEVELS } from './hyperliquid-messages.ts'
import { eachLine, isObject, parseCaptured, parseObject } from './lines.ts'

/** Messages of the socket that carry no market data. */
const control = new Set(['subscriptionResponse', 'pong', 'error'])

/** Raw captures of Hyperliquid's socket: books of 20 levels and trades. */
export const hyperliquidCapture: Importer = {
  kind: 'hyperliquid-capture',
  title: 'Raw capture of Hyperliquid books and trades',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (venue in milliseconds, receiver in nanoseconds)',
  units: 'prices in USDC, sizes in coins',
  continuous: true,
  recognises: (probe) =>
    probe.container === 'lines' &&
    /^\d{19} /.test(probe.first) &&
    typeof parseObject(probe.first.slice(20))?.['channel'] === 'string',
  async read(input) {
    const books = await input.tables.open('books', { levels: LEVELS })
    const trades = await input.tables.open('trades')
    await eachLine(input, (line, row) => {
      const captured = parseCaptured(line)
      if (typeof captured === 'string') {
        input.reject(row, 'unreadable row', captured)
        return
      }
      const { channel, data } = captured.message
      if (channel === 'l2Book' && isObject(data)) addBook(books, data, row, captured.receivedUs)
      else if (channel === 'trades' && Array.isArray(data)) {
        for (const trade of data) addTrade(trades, trade, row, captured.receivedUs)
      } else if (!control.has(String(channel))) {
        input.reject(row, 'unknown message', `channel ${JSON.stringify(channel)}`)
      }
    })
  },
}
