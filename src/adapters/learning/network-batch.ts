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

/** Rows whose regressors are written at a time, so that they stay in the cache meanwhile. */
const CHUNK_ROWS = 2048

/** Fills a batch with the given hours; every `batchHours` of them weigh together as one batch. */
export function fillBatch(
  batch: NetworkBatch,
  shape: BatchShape,
  source: BatchSource,
  { all, chosen, batchHours }: ChosenHours,
): void {
  batch.mask.fill(NOBODY)
  batch.excessWeight.fill(0)
  batch.eventWeight.fill(0)
  const { starts } = all
  const keys: number[] = []
  const size = shape.hours * shape.members
  for (let first = 0; first < chosen.length; first += batchHours) {
    const together = chosen.subarray(first, first + batchHours)
    const count = rowsOfHours(all, together)
    together.forEach((hour, i) => {
      let place = (first + i) * shape.members
      for (let at = starts[hour]!; at < starts[hour + 1]!; at++, place++) {
        const row = all.rows[at]!
        keys.push(row * size + place)
        fillRow(batch, place, source, { row, count })
      }
    })
  }
  // Columns lie name by name: read along them, far fewer of their pages are touched.
  const sorted = Float64Array.from(keys).sort()
  for (let at = 0; at < sorted.length; at += CHUNK_ROWS) {
    const chunk = sorted.subarray(at, at + CHUNK_ROWS)
    const rows = Int32Array.from(chunk, (key) => Math.floor(key / size))
    const places = Int32Array.from(chunk, (key) => key % size)
    fillRows(batch.inputs, shape.inputs, { rows, places }, source)
  }
}

/** Hours that are wanted, by their place among all. */
export interface ChosenHours {
  readonly all: HourRows
  readonly chosen: Int32Array
  readonly batchHours: number
}

/** Rows of the given hours together. */
export function rowsOfHours({ starts }: HourRows, hours: Int32Array): number {
  let count = 0
  for (const hour of hours) count += starts[hour + 1]! - starts[hour]!
  return count
}

/** The part of a larger batch that begins at an hour, of the given shape; a view of it. */
export function batchAt(batch: NetworkBatch, shape: BatchShape, hour: number): NetworkBatch {
  const from = hour * shape.members
  const to = from + shape.hours * shape.members
  const column = (values: Float32Array<ArrayBuffer>) => values.subarray(from, to)
  return {
    inputs: batch.inputs.subarray(from * shape.inputs, to * shape.inputs),
    mask: column(batch.mask),
    excess: column(batch.excess),
    event: column(batch.event),
    excessWeight: column(batch.excessWeight),
    eventWeight: column(batch.eventWeight),
  }
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
