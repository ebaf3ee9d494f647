import { assetLot } from '../domain/money.ts'
import { type AssetUnits, type InstrumentId, sign } from '../domain/units.ts'
import type { RunFill, RunRecord } from './run-record.ts'

/**
 * How far each fill moves the position, signed lots: what it filled, less the lots that a fee taken
 * in the asset cost. What such a fee leaves beside whole lots is carried to the next fill. To be
 * asked once a fill, in their order.
 */
export function createLotsMoved({
  instruments,
}: Pick<RunRecord, 'instruments'>): (fill: RunFill) => number {
  const dusts = new Map<InstrumentId, AssetUnits>()
  return ({ instrument: id, side, quantity, assetFee }) => {
    const signed = sign(side) * quantity
    if (assetFee === undefined) return signed
    const lot = assetLot(instruments[id]!)
    const rest = (dusts.get(id) ?? 0n) - assetFee
    const dust = ((rest % lot) + lot) % lot
    dusts.set(id, dust)
    return signed + Number((rest - dust) / lot)
  }
}
