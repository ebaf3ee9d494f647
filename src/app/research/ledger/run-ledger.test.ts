import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { InputError } from '../../../adapters/mod.ts'
import { openRunLedger, type RunEntry } from './run-ledger.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entry = (more: Partial<RunEntry> = {}): RunEntry => ({
  name: 'first',
  time: 1_757_015_216_000_000,
  kind: 'backtest',
  mode: 'backtest',
  strategy: 'reversion',
  configurationHash: 'c1',
  dataHash: 'd1',
  codeHash: 'k1',
  commit: 'abc',
  seed: 7,
  sweepId: null,
  parameters: { entryZ: 1.25, nested: { levels: 20 } },
  metrics: { netReturn: -0.01, sharpe: null },
  returnInterval: 'day',
  returns: Float64Array.of(0.01, -0.02, 0.005),
  reportPath: null,
  ...more,
})

test('a run is read back as it was recorded, after reopening too', () => {
  const path = join(folder, 'deep', 'runs.sqlite')
  const first = openRunLedger(path)
  expect(first.recordRun(entry())).toBe('r1')
  first.close()
  const again = openRunLedger(path)
  const [stored] = again.listRuns()
  const { returns, ...rest } = entry()
  expect(stored).toMatchObject({ ...rest, id: 'r1', observations: 3 })
  expect([...again.readReturns('r1')!]).toEqual([...returns])
  expect(again.findRun('r2')).toBeNull()
  expect(again.readReturns('x')).toBeNull()
  again.close()
})

test('runs are listed newest first and filtered', () => {
  const ledger = openRunLedger(':memory:')
  ledger.recordRuns([
    entry({ name: 'a' }),
    entry({ name: 'b', strategy: 'other' }),
    entry({ name: 'c', sweepId: 's1', kind: 'sweep' }),
  ])
  expect(ledger.listRuns().map((run) => run.name)).toEqual(['c', 'b', 'a'])
  expect(ledger.listRuns({ strategy: 'reversion', limit: 1 }).map((run) => run.name)).toEqual(['c'])
  expect(ledger.listRuns({ sweepId: 's1' }).map((run) => run.id)).toEqual(['r3'])
})

test('trials count distinct configurations of a strategy on the same data', () => {
  const ledger = openRunLedger(':memory:')
  const returns = (drift: number) => Float64Array.of(drift + 0.01, drift - 0.01, drift + 0.02)
  ledger.recordRuns([
    entry({ configurationHash: 'c1', returns: returns(0) }),
    entry({ configurationHash: 'c1', returns: returns(0.1) }),
    entry({ configurationHash: 'c2', returns: returns(0) }),
    entry({ configurationHash: 'c3', returns: new Float64Array(3) }),
    entry({ configurationHash: 'c4', dataHash: 'd2' }),
    entry({ configurationHash: 'c5', strategy: 'other' }),
    entry({ configurationHash: 'c6', returnInterval: '5 s bar' }),
  ])
  const sharpe = (drift: number): number => (drift + 0.02 / 3) / Math.sqrt((2 * 7e-4) / 3 / 2)
  const { count, sharpeVariance } = ledger.trialStatistics('reversion', 'd1', 'day')
  // c1 counts once, with its latest run; c3 does not vary; c6 has returns of another interval.
  expect(count).toBe(4)
  expect(sharpeVariance).toBeCloseTo((sharpe(0.1) - sharpe(0)) ** 2 / 2, 9)
  expect(ledger.trialStatistics('none', 'd1', 'day')).toEqual({ count: 0, sharpeVariance: null })
})

test('recorded runs cannot be changed or deleted, and a batch is recorded whole or not at all', () => {
  const path = join(folder, 'runs.sqlite')
  const ledger = openRunLedger(path)
  ledger.recordRun(entry())
  const broken = entry({ name: null as unknown as string })
  expect(() => ledger.recordRuns([entry(), broken])).toThrow(/run ledger/)
  expect(ledger.listRuns()).toHaveLength(1)
  ledger.close()
  const raw = new DatabaseSync(path)
  expect(() => raw.exec('delete from run')).toThrow(/runs are kept/)
  expect(() => raw.exec("update run set name = 'x'")).toThrow(/runs are not changed/)
  raw.close()
})

test('two ledgers on one file append to the same list', () => {
  const path = join(folder, 'runs.sqlite')
  const one = openRunLedger(path)
  const two = openRunLedger(path)
  expect([one.recordRun(entry()), two.recordRun(entry()), one.recordRun(entry())]).toEqual([
    'r1',
    'r2',
    'r3',
  ])
  one.close()
  two.close()
})

test('a file that is something else is refused with its name and exit code 4', () => {
  const text = join(folder, 'notes.txt')
  writeFileSync(text, 'not a database, but long enough to be mistaken for one'.repeat(20))
  const foreign = join(folder, 'foreign.sqlite')
  const other = new DatabaseSync(foreign)
  other.exec('create table t (a)')
  other.close()
  for (const path of [text, foreign]) {
    const before = readFileSync(path)
    const error = thrown(() => openRunLedger(path))
    expect(error).toMatchObject({ code: 'ORN-LEDGER-001', exitCode: 4 })
    expect(error.message).toContain(path)
    expect(readFileSync(path).equals(before)).toBe(true)
  }
})

test('a ledger of version 1 is taken over with all its runs', () => {
  const path = join(folder, 'old.sqlite')
  const ledger = openRunLedger(path)
  ledger.recordRun(entry({ name: 'old' }))
  ledger.close()
  const raw = new DatabaseSync(path)
  raw.exec('alter table run drop column tier; pragma user_version = 1')
  raw.close()
  const opened = openRunLedger(path)
  opened.recordRun(entry({ name: 'new', tier: 'columns' }))
  expect(opened.listRuns().map(({ name, tier }) => [name, tier])).toEqual([
    ['new', 'columns'],
    ['old', null],
  ])
  opened.close()
  openRunLedger(path).close()
})

test('another version and a damaged file are refused', () => {
  const path = join(folder, 'runs.sqlite')
  const ledger = openRunLedger(path)
  ledger.recordRuns(Array.from({ length: 200 }, (_, i) => entry({ name: `run ${i}` })))
  ledger.close()
  const damagedPath = join(folder, 'damaged.sqlite')
  copyFileSync(path, damagedPath)
  const bytes = readFileSync(damagedPath)
  bytes.fill(0xff, 8192, 12_288)
  writeFileSync(damagedPath, bytes)
  expect(thrown(() => openRunLedger(damagedPath).listRuns())).toMatchObject({
    code: 'ORN-LEDGER-003',
  })
  const raw = new DatabaseSync(path)
  raw.exec('pragma user_version = 9')
  raw.close()
  const error = thrown(() => openRunLedger(path))
  expect(error).toMatchObject({ code: 'ORN-LEDGER-002' })
  expect(error.message).toContain('version 9')
})

function thrown(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return error as InputError
  }
  throw new Error('nothing was thrown')
}
