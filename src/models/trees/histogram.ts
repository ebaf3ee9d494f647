import { BIN_WORDS, BINS, GROUP, TASK, type TreeWorkspace } from './workspace.ts'

const TWO_32 = 2 ** 32
const COUNT_BITS = 24
const COUNT_MASK = 2 ** COUNT_BITS - 1
/** Of the high word: what a unit of the hessian is in it, inverted. */
const HIGH_PER_HESSIAN = 2 ** (32 - COUNT_BITS)

/** Sums while they are made: gradient, hessian and rows of each bin of a group. */
const sums = new Float64Array(GROUP * BINS * 3)

/**
 * Sums gradients, hessians and rows of the task's rows by bin into its slot, for groups of features
 * `fromGroup` to `toGroup` - 1. The twin of the compiled kernel: same bits.
 */
export function sumHistogram(w: TreeWorkspace, fromGroup: number, toGroup: number): void {
  const from = w.task[TASK.from]!
  const to = w.task[TASK.to]!
  for (let group = fromGroup; group < toGroup; group++) {
    sums.fill(0)
    sumRows(w, from, to, group)
    write(w.histograms, (w.task[TASK.slot]! * w.groups + group) * GROUP * BINS * BIN_WORDS)
  }
}

function sumRows(w: TreeWorkspace, from: number, to: number, group: number): void {
  const { bins, order, derivatives, groups } = w
  for (let i = from; i < to; i++) {
    const row = order[i]!
    const gradient = derivatives[2 * row]!
    const hessian = derivatives[2 * row + 1]!
    const at = (row * groups + group) * GROUP
    for (let k = 0; k < GROUP; k++) {
      const bin = 3 * (k * BINS + bins[at + k]!)
      sums[bin]! += gradient
      sums[bin + 1]! += hessian
      sums[bin + 2]! += 1
    }
  }
}

function write(histograms: Int32Array, base: number): void {
  for (let bin = 0, at = base; bin < sums.length; bin += 3, at += BIN_WORDS) {
    const gradient = sums[bin]!
    const hessian = sums[bin + 1]!
    const high = Math.floor(gradient / TWO_32)
    histograms[at] = (gradient - high * TWO_32) | 0
    histograms[at + 1] = high | 0
    const hessianHigh = Math.floor(hessian / HIGH_PER_HESSIAN)
    histograms[at + 2] =
      ((hessian - hessianHigh * HIGH_PER_HESSIAN) << COUNT_BITS) | (sums[bin + 2]! | 0)
    histograms[at + 3] = hessianHigh | 0
  }
}

/**
 * Takes the histogram of the task's slot from that of the sibling's, which held their parent's: it
 * then is the sibling's own, to the bit. For groups `fromGroup` to `toGroup` - 1.
 */
export function subtractHistogram(w: TreeWorkspace, fromGroup: number, toGroup: number): void {
  const { histograms, groups, task } = w
  const words = GROUP * BINS * BIN_WORDS
  const own = (task[TASK.slot]! * groups + fromGroup) * words
  const other = (task[TASK.siblingSlot]! * groups + fromGroup) * words
  const count = (toGroup - fromGroup) * words
  for (let i = 0; i < count; i += 2) {
    const low = histograms[other + i]!
    const taken = histograms[own + i]!
    const borrow = low >>> 0 < taken >>> 0 ? 1 : 0
    histograms[other + i] = low - taken
    histograms[other + i + 1] = histograms[other + i + 1]! - histograms[own + i + 1]! - borrow
  }
}

/** Sum of the gradients of the bin whose words begin at `at`. */
export const gradientAt = (histograms: Int32Array, at: number): number =>
  histograms[at + 1]! * TWO_32 + (histograms[at]! >>> 0)

/** Sum of the hessians of the bin whose words begin at `at`. */
export const hessianAt = (histograms: Int32Array, at: number): number =>
  (histograms[at + 3]! >>> 0) * HIGH_PER_HESSIAN + (histograms[at + 2]! >>> COUNT_BITS)

/** Rows of the bin whose words begin at `at`. */
export const rowsAt = (histograms: Int32Array, at: number): number =>
  histograms[at + 2]! & COUNT_MASK
