import { gradientAt, hessianAt, rowsAt } from './histogram.ts'
import {
  BIN_WORDS,
  BINS,
  GROUP,
  MISSING,
  NODE,
  SETTING,
  SPLIT,
  TASK,
  type TreeWorkspace,
} from './workspace.ts'

/**
 * Finds the best split of both nodes of the task among the features of a part, from their
 * histograms, into `splits`. Of equal gains the first counts: by feature, then by bin, then missing
 * values right before left. The twin of the compiled kernel: same bits.
 */
export function scanSplits(w: TreeWorkspace, part: number): void {
  for (let node = 0; node < 2; node++) {
    const out = (part * 2 + node) * SPLIT.length
    w.splits[out + SPLIT.gain] = 0
    w.splits[out + SPLIT.feature] = -1
    const at = TASK.nodes + node * NODE.length
    if (w.task[at + NODE.isOpen] !== 1) continue
    const slot = w.task[node === 0 ? TASK.slot : TASK.siblingSlot]!
    const end = Math.min(w.parts[part + 1]! * GROUP, w.shape.features)
    for (let feature = w.parts[part]! * GROUP; feature < end; feature++) {
      if (w.isActive[feature] !== 1) continue
      scanFeature({ w, feature, at, out }, (slot * w.groups * GROUP + feature) * BINS * BIN_WORDS)
    }
  }
}

interface Scan {
  readonly w: TreeWorkspace
  readonly feature: number
  /** Where the node lies in the task. */
  readonly at: number
  /** Where its best split so far lies. */
  readonly out: number
}

/** Where a feature may be split: what would go left. */
interface Candidate {
  readonly bin: number
  readonly missingLeft: 0 | 1
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
}

function scanFeature(scan: Scan, base: number): void {
  const { histograms, task, settings, lastBins } = scan.w
  const missing = base + MISSING * BIN_WORDS
  const missingRows = rowsAt(histograms, missing)
  const missingGradient = gradientAt(histograms, missing)
  const missingHessian = hessianAt(histograms, missing)
  const rowsMax = task[scan.at + NODE.rows]! - settings[SETTING.rowsMin]!
  const last = lastBins[scan.feature]!
  let gradient = 0
  let hessian = 0
  let rows = 0
  for (let bin = 0; bin <= last; bin++) {
    const words = base + bin * BIN_WORDS
    const here = rowsAt(histograms, words)
    if (here === 0) continue
    rows += here
    if (rows > rowsMax) return
    gradient += gradientAt(histograms, words)
    hessian += hessianAt(histograms, words)
    // Behind the last bin of values only missing ones are left.
    if (bin < last || missingRows > 0) {
      consider(scan, { bin, missingLeft: 0, gradient, hessian, rows })
    }
    if (missingRows > 0 && bin < last) {
      const g = gradient + missingGradient
      const h = hessian + missingHessian
      consider(scan, { bin, missingLeft: 1, gradient: g, hessian: h, rows: rows + missingRows })
    }
  }
}

function consider(scan: Scan, candidate: Candidate): void {
  const { w, at, out } = scan
  const { settings, task, splits } = w
  const rowsMin = settings[SETTING.rowsMin]!
  const { rows, gradient, hessian } = candidate
  if (rows < rowsMin || task[at + NODE.rows]! - rows < rowsMin) return
  const hessianUnit = settings[SETTING.hessianUnit]!
  const hessianMin = settings[SETTING.hessianMin]!
  const leftHessian = hessian * hessianUnit
  const rightHessian = (task[at + NODE.hessian]! - hessian) * hessianUnit
  if (leftHessian < hessianMin || rightHessian < hessianMin) return
  const gradientUnit = settings[SETTING.gradientUnit]!
  const leftGradient = gradient * gradientUnit
  const rightGradient = (task[at + NODE.gradient]! - gradient) * gradientUnit
  const gain =
    settings[SETTING.isConstrained] === 1
      ? constrainedGain(scan, leftGradient, leftHessian, rightGradient, rightHessian)
      : score(settings, leftGradient, leftHessian) +
        score(settings, rightGradient, rightHessian) -
        task[at + NODE.score]!
  if (!(gain > splits[out + SPLIT.gain]!)) return
  splits[out + SPLIT.gain] = gain
  splits[out + SPLIT.feature] = scan.feature
  splits[out + SPLIT.bin] = candidate.bin
  splits[out + SPLIT.missingLeft] = candidate.missingLeft
  splits[out + SPLIT.gradient] = gradient
  splits[out + SPLIT.hessian] = hessian
  splits[out + SPLIT.rows] = rows
}

function constrainedGain(
  { w, feature, at }: Scan,
  leftGradient: number,
  leftHessian: number,
  rightGradient: number,
  rightHessian: number,
): number {
  const { settings, task, monotone } = w
  const lowest = task[at + NODE.lowest]!
  const highest = task[at + NODE.highest]!
  const left = boundedValue(settings, leftGradient, leftHessian, lowest, highest)
  const right = boundedValue(settings, rightGradient, rightHessian, lowest, highest)
  // What falls where it must rise gains nothing.
  if (monotone[feature]! * (right - left) < 0) return 0
  return (
    scoreOfValue(settings, leftGradient, leftHessian, left) +
    scoreOfValue(settings, rightGradient, rightHessian, right) -
    task[at + NODE.score]!
  )
}

/** The gradient, moved towards 0 by the L1 penalty. */
function shrunk(gradient: number, l1: number): number {
  return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
}

/** Twice by how much a leaf of these sums lowers the loss: T(G)^2 / (H + l2). */
function score(settings: Float64Array, gradient: number, hessian: number): number {
  const g = shrunk(gradient, settings[SETTING.l1]!)
  return (g * g) / (hessian + settings[SETTING.l2]!)
}

/** Best value of a leaf of these sums, -T(G) / (H + l2), within its bounds. */
export function boundedValue(
  settings: Float64Array,
  gradient: number,
  hessian: number,
  lowest: number,
  highest: number,
): number {
  const value = (0 - shrunk(gradient, settings[SETTING.l1]!)) / (hessian + settings[SETTING.l2]!)
  return value < lowest ? lowest : value > highest ? highest : value
}

/** Twice by how much a leaf of these sums and this value lowers the loss. */
function scoreOfValue(
  settings: Float64Array,
  gradient: number,
  hessian: number,
  value: number,
): number {
  const size = value < 0 ? -value : value
  return -(
    2 * gradient * value +
    (hessian + settings[SETTING.l2]!) * value * value +
    2 * settings[SETTING.l1]! * size
  )
}

/** Score of a node as a leaf, as {@link TASK} wants it. */
export function nodeScore(
  settings: Float64Array,
  gradient: number,
  hessian: number,
  lowest: number,
  highest: number,
): number {
  if (settings[SETTING.isConstrained] !== 1) return score(settings, gradient, hessian)
  const value = boundedValue(settings, gradient, hessian, lowest, highest)
  return scoreOfValue(settings, gradient, hessian, value)
}
