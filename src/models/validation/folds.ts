import { type LabelSpans, type Refused, refused } from '../learner.ts'

/** How a panel's bars are split into training and test. Lengths in bars. */
export type SplitPlan =
  | {
      /** A training window of fixed length moves along with the test window behind it. */
      readonly kind: 'rolling'
      readonly trainBars: number
      readonly testBars: number
      readonly embargoBars: number
    }
  | {
      /** Training begins at the first bar and grows. */
      readonly kind: 'expanding'
      readonly trainBarsMin: number
      readonly testBars: number
      readonly embargoBars: number
    }
  | {
      /** Every choice of `testGroups` out of `groups` is the test set once (CPCV). */
      readonly kind: 'combinatorial'
      readonly groups: number
      readonly testGroups: number
      readonly embargoBars: number
    }

/** One split. Bars are ascending; none is in both. */
export interface Fold {
  /** For reports: which plan and which part, for example "rolling 3". */
  readonly name: string
  readonly trainBars: Int32Array
  readonly testBars: Int32Array
  /** Left out of training: their label's window meets a test window. */
  readonly purgedBars: Int32Array
  /** Left out of training: they follow a test window too closely. */
  readonly embargoedBars: Int32Array
  /** Groups that are tested; empty where the plan has none. */
  readonly testGroups: readonly number[]
}

/** Folds, or why there are none. */
export type Split = { readonly kind: 'split'; readonly folds: readonly Fold[] } | Refused

/**
 * Splits the bars that have a label window. A training bar is purged when the time from its own
 * decision to its label's end meets that of a test bar, and embargoed when it comes within
 * `embargoBars` after a test window (Lopez de Prado 2018, chapters 7 and 12). Refused where a fold
 * would have no training bar; lengths must be positive integers, the embargo may be 0.
 */
export function splitBars(spans: LabelSpans, plan: SplitPlan): Split {
  const bars = spans.last.length
  const problem = problemOf(plan)
  if (problem !== null) return refused(problem)
  const folds: Fold[] = []
  for (const part of partsOf(plan, bars)) {
    const fold = foldOf(spans, part, plan.embargoBars)
    if (fold.trainBars.length === 0) {
      return refused(
        `${part.name}: no training bar is left of ${part.candidates.length} ` +
          `(${fold.purgedBars.length} purged, ${fold.embargoedBars.length} embargoed)`,
      )
    }
    folds.push(fold)
  }
  return folds.length > 0
    ? { kind: 'split', folds }
    : refused(`${bars} bars are too few for one fold of ${described(plan)}`)
}

/** A plan in words, for reports. */
export function described(plan: SplitPlan): string {
  const embargo = `embargo ${plan.embargoBars} bars`
  switch (plan.kind) {
    case 'rolling':
      return `rolling walk-forward, ${plan.trainBars} bars of training, ${plan.testBars} of test, ${embargo}`
    case 'expanding':
      return `expanding walk-forward, at least ${plan.trainBarsMin} bars of training, ${plan.testBars} of test, ${embargo}`
    case 'combinatorial':
      return `combinatorial purged folds, ${plan.testGroups} of ${plan.groups} groups, ${embargo}`
  }
}

function problemOf(plan: SplitPlan): string | null {
  for (const [key, value] of Object.entries(plan)) {
    if (key === 'kind') continue
    const least = key === 'embargoBars' ? 0 : 1
    if (!Number.isInteger(value) || (value as number) < least) {
      return `${key} is ${value}: allowed are whole numbers from ${least}`
    }
  }
  if (plan.kind !== 'combinatorial') return null
  if (plan.testGroups >= plan.groups) {
    return `testGroups is ${plan.testGroups} of ${plan.groups} groups: none is left for training`
  }
  return plan.groups <= 16 ? null : `groups is ${plan.groups}: allowed are 2 to 16`
}

interface Part {
  readonly name: string
  readonly candidates: Int32Array
  readonly test: Int32Array
  readonly testGroups: readonly number[]
}

function* partsOf(plan: SplitPlan, bars: number): Generator<Part> {
  if (plan.kind === 'combinatorial') {
    if (bars < plan.groups) return
    const edge = (group: number): number => Math.floor((group * bars) / plan.groups)
    const groups = Array.from({ length: plan.groups }, (_, g) => range(edge(g), edge(g + 1)))
    for (const testGroups of choices(plan.groups, plan.testGroups)) {
      const isTest = (g: number): boolean => testGroups.includes(g)
      yield {
        name: `combinatorial ${testGroups.map((g) => g + 1).join('+')}`,
        candidates: joined(groups.filter((_, g) => !isTest(g))),
        test: joined(groups.filter((_, g) => isTest(g))),
        testGroups,
      }
    }
    return
  }
  const before = plan.kind === 'rolling' ? plan.trainBars : plan.trainBarsMin
  let number = 1
  for (let start = before; start < bars; start += plan.testBars) {
    yield {
      name: `${plan.kind} ${number++}`,
      candidates: range(plan.kind === 'rolling' ? start - before : 0, start),
      test: range(start, Math.min(bars, start + plan.testBars)),
      testGroups: [],
    }
  }
}

/**
 * Cuts bars into `parts` runs and tests each of the later half against all before it, purged. Time
 * runs forward in them: a run tested against what follows would be told by what it lacks there.
 */
export function foldsWithin(spans: LabelSpans, bars: Int32Array, parts: number): readonly Fold[] {
  const edge = (part: number): number => Math.floor((part * bars.length) / parts)
  const first = Math.ceil(parts / 2)
  const folds = Array.from({ length: parts - first }, (_, i) => {
    const test = bars.subarray(edge(first + i), edge(first + i + 1))
    const name = `part ${first + i + 1} of ${parts}`
    const candidates = bars.subarray(0, edge(first + i))
    return foldOf(spans, { name, candidates, test, testGroups: [] }, 0)
  })
  return folds.filter(({ trainBars, testBars }) => trainBars.length > 0 && testBars.length > 0)
}

function foldOf(spans: LabelSpans, part: Part, embargoBars: number): Fold {
  const windows = windowsOf(spans, part.test)
  const kept: number[] = []
  const purged: number[] = []
  const embargoed: number[] = []
  for (const bar of part.candidates) {
    if (!hasLabel(spans, bar)) continue
    const first = Math.min(bar, spans.first[bar]!)
    const last = spans.last[bar]!
    const follows = (window: BarWindow): boolean =>
      first > window.last && first <= window.last + embargoBars
    if (windows.some((window) => first <= window.last && last >= window.first)) purged.push(bar)
    else if (windows.some(follows)) embargoed.push(bar)
    else kept.push(bar)
  }
  return {
    name: part.name,
    trainBars: Int32Array.from(kept),
    testBars: part.test,
    purgedBars: Int32Array.from(purged),
    embargoedBars: Int32Array.from(embargoed),
    testGroups: part.testGroups,
  }
}

/** Bars from a first to a last one, both included. */
export interface BarWindow {
  readonly first: number
  readonly last: number
}

/**
 * Windows that bars and their labels cover, from the first decision to the last label's end, one
 * for each unbroken run of bars; a bar without a label covers itself.
 */
export function windowsOf(spans: LabelSpans, bars: Int32Array): readonly BarWindow[] {
  const windows: { first: number; last: number }[] = []
  for (let i = 0; i < bars.length; i++) {
    const bar = bars[i]!
    const first = hasLabel(spans, bar) ? Math.min(bar, spans.first[bar]!) : bar
    const last = Math.max(bar, spans.last[bar]!)
    const open = windows.at(-1)
    if (open === undefined || bars[i - 1] !== bar - 1) windows.push({ first, last })
    else {
      open.first = Math.min(open.first, first)
      open.last = Math.max(open.last, last)
    }
  }
  return windows
}

const hasLabel = (spans: LabelSpans, bar: number): boolean => spans.last[bar]! >= bar

/** Rows of the given bars, ascending, where `isUsed` is 1 (all where it is null). */
export function rowsOfBars(
  bars: Int32Array,
  panel: { readonly names: number; readonly bars: number; readonly isUsed: Uint8Array | null },
): Int32Array {
  const rows = new Int32Array(panel.names * bars.length)
  let count = 0
  for (let name = 0; name < panel.names; name++) {
    for (let i = 0; i < bars.length; i++) {
      const row = name * panel.bars + bars[i]!
      if (panel.isUsed === null || panel.isUsed[row] === 1) rows[count++] = row
    }
  }
  return rows.slice(0, count)
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i)
}

function joined(parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]))
}

/** Ways to choose `size` of the numbers below `of`, in lexicographic order. */
function choices(of: number, size: number, from = 0): readonly (readonly number[])[] {
  if (size === 0) return [[]]
  const all: (readonly number[])[] = []
  for (let first = from; first <= of - size; first++) {
    for (const rest of choices(of, size - 1, first + 1)) all.push([first, ...rest])
  }
  return all
}
