import type { TimeUs } from '../../core/mod.ts'
import type { MinutePrices, MinutesOfNames } from '../../models/mod.ts'
import { type TableColumn, type TableFormat, writeTable } from '../store/table-files.ts'
import { panelError } from './refuse.ts'
import { gather, indexSymbols } from './rows.ts'
import { withSheet } from './sheet.ts'

/** Rows that a fault names at most. */
const NAMED_ROWS = 10

/**
 * Prices to trade at of a file by `symbol`, `start` (a minute's beginning, with its zone) and `open`
 * (dollars as traded), ascending by time for each symbol; by the panel's names, null for a name
 * without minutes. Only those before `until`. Throws InputError ORN-DATA, ORN-PANEL-001 to 003.
 */
export function minutesFile(
  path: string,
  symbols: readonly string[],
  until: TimeUs,
): Promise<MinutesOfNames> {
  return withSheet(path, async (sheet) => {
    const own = indexSymbols(await sheet.texts('symbol'))
    const start = await sheet.times('start', 'inText')
    const open = await sheet.numbers('open')
    const wanted = new Set(symbols)
    const last = own.symbols.map(() => Number.NEGATIVE_INFINITY)
    const places: number[][] = own.symbols.map(() => [])
    const faults = new Map<string, number[]>()
    const fault = (text: string, place: number): void => {
      faults.set(text, [...(faults.get(text) ?? []), sheet.row[place]!])
    }
    for (let place = 0; place < start.length; place++) {
      const symbol = own.symbol[place]!
      const name = own.symbols[symbol]
      if (name === undefined || !wanted.has(name)) {
        fault(`unknownSymbol: ${name ?? 'no symbol'} is no name of this panel`, place)
      } else if (!(start[place]! > last[symbol]!)) {
        fault('outOfOrder: minutes of a symbol ascend, and none comes twice', place)
      } else if (!(open[place]! > 0)) fault('value: an open above 0 is needed', place)
      else if (start[place]! < until) places[symbol]!.push(place)
      if (symbol >= 0) last[symbol] = start[place]!
    }
    if (faults.size > 0) {
      throw panelError(
        'ORN-PANEL-001',
        `${sheet.name} cannot be used: ${faults.size === 1 ? 'one fault' : `${faults.size} faults`}`,
        [...faults].map(([text, rows]) => {
          const more = rows.length > NAMED_ROWS ? ` and ${rows.length - NAMED_ROWS} more` : ''
          return `${text} (rows ${rows.slice(0, NAMED_ROWS).join(', ')}${more})`
        }),
        'mend the rows at their source; nothing is repaired on the way',
      )
    }
    const prices = own.symbols.map((symbol, k): readonly [string, MinutePrices] => [
      symbol,
      { openTime: gather(start, places[k]!), open: gather(open, places[k]!) },
    ])
    const bySymbol = new Map(prices)
    return symbols.map((symbol) => bySymbol.get(symbol) ?? null)
  })
}

/** Writes minutes in the layout that {@link minutesFile} reads, to `<base>.<format>`. */
export async function writeMinutes(
  base: string,
  symbols: readonly string[],
  minutes: MinutesOfNames,
  format: TableFormat,
): Promise<void> {
  const texts: string[] = []
  const starts: number[] = []
  const opens: number[] = []
  for (const [name, own] of minutes.entries()) {
    if (own === null) continue
    for (let k = 0; k < own.open.length; k++) {
      texts.push(symbols[name]!)
      starts.push(own.openTime[k]!)
      opens.push(own.open[k]!)
    }
  }
  const columns: TableColumn[] = [
    { name: 'symbol', type: 'text', values: texts },
    { name: 'start', type: 'instant', values: starts },
    { name: 'open', type: 'number', values: opens },
  ]
  await writeTable(base, columns, [format])
}
