import { describe, expect, it } from 'vitest'
import { generatePanel } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { runHourlyBacktest } from './hourly-backtest.ts'
import { type HourlyRecord, hourlyRecord } from './hourly-record.ts'
import { calmPanel, idleTalk, steady } from './test-kit.ts'

const settings = HOURLY_PRESETS.corrected

/** Every number in it, with where it is. */
function numbersOf(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  const entries =
    value instanceof Float64Array ? [...value.entries()] : Object.entries(value as object)
  return entries.flatMap(([key, each]) => numbersOf(each, `${path}.${key}`))
}

const missing = ({ figures }: HourlyRecord): string[] =>
  Object.entries(figures).flatMap(([name, figure]) =>
    typeof figure === 'object' && figure.value === null ? [name] : [],
  )

describe('the record of an hourly backtest', () => {
  const panel = generatePanel({ seed: 4, names: 40, sessions: 60 })
  const run = runHourlyBacktest({ panel, settings, forecaster: idleTalk(panel, 7) })
  const record = hourlyRecord(panel, run)

  it('begins with the balance, a row for each bar after it', () => {
    expect(record.equity.time.length).toBe(run.bars + 1)
    expect(record.equity.time[0]).toBe(panel.grid.openTime[0])
    expect(record.equity.equity[0]).toBe(run.account.balance)
    expect(record.riskHistory.length).toBe(run.bars)
  })

  it('has every figure of a run that traded, and no number that is none', () => {
    expect(missing(record)).toEqual([])
    for (const [path, value] of numbersOf(record)) {
      expect(Number.isFinite(value), path).toBe(true)
    }
    const { figures } = record
    expect(figures.turnoverTwoWay.value).toBeGreaterThanOrEqual(figures.turnoverOneWay.value!)
    expect(figures.winRate.value).toBeLessThanOrEqual(1)
    expect(figures.maximumDrawdown.value).toBeGreaterThan(0)
  })

  it('says where sales pay no fees because their rates are not known', () => {
    const about = (firstDay: number): readonly string[] => {
      const calm = calmPanel(12, 12, firstDay)
      const done = runHourlyBacktest({ panel: calm, settings, forecaster: idleTalk(calm, 7) })
      return hourlyRecord(calm, done).notes.filter((note) => note.includes('SEC'))
    }
    expect(about(17_898)).toEqual([])
    expect(about(7_310)).toEqual([expect.stringMatching(/^sales pay no fees .* from 20/)])
  })

  it('keeps the benchmark apart from the names', () => {
    expect(record.symbols).not.toContain(record.benchmark!.symbol)
    expect(record.benchmark!.comparison.beta).toEqual(record.figures.beta)
  })

  it('compounds its months to the whole, and names the members of each session', () => {
    const whole = record.months.reduce((product, { total }) => product * (1 + total), 1) - 1
    expect(whole).toBeCloseTo(record.figures.totalReturn.value!, 9)
  })

  it('says why figures are missing where nothing was traded and there is no benchmark', () => {
    const calm = calmPanel(5, 40)
    const idle = runHourlyBacktest({ panel: calm, settings, forecaster: steady([0, 0, 0, 0, 0]) })
    const empty = hourlyRecord(calm, idle)
    expect(empty.benchmark).toBeNull()
    expect(missing(empty)).toEqual(
      expect.arrayContaining(['winRate', 'profitFactor', 'averageHoldingHours', 'sortino', 'beta']),
    )
    expect(empty.figures.winRate).toEqual({ value: null, reason: 'no position was closed' })
    expect(empty.figures.totalReturn.value).toBe(0)
    for (const [path, value] of numbersOf(empty)) {
      expect(Number.isFinite(value), path).toBe(true)
    }
  })
})
