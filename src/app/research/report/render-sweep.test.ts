import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { analyzeRun, emptyRun, type SweepRecord, sampleRun } from '../../../core/mod.ts'
import { type Confirmation, compareTiers } from '../sweep/confirm.ts'
import { renderSweep, sweepJson } from './render-sweep.ts'
import { writeSweep } from './write-report.ts'

function sweep(): SweepRecord {
  const { data } = emptyRun()
  const thresholds = [1, 1.5, 2, 2.5]
  const seeds = [1, 2, 3]
  return {
    schema: 'ornstein.sweep/1',
    name: 'grid',
    strategy: 'reversion',
    data,
    metric: 'netReturn',
    axes: [
      { name: 'entryZ', values: thresholds },
      { name: 'seed', values: seeds },
    ],
    trials: thresholds.flatMap((entryZ) =>
      seeds.map((seed) => {
        const record = sampleRun({ seed, bars: 1500, barUs: 60e6, entryZ })
        const { equity, trades } = analyzeRun(record)
        const failed = entryZ === 2 && seed === 2
        return {
          parameters: { entryZ, seed },
          runId: `r${seed}`,
          metrics: failed ? {} : { netReturn: equity.totalReturn, trips: trades.trips },
          returns: failed
            ? new Float64Array(0)
            : record.equity.value.slice(1).map((value, i) => value / record.equity.value[i]! - 1),
          failure: failed ? 'instrument without data <BTC>' : null,
        }
      }),
    ),
    returnInterval: '1 min bar',
    known: { count: 300, sharpeVariance: null },
    seed: 1,
    commit: 'c',
    configurationHash: 'x',
    dataHash: 'y',
    codeHash: 'z',
    command: 'ornstein sweep grid.yaml',
  }
}

test('the heat map has a cell per trial, the trial count and the deflated ratio in its header', () => {
  const page = renderSweep(sweep())
  expect(page).toContain('known to the run ledger, 12 here, 1 failed')
  expect(page).toContain('>300<')
  expect(page).toContain('Deflated Sharpe')
  expect(page.match(/color-mix/g)!.length).toBeGreaterThanOrEqual(22)
  expect(page).toContain('class="best"')
  expect(page).toContain('instrument without data &lt;BTC&gt;')
  expect(page).not.toMatch(/NaN|Infinity|>undefined/)
})

test('the same sweep gives the same bytes, and its JSON has every trial', () => {
  expect(renderSweep(sweep())).toBe(renderSweep(sweep()))
  const json = JSON.parse(sweepJson(sweep()))
  expect(json.trials).toHaveLength(12)
  expect(json.figures.best.parameters).toHaveProperty('entryZ')
  expect(json.figures.overfitting.value).toBeGreaterThanOrEqual(0)
  expect(json.trials[0].returns).toBeUndefined()
})

test('confirmed trials show both tiers, and where they differ', () => {
  const base = sweep()
  const byTrial = base.trials.map(() => 'columns' as const)
  const confirm = (trial: number, netReturn: number) => {
    const events = { ...base.trials[trial]!, runId: 'r99', metrics: { netReturn } }
    return { trial, ...compareTiers(base.trials[trial]!, events, 'netReturn') }
  }
  const same = confirm(0, base.trials[0]!.metrics.netReturn!)
  const page = (confirmations: readonly Confirmation[]) =>
    renderSweep({ ...base, tiers: { byTrial, reasons: [], confirmations } })
  expect(page([])).toContain('Nothing was confirmed on the event tier')
  expect(page([confirm(1, 0.4242)])).toContain('other figures for 1 of them')
  expect(page([confirm(1, 0.4242)])).toContain('42.42')
  expect(page([same])).toContain('Tier: columns.')
  const json = JSON.parse(
    sweepJson({ ...base, tiers: { byTrial, reasons: [], confirmations: [confirm(1, 0.4242)] } }),
  )
  expect(json.tiers.confirmations[0].value.events).toBe(0.4242)
})

test('a single parameter makes a row, a thousand trials stay readable', () => {
  const base = sweep()
  const only = base.trials.filter((trial) => trial.parameters['seed'] === 1)
  const axes = [base.axes[0]!, { name: 'seed', values: [1] }]
  expect(renderSweep({ ...base, axes, trials: only })).toContain('entryZ 2.5')
  const many = Array.from({ length: 1000 }, (_, i) => ({
    ...base.trials[0]!,
    parameters: { entryZ: i, seed: 1 },
  }))
  const wide = [
    { name: 'entryZ', values: many.map((_, i) => i) },
    { name: 'seed', values: [1] },
  ]
  const page = renderSweep({ ...base, axes: wide, trials: many })
  expect(page).toContain('best 300 of 1\u202f000')
})

test('a sweep is written as one page and one JSON file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'))
  try {
    const { htmlPath } = writeSweep(folder, sweep())
    expect(readFileSync(htmlPath, 'utf8')).toBe(renderSweep(sweep()))
    expect(readdirSync(folder).toSorted()).toEqual(['sweep.html', 'sweep.json'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
