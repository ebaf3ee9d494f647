import { describe, expect, it } from 'vitest'
import { described, type Fold, rowsOfBars, type SplitPlan, splitBars } from './folds.ts'

/** Five-bar labels from the next open to the open after: bars t + 1 to t + 6. */
const spansOf = (bars: number) => {
  const at = (bar: number, value: number): number => (bar + 6 < bars ? value : -1)
  return {
    first: Int32Array.from({ length: bars }, (_, bar) => at(bar, bar + 1)),
    last: Int32Array.from({ length: bars }, (_, bar) => at(bar, bar + 6)),
  }
}

const foldsOf = (bars: number, plan: SplitPlan): readonly Fold[] => {
  const split = splitBars(spansOf(bars), plan)
  if (split.kind === 'refused') throw new Error(split.reason)
  return split.folds
}

const ends = (bars: Int32Array): string => `${bars[0]}-${bars.at(-1)}`

describe('walk-forward folds', () => {
  it('roll a window of fixed length and purge the six bars before each test', () => {
    const plan = { kind: 'rolling', trainBars: 30, testBars: 10, embargoBars: 5 } as const
    const folds = foldsOf(60, plan)
    expect(folds.map(({ name }) => name)).toEqual(['rolling 1', 'rolling 2', 'rolling 3'])
    expect(folds.map(({ trainBars }) => ends(trainBars))).toEqual(['0-23', '10-33', '20-43'])
    expect(folds.map(({ testBars }) => ends(testBars))).toEqual(['30-39', '40-49', '50-59'])
    expect([...folds[0]!.purgedBars]).toEqual([24, 25, 26, 27, 28, 29])
    expect(described(plan)).toBe(
      'rolling walk-forward, 30 bars of training, 10 of test, embargo 5 bars',
    )
  })

  it('expand from the first bar; the last test window may be shorter', () => {
    const plan = { kind: 'expanding', trainBarsMin: 30, testBars: 12, embargoBars: 0 } as const
    const folds = foldsOf(60, plan)
    expect(folds.map(({ trainBars }) => ends(trainBars))).toEqual(['0-23', '0-35', '0-47'])
    expect(folds.map(({ testBars }) => ends(testBars))).toEqual(['30-41', '42-53', '54-59'])
  })
})

describe('combinatorial purged folds', () => {
  it('test every choice of groups and embargo what follows them', () => {
    const plan = { kind: 'combinatorial', groups: 6, testGroups: 2, embargoBars: 4 } as const
    const folds = foldsOf(120, plan)
    expect(folds).toHaveLength(15)
    const [first] = folds.filter(({ name }) => name === 'combinatorial 2+5')
    expect(first!.testGroups).toEqual([1, 4])
    expect(ends(first!.testBars)).toBe('20-99')
    // Bars 40 to 45 lie in labels of the test, 46 to 49 in the embargo.
    expect([...first!.embargoedBars]).toEqual([46, 47, 48, 49, 106, 107, 108, 109])
    expect([...first!.purgedBars]).toEqual(
      [14, 15, 16, 17, 18, 19, 40, 41, 42, 43, 44, 45, 74, 75, 76, 77, 78, 79].concat([
        100, 101, 102, 103, 104, 105,
      ]),
    )
  })
})

describe('a split is refused', () => {
  const spans = spansOf(40)
  const reason = (plan: SplitPlan): string => {
    const split = splitBars(spans, plan)
    return split.kind === 'refused' ? split.reason : 'not refused'
  }

  it('where no training bar is left', () => {
    expect(reason({ kind: 'rolling', trainBars: 6, testBars: 5, embargoBars: 0 })).toBe(
      'rolling 1: no training bar is left of 6 (6 purged, 0 embargoed)',
    )
  })

  it('where the panel is too short for a fold', () => {
    expect(reason({ kind: 'expanding', trainBarsMin: 40, testBars: 5, embargoBars: 0 })).toContain(
      '40 bars are too few for one fold of expanding walk-forward',
    )
  })

  it('where a length is not a whole number or all groups are tested', () => {
    expect(reason({ kind: 'rolling', trainBars: 20, testBars: 0, embargoBars: 0 })).toBe(
      'testBars is 0: allowed are whole numbers from 1',
    )
    expect(reason({ kind: 'rolling', trainBars: 20, testBars: 5, embargoBars: 1.5 })).toContain(
      'embargoBars is 1.5',
    )
    expect(reason({ kind: 'combinatorial', groups: 3, testGroups: 3, embargoBars: 0 })).toContain(
      'testGroups is 3 of 3 groups',
    )
  })
})

describe('rows of bars', () => {
  it('are name-major, ascending, and only those in use', () => {
    const isUsed = Uint8Array.of(1, 1, 1, 0, 0, 1)
    const bars = Int32Array.of(0, 2)
    expect([...rowsOfBars(bars, { names: 2, bars: 3, isUsed: null })]).toEqual([0, 2, 3, 5])
    expect([...rowsOfBars(bars, { names: 2, bars: 3, isUsed })]).toEqual([0, 2, 5])
  })
})
