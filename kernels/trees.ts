// What takes the time when a boosted tree grows: histograms of gradients, the search for the best split,
// and the division of a leaf's rows. The places of everything are given; the memory is shared by threads.
//
// All sums are of whole numbers: the gradients as a 64-bit integer, and beside it the hessians times 2^24
// plus the number of rows. Any order of adding gives the same bits, so does subtracting.

/** Bytes of a bin, of a feature's bins, and of those of a group of eight features. */
const BIN: usize = 16
const FEATURE: usize = 256 * BIN
const GROUP: usize = 8 * FEATURE
const MISSING: usize = 255 * BIN
/** Of a byte shifted to the place of its bin. */
const BIN_PLACE: u64 = 0xff0
const BIN_PLACE_32: u32 = 0xff0
const COUNT_BITS: i64 = 24
const COUNT_MASK: i64 = (1 << 24) - 1

/**
 * Bin of each of the values: how many of the edges lie below it, and 255 when it is not finite. There are
 * 256 edges, the unused ones infinite. Written to `column` and, `stride` bytes from row to row, to `bins`.
 */
export function assign(
  values: usize,
  count: i32,
  edges: usize,
  column: usize,
  bins: usize,
  stride: usize,
): void {
  for (let i = 0; i < count; i++) {
    const value = <f64>load<f32>(values + ((<usize>i) << 2))
    let at = edges
    // Halves what is left without a branch.
    at += (<usize>(load<f64>(at, 127 * 8) < value)) << 10
    at += (<usize>(load<f64>(at, 63 * 8) < value)) << 9
    at += (<usize>(load<f64>(at, 31 * 8) < value)) << 8
    at += (<usize>(load<f64>(at, 15 * 8) < value)) << 7
    at += (<usize>(load<f64>(at, 7 * 8) < value)) << 6
    at += (<usize>(load<f64>(at, 3 * 8) < value)) << 5
    at += (<usize>(load<f64>(at, 8) < value)) << 4
    at += (<usize>(load<f64>(at) < value)) << 3
    const bin = value - value === 0 ? <u32>((at - edges) >> 3) : 255
    store<u8>(column + <usize>i, <u8>bin)
    store<u8>(bins, <u8>bin)
    bins += stride
  }
}

/** Derivatives of the rows of a leaf, in their order, each as the two integers that are added. */
export function gather(order: usize, count: i32, derivatives: usize, gathered: usize): void {
  for (let i = 0; i < count; i++) {
    const pair = derivatives + ((<usize>load<u32>(order + ((<usize>i) << 2))) << 3)
    const at = gathered + ((<usize>i) << 4)
    store<i64>(at, <i64>load<i32>(pair))
    store<i64>(at, ((<i64>load<i32>(pair, 4)) << COUNT_BITS) | 1, 8)
  }
}

/** Rows whose bins are read for one group of features after another before the next rows are. */
const BLOCK: i32 = 256

/**
 * Histograms of `groups` groups of eight features, of which the last has at most four when `isHalf`.
 * `bins` are those of the first, `stride` bytes from row to row.
 */
export function histogram(
  bins: usize,
  stride: usize,
  groups: i32,
  isHalf: i32,
  order: usize,
  count: i32,
  gathered: usize,
  into: usize,
): void {
  const whole = groups - isHalf
  memory.fill(into, 0, <usize>groups * GROUP)
  for (let from = 0; from < count; from += BLOCK) {
    const to = min(from + BLOCK, count)
    const first = order + ((<usize>from) << 2)
    const end = order + ((<usize>to) << 2)
    const pairs = gathered + ((<usize>from) << 4)
    for (let group = 0; group < whole; group++) {
      addRows(bins + ((<usize>group) << 3), stride, first, end, pairs, into + <usize>group * GROUP)
    }
    if (whole < groups) {
      addHalf(bins + ((<usize>whole) << 3), stride, first, end, pairs, into + <usize>whole * GROUP)
    }
  }
}

function addHalf(
  bins: usize,
  stride: usize,
  order: usize,
  end: usize,
  gathered: usize,
  into: usize,
): void {
  for (; order < end; order += 4, gathered += 16) {
    const four = load<u32>(bins + <usize>load<u32>(order) * stride)
    const pair = v128.load(gathered)
    let at = into + <usize>((four << 4) & BIN_PLACE_32)
    v128.store(at, i64x2.add(v128.load(at), pair))
    at = into + <usize>((four >> 4) & BIN_PLACE_32)
    v128.store(at, i64x2.add(v128.load(at, FEATURE), pair), FEATURE)
    at = into + <usize>((four >> 12) & BIN_PLACE_32)
    v128.store(at, i64x2.add(v128.load(at, 2 * FEATURE), pair), 2 * FEATURE)
    at = into + <usize>((four >> 20) & BIN_PLACE_32)
    v128.store(at, i64x2.add(v128.load(at, 3 * FEATURE), pair), 3 * FEATURE)
  }
}

function addRows(
  bins: usize,
  stride: usize,
  order: usize,
  end: usize,
  gathered: usize,
  into: usize,
): void {
  for (; order < end; order += 4, gathered += 16) {
    const eight = load<u64>(bins + <usize>load<u32>(order) * stride)
    const pair = v128.load(gathered)
    let at = into + <usize>((eight << 4) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at), pair))
    at = into + <usize>((eight >> 4) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, FEATURE), pair), FEATURE)
    at = into + <usize>((eight >> 12) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, 2 * FEATURE), pair), 2 * FEATURE)
    at = into + <usize>((eight >> 20) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, 3 * FEATURE), pair), 3 * FEATURE)
    at = into + <usize>((eight >> 28) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, 4 * FEATURE), pair), 4 * FEATURE)
    at = into + <usize>((eight >> 36) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, 5 * FEATURE), pair), 5 * FEATURE)
    at = into + <usize>((eight >> 44) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, 6 * FEATURE), pair), 6 * FEATURE)
    at = into + <usize>((eight >> 52) & BIN_PLACE)
    v128.store(at, i64x2.add(v128.load(at, 7 * FEATURE), pair), 7 * FEATURE)
  }
}

/** Takes one histogram from another, `groups` of them that follow each other. */
export function subtract(from: usize, taken: usize, groups: i32): void {
  const bytes = <usize>groups * GROUP
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(from + at, i64x2.sub(v128.load(from + at), v128.load(taken + at)))
  }
}

/**
 * Rows whose bin is at most `last`, and the missing ones when told so, to the front; both sides keep
 * their order. `bins` are those of the feature. Returns how many went left.
 */
export function divide(
  order: usize,
  count: i32,
  bins: usize,
  last: i32,
  missingLeft: i32,
  spare: usize,
): i32 {
  let left: usize = order
  let right: usize = spare
  const end = order + ((<usize>count) << 2)
  for (let at = order; at < end; at += 4) {
    const row = load<u32>(at)
    const bin = <i32>load<u8>(bins + <usize>row)
    const goesLeft = <usize>(<i32>(bin <= last) | (<i32>(bin === 255) & missingLeft))
    store<u32>(left, row)
    store<u32>(right, row)
    left += goesLeft << 2
    right += (1 - goesLeft) << 2
  }
  memory.copy(left, spare, right - spare)
  return <i32>((left - order) >> 2)
}

/** Of the settings, in their order, and of a node of the task. */
let gradientUnit: f64 = 0
let hessianUnit: f64 = 0
let l1: f64 = 0
let l2: f64 = 0
let rowsMin: i64 = 0
let hessianMin: f64 = 0
let isConstrained: bool = false
let nodeGradient: i64 = 0
let nodeHessian: i64 = 0
let nodeRows: i64 = 0
let lowest: f64 = 0
let highest: f64 = 0
let nodeScore: f64 = 0
let direction: f64 = 0
/** The best split so far. */
let bestGain: f64 = 0
let bestBin: i32 = -1
let bestMissingLeft: i32 = 0
let bestGradient: i64 = 0
let bestHessian: i64 = 0
let bestRows: i64 = 0

/** Reads what all features of a node are searched with. */
export function useNode(settings: usize, node: usize): void {
  gradientUnit = load<f64>(settings)
  hessianUnit = load<f64>(settings, 8)
  l1 = load<f64>(settings, 16)
  l2 = load<f64>(settings, 24)
  rowsMin = <i64>load<f64>(settings, 32)
  hessianMin = load<f64>(settings, 40)
  isConstrained = load<f64>(settings, 48) === 1
  nodeGradient = <i64>load<f64>(node)
  nodeHessian = <i64>load<f64>(node, 8)
  nodeRows = <i64>load<f64>(node, 16)
  lowest = load<f64>(node, 24)
  highest = load<f64>(node, 32)
  nodeScore = load<f64>(node, 40)
}

/** Writes a split at `out` when one of this feature is better than what stands there. */
export function scan(bins: usize, lastBin: i32, feature: i32, monotone: i32, out: usize): void {
  bestGain = load<f64>(out)
  bestBin = -1
  direction = <f64>monotone
  const missingGradient = load<i64>(bins + MISSING)
  const missingPair = load<i64>(bins + MISSING, 8)
  const hasMissing = missingPair !== 0
  const rowsMax = nodeRows - rowsMin
  let gradient: i64 = 0
  let pair: i64 = 0
  for (let bin = 0; bin <= lastBin; bin++) {
    const at = bins + ((<usize>bin) << 4)
    const here = load<i64>(at, 8)
    if (here === 0) continue
    pair += here
    if ((pair & COUNT_MASK) > rowsMax) break
    gradient += load<i64>(at)
    if (bin < lastBin || hasMissing) consider(bin, 0, gradient, pair)
    if (hasMissing && bin < lastBin) {
      consider(bin, 1, gradient + missingGradient, pair + missingPair)
    }
  }
  if (bestBin < 0) return
  store<f64>(out, bestGain)
  store<f64>(out, <f64>feature, 8)
  store<f64>(out, <f64>bestBin, 16)
  store<f64>(out, <f64>bestMissingLeft, 24)
  store<f64>(out, <f64>bestGradient, 32)
  store<f64>(out, <f64>bestHessian, 40)
  store<f64>(out, <f64>bestRows, 48)
}

function consider(bin: i32, missingLeft: i32, gradient: i64, pair: i64): void {
  const rows = pair & COUNT_MASK
  if (rows < rowsMin || nodeRows - rows < rowsMin) return
  const hessian = <i64>(<u64>pair >> COUNT_BITS)
  const leftHessian = <f64>hessian * hessianUnit
  const rightHessian = <f64>(nodeHessian - hessian) * hessianUnit
  if (leftHessian < hessianMin || rightHessian < hessianMin) return
  const leftGradient = <f64>gradient * gradientUnit
  const rightGradient = <f64>(nodeGradient - gradient) * gradientUnit
  const gain = isConstrained
    ? constrainedGain(leftGradient, leftHessian, rightGradient, rightHessian)
    : score(leftGradient, leftHessian) + score(rightGradient, rightHessian) - nodeScore
  if (!(gain > bestGain)) return
  bestGain = gain
  bestBin = bin
  bestMissingLeft = missingLeft
  bestGradient = gradient
  bestHessian = hessian
  bestRows = rows
}

function constrainedGain(
  leftGradient: f64,
  leftHessian: f64,
  rightGradient: f64,
  rightHessian: f64,
): f64 {
  const left = boundedValue(leftGradient, leftHessian)
  const right = boundedValue(rightGradient, rightHessian)
  if (direction * (right - left) < 0) return 0
  return (
    scoreOfValue(leftGradient, leftHessian, left) +
    scoreOfValue(rightGradient, rightHessian, right) -
    nodeScore
  )
}

function shrunk(gradient: f64): f64 {
  return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
}

function score(gradient: f64, hessian: f64): f64 {
  const g = shrunk(gradient)
  return (g * g) / (hessian + l2)
}

function boundedValue(gradient: f64, hessian: f64): f64 {
  const value = (0 - shrunk(gradient)) / (hessian + l2)
  return value < lowest ? lowest : value > highest ? highest : value
}

function scoreOfValue(gradient: f64, hessian: f64, value: f64): f64 {
  const size = value < 0 ? -value : value
  return -(2 * gradient * value + (hessian + l2) * value * value + 2 * l1 * size)
}

/** Of the bytes of a node in a forest. */
const NODE_BITS: usize = 4

/**
 * Adds to the scores of `count` rows, a multiple of four, what each tree gives them. Their values
 * lie row by row, `stride` bytes apart. Of a node: the 32-bit threshold; the byte of its value in a row; the
 * byte of its left child, of a leaf its own. `roots` are bytes of nodes, `leaves` the nodes' values. Four rows
 * take turns, since each step waits for the one before.
 */
export function addTrees(
  values: usize,
  stride: usize,
  count: i32,
  nodes: usize,
  leaves: usize,
  roots: usize,
  trees: i32,
  scores: usize,
): void {
  for (let tree = 0; tree < trees; tree++) {
    const root = load<u32>(roots + ((<usize>tree) << 2))
    let row = values
    for (let i = 0; i < count; i += 4) {
      const row1 = row + stride
      const row2 = row1 + stride
      const row3 = row2 + stride
      let a = root
      let b = root
      let c = root
      let d = root
      for (;;) {
        const a1 = next(nodes, a, row)
        const b1 = next(nodes, b, row1)
        const c1 = next(nodes, c, row2)
        const d1 = next(nodes, d, row3)
        const moved = (a ^ a1) | (b ^ b1) | (c ^ c1) | (d ^ d1)
        a = a1
        b = b1
        c = c1
        d = d1
        if (moved === 0) break
      }
      const at = scores + ((<usize>i) << 3)
      addLeaf(at, leaves, a)
      addLeaf(at + 8, leaves, b)
      addLeaf(at + 16, leaves, c)
      addLeaf(at + 24, leaves, d)
      row = row3 + stride
    }
  }
}

/** Where a row goes from a node; from a leaf to itself: nothing is above its threshold. */
function next(nodes: usize, node: u32, row: usize): u32 {
  const at = nodes + <usize>node
  const right = <u32>(load<f32>(row + <usize>load<u32>(at, 4)) > load<f32>(at))
  return load<u32>(at, 8) + (right << (<u32>NODE_BITS))
}

function addLeaf(at: usize, leaves: usize, node: u32): void {
  store<f64>(at, load<f64>(at) + load<f64>(leaves + <usize>(node >> 1)))
}
