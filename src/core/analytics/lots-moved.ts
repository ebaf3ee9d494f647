import { assetLot } from '../domain/money.ts'
import { type AssetUnits, type InstrumentId, sign } from '../domain/units.ts'
import type { RunFill, RunRecord } from './run-record.ts'

/** Follows what fees taken in the asset leave of fills. */
export interface LotsMoved {
  /** How far a fill moves the position, signed lots; to be asked once a fill, in their order. */
  moved(fill: RunFill): number
  /** What is held beside whole lots, by instrument; those that never had such a fee are not in it. */
  readonly dusts: ReadonlyMap<InstrumentId, AssetUnits>
}

/**
 * A fill moves the position by what it filled, less the lots that a fee taken in the asset cost.
 * What such a fee leaves beside whole lots is carried to the next fill.
 */
export function createLotsMoved({ instruments }: Pick<RunRecord, 'instruments'>): LotsMoved {
  const dusts = new Map<InstrumentId, AssetUnits>()
  return {
    dusts,
    moved({ instrument: id, side, quantity, assetFee }) {
      const signed = sign(side) * quantity
      if (assetFee === undefined) return signed
      const lot = assetLot(instruments[id]!)
      const rest = (dusts.get(id) ?? 0n) - assetFee
      const dust = ((rest % lot) + lot) % lot
      dusts.set(id, dust)
      return signed + Number((rest - dust) / lot)
    },
  }
}
