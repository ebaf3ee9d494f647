import { parseNumber } from '../csv.ts'
import type { ReadInput } from '../importer.ts'
import type { Shape } from '../shapes.ts'
import { addBook, addTrade, LEVELS, sideOf } from './hyperliquid-messages.ts'
import { fromMilliseconds, isObject } from './lines.ts'

/** One kind of reply: how it is told apart and which table it fills. */
export interface ReplyKind {
  readonly shape: Shape
  matches(value: unknown): boolean
  read(value: unknown, input: ReadInput): Promise<void>
}

type Row = Record<string, unknown>

const rowsOf = (value: unknown): Row[] => (Array.isArray(value) ? value.filter(isObject) : [])
const listOf = (value: unknown, ...keys: readonly string[]): boolean => {
  const rows = rowsOf(value)
  return rows.length > 0 && keys.every((key) => rows[0]![key] !== undefined)
}
const textOf = (value: unknown): string | null =>
  value === undefined || value === null
    ? null
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

/** Fills a reference table with the named fields of each row. */
async function reference(input: ReadInput, columns: readonly string[], rows: Row[]): Promise<void> {
  const table = await input.tables.open('reference', { reference: columns })
  for (const [index, row] of rows.entries()) {
    const cells = columns.map((name) => [name, textOf(row[name])])
    table.add({ source_row: index + 1, ...Object.fromEntries(cells) })
  }
}

const universeColumns = ['dex', 'name', 'szDecimals', 'maxLeverage', 'onlyIsolated', 'isDelisted']

const metaReply: ReplyKind = {
  shape: 'reference',
  matches: (value) => isObject(value) && listOf(value['universe'], 'name', 'szDecimals'),
  read: (value, input) =>
    reference(
      input,
      universeColumns,
      rowsOf((value as Row)['universe']).map((row) => ({ dex: '', ...row })),
    ),
}

const metasReply: ReplyKind = {
  shape: 'reference',
  matches: (value) => listOf(value, 'universe', 'collateralToken'),
  read: (value, input) =>
    reference(
      input,
      [...universeColumns, 'collateralToken'],
      rowsOf(value).flatMap((meta, dex) =>
        rowsOf(meta['universe']).map((row) => ({
          dex: String(dex),
          collateralToken: meta['collateralToken'],
          ...row,
        })),
      ),
    ),
}

const midsReply: ReplyKind = {
  shape: 'reference',
  matches: (value) => {
    const mids = isMidsFrame(value) ? value.data.mids : value
    if (!isObject(mids)) return false
    const prices = Object.values(mids)
    return prices.length > 0 && prices.every((px) => typeof px === 'string' && parseNumber(px) > 0)
  },
  read: (value, input) => {
    const mids = (isMidsFrame(value) ? value.data.mids : value) as Row
    const rows = Object.entries(mids).map(([name, mid]) => ({ name, mid }))
    return reference(input, ['name', 'mid'], rows)
  },
}

const isMidsFrame = (value: unknown): value is { data: { mids: Row } } =>
  isObject(value) && isObject(value['data']) && isObject(value['data']['mids'])

const contextColumns = [
  'dex',
  'index',
  'funding',
  'openInterest',
  'prevDayPx',
  'dayNtlVlm',
  'premium',
  'oraclePx',
  'markPx',
  'midPx',
  'dayBaseVlm',
]

const contextsReply: ReplyKind = {
  shape: 'reference',
  matches: (value) => isObject(value) && value['channel'] === 'allDexsAssetCtxs',
  read: (value, input) => {
    const data = (value as Row)['data']
    const dexes = isObject(data) && Array.isArray(data['ctxs']) ? (data['ctxs'] as unknown[][]) : []
    const rows = dexes.flatMap(([dex, contexts]) =>
      rowsOf(contexts).map((row, index) => ({ ...row, dex, index })),
    )
    return reference(input, contextColumns, rows)
  },
}

const fundingReply: ReplyKind = {
  shape: 'funding',
  matches: (value) => listOf(value, 'coin', 'fundingRate', 'time'),
  async read(value, input) {
    const table = await input.tables.open('funding')
    for (const [index, row] of rowsOf(value).entries()) {
      table.add({
        source_row: index + 1,
        instrument: textOf(row['coin']),
        venue_us: fromMilliseconds(row['time']),
        rate: parseNumber(row['fundingRate']),
      })
    }
  },
}

const bookReply: ReplyKind = {
  shape: 'books',
  matches: (value) => isObject(value) && 'coin' in value && Array.isArray(value['levels']),
  async read(value, input) {
    addBook(await input.tables.open('books', { levels: LEVELS }), value as Row, 1, null)
  },
}

const tradesReply: ReplyKind = {
  shape: 'trades',
  matches: (value) => listOf(value, 'coin', 'px', 'sz', 'tid', 'side') && !listOf(value, 'oid'),
  async read(value, input) {
    const table = await input.tables.open('trades')
    for (const [index, row] of rowsOf(value).entries()) addTrade(table, row, index + 1, null)
  },
}

const candlesReply: ReplyKind = {
  shape: 'bars',
  matches: (value) => listOf(value, 't', 'T', 's', 'o', 'h', 'l', 'c', 'v'),
  async read(value, input) {
    const table = await input.tables.open('bars')
    for (const [index, row] of rowsOf(value).entries()) {
      table.add({
        source_row: index + 1,
        instrument: textOf(row['s']),
        open_us: fromMilliseconds(row['t']),
        close_us: fromMilliseconds(row['T']) + 1_000,
        open: parseNumber(row['o']),
        high: parseNumber(row['h']),
        low: parseNumber(row['l']),
        close: parseNumber(row['c']),
        volume: parseNumber(row['v']),
        trades: parseNumber(row['n']),
      })
    }
  },
}

const fillsOf = (value: unknown): Row[] =>
  isObject(value) && isObject(value['data']) ? rowsOf(value['data']['fills']) : rowsOf(value)

const fillsReply: ReplyKind = {
  shape: 'executions',
  matches: (value) => listOf(fillsOf(value), 'coin', 'px', 'sz', 'oid', 'crossed'),
  async read(value, input) {
    const table = await input.tables.open('executions')
    for (const [index, row] of fillsOf(value).entries()) {
      table.add({
        source_row: index + 1,
        instrument: textOf(row['coin']),
        venue_us: fromMilliseconds(row['time']),
        side: sideOf(row['side']),
        price: parseNumber(row['px']),
        quantity: parseNumber(row['sz']),
        fee: parseNumber(row['fee']),
        liquidity: row['crossed'] === true ? 'taker' : 'maker',
        order_id: textOf(row['oid']),
        trade_id: textOf(row['tid']),
      })
    }
  },
}

const accountReply: ReplyKind = {
  shape: 'reference',
  matches: (value) => isObject(value) && Array.isArray(value['assetPositions']),
  read: (value, input) =>
    reference(
      input,
      ['coin', 'szi', 'entryPx', 'positionValue', 'unrealizedPnl', 'liquidationPx', 'leverage'],
      rowsOf((value as Row)['assetPositions']).map((row) =>
        isObject(row['position']) ? row['position'] : {},
      ),
    ),
}

/** Every kind of reply; the first that matches wins. */
export const replies: readonly ReplyKind[] = [
  metaReply,
  metasReply,
  contextsReply,
  fundingReply,
  bookReply,
  fillsReply,
  tradesReply,
  candlesReply,
  accountReply,
  midsReply,
]
