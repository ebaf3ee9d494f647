/**
 * What is minimised: half the squared error; the logistic loss of targets 0 and 1; the pairs of
 * rows of a group that are in the wrong order, weighted by what they cost in NDCG (LambdaRank) or
 * equally.
 */
export type TreeLoss = 'squared' | 'logistic' | 'ndcg' | 'pairwise'

/** How trees are grown; {@link defaultTreeParameters} has the defaults. */
export interface TreeParameters {
  readonly loss: TreeLoss
  /** Trees, at most: early stopping may end before. */
  readonly trees: number
  /** Factor on what each tree adds, above 0 and at most 1. */
  readonly learningRate: number
  /** Leaves of a tree, at most; the leaf that gains most is split next. */
  readonly leavesMax: number
  /** Splits on the way to a leaf, at most. */
  readonly depthMax: number
  /** Rows that a leaf must have. */
  readonly rowsMin: number
  /** Sum of hessians that a leaf must have; of squared loss without weights that of its rows. */
  readonly hessianMin: number
  /** What a split must gain at least, as twice the fall of the loss. */
  readonly gainMin: number
  /** Penalty on the absolute value of a leaf. */
  readonly l1: number
  /** Penalty on the squared value of a leaf. */
  readonly l2: number
  /** Share of the rows that each tree is grown from, drawn without replacement. */
  readonly rowShare: number
  /** Share of the features that each tree may split. */
  readonly columnShare: number
  /** Features, by name, along which the score may only rise (1) or only fall (-1). */
  readonly monotone: Readonly<Record<string, -1 | 1>>
  /** Trees without a better validation loss after which training ends; null: never. */
  readonly patience: number | null
  /** Of ranking: pairs with one of them among so many best scores count; null: all pairs. */
  readonly truncation: number | null
  /** Of ranking: how steeply the loss of a pair falls with the difference of its scores. */
  readonly steepness: number
  /** Bins of a feature without that of missing values, 2 to 255. */
  readonly binsMax: number
  /** Rows from which the edges of the bins are taken, at most. */
  readonly binSample: number
}

/** Sound values to begin with. */
export const defaultTreeParameters: TreeParameters = {
  loss: 'squared',
  trees: 100,
  learningRate: 0.1,
  leavesMax: 31,
  depthMax: 64,
  rowsMin: 20,
  hessianMin: 1e-3,
  gainMin: 0,
  l1: 0,
  l2: 1,
  rowShare: 1,
  columnShare: 1,
  monotone: {},
  patience: null,
  truncation: 30,
  steepness: 1,
  binsMax: 255,
  binSample: 200_000,
}

/**
 * Lowest and highest of each number, both allowed; those above 0 say so by their smallest number.
 */
const RANGES = {
  trees: [1, 100_000],
  learningRate: [Number.MIN_VALUE, 1],
  leavesMax: [2, 65_536],
  depthMax: [1, 64],
  rowsMin: [1, 2 ** 24],
  hessianMin: [0, Number.MAX_VALUE],
  gainMin: [0, Number.MAX_VALUE],
  l1: [0, Number.MAX_VALUE],
  l2: [0, Number.MAX_VALUE],
  rowShare: [Number.MIN_VALUE, 1],
  columnShare: [Number.MIN_VALUE, 1],
  steepness: [Number.MIN_VALUE, Number.MAX_VALUE],
  binsMax: [2, 255],
  binSample: [2, 2 ** 24],
  patience: [1, 100_000],
  truncation: [1, 2 ** 24],
} as const

const WHOLE: readonly string[] = [
  ...['trees', 'leavesMax', 'depthMax', 'rowsMin'],
  ...['binsMax', 'binSample', 'patience', 'truncation'],
]
const LOSSES: readonly string[] = ['squared', 'logistic', 'ndcg', 'pairwise']

/** What is wrong with the parameters for these features, naming key, value and what is allowed. */
export function problemOfParameters(
  parameters: TreeParameters,
  features: readonly string[],
): string | null {
  if (!LOSSES.includes(parameters.loss)) {
    return `loss is ${parameters.loss}, allowed are ${LOSSES.join(', ')}`
  }
  for (const key of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
    const value = parameters[key]
    const [lowest, highest] = RANGES[key]
    if (value === null && (key === 'patience' || key === 'truncation')) continue
    const isKind = WHOLE.includes(key) ? Number.isInteger(value) : typeof value === 'number'
    if (isKind && value! >= lowest && value! <= highest) continue
    const kind = WHOLE.includes(key) ? 'whole numbers' : 'numbers'
    const from = lowest === Number.MIN_VALUE ? 'above 0' : `from ${lowest}`
    const to = highest === Number.MAX_VALUE ? '' : ` to ${highest}`
    return `${key} is ${value}, allowed are ${kind} ${from}${to}`
  }
  if (parameters.l2 === 0 && parameters.hessianMin === 0) {
    return 'l2 and hessianMin are both 0: a leaf without hessian would have no value'
  }
  for (const [name, direction] of Object.entries(parameters.monotone)) {
    if (!features.includes(name)) return `monotone names ${name}, which is no feature`
    if (direction !== 1 && direction !== -1) {
      return `monotone.${name} is ${direction}, allowed are -1 and 1`
    }
  }
  return null
}

/** Whether the loss compares rows of a group. */
export const isRanking = (loss: TreeLoss): boolean => loss === 'ndcg' || loss === 'pairwise'
