import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fold, type SplitPlan, splitBars } from './folds.ts'

const length = fc.integer({ min: 1, max: 40 })
const embargoBars = fc.integer({ min: 0, max: 12 })
const plans: fc.Arbitrary<SplitPlan> = fc.oneof(
  fc.record({
    kind: fc.constant('rolling' as const),
    trainBars: length,
    testBars: length,
    embargoBars,
  }),
  fc.record({
    kind: fc.constant('expanding' as const),
    trainBarsMin: length,
    testBars: length,
    embargoBars,
  }),
  fc.record({
    kind: fc.constant('combinatorial' as const),
    groups: fc.integer({ min: 2, max: 7 }),
    testGroups: fc.integer({ min: 1, max: 3 }),
    embargoBars,
  }),
)

/** Label windows of any shape: later ends for some bars, none where the panel ends. */
const spansOf = (bars: number, lengths: readonly number[]) => {
  const first = new Int32Array(bars).fill(-1)
  const last = new Int32Array(bars).fill(-1)
  for (let bar = 0; bar < bars; bar++) {
    const end = bar + 1 + lengths[bar % lengths.length]!
    if (end >= bars) continue
    first[bar] = bar + 1
    last[bar] = end
  }
  return { first, last }
}

const inputs = {
  plan: plans,
  bars: fc.integer({ min: 1, max: 120 }),
  lengths: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 }),
}

const each = (check: (fold: Fold, at: ReturnType<typeof spansOf>, plan: SplitPlan) => void) =>
  fc.assert(
    fc.property(fc.record(inputs), ({ plan, bars, lengths }) => {
      const spans = spansOf(bars, lengths)
      const split = splitBars(spans, plan)
      if (split.kind === 'refused') expect(split.reason.length).toBeGreaterThan(10)
      else for (const fold of split.folds) check(fold, spans, plan)
    }),
    { numRuns: 300 },
  )

describe('folds of any plan over any label windows', () => {
  const endOf = (last: Int32Array, bar: number): number => Math.max(bar, last[bar]!)

  it('never train on a bar whose window from decision to label end meets that of a test bar', () => {
    each(({ trainBars, testBars }, { last }) => {
      const meets = (train: number, test: number): boolean =>
        last[train]! >= test && train <= endOf(last, test)
      expect([...trainBars].filter((t) => testBars.some((test) => meets(t, test)))).toEqual([])
    })
  })

  it('never train within the embargo after a test bar and the window of its label', () => {
    each(({ trainBars, testBars }, { last }, { embargoBars }) => {
      const follows = (train: number, test: number): boolean =>
        train > test && train <= endOf(last, test) + embargoBars
      expect([...trainBars].filter((t) => testBars.some((test) => follows(t, test)))).toEqual([])
    })
  })

  it('train, purge, embargo or test a bar once, and train only where there is a label', () => {
    each(({ trainBars, purgedBars, embargoedBars, testBars }, { last }) => {
      const all = [...trainBars, ...purgedBars, ...embargoedBars, ...testBars]
      expect(new Set(all).size).toBe(all.length)
      expect(trainBars.every((bar) => last[bar]! >= bar)).toBe(true)
    })
  })

  it('cover every labelled bar outside the test, in folds that may train on both sides', () => {
    each(({ trainBars, purgedBars, embargoedBars, testBars }, { last }, plan) => {
      if (plan.kind !== 'combinatorial') return
      const all = [...trainBars, ...purgedBars, ...embargoedBars, ...testBars]
      const labelled = [...last.keys()].filter((bar) => last[bar]! >= bar)
      expect(labelled.every((bar) => all.includes(bar))).toBe(true)
    })
  })
})
