import { expect, test } from 'vitest'
import { analyzeRun } from './run-analysis.ts'
import type { RunRecord } from './run-record.ts'
import { emptyRun, sampleRun } from './sample-run.ts'

const minute = 60_000_000
const small = () => sampleRun({ seed: 4, bars: 2000, barUs: minute, entryZ: 1.5 })
const codes = (record: RunRecord): readonly string[] =>
  analyzeRun(record).warnings.map((warning) => warning.code)

test('a run without trades says where its evaluations ended', () => {
  const record = {
    ...emptyRun(),
    counts: {
      ...emptyRun().counts,
      evaluations: 1000,
      evaluationsByOutcome: { z: 200, imbalance: 710, warming: 90 },
    },
  }
  expect(analyzeRun(record).verdict).toBe(
    'No trades: most evaluations ended at "imbalance" (71.0 % of 1000).',
  )
})

test('a losing run is called losing, and short when it is short', () => {
  const { verdict } = analyzeRun(small())
  expect(verdict).toMatch(/^Negative (after costs|before costs too)/)
  expect(verdict).toMatch(/round trip/)
})

test('a profit on a short history is not called proven', () => {
  const record = sampleRun({ seed: 1, bars: 24 * 60, barUs: 60 * minute, entryZ: 2 })
  const rising = record.equity.value.map((_, i) => 10_000 + i * 0.5 + Math.sin(i * 1.7) * 200)
  const fills = record.fills.map((fill) => ({ ...fill, fee: -fill.fee * 30n }))
  const lucky = {
    ...record,
    fills,
    equity: { ...record.equity, value: rising },
    trials: { count: 120, sharpeVariance: 0.05 },
  }
  const analysis = analyzeRun(lucky)
  expect(analysis.verdict).toMatch(
    /not distinguishable from luck at 95 % \(PSR 0\.\d\d, DSR 0\.\d\d\)/,
  )
})

test('warnings name what the reader must know', () => {
  const record = small()
  const start = record.data.firstTime
  const noted = {
    ...record,
    gatesOff: ['cost'],
    data: {
      ...record.data,
      kind: 'recorded' as const,
      licenceClass: 'C' as const,
      skewUs: 1_200_000,
      survivorship: 'index members as of 2021',
      lookahead: '',
      gaps: [{ instrument: null, from: start, to: start + 18e6, reason: 'feed silent' }],
    },
  }
  expect(codes(noted)).toEqual(
    expect.arrayContaining([
      'NOT_FOR_PUBLICATION',
      'GAPS',
      'CLOCK_SKEW',
      'SURVIVORSHIP',
      'LOOKAHEAD_UNCHECKED',
      'SHORT_SAMPLE',
      'GATES_OFF',
      'TRIALS_UNKNOWN',
    ]),
  )
  expect(codes(record)).toContain('GENERATED_DATA')
  expect(codes(record)).not.toContain('NOT_FOR_PUBLICATION')
})

test('positions held over full hours without funding rates are told', () => {
  const record = small()
  const feeds = record.data.feeds.map((feed) => ({ ...feed, hasFunding: false }))
  const unfunded = { ...record, data: { ...record.data, feeds } }
  const held = analyzeRun(unfunded).warnings.find(({ code }) => code === 'FUNDING_MISSING')
  expect(held?.text).toMatch(/none was paid or received for SAMPLE \(\d+ full hours? held\)/)
  expect(codes(record)).not.toContain('FUNDING_MISSING')
  expect(codes({ ...unfunded, fills: [] })).not.toContain('FUNDING_MISSING')
})

test('books that disagree with the equity are reported', () => {
  const record = small()
  const value = record.equity.value.map((each) => each + 5)
  expect(codes({ ...record, equity: { ...record.equity, value } })).toContain('BOOKS_DISAGREE')
  expect(codes(record)).not.toContain('BOOKS_DISAGREE')
})

test('optimistic fills of resting orders are a warning, and so is a companion of other sign', () => {
  const record = small()
  const fillModel = { ...record.fillModel, queueModel: 'optimistic' as const }
  expect(codes({ ...record, fillModel })).toContain('OPTIMISTIC_FILLS')
  const value = record.equity.value.map((each) => 20_000 - each)
  const companion = { ...record, equity: { ...record.equity, value } }
  const judged = analyzeRun({ ...record, companion })
  expect(judged.warnings.map((warning) => warning.code)).toContain('COMPANION_DISAGREES')
  expect(judged.companion?.equity.totalReturn).toBeCloseTo(-judged.equity.totalReturn, 9)
})

test('the null twin gives a chance only from nineteen twins on', () => {
  const record = small()
  const twin = (count: number) => ({
    description: 'A random walk.',
    runs: Array.from({ length: count }, (_, i) => ({
      seed: i,
      netReturn: -0.5 + i * 0.05,
      trips: 10,
      grossBpsMean: 0,
    })),
  })
  const few = analyzeRun({ ...record, nullTwin: twin(3) })
  expect(few.nullTwin).toMatchObject({ runs: 3, pValue: { value: null } })
  const many = analyzeRun({ ...record, nullTwin: twin(19) })
  expect(many.nullTwin!.pValue.value).toBeCloseTo((1 + many.nullTwin!.atLeastAsGood) / 20, 12)
  expect(many.verdict).toMatch(/of 19 random-walk twins did at least as well/)
})

test('says that a result is in-sample once other configurations were tried on its data', () => {
  const tried = (count: number) => codes({ ...small(), trials: { count, sharpeVariance: 0.01 } })
  expect(tried(1)).not.toContain('IN_SAMPLE')
  expect(tried(120)).toContain('IN_SAMPLE')
})
