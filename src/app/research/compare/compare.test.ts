import { describe, expect, it } from 'vitest'
import { analyzeRun, type RunRecord, sampleRun } from '../../../core/mod.ts'
import { parseConfig } from '../../config/load.ts'
import { type Comparison, comparedRun, comparisonNotes } from './compared-run.ts'
import { comparisonData } from './comparison-json.ts'
import { comparisonVerdict, renderComparison } from './render-comparison.ts'

const { config } = parseConfig('name: x', 'x.yaml')

const sample = (name: string, seed: number, change: Partial<RunRecord> = {}): RunRecord => ({
  ...sampleRun({ seed, bars: 24 * 150, barUs: 3600e6, entryZ: 1.25 }),
  ...{ name, dataHash: 'd', ...change },
})

function compare(...records: readonly RunRecord[]): Comparison {
  const runs = records.map((record) =>
    comparedRun(`${record.name}.yaml`, config, record, analyzeRun(record)),
  )
  const command = 'ornstein compare a.yaml b.yaml'
  return { schema: 'ornstein.compare/1', command, runs, notes: comparisonNotes(runs) }
}

describe('a comparison of runs', () => {
  const both = compare(sample('one', 1), sample('two', 2))

  it('has the figures of every run beside each other, each with its legs', () => {
    const page = renderComparison(both)
    for (const text of ['one: long', 'two: short', 'Sharpe ratio', 'Largest drawdown', 'PSR']) {
      expect(page, text).toContain(text)
    }
    expect(page).toContain('<path class="curve"')
    expect(page).not.toContain('NaN')
    expect(page).not.toContain('Do the residuals revert?')
  })

  it('says what each run costs by cause, whose assumption is whose, and what is known of look-ahead', () => {
    const rule = { name: 'Settlement', isOn: false, text: 'Spent at once.', acted: null }
    const interest = [{ time: 0, amount: -1_200_000_000n as never }]
    const own = sample('two', 2, { shareRules: [rule], interest })
    const { notes, runs, ...rest } = compare(sample('one', 1), own)
    const page = renderComparison({ notes, runs, ...rest })
    for (const head of ['Gross', 'Spread, impact', 'Rent', 'Interest', 'Net']) {
      expect(page).toContain(`>${head}<`)
    }
    expect(page).toContain('<b>two</b>: Settlement, off: Spent at once.')
    expect(runs[1]!.analysis.costs.interest).toBe(1_200_000_000n)
    expect(notes.some((note) => note.startsWith('Look-ahead: '))).toBe(true)
  })

  it('says the same as data, without a NaN and with a reason where there is no figure', () => {
    const data = comparisonData(both)
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
    const [one] = data.runs
    expect(one!.figures['trades']!.value).toBeGreaterThan(5)
    expect(one!.figures['dsr']).toMatchObject({ value: null, reason: expect.any(String) })
    expect(one!.legs.long.net + one!.legs.short.net).toBeCloseTo(one!.legs.both.net, 9)
  })

  it('says plainly that every run loses', () => {
    const losing = [1, 2].map((seed) => {
      const run = sample(`seed-${seed}`, seed)
      const value = run.equity.value.map((_, i) => run.startEquity * (1 - i / 1e4 + (i % 7) / 1e5))
      return { ...run, equity: { ...run.equity, value } }
    })
    expect(comparisonVerdict(compare(...losing).runs)).toMatch(/^Every run loses after costs/)
  })

  it('warns where runs do not compare, and where orders were denied', () => {
    const other = sample('two', 2, { dataHash: 'e', startEquity: 5000 })
    const counts = { ...other.counts, denials: { LEVERAGE: 7 } }
    const { notes } = compare(sample('one', 1), { ...other, counts })
    expect(notes.join('\n')).toContain('different data')
    expect(notes.join('\n')).toContain('different balances')
    expect(notes.join('\n')).toContain('two: orders were denied (LEVERAGE 7)')
  })
})
