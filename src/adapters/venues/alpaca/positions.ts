import { signedQuantity, type VenuePosition } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import type { Context } from './context.ts'
import { ask } from './http.ts'
import { floorDivide, type Nano } from './numbers.ts'
import { wirePosition } from './wire.ts'

const QUERY_WAIT_MS = 20_000

/** What is held of an instrument, to the last digit. */
export interface Held {
  readonly instrument: number
  readonly units: Nano
  readonly report: VenuePosition
}

/** Positions in loaded instruments. Throws AdapterError when they cannot be read. */
export async function readPositions(context: Context): Promise<readonly Held[]> {
  const body = await ask(context.send, {
    what: 'positions',
    requestClass: 'query',
    waitMs: QUERY_WAIT_MS,
    operation: ({ positions }) => positions.getAllOpenPositionsRaw(),
  })
  const reply = wirePosition.array().safeParse(body)
  if (!reply.success) throw unreadable('positions')
  const found: Held[] = []
  for (const { symbol, qty, avg_entry_price: entry } of reply.data) {
    const asset = context.universe.bySymbol.get(symbol)
    if (asset === undefined) {
      context.statistics.foreignReports++
      continue
    }
    const { id, priceDecimals } = asset.instrument
    const lots = floorDivide(qty, asset.lot)
    const averageEntryPrice = Number(entry) * 10 ** priceDecimals
    const report = {
      instrument: id,
      quantity: signedQuantity(Number(lots)),
      dust: qty - lots * asset.lot,
      averageEntryPrice,
    }
    found.push({ instrument: id, units: qty, report })
  }
  return found
}
