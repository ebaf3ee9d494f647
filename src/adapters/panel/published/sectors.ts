import { dayNumber, type KnownTable } from '../../../core/mod.ts'
import { indexSymbols, stampedTable } from '../rows.ts'
import { withSheet } from '../sheet.ts'
import { atNewYork } from './lag.ts'

/** Sectors of names, and what their numbers mean. */
export interface SectorTable {
  readonly table: KnownTable
  readonly sectorNames: readonly string[]
}

/** Reads `symbol` and `sector` of a file that has one classification for all time. */
export function sectorsOfOneDay(path: string): Promise<SectorTable> {
  return withSheet(path, async (sheet) => {
    const { symbols, symbol } = indexSymbols(await sheet.texts('symbol'))
    const sectors = indexSymbols(await sheet.texts('sector'))
    const known = new Float64Array(symbol.length).fill(atNewYork(dayNumber(1990, 1, 1), 0))
    const table = stampedTable({
      kind: 'sectors',
      source: sheet.name,
      lagRule:
        'GICS as of 2021 used for all time: a look-ahead, small for limits by sector, not to be ' +
        'used as a signal',
      symbols,
      symbol,
      eventTime: known.slice(),
      usableTime: known,
      fields: { sector: Float64Array.from(sectors.symbol) },
      row: sheet.row,
    })
    return { table, sectorNames: sectors.symbols }
  })
}
