import {
  EVENT_BASE_LOSS,
  eventWeight,
  excessTarget,
  type FeatureMatrix,
  fillRows,
  type HourRows,
  type LabelColumns,
  type NetworkTargets,
  type Preparation,
} from '../../models/mod.ts'

/** Sizes that kernels are quick at are whole multiples of this. */
export const LANES = 4

/** The next size that kernels are quick at. */
export const padded = (size: number): number => Math.ceil(size / LANES) * LANES

/** Sizes of a batch; hours with fewer members and batches with fewer hours are filled up. */
export interface BatchShape {
  readonly hours: number
  /** Padded. */
  readonly members: number
  /** Padded. */
  readonly inputs: number
}

/** Some hours as arrays of one shape, hour by hour and member by member. */
export interface NetworkBatch {
  readonly inputs: Float32Array<ArrayBuffer>
  /** 0 for a member, and so low that it weighs nothing where there is none. */
  readonly mask: Float32Array<ArrayBuffer>
  readonly excess: Float32Array<ArrayBuffer>
  readonly event: Float32Array<ArrayBuffer>
  /**
   * Of a row's losses in the batch's mean loss, 0 where there is no label: task by task divided by
   * the loss of forecasting nothing, events weighed by class.
   */
  readonly excessWeight: Float32Array<ArrayBuffer>
  readonly eventWeight: Float32Array<ArrayBuffer>
}

/** Weights of the two tasks in the loss. */
export interface TaskWeights {
  readonly returnWeight: number
  readonly downsideWeight: number
}

/** What batches are made of. */
export interface BatchSource {
  readonly features: FeatureMatrix
  readonly labels: LabelColumns
  readonly preparation: Preparation
  readonly targets: NetworkTargets
  readonly weights: TaskWeights
}

const NOBODY = -1e9

/** An empty batch, to be filled again and again. */
export function emptyBatch({ hours, members, inputs }: BatchShape): NetworkBatch {
  const rows = hours * members
  return {
    inputs: new Float32Array(rows * inputs),
    mask: new Float32Array(rows).fill(NOBODY),
    excess: new Float32Array(rows),
    event: new Float32Array(rows),
    excessWeight: new Float32Array(rows),
    eventWeight: new Float32Array(rows),
  }
}

/** Fills a batch with the given hours. Gives the number of rows in it. */
export function fillBatch(
  batch: NetworkBatch,
  shape: BatchShape,
  source: BatchSource,
  { all, chosen }: { readonly all: HourRows; readonly chosen: Int32Array },
): number {
  batch.mask.fill(NOBODY)
  batch.excessWeight.fill(0)
  batch.eventWeight.fill(0)
  let count = 0
  for (const hour of chosen) count += all.starts[hour + 1]! - all.starts[hour]!
  chosen.forEach((hour, place) => {
    const rows = all.rows.subarray(all.starts[hour]!, all.starts[hour + 1]!)
    const first = place * shape.members
    const inputs = batch.inputs.subarray(first * shape.inputs)
    fillRows(inputs, shape.inputs, rows, source)
    for (let i = 0; i < rows.length; i++) {
      fillRow(batch, first + i, source, { row: rows[i]!, count })
    }
  })
  return count
}

function fillRow(
  batch: NetworkBatch,
  at: number,
  { labels, targets, weights }: BatchSource,
  { row, count }: { readonly row: number; readonly count: number },
): void {
  const excess = labels.excessReturn[row]!
  const event = labels.downsideEvent[row]!
  batch.mask[at] = 0
  const hasExcess = !Number.isNaN(excess)
  batch.excess[at] = hasExcess ? excessTarget(targets, excess) : 0
  batch.excessWeight[at] = hasExcess ? weights.returnWeight / (targets.excessBaseLoss * count) : 0
  const hasEvent = !Number.isNaN(event)
  batch.event[at] = hasEvent ? event : 0
  batch.eventWeight[at] = hasEvent
    ? (weights.downsideWeight * eventWeight(targets, event)) / (EVENT_BASE_LOSS * count)
    : 0
}
