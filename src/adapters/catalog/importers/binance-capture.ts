import { parseNumber } from '../csv.ts'
import type { Importer, ReadInput } from '../importer.ts'
import type { Probe } from '../probe.ts'
import type { TableRows } from '../tables.ts'
import { eachLine, fromMilliseconds, isObject, parseCaptured } from './lines.ts'

type Message = Record<string, unknown>

/** Raw captures of Binance sockets, each line "nanoseconds {json}", with one REST snapshot. */
const capture = (market: 'spot' | 'usdm'): Importer => ({
  kind: `binance-${market}-capture`,
  title: `Raw capture of Binance ${market} depth, best bid and ask, and trades`,
  venue: market === 'spot' ? 'binance' : 'binance-usdm',
  instrumentKind: market === 'spot' ? 'spot' : 'perpetual',
  timeZone: 'UTC (venue in milliseconds, receiver in nanoseconds)',
  units: 'prices in the quote asset, quantities in the base asset',
  continuous: true,
  recognises: (probe) => marketOf(probe) === market,
  read: readCapture,
})

export const binanceSpotCapture = capture('spot')
export const binanceUsdmCapture = capture('usdm')

/** Futures depth names the previous id, their tickers name their type, their trades a cause. */
function marketOf(probe: Probe): 'spot' | 'usdm' | null {
  if (probe.container !== 'lines') return null
  const line = parseCaptured(probe.first)
  if (typeof line === 'string' || !isObject(line.message['data'])) return null
  if (typeof line.message['stream'] !== 'string') return null
  const { e, pu, X } = line.message['data'] as Message
  return e === 'bookTicker' || pu !== undefined || X !== undefined ? 'usdm' : 'spot'
}

interface Sinks {
  readonly changes: TableRows
  readonly quotes: TableRows
  readonly trades: TableRows
}

async function readCapture(input: ReadInput): Promise<void> {
  const sinks: Sinks = {
    changes: await input.tables.open('bookChanges'),
    quotes: await input.tables.open('quotes'),
    trades: await input.tables.open('trades'),
  }
  let symbol = input.symbol ?? symbolOfFirst(input.probe)
  await eachLine(input, (line, row) => {
    const captured = parseCaptured(line)
    if (typeof captured === 'string') {
      input.reject(row, 'unreadable row', captured)
      return
    }
    const { message, receivedUs } = captured
    const data = isObject(message['data']) ? message['data'] : message
    if (typeof data['s'] === 'string') symbol = data['s']
    const head = { source_row: row, instrument: symbol, received_us: receivedUs }
    if (data['lastUpdateId'] !== undefined) addDepth(sinks, head, data, true)
    else if (data['e'] === 'depthUpdate') addDepth(sinks, head, data, false)
    else if (data['e'] === 'trade') {
      sinks.trades.add({
        ...head,
        venue_us: fromMilliseconds(data['T']),
        price: parseNumber(data['p']),
        quantity: parseNumber(data['q']),
        aggressor: data['m'] === true ? 'sell' : data['m'] === false ? 'buy' : null,
        trade_id: String(data['t']),
      })
    } else if (data['b'] !== undefined && data['a'] !== undefined) {
      sinks.quotes.add({
        ...head,
        venue_us: data['T'] === undefined ? null : fromMilliseconds(data['T']),
        bid_price: parseNumber(data['b']),
        bid_quantity: parseNumber(data['B']),
        ask_price: parseNumber(data['a']),
        ask_quantity: parseNumber(data['A']),
      })
    } else input.reject(row, 'unknown message', JSON.stringify(message).slice(0, 80))
  })
}

function symbolOfFirst(probe: Probe): string | null {
  if (probe.container !== 'lines') return null
  const stream = /"stream":"([a-z0-9]+)@/.exec(probe.first)?.[1]
  return stream === undefined ? null : stream.toUpperCase()
}

interface Head {
  readonly source_row: number
  readonly instrument: string | null
  readonly received_us: number
}

/** A diff (b, a, U, u) or the REST snapshot (bids, asks, lastUpdateId). */
function addDepth(sinks: Sinks, head: Head, data: Message, snapshot: boolean): void {
  const time = data['T'] ?? data['E']
  const common = {
    ...head,
    venue_us: time === undefined ? null : fromMilliseconds(time),
    is_snapshot: snapshot,
    first_id: snapshot ? null : Number(data['U']),
    last_id: Number(snapshot ? data['lastUpdateId'] : data['u']),
    previous_id: data['pu'] === undefined ? null : Number(data['pu']),
  }
  for (const side of ['bid', 'ask'] as const) {
    const levels = data[snapshot ? `${side}s` : side.slice(0, 1)]
    for (const level of Array.isArray(levels) ? (levels as unknown[][]) : []) {
      sinks.changes.add({
        ...common,
        side,
        price: parseNumber(level[0]),
        quantity: parseNumber(level[1]),
      })
    }
  }
}
