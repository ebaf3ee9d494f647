import { describe, expect, it } from 'vitest'
import type { Learner, TrainingInput } from '../learner.ts'
import { linearLearner } from '../linear/linear-model.ts'
import { splitBars } from './folds.ts'
import { trainingInput, type ValidationData } from './held-out.ts'
import { detectLeaks, foldLeaks, futureLeaks, membershipLeaks, trainingLeaks } from './leaks.ts'
import { type ToyPanel, toyPanel } from './test-kit.ts'

const BARS = 420

function foldsOf({ data }: ToyPanel) {
  const split = splitBars(data.spans, {
    kind: 'expanding',
    trainBarsMin: 210,
    testBars: 105,
    embargoBars: 0,
  })
  if (split.kind === 'refused') throw new Error(split.reason)
  return split.folds
}

function inputOf(toy: ToyPanel): TrainingInput {
  return trainingInput(toy.data, foldsOf(toy)[0]!.trainBars, { seed: 1, validationShare: 0.1 })
    .input
}

function report(
  toy: ToyPanel,
  data: ValidationData = toy.data,
  learner: Learner = linearLearner(),
) {
  const { nextBarReturn, hours, isMember } = toy
  return detectLeaks({
    features: { data, horizonBars: 5, nextBarReturn },
    folds: foldsOf(toy),
    membership: { isMember, sessionDay: hours.sessionDay },
    future: null,
    training: { learner, input: { ...inputOf(toy), features: data.features } },
  })
}

/** The panel with one more feature. */
function withFeature(toy: ToyPanel, of: (row: number, bar: number) => number): ValidationData {
  const { data } = toy
  const planted = data.features.columns[0]!.map((_, row) => of(row, row % BARS))
  const names = [...data.features.names, 'planted']
  const columns = [...data.features.columns, planted]
  return { ...data, features: { ...data.features, names, columns } }
}

const said = (leaks: readonly { message: string }[]): string =>
  leaks.map(({ message }) => message).join('\n')

describe('planted leaks are caught', () => {
  const toy = toyPanel({ seed: 21 })
  const { excessReturn, downsideEvent } = toy.data.labels

  it('a feature that is the label, its opposite, or the label some bars before or after', () => {
    for (const shift of [0, 1, 3, -1, -3]) {
      const data = withFeature(toy, (row, bar) =>
        bar + shift < 0 || bar + shift >= BARS ? Number.NaN : -excessReturn[row + shift]!,
      )
      expect(said(report(toy, data).leaks)).toMatch(
        /^feature planted has a mean rank IC of -\d\.\d{3} with the excess return: at most 0.1/m,
      )
    }
  })

  it('a feature that is the downside event', () => {
    const data = withFeature(toy, (row) => downsideEvent[row]!)
    expect(said(report(toy, data).leaks)).toContain('with the downside event')
  })

  it('a feature that uses the close of the next bar, alone or within twenty bars', () => {
    for (const span of [1, 5, 20]) {
      const data = withFeature(toy, (row, bar) =>
        bar < span || bar + 1 >= BARS
          ? Number.NaN
          : toy.close[row + 1]! - toy.close[row + 1 - span]!,
      )
      expect(said(report(toy, data).leaks)).toContain('feature planted')
    }
  })

  it('a feature that uses any part of the future, to the bit, by scrambling the future', () => {
    const make = (ahead: number) => (cut: number | null) => {
      const close = toy.close.map((price, row) =>
        cut !== null && row % BARS > cut ? -price : price,
      )
      const momentum = close.map((price, row) => {
        const bar = row % BARS
        if (bar < 60 || bar + ahead >= BARS) return Number.NaN
        return close[row + ahead]! - close[row - 60]! + 0 * price
      })
      return [momentum]
    }
    const input = { names: ['momentum'], bars: BARS, cuts: [100, 200, 417] }
    expect(futureLeaks({ ...input, compute: make(0) })).toEqual([])
    expect(said(futureLeaks({ ...input, compute: make(1) }))).toBe(
      'feature momentum at name 0, bar 100 changes with what is known after bar 100',
    )
  })

  it('an imputer, a scaler or a model that looked at rows of the test', () => {
    const honest = linearLearner()
    const learners: readonly [string, (input: TrainingInput) => TrainingInput][] = [
      ['rows', (input) => ({ ...input, rows: Int32Array.from({ length: 24 * 400 }, (_, i) => i) })],
      ['median', (input) => ({ ...input, features: imputed(input, 'median') })],
      ['scale', (input) => ({ ...input, features: imputed(input, 'scale') })],
    ]
    for (const [name, spoil] of learners) {
      const leaky: Learner = {
        implementation: `leaky ${name}`,
        train: (input) => honest.train(spoil(input)),
      }
      expect(said(trainingLeaks(leaky, inputOf(toy)))).toMatch(
        new RegExp(`^leaky ${name}: .* depends on rows that are not for training$`),
      )
    }
  })

  it('training rows that overlap the test because nothing was purged', () => {
    const [fold] = foldsOf(toy)
    const trainBars = Int32Array.from({ length: 210 }, (_, i) => i)
    expect(said(foldLeaks([{ ...fold!, trainBars }], toy.data.spans))).toBe(
      'expanding 1: 6 training bars have labels that meet the test: bar 204, bar 205, bar 206, bar 207, bar 208, ...',
    )
  })

  it('membership by hindsight: rows before a name joined, and an index of survivors', () => {
    const everyone = { ...toy.data, isUsed: new Uint8Array(24 * BARS).fill(1) }
    expect(said(report(toy, everyone).leaks)).toMatch(
      /^\d+ rows are used of names that were no members, first name \d+, bar \d+$/,
    )
    const sessionDay = Int32Array.from({ length: BARS }, (_, bar) => bar)
    const survivors = new Uint8Array(24 * BARS).fill(1)
    const input = { names: 24, bars: BARS, sessionDay, isUsed: survivors, isMember: survivors }
    expect(said(membershipLeaks(input))).toContain('no name leaves in 420 sessions')
  })
})

describe('clean panels', () => {
  it('are not accused of a feature that few bars have, whatever those bars say', () => {
    const toy = toyPanel({ seed: 22 })
    const { excessReturn } = toy.data.labels
    const data = withFeature(toy, (row, bar) => (bar < 25 ? excessReturn[row]! : Number.NaN))
    expect(report(toy, data).leaks).toEqual([])
  })

  it('raise nothing, with an edge or without', () => {
    const found: string[] = []
    for (let seed = 0; seed < 6; seed++) {
      const toy = toyPanel({ seed, names: 16, edge: seed % 2 === 0 ? 0 : 0.001 })
      const { checks, leaks } = report(toy)
      expect(checks).toHaveLength(4)
      for (const { message } of leaks) found.push(`seed ${seed}: ${message}`)
    }
    expect(found).toEqual([])
  })
})

/** Features filled with, or divided by, what all rows have: the leak of a preparation beforehand. */
function imputed({ features }: TrainingInput, how: 'median' | 'scale'): TrainingInput['features'] {
  const columns = features.columns.map((column) => {
    const values = column.filter(Number.isFinite).sort()
    const median = values[values.length >> 1]!
    const largest = Math.max(Math.abs(values[0]!), Math.abs(values.at(-1)!))
    return column.map((value) =>
      how === 'scale' ? value / largest : Number.isFinite(value) ? value : median,
    )
  })
  return { ...features, columns }
}
